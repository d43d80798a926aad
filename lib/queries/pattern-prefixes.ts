import { and, desc, eq, sql } from "drizzle-orm";
import type { Db } from "@/lib/db/client";
import { prefix, prefixState } from "@/lib/db/schema";
import type { TimeRange } from "@/lib/model/time-range";
import { readSamples } from "@/lib/queries/samples";

/** Prefixes that are looked at: so many by writes, and so many by bytes. What lies above one of them is among them. */
const MOST_WRITTEN = 300;
const MOST_BYTES = 150;
/** A tree of so few prefixes is looked at whole. */
const MOST_WHOLE = 600;
/** Buckets to find the most written in: few, for all prefixes are read. */
const COARSE_BUCKETS = 8;
/** Prefixes below a chosen one that are considered. */
const MOST_BELOW = 20_000;

/** A prefix of the dictionary. */
export interface PatternPrefix {
  slot: number;
  parentSlot: number | null;
  prefix: Buffer;
}

export interface PatternScope {
  range: TimeRange;
  /** A multiple of it is used to find the most written. */
  stepMs: number;
  /** Only what lies below this slot, itself included; null for everything. */
  slot: number | null;
  nowMs: number;
}

/**
 * The prefixes whose patterns matter: the most written in the range and the largest now, without *other* nodes. The
 * whole keyspace is always among them.
 */
export async function listPatternPrefixes(db: Db, clusterId: number, scope: PatternScope): Promise<PatternPrefix[]> {
  const below = scope.slot === null || scope.slot === 0 ? null : await listBelow(db, clusterId, scope.slot);
  const whole = await listPrefixes(db, clusterId, below);
  if (whole.length <= MOST_WHOLE) return whole;
  const [written, large] = await Promise.all([
    listMostWritten(db, clusterId, scope, below),
    listLargest(db, clusterId, below),
  ]);
  return listPrefixes(db, clusterId, [...written, ...large]);
}

/** The prefixes of these slots and the whole keyspace, without *other* nodes; without slots of all, a few too many. */
function listPrefixes(db: Db, clusterId: number, slots: readonly number[] | null): Promise<PatternPrefix[]> {
  const isWanted = slots === null ? undefined : sql`${prefix.slot} = any(${toArray([0, ...slots])})`;
  return db
    .select({ slot: prefix.slot, parentSlot: prefix.parentSlot, prefix: prefix.prefix })
    .from(prefix)
    .where(and(eq(prefix.clusterId, clusterId), eq(prefix.isOther, false), isWanted))
    .orderBy(prefix.slot)
    .limit(MOST_WHOLE + 1);
}

async function listMostWritten(
  db: Db,
  clusterId: number,
  { range, stepMs, nowMs }: PatternScope,
  below: readonly number[] | null,
): Promise<number[]> {
  const steps = Math.ceil((range.toMs - range.fromMs) / stepMs / COARSE_BUCKETS);
  const samples = await readSamples(
    db,
    clusterId,
    { range, stepMs: steps * stepMs, measures: ["puts", "deletes"], slots: below },
    nowMs,
  );
  const [puts, deletes] = [samples.of("puts"), samples.of("deletes")];
  const columns = samples.atMs.length;
  const written = Array.from(samples.slots, (slot, row) => {
    let writes = 0;
    for (let i = row * columns; i < (row + 1) * columns; i++) writes += (puts[i] || 0) + (deletes[i] || 0);
    return { slot, writes };
  });
  return written
    .filter(({ writes }) => writes > 0)
    .sort((a, b) => b.writes - a.writes || a.slot - b.slot)
    .slice(0, MOST_WRITTEN)
    .map(({ slot }) => slot);
}

async function listLargest(db: Db, clusterId: number, below: readonly number[] | null): Promise<number[]> {
  const bytes = sql`${prefixState.keyBytes} + ${prefixState.valueBytes}`;
  const isBelow = below === null ? undefined : sql`${prefixState.slot} = any(${toArray(below)})`;
  const rows = await db
    .select({ slot: prefixState.slot })
    .from(prefixState)
    .where(and(eq(prefixState.clusterId, clusterId), sql`${prefixState.keys} > 0`, isBelow))
    .orderBy(desc(bytes), prefixState.slot)
    .limit(MOST_BYTES);
  return rows.map(({ slot }) => slot);
}

/** The slots below one, itself included. Served by `prefix_by_parent`. */
async function listBelow(db: Db, clusterId: number, slot: number): Promise<number[]> {
  const rows = await db.execute<{ slot: number }>(sql`
    with recursive below(slot) as (
      select ${slot}::int
      union all
      select ${prefix.slot} from ${prefix} join below on ${prefix.parentSlot} = below.slot
      where ${prefix.clusterId} = ${clusterId}
    )
    select slot from below limit ${MOST_BELOW}`);
  return rows.map((row) => row.slot).sort((a, b) => a - b);
}

function toArray(slots: readonly number[]) {
  return sql`${`{${slots.join(",")}}`}::int[]`;
}
