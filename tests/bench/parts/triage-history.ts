import { sql } from "drizzle-orm";
import { APISERVER_FAMILIES } from "@/collectors/apiserver/catalogue";
import { ETCD_FAMILIES } from "@/collectors/metrics/catalogue";
import { type MetricPage, PageReader, toCatalogue } from "@/collectors/metrics/page-reader";
import type { Db } from "@/lib/db/client";
import { member } from "@/lib/db/schema";
import { metricFrame, metricHour, metricSeries, metricTarget } from "@/lib/db/schema-metrics";
import { encodeMetricFrame, METRIC_FRAME_FORMAT } from "@/lib/model/metric-frame";
import { encodeMetricHour, HOUR_COLUMNS, HOUR_STEP_MS, METRIC_HOUR_FORMAT } from "@/lib/model/metric-hour";
import type { MetricSource } from "@/lib/model/metrics";
import { type RecordedPage, readRecordedPage } from "@/tests/support/recorded-pages";
import { seedTraffic, trafficEvent } from "@/tests/support/traffic-seed";
import { MEMBERS } from "@/tests/support/triage-seed";

/**
 * What triage reads besides the keyspace: metrics of three members and an apiserver with the series that real ones have,
 * Status samples, probes, compactions, and the audit events of a few hundred clients and verbs, for as many days.
 */

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const VARIANTS = 4;
const ROWS = 200;
const CLIENTS = 60;
const VERBS = ["get", "list", "update", "patch", "create"];

interface Target {
  source: MetricSource;
  page: RecordedPage;
  url: string;
  memberId: string | null;
  readEachMs: number;
}

const TARGETS: readonly Target[] = [
  ...MEMBERS.map(({ memberId }) => ({
    ...{ source: "etcd" as const, page: "etcd-metrics-k8s" as const, memberId, readEachMs: 10_000 },
    url: `http://${memberId}:2379/metrics`,
  })),
  {
    ...{ source: "apiserver", page: "apiserver-metrics-later", memberId: null, readEachMs: 30_000 },
    url: "https://apiserver:6443/metrics",
  },
];

export async function seedAround(db: Db, clusterId: number, { days, nowMs }: { days: number; nowMs: number }) {
  const fromMs = Math.floor((nowMs - days * DAY_MS) / HOUR_MS) * HOUR_MS;
  await seedMembers(db, clusterId, { fromMs, nowMs });
  let firstId = 0;
  const read = new Map<string, { firstId: number; page: MetricPage }>();
  for (const [targetId, target] of TARGETS.entries()) {
    const known = read.get(target.page) ?? { firstId, page: readPage(target) };
    if (!read.has(target.page)) {
      await writeSeries(db, clusterId, target.source, known);
      firstId += known.page.series.size;
      read.set(target.page, known);
    }
    await writeTarget(db, clusterId, { targetId, target, ...known, fromMs, nowMs });
  }
  await seedClients(db, clusterId, { fromMs, nowMs });
}

function readPage({ source, page }: Target): MetricPage {
  const reader = new PageReader(toCatalogue(source === "etcd" ? ETCD_FAMILIES : APISERVER_FAMILIES));
  reader.push(readRecordedPage(page));
  return reader.finish();
}

async function writeSeries(
  db: Db,
  clusterId: number,
  source: MetricSource,
  { firstId, page }: { firstId: number; page: MetricPage },
): Promise<void> {
  const rows = [...page.series.values()].map(({ key, name, labels, kind }, i) => ({
    ...{ clusterId, seriesId: firstId + i, source, name, labels, kind, digest: Buffer.from(`${source} ${key}`) },
  }));
  for (let i = 0; i < rows.length; i += ROWS) await db.insert(metricSeries).values(rows.slice(i, i + ROWS));
}

/** Sealed hours for all the time and single readings for the last day; a few different ones, over and over. */
async function writeTarget(
  db: Db,
  clusterId: number,
  {
    targetId,
    target,
    firstId,
    page,
    fromMs,
    nowMs,
  }: { targetId: number; target: Target; firstId: number; page: MetricPage; fromMs: number; nowMs: number },
): Promise<void> {
  const { source, url, memberId, readEachMs } = target;
  await db
    .insert(metricTarget)
    .values({ clusterId, targetId, source, url, memberId, at: new Date(nowMs), checkedAt: new Date(nowMs) });
  const series = [...page.series.values()];
  const hours = Array.from({ length: VARIANTS }, (_, variant) => packHour(series, firstId, variant));
  const hourRows = [];
  for (let atMs = fromMs; atMs + HOUR_MS <= nowMs; atMs += HOUR_MS) {
    const payload = hours[(atMs / HOUR_MS) % VARIANTS] as Buffer;
    hourRows.push({ clusterId, at: new Date(atMs), targetId, format: METRIC_HOUR_FORMAT, payload });
  }
  for (let i = 0; i < hourRows.length; i += ROWS) await db.insert(metricHour).values(hourRows.slice(i, i + ROWS));
  const frames = Array.from({ length: VARIANTS }, (_, variant) => packFrame(series, firstId, variant));
  const frameRows = [];
  for (let atMs = Math.floor((nowMs - DAY_MS) / HOUR_MS) * HOUR_MS, i = 0; atMs < nowMs; atMs += readEachMs, i++) {
    const payload = frames[i % VARIANTS] as Buffer;
    const fromAt = new Date(atMs - readEachMs);
    frameRows.push({ clusterId, at: new Date(atMs), targetId, fromAt, format: METRIC_FRAME_FORMAT, payload });
  }
  for (let i = 0; i < frameRows.length; i += ROWS) await db.insert(metricFrame).values(frameRows.slice(i, i + ROWS));
}

