import { sql } from "drizzle-orm";
import type { ProbeFigures, ProbeMember, ProbeSeries, ProbesAnswer, ProbesParams } from "@/lib/api/probes";
import type { Db } from "@/lib/db/client";
import { PROBE_KEY, PROBE_SLOT_MS } from "@/lib/model/probe-slots";
import { listMembers } from "@/lib/queries/members";
import { type Buckets, toBuckets, toQueryRange } from "@/lib/queries/query-range";

const MAX_FAILURES = 10;
const MINUTE_MS = 60_000;
const READS = ["serializable", "linearizable"] as const;
type Read = (typeof READS)[number];

/**
 * What reads took at every member of a range, and over time. Quantiles are those of all reads of a stretch, not means of
 * quantiles. Members that have left the cluster are listed by their id. Served by the primary key.
 */
export async function readProbes(
  db: Db,
  clusterId: number,
  params: ProbesParams,
  nowMs: number,
): Promise<ProbesAnswer> {
  const range = toQueryRange(params, nowMs);
  const buckets = toBuckets(range, params.step);
  const span = { ...buckets, toMs: range.toMs };
  const [whole, steps, failures, { items: members }] = await Promise.all([
    readFigures(db, clusterId, { ...span, perStep: false }),
    readFigures(db, clusterId, { ...span, perStep: true }),
    readFailures(db, clusterId, span),
    listMembers(db, clusterId),
  ]);
  const known = new Map(members.map((member) => [member.memberId, member]));
  const items = [...new Set(whole.map(({ memberId }) => memberId))].map((memberId): ProbeMember => {
    const { name = "", isLearner = false } = known.get(memberId) ?? {};
    const of = (read: Read) => {
      const isOf = (row: FigureRow) => row.memberId === memberId && row.read === read;
      return { ...toFigures(whole.find(isOf)), series: toSeries(buckets, steps.filter(isOf)) };
    };
    const own = failures.filter((failure) => failure.memberId === memberId);
    return {
      ...{ memberId, name: name || memberId, isLearner },
      ...{ serializable: of("serializable"), linearizable: of("linearizable") },
      failures: own.slice(0, MAX_FAILURES).map(({ memberId: _, ...failure }) => failure),
    };
  });
  const observedMs = Math.max(0, ...whole.map(({ asked }) => asked)) * PROBE_SLOT_MS;
  return {
    items: items.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)),
    nextCursor: null,
    stepSeconds: buckets.stepMs / 1_000,
    atMs: buckets.atMs,
    key: PROBE_KEY,
    range: {
      from: new Date(buckets.fromMs).toISOString(),
      to: new Date(range.toMs).toISOString(),
      observedSeconds: Math.min(observedMs, range.toMs - buckets.fromMs) / 1_000,
    },
    origin: "sampled",
  };
}

interface Span {
  fromMs: number;
  toMs: number;
  stepMs: number;
}

interface FigureRow extends ProbeFigures {
  memberId: string;
  read: Read;
  step: number;
}

async function readFigures(db: Db, clusterId: number, span: Span & { perStep: boolean }): Promise<FigureRow[]> {
  const { fromMs, toMs, stepMs, perStep } = span;
  const step = perStep ? sql`floor((at_ms - ${fromMs}) / ${stepMs})` : sql`0`;
  const rows = await db.execute<Record<string, string | number | null>>(sql`
    select member_id as "memberId", read, ${step} as step, count(*) as asked,
      count(*) filter (where micros < 0) as failed,
      percentile_disc(0.5) within group (order by micros) filter (where micros >= 0) as p50,
      percentile_disc(0.99) within group (order by micros) filter (where micros >= 0) as p99,
      max(micros) filter (where micros >= 0) as max
    from (
      select member_id, read, micros, extract(epoch from minute) * 1000 + (slot - 1) * ${PROBE_SLOT_MS}::int as at_ms
      from probe_minute
      cross join lateral (values ('serializable', serializable_micros), ('linearizable', linearizable_micros))
        as pair(read, slots)
      cross join lateral unnest(pair.slots) with ordinality as one(micros, slot)
      where cluster_id = ${clusterId} and micros is not null
        and minute >= ${toIso(fromMs - MINUTE_MS)}::timestamptz and minute < ${toIso(toMs)}::timestamptz
    ) as probe
    where at_ms >= ${fromMs} and at_ms < ${toMs}
    group by 1, 2, 3
    order by 1, 2, 3`);
  return rows.map(({ memberId, read, step, asked, failed, p50, p99, max }) => ({
    ...{ memberId: String(memberId), read: read as Read, step: Number(step) },
    ...{
      asked: Number(asked),
      failed: Number(failed),
      p50Ms: microsToMs(p50),
      p99Ms: microsToMs(p99),
      maxMs: microsToMs(max),
    },
  }));
}

async function readFailures(db: Db, clusterId: number, { fromMs, toMs }: Span) {
  const rows = await db.execute<{ memberId: string; atMs: string; read: Read; text: string }>(sql`
    select * from (
      select member_id as "memberId", at_ms as "atMs", failure->>'read' as read, failure->>'text' as text,
        row_number() over (partition by member_id order by at_ms desc, failure->>'read' desc) as place
      from probe_minute
      cross join lateral json_array_elements(failures) as one(failure)
      cross join lateral (
        select extract(epoch from minute) * 1000 + (failure->>'slot')::int * ${PROBE_SLOT_MS}::int as at_ms) as instant
      where cluster_id = ${clusterId} and at_ms >= ${fromMs} and at_ms < ${toMs}
        and minute >= ${toIso(fromMs - MINUTE_MS)}::timestamptz and minute < ${toIso(toMs)}::timestamptz
    ) as failed
    where place <= ${MAX_FAILURES}
    order by "memberId", place`);
  return rows.map(({ memberId, atMs, read, text }) => ({ memberId, at: toIso(Number(atMs)), read, text }));
}

function toFigures(row: FigureRow | undefined): ProbeFigures {
  if (row === undefined) return { asked: 0, failed: 0, p50Ms: null, p99Ms: null, maxMs: null };
  const { asked, failed, p50Ms, p99Ms, maxMs } = row;
  return { asked, failed, p50Ms, p99Ms, maxMs };
}

function toSeries({ atMs }: Buckets, rows: readonly FigureRow[]): ProbeSeries {
  const byStep = new Map(rows.map((row) => [row.step, row]));
  const column = (pick: (row: FigureRow) => number | null) =>
    atMs.map((_, step) => {
      const row = byStep.get(step);
      return row === undefined ? null : pick(row);
    });
  return { p50Ms: column((row) => row.p50Ms), maxMs: column((row) => row.maxMs), failed: column((row) => row.failed) };
}

function microsToMs(micros: string | number | null | undefined): number | null {
  return micros === null || micros === undefined ? null : Number(micros) / 1_000;
}

function toIso(ms: number): string {
  return new Date(ms).toISOString();
}
