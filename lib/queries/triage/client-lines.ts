import type { TimeRange } from "@/lib/model/time-range";
import type { TrafficReading } from "@/lib/queries/traffic-reading";
import { TrafficTable } from "@/lib/queries/traffic-table";
import type { Stepped } from "@/lib/queries/triage/to-axis";

const HOUR_MS = 3_600_000;

/** A slice belongs to a range when its middle does. */
export function isSliceWithin({ fromMs, toMs }: TimeRange, range: TimeRange): boolean {
  const middleMs = (fromMs + toMs) / 2;
  return middleMs >= range.fromMs && middleMs < range.toMs;
}

/** Requests and bytes of some clients, slice by slice. */
export class ClientLines {
  #reading: TrafficReading;
  #table: TrafficTable;
  #stepMs: number;

  /** `places` says which client each cell is of; -1: none. */
  constructor(reading: TrafficReading, places: Int32Array, clients: number) {
    const { slices } = reading;
    this.#reading = reading;
    this.#stepMs = slices.reduce((least, { fromMs, toMs }) => Math.min(least, toMs - fromMs), HOUR_MS);
    this.#table = new TrafficTable(clients * slices.length, reading.latencyBuckets);
    reading.addTo(this.#table, (cell, slice) => {
      const place = places[cell] as number;
      return place < 0 ? -1 : place * slices.length + slice;
    });
  }

  /** Per observed second in steps of the shortest slice; null: not observed. */
  of(place: number, figure: "requests" | "responseBytes"): Stepped {
    const { slices, range } = this.#reading;
    const stepMs = this.#stepMs;
    const fromMs = Math.floor(range.fromMs / stepMs) * stepMs;
    const values = new Array<number | null>(Math.max(0, Math.ceil((range.toMs - fromMs) / stepMs))).fill(null);
    for (const [slice, { fromMs: sliceMs, toMs, observedMs }] of slices.entries()) {
      if (observedMs <= 0) continue;
      const rate = this.#table.of(place * slices.length + slice, figure) / (observedMs / 1_000);
      for (let atMs = sliceMs; atMs < toMs; atMs += stepMs) values[Math.floor((atMs - fromMs) / stepMs)] = rate;
    }
    return { fromMs, stepMs, values };
  }

  over(place: number, figure: "requests" | "responseBytes", range: TimeRange): number | null {
    let [sum, observedMs] = [0, 0];
    for (const [slice, within] of this.#reading.slices.entries()) {
      if (!isSliceWithin(within, range)) continue;
      observedMs += within.observedMs;
      sum += this.#table.of(place * this.#reading.slices.length + slice, figure);
    }
    return observedMs <= 0 ? null : sum / (observedMs / 1_000);
  }
}
