import type { Db } from "@/lib/db/client";
import { FRAME_MS, type TimeRange } from "@/lib/model/time-range";
import { type Gauge, type GaugeTrack, readFirstGauges, readGaugesAt } from "@/lib/queries/gauges";
import { ceilToHour, floorToHour, HOUR_MS, readGaugesAtHour, sumHours } from "@/lib/queries/hours";
import type { Counts, SlotSums } from "@/lib/queries/slot-sums";
import { sumFrames } from "@/lib/queries/sum-frames";

/** Ranges up to this long are answered from frames, longer ones from whole hours. */
const FRAMES_REACH_MS = 24 * HOUR_MS;
/** Frames are surely kept so long (`lib/db/partitions.ts` drops them a day later). */
const FRAMES_KEPT_MS = 7 * 24 * HOUR_MS;

/** What happened to some prefixes over a range. */
export interface PrefixWindow {
  /** The range in fact covered: an hour is never split. */
  range: TimeRange;
  observedSeconds: number;
  counts(slot: number): Counts;
  /**
   * Change of the gauges from the range's start to its end, or from the first frame in it when nobody watched at its
   * start; null where an end is not known.
   */
  growth(slot: number, current: Gauge): { keys: number; bytes: number } | null;
}

/** True when `range` is so long, or so long ago, that whole hours answer for it. */
export function isHourly(range: TimeRange, nowMs: number): boolean {
  return range.toMs - range.fromMs > FRAMES_REACH_MS || nowMs - range.fromMs > FRAMES_KEPT_MS;
}

/** Counts and growth of `slots` over `range`. */
export async function readWindow(
  db: Db,
  clusterId: number,
  { range, slots, nowMs }: { range: TimeRange; slots: ReadonlySet<number>; nowMs: number },
): Promise<PrefixWindow> {
  return isHourly(range, nowMs)
    ? readHourWindow(db, clusterId, { range, slots, nowMs })
    : readFrameWindow(db, clusterId, { range, slots, nowMs });
}

interface WindowQuestion {
  range: TimeRange;
  slots: ReadonlySet<number>;
  nowMs: number;
}

async function readFrameWindow(
  db: Db,
  clusterId: number,
  { range, slots, nowMs }: WindowQuestion,
): Promise<PrefixWindow> {
  const { sums, observedMs } = await sumFrames(db, clusterId, range, slots);
  const start =
    (await readGaugesAt(db, clusterId, range.fromMs, slots)) ?? (await readFirstGauges(db, clusterId, range, slots));
  // Up to now: the published figures are fresher than the last frame.
  const endsNow = range.toMs > nowMs - FRAME_MS;
  const end = endsNow || start === null ? null : await readGaugesAt(db, clusterId, range.toMs, slots);
  return toWindow(range, observedMs, sums, (slot, current) =>
    growthBetween(start, endsNow ? () => current : end, slot),
  );
}

function growthBetween(start: GaugeTrack | null, end: GaugeTrack | (() => Gauge) | null, slot: number) {
  const from = start?.get(slot) ?? null;
  const to = typeof end === "function" ? end() : (end?.get(slot) ?? null);
  return from === null || to === null ? null : change(from, to);
}

async function readHourWindow(
  db: Db,
  clusterId: number,
  { range, slots, nowMs }: WindowQuestion,
): Promise<PrefixWindow> {
  const endMs = ceilToHour(range.toMs);
  const hours = { fromMs: floorToHour(range.fromMs), toMs: endMs > nowMs ? range.toMs : endMs };
  const { sums, observedMs } = await sumHours(db, clusterId, hours, slots);
  const start = await readGaugesAtHour(db, clusterId, hours.fromMs, slots);
  const endsNow = endMs > nowMs;
  const end = endsNow || start === null ? null : await readGaugesAtHour(db, clusterId, endMs, slots);
  return toWindow(hours, observedMs, sums, (slot, current) => {
    if (start === null || (!endsNow && end === null)) return null;
    const to = endsNow ? current : end?.get(slot);
    if (!to) return null;
    return growthFrom(start.get(slot) ?? null, to, sums.get(slot));
  });
}

/** Without a known start, the counts can still tell: all there is was made in the range, or nothing happened in it. */
function growthFrom(start: Gauge | null, end: Gauge, counts: Counts) {
  if (start !== null) return change(start, end);
  if (counts.puts === 0 && counts.deletes === 0) return { keys: 0, bytes: 0 };
  const keysBefore = end.keys - counts.creates + counts.deletes;
  return keysBefore === 0 ? { keys: end.keys, bytes: end.keyBytes + end.valueBytes } : null;
}

function change(from: Gauge, to: Gauge) {
  return { keys: to.keys - from.keys, bytes: to.keyBytes + to.valueBytes - from.keyBytes - from.valueBytes };
}

function toWindow(range: TimeRange, observedMs: number, sums: SlotSums, growth: PrefixWindow["growth"]): PrefixWindow {
  return { range, observedSeconds: observedMs / 1_000, counts: (slot) => sums.get(slot), growth };
}
