import { and, eq, inArray } from "drizzle-orm";
import type { Db } from "@/lib/db/client";
import { hotKey } from "@/lib/db/schema";
import { toKeyText } from "@/lib/model/key-text";
import type { TimeRange } from "@/lib/model/time-range";
import { type HotSums, listHotSums } from "@/lib/queries/hot-sums";
import type { PrefixFacts } from "@/lib/rules/triage/triage-facts";

const MINUTE_MS = 60_000;
/** So many of the most written keys are looked at, by writes and by bytes each. */
const MOST_KEYS = 300;

/** A key among the most written of a window. */
export interface HotKey extends NonNullable<PrefixFacts["hotKey"]> {
  writtenBytesPerSecond: number;
}

/** A key with so many times the bytes of the most written one is the hotter. */
const FATTER_TIMES = 3;

/** The most written keys of some minutes. */
export interface HotKeys {
  /** The most written of them below a prefix, or the one that takes by far the most bytes; null: none is known. */
  hottestBelow(prefix: Buffer): HotKey | null;
}

/** The most written keys of the minutes of a window. Their writes are at least as many as told. */
export async function readHotKeys(db: Db, clusterId: number, { fromMs, toMs }: TimeRange): Promise<HotKeys> {
  const range = { fromMs: Math.floor(fromMs / MINUTE_MS) * MINUTE_MS, toMs };
  const sums = await listHotSums(db, clusterId, range);
  const seconds = sums.reduce((sum, { observedMs }) => sum + observedMs, 0) / 1_000;
  const counts = addUp(sums);
  const keys = await readKeys(db, clusterId, pickIds(counts));
  const listed = keys
    .map(({ keyId, key }) => ({ key, ...(counts.get(keyId) as Count) }))
    .sort((a, b) => b.writes - a.writes || b.writtenBytes - a.writtenBytes || Buffer.compare(a.key, b.key));
  return {
    hottestBelow(prefix) {
      const below = listed.filter(({ key }) => prefix.equals(key.subarray(0, prefix.length)));
      const [busiest] = below;
      if (busiest === undefined || seconds <= 0) return null;
      const fattest = below.reduce((most, one) => (one.writtenBytes > most.writtenBytes ? one : most));
      const isFatter = fattest.writtenBytes >= busiest.writtenBytes * FATTER_TIMES;
      return toHotKey(isFatter ? fattest : busiest, seconds);
    },
  };
}

function toHotKey({ key, writes, writtenBytes }: Count & { key: Buffer }, seconds: number): HotKey {
  const meanBytes = writes > 0 ? Math.round(writtenBytes / writes) : 0;
  return {
    key: toKeyText(key).text,
    writesPerSecond: writes / seconds,
    valueBytes: meanBytes >= key.length ? meanBytes - key.length : null,
    writtenBytesPerSecond: writtenBytes / seconds,
  };
}

interface Count {
  writes: number;
  writtenBytes: number;
}

function addUp(sums: readonly HotSums[]): Map<number, Count> {
  const counts = new Map<number, Count>();
  for (const { keyIds, ofKeys } of sums) {
    for (const [i, keyId] of keyIds.entries()) {
      const count = counts.get(keyId) ?? { writes: 0, writtenBytes: 0 };
      count.writes += ofKeys.writes[i] as number;
      count.writtenBytes += ofKeys.writtenBytes[i] as number;
      counts.set(keyId, count);
    }
  }
  return counts;
}

function pickIds(counts: ReadonlyMap<number, Count>): number[] {
  const top = (figure: keyof Count) =>
    [...counts].sort((a, b) => b[1][figure] - a[1][figure] || a[0] - b[0]).slice(0, MOST_KEYS);
  return [...new Set([...top("writes"), ...top("writtenBytes")].map(([keyId]) => keyId))];
}

async function readKeys(db: Db, clusterId: number, ids: readonly number[]): Promise<{ keyId: number; key: Buffer }[]> {
  if (ids.length === 0) return [];
  return db
    .select({ keyId: hotKey.keyId, key: hotKey.key })
    .from(hotKey)
    .where(and(eq(hotKey.clusterId, clusterId), inArray(hotKey.keyId, [...ids])));
}
