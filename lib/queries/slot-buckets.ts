import type { Db } from "@/lib/db/client";
import type { TimeRange } from "@/lib/model/time-range";
import { findFullFrameBefore, readFrames, readRootFrames } from "@/lib/queries/frames";
import { type Gauge, GaugeTrack } from "@/lib/queries/gauges";
import { listHours, readGaugesAtHour } from "@/lib/queries/hours";
import type { Buckets } from "@/lib/queries/query-range";
import { type Counts, NO_COUNTS, SlotSums } from "@/lib/queries/slot-sums";

/** A prefix in one bucket: what it held at the end, what happened in it. */
export interface SlotPoint {
  /** Null where it is not known. */
  gauge: Gauge | null;
  counts: Counts;
}

/** Some prefixes over time. */
export interface SlotBuckets {
  /** How much of each bucket was watched, in milliseconds; 0 makes its points null. */
  observedMs: number[];
  of(slot: number, bucket: number): SlotPoint;
}

interface BucketQuestion {
  buckets: Buckets;
  /** It ends within the last bucket, and may begin within the first. */
  range: TimeRange;
  slots: readonly number[];
  /** What the slots hold now, where the range ends now. */
  current: ReadonlyMap<number, Gauge> | null;
}

/** Buckets from frames. What a prefix held before the first bucket is read from the last full frame before it. */
export async function readFrameBuckets(
  db: Db,
  clusterId: number,
  { buckets, range, slots }: BucketQuestion,
): Promise<SlotBuckets> {
  const points = new BucketPoints(buckets);
  if (slots.length === 0) return points;
  const wanted = new Set(slots);
  const track = new GaugeTrack(wanted);
  const fromMs = (await findFullFrameBefore(db, clusterId, buckets.fromMs + 1)) ?? buckets.fromMs;
  const read = slots.every((slot) => slot === ROOT_SLOT) ? readRootFrames : readFrames;
  for await (const frame of read(db, clusterId, { fromMs, toMs: range.toMs })) {
    track.apply(frame);
    if (frame.atMs < buckets.fromMs) continue;
    const bucket = points.bucketOf(frame.atMs);
    points.watched(bucket, frame.observedMs);
    points.sums(bucket).addCells(frame.cells, wanted);
    for (const slot of slots) points.setGauge(slot, bucket, track.get(slot));
  }
  return points;
}

/** Buckets from hours; each is at least one long. */
export async function readHourBuckets(
  db: Db,
  clusterId: number,
  { buckets, range, slots, current }: BucketQuestion,
): Promise<SlotBuckets> {
  const points = new BucketPoints(buckets);
  if (slots.length === 0) return points;
  const before = await readGaugesAtHour(db, clusterId, buckets.fromMs, new Set(slots));
  const gauges = new Map<number, Gauge>(before ?? []);
  // The root has a row for every watched hour; a prefix only for those in which it changed.
  const hours = { fromMs: buckets.fromMs, toMs: range.toMs };
  const rows = await listHours(db, clusterId, hours, [...new Set([ROOT_SLOT, ...slots])]);
  const changed = new Set(rows.map(({ slot }) => slot));
  for (const slot of slots) {
    const gauge = current?.get(slot);
    if (gauge && !changed.has(slot)) gauges.set(slot, gauge); // untouched since the range began
  }
  for (const row of rows) {
    const bucket = points.bucketOf(row.hourMs);
    if (row.slot === ROOT_SLOT) points.watched(bucket, row.observedMs);
    if (!gauges.has(row.slot) && row.keys - row.creates + row.deletes === 0) points.wasEmptyBefore(row.slot);
    gauges.set(row.slot, row);
    points.sums(bucket).add(row.slot, row);
    for (const slot of slots) points.setGauge(slot, bucket, gauges.get(slot) ?? null);
  }
  return points;
}

const ROOT_SLOT = 0;
const EMPTY: Gauge = { keys: 0, keyBytes: 0, valueBytes: 0 };

class BucketPoints implements SlotBuckets {
  readonly observedMs: number[];
  #sums: SlotSums[];
  #gauges = new Map<number, (Gauge | null)[]>();
  #empty = new Set<number>();

  constructor(private readonly buckets: Buckets) {
    this.observedMs = buckets.atMs.map(() => 0);
    this.#sums = buckets.atMs.map(() => new SlotSums());
  }

  bucketOf(atMs: number): number {
    return Math.floor((atMs - this.buckets.fromMs) / this.buckets.stepMs);
  }

  watched(bucket: number, ms: number): void {
    this.observedMs[bucket] = (this.observedMs[bucket] ?? 0) + ms;
  }

  sums(bucket: number): SlotSums {
    return this.#sums[bucket] as SlotSums;
  }

  setGauge(slot: number, bucket: number, gauge: Gauge | null): void {
    const gauges = this.#gauges.get(slot) ?? [];
    gauges[bucket] = gauge;
    this.#gauges.set(slot, gauges);
  }

  /** The slot's first row shows that it held nothing before: its unknown gauges are empty ones. */
  wasEmptyBefore(slot: number): void {
    this.#empty.add(slot);
  }

  of(slot: number, bucket: number): SlotPoint {
    const gauge = this.#gauges.get(slot)?.[bucket] ?? (this.#empty.has(slot) ? EMPTY : null);
    return { gauge, counts: this.#sums[bucket]?.get(slot) ?? NO_COUNTS };
  }
}
