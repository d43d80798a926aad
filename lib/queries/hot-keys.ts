import { sql } from "drizzle-orm";
import type { Db } from "@/lib/db/client";
import type { TimeRange } from "@/lib/model/time-range";
import { HOT_FIGURES, type HotFigure, type HotSums, listHotSums } from "@/lib/queries/hot-sums";

const MINUTE_MS = 60_000;

/** What hot keys are ordered by. */
export type HotOrder = "writes" | "writtenBytes";

/** A key among the most written ones of some minutes. */
export interface HotKeyCount {
  key: Buffer;
  /** Writes in the minutes that list the key. */
  writes: number;
  /** The most it can have had: other minutes say only how much an unlisted key had at most. */
  writesAtMost: number;
  writtenBytes: number;
  /** The same of bytes; null where a minute does not say. */
  writtenBytesAtMost: number | null;
}

/** The most written keys under a byte prefix, and the minutes in fact covered: none is split. */
export interface HotKeyCounts {
  range: TimeRange;
  observedSeconds: number;
  keys: HotKeyCount[];
}

interface HotQuestion {
  range: TimeRange;
  prefix: Buffer;
  limit: number;
  by: HotOrder;
}

/** The keys most often listed as hot in `range`, the most written first. Served by the primary key of `hot_minute`. */
export async function listHotKeys(db: Db, clusterId: number, question: HotQuestion): Promise<HotKeyCounts> {
  const { fromMs, toMs } = question.range;
  const range = { fromMs: Math.floor(fromMs / MINUTE_MS) * MINUTE_MS, toMs };
  const sums = await listHotSums(db, clusterId, range);
  const counts = addUp(sums);
  const total = toTotal(sums);
  const found = await findHottest(db, clusterId, counts, question);
  const keys = found.map(({ keyId, key }) => toCount(key, counts.get(keyId) as Counts, total));
  return { range, observedSeconds: total.observedMs / 1_000, keys };
}

type Counts = Record<HotFigure, number>;

function addUp(sums: readonly HotSums[]): Map<number, Counts> {
  const counts = new Map<number, Counts>();
  for (const { keyIds, ofKeys } of sums) {
    for (let i = 0; i < keyIds.length; i++) {
      const keyId = keyIds[i] as number;
      let count = counts.get(keyId);
      if (count === undefined) {
        count = { writes: 0, writtenBytes: 0, unlistedWrites: 0, unlistedWrittenBytes: 0, unknownMinutes: 0 };
        counts.set(keyId, count);
      }
      for (const figure of HOT_FIGURES) count[figure] += ofKeys[figure][i] as number;
    }
  }
  return counts;
}

type Total = Omit<HotSums, "keyIds" | "ofKeys">;

function toTotal(sums: readonly HotSums[]): Total {
  const total: Total = { observedMs: 0, unlistedWrites: 0, unlistedWrittenBytes: 0, unknownMinutes: 0 };
  for (const part of sums) {
    total.observedMs += part.observedMs;
    total.unlistedWrites += part.unlistedWrites;
    total.unlistedWrittenBytes += part.unlistedWrittenBytes;
    total.unknownMinutes += part.unknownMinutes;
  }
  return total;
}

/** The first keys in the order asked for: by their count, equal ones by their bytes. */
async function findHottest(
  db: Db,
  clusterId: number,
  counts: ReadonlyMap<number, Counts>,
  { prefix, limit, by }: HotQuestion,
): Promise<{ keyId: number; key: Buffer }[]> {
  const isBelow = prefix.length === 0 ? null : await listKeyIds(db, clusterId, prefix);
  const all = [...counts].map(([keyId, count]) => ({ keyId, count: count[by] }));
  const asked = isBelow === null ? all : all.filter(({ keyId }) => isBelow.has(keyId));
  asked.sort((a, b) => b.count - a.count);
  const least = asked[limit - 1]?.count ?? 0;
  const candidates = asked.filter(({ count }) => count >= least);
  const toArray = (values: number[]) => `{${values.join(",")}}`;
  const rows = await db.execute<{ key_id: number; key: Buffer }>(sql`
    select hot_key.key_id, hot_key.key
    from unnest(${toArray(candidates.map(({ keyId }) => keyId))}::int[],
      ${toArray(candidates.map(({ count }) => count))}::bigint[]) as hottest(key_id, count)
    join hot_key on hot_key.cluster_id = ${clusterId} and hot_key.key_id = hottest.key_id
    order by hottest.count desc, hot_key.key limit ${limit}`);
  return rows.map((row) => ({ keyId: row.key_id, key: row.key }));
}

async function listKeyIds(db: Db, clusterId: number, prefix: Buffer): Promise<Set<number>> {
  const rows = await db.execute<{ key_id: number }>(sql`
    select key_id from hot_key
    where cluster_id = ${clusterId} and substring(key from 1 for ${prefix.length}::int) = ${prefix}::bytea`);
  return new Set(rows.map((row) => row.key_id));
}

/** Each minute that does not list the key adds what an unlisted one may have had. */
function toCount(key: Buffer, count: Counts, total: Total): HotKeyCount {
  const { writes, writtenBytes } = count;
  const unlistedBytes = total.unlistedWrittenBytes - count.unlistedWrittenBytes;
  return {
    key,
    writes,
    writesAtMost: writes + total.unlistedWrites - count.unlistedWrites,
    writtenBytes,
    writtenBytesAtMost: total.unknownMinutes > count.unknownMinutes ? null : writtenBytes + unlistedBytes,
  };
}
