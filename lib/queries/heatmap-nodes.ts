import { sql } from "drizzle-orm";
import type { Db } from "@/lib/db/client";
import type { HeatMeasure } from "@/lib/model/heat-matrix";
import type { HeatNode } from "@/lib/model/heat-rows";
import type { TimeRange } from "@/lib/model/time-range";

const DAY_MS = 86_400_000;

/** What makes a prefix heavy, in a row of a roll-up. A change of live bytes needs a write. */
const WEIGHTS = {
  writes: sql`sum(puts + deletes)`,
  writtenBytes: sql`sum(written_bytes)`,
  deletes: sql`sum(deletes)`,
  liveBytesChange: sql`sum(written_bytes + deletes)`,
  historyBytes: sql`max(history_bytes)`,
} satisfies Record<HeatMeasure, unknown>;

/**
 * The heaviest prefixes at or below `prefix`, and how heavy they were on the whole UTC days that `range` touches and the
 * day before: the same while a range slides, so that rows stay. Answers `limit` of them; `prefix` itself is always one.
 * Days come from the daily roll-up, those it does not have yet from the hours.
 */
export async function listHeatNodes(
  db: Db,
  clusterId: number,
  question: { slot: number; prefix: Buffer; measure: HeatMeasure; range: TimeRange; limit: number },
): Promise<HeatNode[]> {
  const { slot, prefix, measure, limit } = question;
  const days = toDays(question.range);
  const weight = WEIGHTS[measure];
  const isGauge = measure === "historyBytes";
  const now = isGauge
    ? sql`union all select slot, history_bytes from prefix_state where cluster_id = ${clusterId}`
    : sql``;
  const unrolled = await listUnrolledDays(db, clusterId, days);
  const hours = unrolled.map(
    (run) => sql`
    union all
    select slot, ${weight} from prefix_hour
    where cluster_id = ${clusterId} and hour >= ${toIso(run.fromMs)} and hour < ${toIso(run.toMs)} group by slot`,
  );
  const rows = await db.execute<Record<string, string | boolean | Buffer | null>>(sql`
    with weighed as (
      select slot, ${isGauge ? sql`max(weight)` : sql`sum(weight)`} as weight from (
        select slot, ${weight} as weight from prefix_day
        where cluster_id = ${clusterId} and day >= ${toIso(days.fromMs)} and day < ${toIso(days.toMs)} group by slot
        ${sql.join(hours)}
        ${now}
      ) as parts group by slot
    )
    select prefix.slot, parent_slot, prefix, is_other, coalesce(weight, 0) as weight,
      coalesce(child_prefixes, 0) as child_prefixes, coalesce(direct_keys, 0) as direct_keys
    from prefix
    left join weighed on weighed.slot = prefix.slot
    left join prefix_state as state on state.cluster_id = ${clusterId} and state.slot = prefix.slot
    where prefix.cluster_id = ${clusterId} and ${isBelow(prefix)} and (weight > 0 or prefix.slot = ${slot})
    order by (prefix.slot = ${slot}) desc, weight desc, prefix, prefix.slot
    limit ${limit}`);
  return rows.map((row) => ({
    slot: Number(row.slot),
    parentSlot: row.parent_slot === null ? null : Number(row.parent_slot),
    prefix: row.prefix as Buffer,
    isOther: row.is_other === true,
    weight: Number(row.weight),
    childPrefixes: Number(row.child_prefixes),
    directKeys: Number(row.direct_keys),
  }));
}

/** The days of a range that have no daily roll-up, today among them, as runs. The root has a row for every day. */
async function listUnrolledDays(db: Db, clusterId: number, { fromMs, toMs }: TimeRange): Promise<TimeRange[]> {
  const rolled = await db.execute<{ day: string }>(sql`
    select extract(epoch from day) * 1000 as day from prefix_day
    where cluster_id = ${clusterId} and slot = 0 and day >= ${toIso(fromMs)} and day < ${toIso(toMs)}`);
  const known = new Set(rolled.map(({ day }) => Number(day)));
  const runs: TimeRange[] = [];
  for (let dayMs = fromMs; dayMs < toMs; dayMs += DAY_MS) {
    const last = runs.at(-1);
    if (known.has(dayMs)) continue;
    if (last?.toMs === dayMs) last.toMs += DAY_MS;
    else runs.push({ fromMs: dayMs, toMs: dayMs + DAY_MS });
  }
  return runs;
}

/** Whole UTC days, from the day before the range's first to its last. */
function toDays({ fromMs, toMs }: TimeRange): TimeRange {
  return { fromMs: (Math.floor(fromMs / DAY_MS) - 1) * DAY_MS, toMs: Math.ceil(toMs / DAY_MS) * DAY_MS };
}

function toIso(ms: number): string {
  return new Date(ms).toISOString();
}

function isBelow(prefix: Buffer) {
  if (prefix.length === 0) return sql`true`;
  return sql`substring(prefix.prefix from 1 for ${prefix.length}) = ${prefix}::bytea`;
}
