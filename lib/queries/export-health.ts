import { and, asc, eq, gte, inArray, lte, sql } from "drizzle-orm";
import type { Db } from "@/lib/db/client";
import { member } from "@/lib/db/schema";
import { probeMinute } from "@/lib/db/schema-health";
import { FINDING_SEVERITIES } from "@/lib/model/notifications";
import { SPIKE_SIGNAL_NAMES } from "@/lib/model/spikes";
import type { FamilySet } from "@/lib/queries/export-families";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const SLOT_MS = 5_000;
/** The horizon of the forecast and how far back it looks, as etcd's mixin has them. */
const HORIZON = { name: "4h", seconds: 4 * 3_600 };
/** A line through less than this says little of four hours. */
const LEAST_SPAN_SECONDS = 3_600;

/** What a member's reads of one kind felt like. */
interface Felt {
  labels: Record<string, string>;
  micros: number[];
  failures: number;
}

/** The clusters that are told of, by id. */
export interface ExportedClusters {
  names: ReadonlyMap<number, string>;
  nowMs: number;
}

/** Findings and spikes that go on now: 0 where there are none. */
export async function addFindings(set: FamilySet, db: Db, { names }: ExportedClusters): Promise<void> {
  const ids = toArray(names);
  const findings = await db.execute<{ cluster_id: string; rule: string; severity: string; open: string }>(sql`
    select cluster_id, rule, severity, count(*) as open from finding
    where cluster_id = any(${ids}::bigint[]) and closed_at is null group by 1, 2, 3 order by 1, 2, 3`);
  const spikes = await db.execute<{ cluster_id: string; signal: string; open: string }>(sql`
    select cluster_id, signal, count(*) as open from spike
    where cluster_id = any(${ids}::bigint[]) and ended_at is null group by 1, 2`);
  for (const [id, cluster] of names) {
    const mine = findings.filter((row) => Number(row.cluster_id) === id);
    for (const severity of FINDING_SEVERITIES) {
      const open = mine.filter((row) => row.severity === severity).reduce((sum, row) => sum + Number(row.open), 0);
      set.add("etcdscope_open_findings", { cluster, severity }, open);
    }
    for (const { rule, severity, open } of mine) {
      set.add("etcdscope_open_findings_by_rule", { cluster, rule, severity }, Number(open));
    }
    for (const signal of SPIKE_SIGNAL_NAMES) {
      const row = spikes.find((spike) => Number(spike.cluster_id) === id && spike.signal === signal);
      set.add("etcdscope_open_spikes", { cluster, signal }, Number(row?.open ?? 0));
    }
  }
}

/** What the black-box probe has felt over the last minute. */
export async function addProbes(set: FamilySet, db: Db, { names, nowMs }: ExportedClusters): Promise<void> {
  const rows = await db
    .select({ probe: probeMinute, name: member.name })
    .from(probeMinute)
    .leftJoin(member, and(eq(member.clusterId, probeMinute.clusterId), eq(member.memberId, probeMinute.memberId)))
    .where(
      and(
        inArray(probeMinute.clusterId, [...names.keys()]),
        gte(probeMinute.minute, new Date(nowMs - 2 * MINUTE_MS)),
        lte(probeMinute.minute, new Date(nowMs)),
      ),
    )
    .orderBy(asc(probeMinute.clusterId), asc(probeMinute.memberId), asc(probeMinute.minute));
  const felt = new Map<string, Felt>();
  for (const { probe, name } of rows) {
    for (const read of ["serializable", "linearizable"] as const) {
      const cluster = names.get(probe.clusterId) as string;
      const labels = { cluster, member: name || probe.memberId, member_id: probe.memberId, read };
      const key = JSON.stringify(labels);
      const sum: Felt = felt.get(key) ?? { labels, micros: [], failures: 0 };
      felt.set(key, sum);
      for (const [slot, micros] of probe[`${read}Micros`].entries()) {
        const atMs = probe.minute.getTime() + slot * SLOT_MS;
        // A null within an array comes as NaN.
        if (micros === null || Number.isNaN(micros) || atMs < nowMs - MINUTE_MS || atMs > nowMs) continue;
        if (micros < 0) sum.failures++;
        else sum.micros.push(micros);
      }
    }
  }
  for (const { labels, micros, failures } of felt.values()) {
    if (micros.length + failures === 0) continue;
    set.add("etcdscope_probe_failures", labels, failures);
    if (micros.length === 0) continue;
    set.add("etcdscope_probe_median_seconds", labels, median(micros) / 1_000_000);
    set.add("etcdscope_probe_max_seconds", labels, Math.max(...micros) / 1_000_000);
  }
}

