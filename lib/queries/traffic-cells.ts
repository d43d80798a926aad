import type { Db } from "@/lib/db/client";
import { LAST_BUCKET, quantileMicros } from "@/lib/model/latency-buckets";
import type { TimeRange } from "@/lib/model/time-range";
import { TRAFFIC_COUNTERS } from "@/lib/model/traffic";
import { COUNTERS } from "@/lib/queries/traffic-block";
import { readBlocks, type TimedBlock, toKeptRange } from "@/lib/queries/traffic-blocks";
import { type DictionaryCell, readDictionary } from "@/lib/queries/traffic-dictionary";
import { type CellSource, HOUR_MS } from "@/lib/queries/traffic-heads";
import type { ReadCell, Telling, TrafficReading } from "@/lib/queries/traffic-reading";
import { ANSWERS, type AnswerKind } from "@/lib/queries/traffic-table";

const REQUESTS = TRAFFIC_COUNTERS.indexOf("requests");

const TELLS: Record<CellSource, Telling> = {
  audit: { errors: true, statuses: true, latency: true, bytes: true, etcdTime: true, lists: true },
  "etcd-log": { errors: false, statuses: false, latency: true, bytes: true, etcdTime: false, lists: true },
};

/**
 * The requests of a range that were told one by one: audit events, or lines of etcd's log. Exact over what came of audit
 * events; of lines a sample. `blockMs` is how fine the slices have to be.
 */
export async function readCellTraffic(
  db: Db,
  clusterId: number,
  { source, range: asked, blockMs = longestBlockMs(asked) }: { source: CellSource; range: TimeRange; blockMs?: number },
): Promise<TrafficReading> {
  const range = await toKeptRange(db, clusterId, { source, range: asked });
  const blocks = await readBlocks(db, clusterId, { source, range, blockMs });
  const index = indexCells(blocks);
  const dictionary = await readDictionary(db, clusterId, index.ids);
  const origin = source === "audit" ? "exact" : "sampled";
  const cells = index.ids.map((id): ReadCell => ({ ...(dictionary.get(id) ?? FORGOTTEN), origin }));
  const answers = cells.map(({ identity }) => toAnswer(identity.code));
  return {
    source,
    origin,
    range,
    observedMs: blocks.reduce((sum, { observedMs }) => sum + observedMs, 0),
    foldedCells: blocks.reduce((sum, { foldedCells }) => sum + foldedCells, 0),
    scaleFactor: null,
    cells,
    slices: blocks.map(({ fromMs, toMs, observedMs }) => ({ fromMs, toMs, observedMs })),
    tells: TELLS[source],
    latencyBuckets: LAST_BUCKET + 1,
    quantileMicros,
    addTo(table, rowOf) {
      for (const [slice, { block }] of blocks.entries()) {
        const { cellIds, counters, bucketStarts, buckets, bucketCounts } = block;
        for (let i = 0; i < cellIds.length; i++) {
          const cell = index.of(cellIds[i] as number);
          const row = rowOf(cell, slice);
          if (row < 0) continue;
          table.addCounters(row, counters, i * COUNTERS, { answer: answers[cell] as AnswerKind, scale: 1 });
          const end = bucketStarts[i + 1] as number;
          for (let at = bucketStarts[i] as number; at < end; at++) {
            table.addBucket(row, buckets[at] as number, bucketCounts[at] as number);
          }
        }
      }
    },
    eachCount(visit) {
      for (const [slice, { block }] of blocks.entries()) {
        const { cellIds, counters } = block;
        for (let i = 0; i < cellIds.length; i++) {
          visit(index.of(cellIds[i] as number), slice, counters[i * COUNTERS + REQUESTS] as number);
        }
      }
    },
  };
}

/** Where nobody asks when: few blocks, each of them kept in memory for the next range. */
function longestBlockMs({ fromMs, toMs }: TimeRange): number {
  return toMs - fromMs > LONG_MS ? DAY_MS : HOUR_MS;
}

const DAY_MS = 24 * HOUR_MS;
const LONG_MS = 3 * DAY_MS;

/** A cell whose name was dropped while its figures are still kept. */
const FORGOTTEN: DictionaryCell = {
  identity: {
    ...{ verb: null, resource: null, namespace: null, user: null, userAgent: null, sourceAddress: null, code: null },
  },
  isFolded: true,
  firstSeenMs: 0,
};

function toAnswer(code: number | null): AnswerKind {
  if (code === 429) return ANSWERS.throttled;
  if (code === 409) return ANSWERS.conflicting;
  return code !== null && code >= 400 ? ANSWERS.failed : ANSWERS.well;
}

/** Ids beyond this would want too long an array. */
const MAX_ARRAY_ID = 2 ** 24;

/** The cells of some blocks, counted from 0. */
function indexCells(blocks: readonly TimedBlock[]): { ids: number[]; of(id: number): number } {
  let maxId = -1;
  for (const { block } of blocks) for (const id of block.cellIds) if (id > maxId) maxId = id;
  const ids: number[] = [];
  if (maxId >= MAX_ARRAY_ID) return indexSparse(blocks);
  const places = new Int32Array(maxId + 1).fill(-1);
  for (const { block } of blocks) {
    for (const id of block.cellIds) {
      if (places[id] !== -1) continue;
      places[id] = ids.length;
      ids.push(id);
    }
  }
  return { ids, of: (id) => places[id] as number };
}

function indexSparse(blocks: readonly TimedBlock[]): { ids: number[]; of(id: number): number } {
  const places = new Map<number, number>();
  for (const { block } of blocks) for (const id of block.cellIds) if (!places.has(id)) places.set(id, places.size);
  return { ids: [...places.keys()], of: (id) => places.get(id) as number };
}
