import { setImmediate as nextTurn } from "node:timers/promises";
import type { Db } from "@/lib/db/client";
import { trafficHour, trafficMinute } from "@/lib/db/schema-sources";
import type { TimeRange } from "@/lib/model/time-range";
import { decodeTrafficFrame } from "@/lib/model/traffic-frame";
import { BlockSum, type TrafficBlock } from "@/lib/queries/traffic-block";
import { blockCache } from "@/lib/queries/traffic-block-cache";
import { type CellSource, HOUR_MS, inRows, type TrafficHead } from "@/lib/queries/traffic-heads";

/** Rows whose payloads are in memory at once: so many minutes, or hours. */
const BATCH_ROWS = 60;

/** A stretch of time with its cells. */
export interface TimedBlock extends TrafficHead {
  toMs: number;
  block: TrafficBlock;
}

/** Which stretches are to be unpacked, in the order of time, and from what. */
export interface Unpacking {
  source: CellSource;
  heads: readonly TrafficHead[];
  /** How long each stretch is. */
  blockMs: number;
  /** Whether the sealed hours are read, or the minutes. */
  from: "hours" | "minutes";
}

/** The stretches with their cells, from memory or from what is stored. */
export async function loadBlocks(db: Db, clusterId: number, unpacking: Unpacking): Promise<TimedBlock[]> {
  const { source, heads, blockMs, from } = unpacking;
  const cache = blockCache(db);
  const nameOf = (head: TrafficHead) => `${clusterId} ${source} ${from} ${blockMs} ${head.fromMs}`;
  const rowMs = from === "hours" ? HOUR_MS : HOUR_MS / 60;
  const found: TimedBlock[] = [];
  let open: TrafficHead[] = [];
  const loadOpen = async () => {
    const blocks = await unpack(db, clusterId, { ...unpacking, heads: open });
    for (const [i, block] of blocks.entries()) {
      const head = open[i] as TrafficHead;
      cache.put(nameOf(head), head.version, block);
      found.push(toTimedBlock(head, blockMs, block));
    }
    open = [];
  };
  for (const head of heads) {
    const block = cache.get(nameOf(head), head.version);
    const isFar = open[0] !== undefined && head.fromMs + blockMs - open[0].fromMs > BATCH_ROWS * rowMs;
    if (open.length > 0 && (block || isFar)) await loadOpen();
    if (block) found.push(toTimedBlock(head, blockMs, block));
    else open.push(head);
  }
  if (open.length > 0) await loadOpen();
  return found;
}

/** A head with its block. */
export function toTimedBlock(head: TrafficHead, blockMs: number, block: TrafficBlock): TimedBlock {
  const observedMs = Math.max(0, head.observedMs - block.lostMs);
  return { ...head, observedMs, toMs: head.fromMs + blockMs, block };
}

/** The blocks of neighbouring stretches, read in one go. */
async function unpack(db: Db, clusterId: number, { source, heads, blockMs, from }: Unpacking): Promise<TrafficBlock[]> {
  const [first, last] = [heads[0] as TrafficHead, heads.at(-1) as TrafficHead];
  const range = { fromMs: first.fromMs, toMs: last.fromMs + blockMs };
  const table = from === "hours" ? trafficHour : trafficMinute;
  const sums = new Map(heads.map(({ fromMs }) => [fromMs, new BlockSum()]));
  for (const row of await selectRows(db, table, clusterId, source, range)) {
    const sum = sums.get(Math.floor(row.at.getTime() / blockMs) * blockMs);
    if (sum) addRow(sum, row);
    await nextTurn(); // others are answered meanwhile
  }
  return heads.map(({ fromMs }) => (sums.get(fromMs) as BlockSum).finish());
}

/** A damaged row is a gap: the rest of the range is worth more than that. */
function addRow(
  sum: BlockSum,
  { format, payload, observedMs }: { format: number; payload: Uint8Array; observedMs: number },
): void {
  try {
    sum.add(decodeTrafficFrame(format, payload));
  } catch {
    sum.lose(observedMs); // the worker logs it, and begins the row anew when more of it comes
  }
}

function selectRows(
  db: Db,
  table: typeof trafficMinute | typeof trafficHour,
  clusterId: number,
  source: CellSource,
  range: TimeRange,
) {
  return db
    .select({ at: table.at, observedMs: table.observedMs, format: table.format, payload: table.payload })
    .from(table as typeof trafficMinute)
    .where(inRows(table, clusterId, source, range))
    .orderBy(table.at);
}