/** Where the largest file of each cluster is heading: a straight line through the samples of four hours. */
export async function addForecast(set: FamilySet, db: Db, { names, nowMs }: ExportedClusters): Promise<void> {
  const now = iso(nowMs);
  const rows = await db.execute<{ cluster_id: string; predicted: string | null; span: string }>(sql`
    select cluster_id, greatest(0, regr_intercept(db_size_bytes, seconds)
        + regr_slope(db_size_bytes, seconds) * ${HORIZON.seconds}) as predicted,
      max(seconds) - min(seconds) as span
    from (
      select cluster_id, member_id, db_size_bytes, date_part('epoch', at) - ${nowMs / 1_000}::float8 as seconds
      from member_sample
      where cluster_id = any(${toArray(names)}::bigint[])
        and at > ${iso(nowMs - HORIZON.seconds * 1_000)}::timestamptz and at <= ${now}::timestamptz
    ) as sample
    group by cluster_id, member_id having max(seconds) > -120
    order by cluster_id`);
  for (const [id, cluster] of names) {
    const predicted = rows
      .filter((row) => Number(row.cluster_id) === id && Number(row.span) >= LEAST_SPAN_SECONDS)
      .flatMap((row) => (row.predicted === null ? [] : Number(row.predicted)));
    if (predicted.length === 0) continue;
    set.add("etcdscope_db_size_predicted_bytes", { cluster, horizon: HORIZON.name }, Math.max(...predicted));
  }
}

/** What the last comparison of the members' hashes said. */
export async function addHashChecks(set: FamilySet, db: Db, { names }: ExportedClusters): Promise<void> {
  const rows = await db.execute<{ id: string; at: string | null; verdict: string | null }>(sql`
    select id, last.at, compared.verdict from unnest(${toArray(names)}::bigint[]) as id
    left join lateral (select extract(epoch from at) as at from hash_check where cluster_id = id
      order by hash_check.at desc limit 1) as last on true
    left join lateral (select verdict from hash_check where cluster_id = id and verdict <> 'incomparable'
      order by hash_check.at desc limit 1) as compared on true`);
  for (const { id, at, verdict } of rows) {
    const cluster = names.get(Number(id)) as string;
    set.add("etcdscope_hash_check_timestamp_seconds", { cluster }, at === null ? null : Number(at));
    set.add("etcdscope_hash_check_equal", { cluster }, verdict === null ? null : verdict === "equal");
  }
}

/** What collecting has cost each cluster since the UTC day began. */
export async function addCosts(set: FamilySet, db: Db, { names, nowMs }: ExportedClusters): Promise<void> {
  const day = iso(Math.floor(nowMs / (24 * HOUR_MS)) * 24 * HOUR_MS);
  const rows = await db.execute<Record<"cluster_id" | "purpose" | "requests" | "bytes" | "seconds", string>>(sql`
    select cluster_id, purpose, sum(requests) as requests, sum(received_bytes) as bytes, sum(request_seconds) as seconds
    from collector_cost where cluster_id = any(${toArray(names)}::bigint[]) and hour >= ${day}::timestamptz
    group by 1, 2 order by 1, 2`);
  for (const { cluster_id, purpose, requests, bytes, seconds } of rows) {
    const labels = { cluster: names.get(Number(cluster_id)) as string, purpose };
    set.add("etcdscope_collection_requests_total", labels, Number(requests));
    set.add("etcdscope_collection_received_bytes_total", labels, Number(bytes));
    set.add("etcdscope_collection_request_seconds_total", labels, Number(seconds));
  }
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] as number;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] as number) + upper) / 2;
}

function toArray(names: ReadonlyMap<number, string>): string {
  return `{${[...names.keys()].join(",")}}`;
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