type Series = MetricPage["series"] extends Map<string, infer One> ? One : never;

/** Counters as the page has them, spread over a day; so are buckets, which so still add up. */
function growthOf({ value }: Series, variant: number): number {
  return Math.floor((value * (1 + variant / 10)) / 1_440);
}

function packHour(series: readonly Series[], firstId: number, variant: number): Buffer {
  const rows = new Map<number, Float64Array>();
  for (const [i, one] of series.entries()) {
    const values = new Float64Array(HOUR_COLUMNS);
    for (let column = 0; column < HOUR_COLUMNS; column++) {
      values[column] = one.kind === "gauge" ? one.value : growthOf(one, (variant + column) % VARIANTS);
    }
    rows.set(firstId + i, values);
  }
  const observedMs = new Float64Array(HOUR_COLUMNS).fill(HOUR_STEP_MS);
  return encodeMetricHour({ observedMs, series: rows }, (id) => series[id - firstId]?.kind ?? "gauge");
}

function packFrame(series: readonly Series[], firstId: number, variant: number): Buffer {
  const told = series
    .map((one, i) => ({
      id: firstId + i,
      value: one.kind === "gauge" ? one.value : Math.floor(growthOf(one, variant) / 6),
    }))
    .filter(({ value }, i) => value !== 0 || series[i]?.kind === "gauge");
  return encodeMetricFrame({
    ids: Int32Array.from(told, ({ id }) => id),
    values: Float64Array.from(told, ({ value }) => value),
  });
}

async function seedMembers(db: Db, clusterId: number, { fromMs, nowMs }: { fromMs: number; nowMs: number }) {
  const blank = { clientUrls: [], peerUrls: [], isLearner: false, alarms: [], errors: [], checkedAt: new Date(nowMs) };
  await db
    .insert(member)
    .values(MEMBERS.map((one, i) => ({ ...blank, ...one, clusterId, isLeader: i === 0, version: "3.5.21" })));
  const ids = sql.raw(MEMBERS.map(({ memberId }) => `('${memberId}')`).join(", "));
  const range = sql`${new Date(fromMs).toISOString()}::timestamptz, ${new Date(nowMs).toISOString()}::timestamptz`;
  await db.execute(sql`
    insert into member_sample (cluster_id, at, member_id, db_size_bytes, db_size_in_use_bytes, revision, raft_index,
      raft_applied_index, is_leader, status_ms)
    select ${clusterId}, at, id, 2e9, 1e9, extract(epoch from at)::bigint, 1, 1, id like '%a', 1.5
    from generate_series(${range}, interval '10 seconds') as at cross join (values ${ids}) as member(id)`);
  await db.execute(sql`
    insert into probe_minute (cluster_id, minute, member_id, serializable_micros, linearizable_micros, failures)
    select ${clusterId}, minute, id, array_fill(600, array[12]), array_fill(1900, array[12]), '[]'
    from generate_series(${range}, interval '1 minute') as minute cross join (values ${ids}) as member(id)`);
  await db.execute(sql`
    insert into timeline_event (cluster_id, at, kind, member_id, text)
    select ${clusterId}, at, 'compaction', '', 'Revisions were compacted.'
    from generate_series(${range}, interval '5 minutes') as at`);
}

/** One minute counted by the product, then the same for every minute. */
async function seedClients(db: Db, clusterId: number, { fromMs, nowMs }: { fromMs: number; nowMs: number }) {
  const atMs = Math.floor(nowMs / MINUTE_MS) * MINUTE_MS - 2 * MINUTE_MS;
  const events = Array.from({ length: CLIENTS }, (_, client) =>
    VERBS.map((verb) =>
      trafficEvent({
        ...{ atMs: atMs + client * 100, verb, userAgent: `controller-${client % 20}/v1`, user: `team:${client}` },
        ...{ sourceAddress: `10.0.0.${client}`, namespace: `team-${client % 10}` },
      }),
    ),
  ).flat();
  await seedTraffic(db, clusterId, { source: "audit", events });
  const columns = await db.execute<{ name: string }>(sql`
    select column_name as name from information_schema.columns
    where table_name = 'traffic_minute' and column_name <> 'at' order by ordinal_position`);
  const names = sql.raw(columns.map(({ name }) => `"${name}"`).join(", "));
  await db.execute(sql`
    insert into traffic_minute (at, ${names})
    select minute, ${names} from traffic_minute
    cross join generate_series(${new Date(fromMs).toISOString()}::timestamptz, ${new Date(nowMs).toISOString()}::timestamptz,
      interval '1 minute') as minute
    where cluster_id = ${clusterId} and at = ${new Date(atMs).toISOString()}::timestamptz
    on conflict do nothing`);
}
