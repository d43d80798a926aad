import { sql } from "drizzle-orm";
import type { Db } from "@/lib/db/client";
import { memberSample } from "@/lib/db/schema";
import { type HealthSignalName, healthSignal } from "@/lib/model/health-signals";
import type { TimeRange } from "@/lib/model/time-range";
import type { HealthLine, HealthPart } from "@/lib/queries/health-series";
import { combineFigures, gaugeFigures, type HealthGrid } from "@/lib/queries/health-series-figures";
import { groupBy } from "@/lib/queries/health-series-groups";

export interface GridQuestion {
  names: readonly HealthSignalName[];
  range: TimeRange;
  grid: HealthGrid;
  withMembers: boolean;
  withTotals?: boolean;
}

const COLUMNS = {
  dbSizeBytes: sql`max(db_size_bytes)`,
  dbSizeInUseBytes: sql`max(db_size_in_use_bytes)`,
  statusMs: sql`max(status_ms)`,
  raftLag: sql`max(raft_index - raft_applied_index)`,
  raftBehind: sql`max(behind)`,
  revision: sql`max(revision)`,
};

/** What a sample stands for: members are asked every 10 s. */
const SAMPLE_MS = 10_000;

/** Signals of Status samples: the largest of a step. */
export async function readStatusPart(db: Db, clusterId: number, question: GridQuestion): Promise<HealthPart> {
  const wanted = question.names.flatMap((signal) => {
    const { of } = healthSignal(signal);
    return of.kind === "status" ? [{ signal, column: of.column }] : [];
  });
  const observedMs = new Array<number>(question.grid.columns).fill(0);
  if (wanted.length === 0) return { lines: [], observedMs };
  const rows = await readColumns(db, clusterId, question);
  for (const { step, samples } of rows) observedMs[step] = Math.max(observedMs[step] ?? 0, samples * SAMPLE_MS);
  const byMember = groupBy(rows, ({ memberId }) => memberId);
  return { lines: wanted.flatMap((wish) => linesOf(byMember, wish, question)), observedMs };
}

function linesOf(
  byMember: ReadonlyMap<string, StatusRow[]>,
  { signal, column }: { signal: HealthSignalName; column: keyof typeof COLUMNS },
  { grid, withMembers, withTotals }: GridQuestion,
): HealthLine[] {
  const lines = [...byMember].map(([memberId, samples]) => {
    const values = new Array<number | null>(grid.columns).fill(null);
    for (const sample of samples) values[sample.step] = sample[column];
    return { signal, memberId, split: null, ...gaugeFigures(grid, values) };
  });
  const total = withTotals ? combineFigures(lines, "most") : null;
  return [...(withMembers ? lines : []), ...(total === null ? [] : [toTotal(signal, total)])];
}

function toTotal(signal: HealthSignalName, { values, over }: Pick<HealthLine, "values" | "over">): HealthLine {
  return { signal, memberId: "", split: null, values, over };
}

type StatusRow = { memberId: string; step: number; samples: number } & Record<keyof typeof COLUMNS, number | null>;

/**
 * A row a member and step. How far behind the leader: as the poll that took the sample told, of older samples the
 * difference of the two indexes.
 */
async function readColumns(db: Db, clusterId: number, { range, grid }: GridQuestion): Promise<StatusRow[]> {
  const from = new Date(grid.fromMs).toISOString();
  const to = new Date(Math.min(range.toMs, grid.fromMs + grid.columns * grid.stepMs)).toISOString();
  const step = sql`floor((extract(epoch from at) * 1000 - ${grid.fromMs}) / ${grid.stepMs})`;
  const rows = await db.execute<Record<string, string | number | null>>(sql`
    select member_id as "memberId", ${step} as step, count(*) as samples, ${COLUMNS.dbSizeBytes} as "dbSizeBytes",
      ${COLUMNS.dbSizeInUseBytes} as "dbSizeInUseBytes", ${COLUMNS.statusMs} as "statusMs",
      ${COLUMNS.raftLag} as "raftLag", ${COLUMNS.raftBehind} as "raftBehind", ${COLUMNS.revision} as revision
    from (
      select *, coalesce(raft_behind, case when bool_or(is_leader) over (partition by at)
        then greatest(0, max(raft_index) filter (where is_leader) over (partition by at) - raft_index) end) as behind
      from ${memberSample}
      where cluster_id = ${clusterId} and at >= ${from}::timestamptz and at < ${to}::timestamptz
    ) as sample
    group by 1, 2
    order by 1, 2`);
  return rows.map((row) => ({
    memberId: String(row.memberId),
    step: Number(row.step),
    samples: Number(row.samples),
    dbSizeBytes: toNumber(row.dbSizeBytes),
    dbSizeInUseBytes: toNumber(row.dbSizeInUseBytes),
    statusMs: toNumber(row.statusMs),
    raftLag: toNumber(row.raftLag),
    raftBehind: toNumber(row.raftBehind),
    revision: toNumber(row.revision),
  }));
}

function toNumber(value: string | number | null | undefined): number | null {
  return value === null || value === undefined ? null : Number(value);
}
