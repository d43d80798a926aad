import { PrefixDictionary } from "@/collectors/advisor/spikes/prefix-dictionary";
import type { Settled, SignalStep, SpikeFamily } from "@/collectors/advisor/spikes/spike-family";
import { readUsualHours } from "@/collectors/advisor/spikes/usual-hours";
import type { Db } from "@/lib/db/client";
import { type FrameRow, listFrames } from "@/lib/db/frame-rows";
import { listSealed } from "@/lib/db/sealed-rows";
import type { FrameCounter } from "@/lib/model/frame";
import { SampleMatrix } from "@/lib/model/sample-matrix";
import { findCarriers } from "@/lib/model/spike-depth";
import type { SpikeWatch } from "@/lib/model/spike-watch";
import type { SpikeSignal } from "@/lib/model/spikes";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** Frames read at a time: an hour of a large cluster need not be unpacked at once. */
const PART_MS = 10 * MINUTE_MS;
/** Frames wait half an hour at most for a Postgres that is away. */
const LATE_MS = 40 * MINUTE_MS;
const FRAME_LENGTHS_MS = [10_000, 30_000, MINUTE_MS];
/** A rate over less of a frame than this says little. */
const LEAST_WATCHED = 0.5;

const COUNTED = {
  prefixWrites: ["puts", "deletes"],
  prefixBytes: ["writtenBytes"],
} as const satisfies Partial<Record<SpikeSignal, readonly FrameCounter[]>>;
type PrefixSignal = keyof typeof COUNTED;
const SIGNALS = Object.keys(COUNTED) as PrefixSignal[];

/** Writes and written bytes of prefixes, from the frames of the keyspace. */
export class PrefixSpikes implements SpikeFamily {
  readonly signals = SIGNALS;
  readonly absent = 0;
  readonly lateMs = MINUTE_MS;
  #names: PrefixDictionary;
  #nextMs = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly db: Db,
    private readonly clusterId: number,
  ) {
    this.#names = new PrefixDictionary(db, clusterId);
  }

  async *read(sinceMs: number, nowMs: number): AsyncGenerator<SignalStep> {
    const isFirst = this.#nextMs === Number.NEGATIVE_INFINITY;
    let fromMs = Math.max(this.#nextMs, sinceMs);
    while (fromMs <= nowMs) {
      const toMs = isFirst ? Math.min(fromMs + PART_MS, nowMs + 1) : nowMs + 1;
      for (const frame of await listFrames(this.db, this.clusterId, { fromMs, toMs })) {
        this.#nextMs = frame.atMs + 1;
        const stepMs = FRAME_LENGTHS_MS.find((lengthMs) => lengthMs >= frame.observedMs) ?? MINUTE_MS;
        if (frame.observedMs < LEAST_WATCHED * stepMs) continue;
        for (const signal of SIGNALS) yield { signal, step: toRates(frame, COUNTED[signal], stepMs) };
      }
      fromMs = toMs;
    }
    this.#nextMs = Math.max(this.#nextMs, nowMs - LATE_MS);
  }

  readHistory(signal: SpikeSignal, ids: readonly number[], atMs: number) {
    return readUsualHours(ids, atMs, (hourMs) => this.#readHour(COUNTED[signal as PrefixSignal], ids, hourMs));
  }

  /** Told is the deepest prefix that carries what its parents show; what has no node of its own is told as its parent. */
  async settle(_signal: SpikeSignal, watch: SpikeWatch, stepMs: number): Promise<Settled> {
    const all = [...watch.listOut()];
    await this.#names.load(all.map(({ id }) => id));
    const out = all.filter(({ id }) => !this.#names.isNameless(id)).map(({ id, ...one }) => ({ slot: id, ...one }));
    const carriers = findCarriers(out, (slot) => this.#names.parentOf(slot));
    const spiking = out.filter(({ spike }) => spike !== null).map(({ slot }) => slot);
    for (const slot of spiking) {
      for (const carrier of carriers.get(slot) ?? []) {
        if (watch.beginNow(carrier, stepMs).length > 0) spiking.push(carrier);
      }
    }
    const nameless = all.map(({ id }) => id).filter((id) => this.#names.isNameless(id));
    return { explained: new Set([...carriers.keys(), ...nameless]), judged: new Set(all.map(({ id }) => id)) };
  }

  idOf(subject: string): number {
    return Number(subject);
  }

  subjectOf(id: number): string {
    return String(id);
  }

  labelOf(id: number): string {
    return this.#names.labelOf(id);
  }

  async #readHour(measures: readonly FrameCounter[], slots: readonly number[], hourMs: number) {
    const range = { fromMs: hourMs, toMs: hourMs + HOUR_MS };
    const [stretch] = await listSealed(this.db, "hour", this.clusterId, { range, measures });
    if (stretch === undefined) return null;
    const shape = { fromMs: hourMs, stepMs: MINUTE_MS, columns: HOUR_MS / MINUTE_MS };
    const matrix = new SampleMatrix({ ...shape, measures, slots, isSum: true });
    matrix.add(stretch, range);
    const { observedMs, rowOf, of } = matrix.finish();
    const counts = of(measures[0] as FrameCounter);
    const ratesOf = (slot: number) => {
      const start = rowOf(slot) * shape.columns;
      const line = Array.from(observedMs, (ms, column) => ((counts[start + column] as number) / ms) * 1_000);
      return line.filter((_, column) => (observedMs[column] as number) >= LEAST_WATCHED * MINUTE_MS);
    };
    return new Map(slots.map((slot) => [slot, ratesOf(slot)]));
  }
}

/** What each prefix did a second in a frame; those that did nothing are left out. */
function toRates({ atMs, observedMs, cells }: FrameRow, counters: readonly FrameCounter[], stepMs: number) {
  const ids = new Int32Array(cells.length);
  const values = new Float64Array(cells.length);
  let count = 0;
  for (let cell = 0; cell < cells.length; cell++) {
    let sum = 0;
    for (const counter of counters) sum += cells[counter][cell] as number;
    if (sum === 0) continue;
    ids[count] = cells.slots[cell] as number;
    values[count++] = sum / (observedMs / 1_000);
  }
  return { atMs, stepMs, ids: ids.slice(0, count), values: values.slice(0, count) };
}
