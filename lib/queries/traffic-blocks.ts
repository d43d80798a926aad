import type { Db } from "@/lib/db/client";
import type { TimeRange } from "@/lib/model/time-range";
import { BlockSum } from "@/lib/queries/traffic-block";
import { blockCache } from "@/lib/queries/traffic-block-cache";
import { loadBlocks, type TimedBlock, toTimedBlock } from "@/lib/queries/traffic-block-rows";
import {
  type CellSource,
  findOldestMinute,
  HOUR_MS,
  listHourHeads,
  listMinuteHeads,
  MINUTE_MS,
  type TrafficHead,
} from "@/lib/queries/traffic-heads";

export type { TimedBlock } from "@/lib/queries/traffic-block-rows";

/** Lengths of blocks at the ends of a range, the longest first. */
const FINER_MS = [HOUR_MS, 5 * MINUTE_MS, MINUTE_MS];

export interface BlockQuestion {
  source: CellSource;
  range: TimeRange;
  /** How long a block may be: a minute, what divides an hour, or some hours that divide a day. */
  blockMs: number;
}

/** A range of whole minutes; of whole hours at an end of which only the sealed hour is kept. */
export async function toKeptRange(
  db: Db,
  clusterId: number,
  { source, range }: Pick<BlockQuestion, "source" | "range">,
): Promise<TimeRange> {
  const oldestMs = (await findOldestMinute(db, clusterId, source)) ?? Number.POSITIVE_INFINITY;
  const unitOf = async (ms: number) => {
    const hourMs = Math.floor(ms / HOUR_MS) * HOUR_MS;
    if (hourMs + HOUR_MS > oldestMs) return MINUTE_MS;
    const hours = await listHourHeads(db, clusterId, { source, range: { fromMs: hourMs, toMs: hourMs + 1 } });
    return hours.length > 0 ? HOUR_MS : MINUTE_MS;
  };
  const fromUnit = await unitOf(range.fromMs);
  const toUnit = await unitOf(range.toMs - 1);
  return {
    fromMs: Math.floor(range.fromMs / fromUnit) * fromUnit,
    toMs: Math.ceil(range.toMs / toUnit) * toUnit,
  };
}

/**
 * What was stored of a range (`toKeptRange`), in the order of time: blocks of `blockMs` where they lie whole in it, at its
 * ends finer ones, down to minutes. A sealed hour stands for its minutes unless some have come since.
 */
export async function readBlocks(db: Db, clusterId: number, question: BlockQuestion): Promise<TimedBlock[]> {
  const { range, blockMs } = question;
  const inner = {
    fromMs: Math.ceil(range.fromMs / blockMs) * blockMs,
    toMs: Math.floor(range.toMs / blockMs) * blockMs,
  };
  if (blockMs === MINUTE_MS) return readMinutes(db, clusterId, question);
  const finerMs = FINER_MS.find((ms) => ms < blockMs) ?? MINUTE_MS;
  if (inner.fromMs >= inner.toMs) return readBlocks(db, clusterId, { ...question, blockMs: finerMs });
  const edge = (part: TimeRange) =>
    part.fromMs < part.toMs ? readBlocks(db, clusterId, { ...question, range: part, blockMs: finerMs }) : [];
  return [
    ...(await edge({ fromMs: range.fromMs, toMs: inner.fromMs })),
    ...(await readWhole(db, clusterId, { ...question, range: inner })),
    ...(await edge({ fromMs: inner.toMs, toMs: range.toMs })),
  ];
}

function readWhole(db: Db, clusterId: number, question: BlockQuestion): Promise<TimedBlock[]> {
  if (question.blockMs > HOUR_MS) return readLong(db, clusterId, question);
  return (question.blockMs === HOUR_MS ? readHours : readMinutes)(db, clusterId, question);
}

async function readMinutes(db: Db, clusterId: number, question: BlockQuestion): Promise<TimedBlock[]> {
  const heads = await listMinuteHeads(db, clusterId, { ...question, stepMs: question.blockMs });
  return loadBlocks(db, clusterId, { ...question, heads, from: "minutes" });
}

async function readHours(db: Db, clusterId: number, question: BlockQuestion): Promise<TimedBlock[]> {
  const { sealed, open } = await listHours(db, clusterId, question);
  const blocks = await loadBlocks(db, clusterId, { ...question, heads: sealed, from: "hours" });
  blocks.push(...(await loadBlocks(db, clusterId, { ...question, heads: open, from: "minutes" })));
  return blocks.sort((a, b) => a.fromMs - b.fromMs);
}

/** The hours of a range: those whose sealed row is whole, and those that only their minutes tell. */
async function listHours(db: Db, clusterId: number, question: BlockQuestion) {
  const minutes = await listMinuteHeads(db, clusterId, { ...question, stepMs: HOUR_MS });
  const byHour = new Map(minutes.map((head) => [head.fromMs, head]));
  const hours = await listHourHeads(db, clusterId, question);
  const sealed = hours.filter((hour) => isWhole(hour, byHour.get(hour.fromMs)));
  for (const { fromMs } of sealed) byHour.delete(fromMs);
  return { sealed, open: [...byHour.values()] };
}

/** Late minutes are sealed again within minutes; fewer than were sealed are those that are still kept. */
function isWhole(hour: TrafficHead, minutes: TrafficHead | undefined): boolean {
  return !minutes || (hour.events >= minutes.events && hour.observedMs >= minutes.observedMs);
}

/** Some hours together, one stretch after the other: a month of hours would not fit into memory. */
async function readLong(db: Db, clusterId: number, question: BlockQuestion): Promise<TimedBlock[]> {
  const { source, blockMs } = question;
  const { sealed, open } = await listHours(db, clusterId, question);
  const cache = blockCache(db);
  const blocks: TimedBlock[] = [];
  for (const head of joinHeads([...sealed, ...open], blockMs)) {
    const name = `${clusterId} ${source} long ${blockMs} ${head.fromMs}`;
    let block = cache.get(name, head.version);
    if (!block) {
      const sum = new BlockSum();
      const range = { fromMs: head.fromMs, toMs: head.fromMs + blockMs };
      for (const hour of await readHours(db, clusterId, { source, range, blockMs: HOUR_MS })) sum.addBlock(hour.block);
      block = sum.finish();
      cache.put(name, head.version, block);
    }
    blocks.push(toTimedBlock(head, blockMs, block));
  }
  return blocks;
}

function joinHeads(heads: readonly TrafficHead[], blockMs: number): TrafficHead[] {
  const joined = new Map<number, TrafficHead>();
  for (const head of [...heads].sort((a, b) => a.fromMs - b.fromMs)) {
    const fromMs = Math.floor(head.fromMs / blockMs) * blockMs;
    const there = joined.get(fromMs) ?? { fromMs, observedMs: 0, events: 0, foldedCells: 0, version: "" };
    joined.set(fromMs, {
      fromMs,
      observedMs: there.observedMs + head.observedMs,
      events: there.events + head.events,
      foldedCells: there.foldedCells + head.foldedCells,
      version: `${there.version} ${head.fromMs}/${head.version}`,
    });
  }
  return [...joined.values()];
}
