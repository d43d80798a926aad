import { type Usual, usualOf } from "@/lib/model/spike-usual";
import { lowerBound } from "@/lib/model/stretch";
import type { TimeRange } from "@/lib/model/time-range";

/** Figures of some subjects in one step of time, by number; ascending. Those that are 0 may be left out. */
export interface SubjectStep {
  atMs: number;
  stepMs: number;
  ids: Int32Array;
  values: Float64Array;
}

const HOUR_MS = 3_600_000;
/** What has just begun is not usual yet. */
const NEWEST_MS = 120_000;
/** So much must be known of a subject to say what is usual of it. */
const LEAST_KNOWN_MS = 300_000;

/** The figures of the last hour, bounded: of very many subjects it reaches less far back. */
export class RecentSteps {
  #steps: SubjectStep[] = [];
  #cells = 0;

  /** `absent` is what a subject that a step does not list had: 0, or not known. */
  constructor(
    private readonly absent: 0 | null,
    private readonly maxCells: number,
  ) {}

  /** Takes the next step, which is later than all before. */
  add(step: SubjectStep): void {
    this.#steps.push(step);
    this.#cells += step.ids.length;
    while (this.#cells > this.maxCells || this.#isOld(step.atMs)) {
      const oldest = this.#steps.shift();
      if (oldest === undefined) return;
      this.#cells -= oldest.ids.length;
    }
  }

  /**
   * What is usual of a subject at an instant, by the hour before less its last two minutes and less `without`; null: less
   * than five minutes of it are known.
   */
  usual(id: number, atMs: number, without: readonly TimeRange[]): Usual | null {
    const values = new Float64Array(this.#steps.length);
    let count = 0;
    let knownMs = 0;
    for (const step of this.#steps) {
      if (step.atMs < atMs - HOUR_MS || step.atMs + step.stepMs > atMs - NEWEST_MS) continue;
      if (without.some(({ fromMs, toMs }) => step.atMs >= fromMs && step.atMs < toMs)) continue;
      const value = valueAt(step, id) ?? this.absent;
      if (value === null) continue;
      values[count++] = value;
      knownMs += step.stepMs;
    }
    return knownMs < LEAST_KNOWN_MS ? null : usualOf(values.subarray(0, count), "recent");
  }

  #isOld(nowMs: number): boolean {
    return (this.#steps[0]?.atMs ?? nowMs) < nowMs - HOUR_MS;
  }
}

/** The figure of a subject in a step; null: it is not listed. */
export function valueAt({ ids, values }: SubjectStep, id: number): number | null {
  const place = lowerBound(ids, id);
  return ids[place] === id ? (values[place] as number) : null;
}
