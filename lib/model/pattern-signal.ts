import type { PatternSeries, PatternWindow } from "@/lib/model/pattern-types";

/** A bucket that was watched for less than this part of it makes no rate. */
const LEAST_WATCHED = 0.5;
/** One that was watched for this part of it is as good as whole. */
const WHOLLY_WATCHED = 0.95;

/** Which buckets can be used, and how long each was watched. One for all series of a window. */
export class WatchedTime {
  readonly window: PatternWindow;
  /** Buckets watched long enough, ascending. */
  readonly buckets: number[] = [];
  readonly seconds: Float64Array;
  readonly watchedMs: number;
  #pairs: Float64Array | undefined;
  #wholeBuckets: readonly number[] | undefined;
  #scratch: Float64Array | undefined;
  #deviations: Float64Array | undefined;

  constructor(window: PatternWindow) {
    this.window = window;
    this.seconds = new Float64Array(window.atMs.length);
    let watchedMs = 0;
    for (let i = 0; i < window.atMs.length; i++) {
      const observedMs = window.observedMs[i] as number;
      if (!(observedMs >= window.stepMs * LEAST_WATCHED)) continue;
      this.buckets.push(i);
      this.seconds[i] = observedMs / 1_000;
      watchedMs += observedMs;
    }
    this.watchedMs = watchedMs;
  }

  /**
   * How many pairs of buckets, `lag` apart, were both watched, for each lag up to `most`. The same for every series, so
   * it is counted once.
   */
  pairs(most: number): Float64Array {
    this.#pairs ??= countPairs(this.seconds, most);
    return this.#pairs;
  }

  get count(): number {
    return this.buckets.length;
  }

  /**
   * Room for a number a watched bucket, the same each time: hundreds of series are looked at, and what each of them would
   * allocate costs more than what is done with it. Good until the next call.
   */
  scratch(): Float64Array {
    this.#scratch ??= new Float64Array(this.buckets.length);
    return this.#scratch;
  }

  /** Rates less their mean, 0 where nobody watched. Good until the next call. */
  deviations(rates: Float64Array, mean: number): Float64Array {
    this.#deviations ??= new Float64Array(this.window.atMs.length); // unwatched buckets stay 0
    for (const bucket of this.buckets) this.#deviations[bucket] = (rates[bucket] as number) - mean;
    return this.#deviations;
  }

  /** Buckets watched from end to end, nearly. */
  get wholeBuckets(): readonly number[] {
    const leastSeconds = (this.window.stepMs / 1_000) * WHOLLY_WATCHED;
    this.#wholeBuckets ??= this.buckets.filter((bucket) => (this.seconds[bucket] as number) >= leastSeconds);
    return this.#wholeBuckets;
  }

  /** Part of the whole window that was watched, 0 to 1. */
  get ratio(): number {
    return this.watchedMs / (this.window.atMs.length * this.window.stepMs);
  }

  isWatched(bucket: number): boolean {
    return (this.seconds[bucket] as number) > 0;
  }

  /** Seconds watched in buckets `[from, to)`. */
  secondsOf(from: number, to: number): number {
    let sum = 0;
    for (let i = from; i < to; i++) sum += this.seconds[i] as number;
    return sum;
  }
}

function countPairs(seconds: Float64Array, most: number): Float64Array {
  const pairs = new Float64Array(most + 1);
  for (let lag = 0; lag <= most; lag++) {
    for (let i = lag; i < seconds.length; i++) {
      if ((seconds[i] as number) > 0 && (seconds[i - lag] as number) > 0) pairs[lag] = (pairs[lag] as number) + 1;
    }
  }
  return pairs;
}

type Counter = "puts" | "creates" | "deletes";

/** One series read over the watched time. */
export class Signal {
  readonly series: PatternSeries;
  readonly time: WatchedTime;
  #totals = new Map<Counter, number>();
  #writeRates: Float64Array | undefined;

  constructor(series: PatternSeries, time: WatchedTime) {
    this.series = series;
    this.time = time;
  }

  /** The sum of a counter over all watched buckets. */
  total(counter: Counter): number {
    let total = this.#totals.get(counter);
    if (total === undefined) {
      total = this.#sum(counter, 0, this.time.window.atMs.length);
      this.#totals.set(counter, total);
    }
    return total;
  }

  /** The sum of a counter over the watched buckets of `[from, to)`. */
  sum(counter: Counter, from = 0, to = this.time.window.atMs.length): number {
    const isTotal = from === 0 && to === this.time.window.atMs.length;
    return isTotal ? this.total(counter) : this.#sum(counter, from, to);
  }

  #sum(counter: Counter, from: number, to: number): number {
    const values = this.series[counter];
    const { seconds } = this.time;
    let sum = 0;
    for (let i = from; i < to; i++) if ((seconds[i] as number) > 0) sum += values[i] as number;
    return sum;
  }

  writes(from?: number, to?: number): number {
    return this.sum("puts", from, to) + this.sum("deletes", from, to);
  }

  /** A figure of each bucket per second; NaN where it was not watched. */
  rates(count: (bucket: number) => number): Float64Array {
    const rates = new Float64Array(this.time.window.atMs.length).fill(Number.NaN);
    const { buckets, seconds } = this.time;
    for (let at = 0; at < buckets.length; at++) {
      const i = buckets[at] as number;
      rates[i] = count(i) / (seconds[i] as number);
    }
    return rates;
  }

  /** The watched ones of some rates, in the scratch of the time. */
  known(rates: Float64Array): Float64Array {
    const { buckets } = this.time;
    const known = this.time.scratch();
    for (let at = 0; at < known.length; at++) known[at] = rates[buckets[at] as number] as number;
    return known;
  }

  writeRates(): Float64Array {
    const { puts, deletes } = this.series;
    this.#writeRates ??= this.rates((i) => (puts[i] as number) + (deletes[i] as number));
    return this.#writeRates;
  }

  /** The mean of a gauge over the watched buckets of `[from, to)` in which it is known. */
  mean(gauge: "keys" | "liveBytes", from = 0, to = this.time.window.atMs.length): number {
    const values = this.series[gauge];
    let sum = 0;
    let known = 0;
    for (let i = from; i < to; i++) {
      if (!this.time.isWatched(i) || Number.isNaN(values[i] as number)) continue;
      sum += values[i] as number;
      known++;
    }
    return known === 0 ? Number.NaN : sum / known;
  }
}

/** Buckets `[from, to)`. */
export interface Run {
  from: number;
  to: number;
}

/**
 * The longest stretches of watched buckets that `isPart` says yes to; up to `lull` buckets in between that are not part
 * are taken along. A bucket nobody watched ends a run.
 */
export function listRuns(time: WatchedTime, isPart: (bucket: number) => boolean, lull = 0): Run[] {
  const runs: Run[] = [];
  let last: Run | undefined;
  let before = -2;
  for (const bucket of time.buckets) {
    if (bucket !== before + 1) last = undefined;
    before = bucket;
    if (!isPart(bucket)) {
      if (last && bucket - last.to >= lull) last = undefined;
      continue;
    }
    if (last) last.to = bucket + 1;
    else {
      last = { from: bucket, to: bucket + 1 };
      runs.push(last);
    }
  }
  return runs;
}

/** The time of what is so over the whole window. */
export function wholeTime({ time }: Signal): Run & { runs: Run[] } {
  const whole = { from: 0, to: time.window.atMs.length };
  return { ...whole, runs: [whole] };
}
