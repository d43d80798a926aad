import type { BandFloor } from "@/lib/model/spike-band";
import { type Usual, usualLimit } from "@/lib/model/spike-usual";

/** One step of a figure: `[atMs, atMs + stepMs)`. A null value is not known; without what is usual nothing is unusual. */
export interface TrackStep {
  atMs: number;
  stepMs: number;
  value: number | null;
  usual: Usual | null;
}

/** A time in which a figure was out of its band. */
export interface TrackedSpike {
  /** The begin of the first step that was out. */
  onsetMs: number;
  /** The begin of the first calm step after it, or the end of the last step seen; null: it goes on. */
  endedAtMs: number | null;
  peak: number;
  peakAtMs: number;
  /** Until when it is known to have gone on: the begin of the calm steps after it, or the end of the last step seen. */
  seenUntilMs: number;
  /** The band it left. */
  usual: Usual;
}

export type SpikeNews = { kind: "begin" | "peak" | "end"; spike: TrackedSpike };

/** So many of the last steps must be out, or one that is out by far. */
const STEPS_LOOKED_AT = 3;
const STEPS_OUT = 2;
const FAR = 5;
/** It is over when it has been calm for so long, two steps at least. */
const CALM_MS = 60_000;
const LEAST_CALM_STEPS = 2;
/** After so long without a figure nobody knows whether it went on. */
const GAP_MS = 120_000;

/** Follows one figure step by step, the oldest first, and tells when it leaves its band and comes back. */
export class SpikeTrack {
  #floor: BandFloor;
  #spike: TrackedSpike | null;
  #seen: { atMs: number; value: number; usual: Usual | null; isOut: boolean }[] = [];
  #calm: { sinceMs: number; steps: number } | null = null;

  /** Goes on with a spike that was open before, where there is one. */
  constructor(floor: BandFloor, open: TrackedSpike | null = null) {
    this.#floor = floor;
    this.#spike = open === null ? null : { ...open };
  }

  /** The spike that goes on; null: none does. */
  get spike(): TrackedSpike | null {
    if (this.#spike === null) return null;
    return { ...this.#spike, seenUntilMs: this.#calm?.sinceMs ?? this.#spike.seenUntilMs };
  }

  /** The last step, if its value was out of the band; null: it was not, or is not known. */
  get out(): { value: number; usual: Usual } | null {
    const last = this.#seen.at(-1);
    return last?.isOut && last.usual ? { value: last.value, usual: last.usual } : null;
  }

  /** Whether there is nothing to remember: a new track would tell the same. */
  get isIdle(): boolean {
    return this.#spike === null && !this.#seen.some(({ isOut }) => isOut);
  }

  /** Takes the next step. What began and ended in it comes in that order of time. */
  feed({ atMs, stepMs, value, usual }: TrackStep): SpikeNews[] {
    const news = this.endUnseen(atMs, stepMs);
    this.#seen = this.#seen.filter((step) => step.atMs > atMs - STEPS_LOOKED_AT * stepMs);
    if (value === null) return news;
    const known = usual ?? this.#spike?.usual ?? null;
    const limit = known === null ? Number.POSITIVE_INFINITY : usualLimit(known, this.#floor);
    const isOut = value > limit;
    this.#seen.push({ atMs, value, usual: known, isOut });
    if (this.#spike !== null) return [...news, ...this.#continue({ atMs, stepMs, value, isOut })];
    const outs = this.#seen.filter((step) => step.isOut).length;
    if (isOut && (outs >= STEPS_OUT || value >= FAR * limit)) news.push(...this.beginNow(stepMs));
    return news;
  }

  /** Begins at the first step that was out, without waiting for another; nothing when the last was not. */
  beginNow(stepMs: number): SpikeNews[] {
    const [outs, last] = [this.#seen.filter((step) => step.isOut), this.#seen.at(-1)];
    const [first, usual] = [outs[0], last?.usual];
    if (this.#spike !== null || !last?.isOut || !first || !usual) return [];
    const peak = outs.reduce((a, b) => (b.value > a.value ? b : a));
    const spike = {
      ...{ onsetMs: first.atMs, endedAtMs: null, peak: peak.value, peakAtMs: peak.atMs },
      ...{ seenUntilMs: last.atMs + stepMs, usual },
    };
    this.#spike = spike;
    this.#calm = null;
    return [{ kind: "begin", spike: { ...spike } }];
  }

  /** Ends what has not been seen for too long, as of `nowMs`; steps are `stepMs` long. */
  endUnseen(nowMs: number, stepMs: number): SpikeNews[] {
    if (this.#spike === null || nowMs - this.#spike.seenUntilMs <= Math.max(GAP_MS, STEPS_OUT * stepMs)) return [];
    return this.#end(this.#calm?.sinceMs ?? this.#spike.seenUntilMs);
  }

  #continue(step: { atMs: number; stepMs: number; value: number; isOut: boolean }): SpikeNews[] {
    const { atMs, stepMs, value, isOut } = step;
    const spike = this.#spike as TrackedSpike;
    spike.seenUntilMs = atMs + stepMs;
    if (!isOut) {
      this.#calm = { sinceMs: this.#calm?.sinceMs ?? atMs, steps: (this.#calm?.steps ?? 0) + 1 };
      const wanted = Math.max(LEAST_CALM_STEPS, Math.ceil(CALM_MS / stepMs));
      return this.#calm.steps >= wanted ? this.#end(this.#calm.sinceMs) : [];
    }
    this.#calm = null;
    if (value <= spike.peak) return [];
    Object.assign(spike, { peak: value, peakAtMs: atMs });
    return [{ kind: "peak", spike: { ...spike } }];
  }

  #end(endedAtMs: number): SpikeNews[] {
    const spike = { ...(this.#spike as TrackedSpike), endedAtMs };
    this.#spike = null;
    this.#calm = null;
    this.#seen = [];
    return [{ kind: "end", spike }];
  }
}
