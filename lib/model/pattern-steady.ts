import { listRuns, type Signal, type WatchedTime, wholeTime } from "@/lib/model/pattern-signal";
import { autocorrelation, meanAndVariance } from "@/lib/model/pattern-statistics";
import type { Finding } from "@/lib/model/pattern-types";

/** C14 of rules.md: a key at 1 write/s or more for 10 minutes, outside the leases. */
export const LOOP_PER_KEY_PER_SECOND = 1;
export const LOOP_LEAST_SECONDS = 600;
const LEASES = /(^|\/)(leases|masterleases)\//;
/** Chosen: what may be created and deleted beside the updates of a steady prefix. */
export const LEAST_UPDATES = 0.95;

/** A few keys updated again and again, as fast as something can. */
export function findHotLoop(signal: Signal): Finding | null {
  const { series, time } = signal;
  const least = LOOP_PER_KEY_PER_SECOND * LOOP_LEAST_SECONDS;
  if (signal.total("puts") - signal.total("creates") < least || LEASES.test(series.prefix)) return null;
  const perKey = signal.rates(
    (i) => ((series.puts[i] as number) - (series.creates[i] as number)) / Math.max(1, series.keys[i] as number),
  );
  // Half of it, so that a bucket with fewer by chance does not end the run; the mean must reach it.
  const runs = listRuns(time, (bucket) => (perKey[bucket] as number) >= LOOP_PER_KEY_PER_SECOND / 2);
  const loops = runs.flatMap((run) => {
    const { from, to } = run;
    const seconds = time.secondsOf(from, to);
    const updates = signal.sum("puts", from, to) - signal.sum("creates", from, to);
    const keys = signal.mean("keys", from, to);
    const isLoop =
      seconds >= LOOP_LEAST_SECONDS &&
      updates / seconds >= LOOP_PER_KEY_PER_SECOND * Math.max(1, keys) &&
      isMostlyUpdates(signal, from, to);
    return isLoop ? [{ ...run, updates, seconds, keys }] : [];
  });
  const [loop] = loops.sort((a, b) => b.updates - a.updates);
  if (loop === undefined) return null;
  const { from, to, updates, seconds, keys } = loop;
  const figures = { writes: updates, writesPerSecond: updates / seconds, keys: Math.round(keys) };
  return { pattern: "hot-loop", series, from, to, runs: [{ from, to }], amount: updates, figures };
}

/** Chosen, all of these: a beat is more regular than chance (dispersion 1) by far, and comes every second to 5 minutes. */
export const BEAT_LEAST_BUCKETS = 30;
export const BEAT_MOST_DISPERSION = 0.3;
export const BEAT_MOST_VARIATION = 0.35;
export const BEAT_LEAST_PER_SECOND = 0.1;
const BEAT_LONGEST_SECONDS = 300;

/** Keys updated each at its own steady interval. */
export function findHeartbeat(signal: Signal): Finding | null {
  const { series, time } = signal;
  const stepSeconds = time.window.stepMs / 1_000;
  const keys = signal.mean("keys");
  const usual = signal.total("puts") / (time.watchedMs / 1_000);
  // Far from a beat, whatever the buckets say: saves the work of counting them.
  if (usual < BEAT_LEAST_PER_SECOND / 2 || usual > keys * LOOP_PER_KEY_PER_SECOND * 2 || !isMostlyUpdates(signal)) {
    return null;
  }
  const whole = time.wholeBuckets;
  if (whole.length < BEAT_LEAST_BUCKETS) return null;
  const counts = whole.map((i) => ((series.puts[i] as number) * stepSeconds) / (time.seconds[i] as number));
  const { mean, variance } = meanAndVariance(counts);
  const perSecond = mean / stepSeconds;
  const perKey = perSecond / keys;
  const isBeat =
    perSecond >= BEAT_LEAST_PER_SECOND &&
    variance / mean <= BEAT_MOST_DISPERSION &&
    Math.sqrt(variance) / mean <= BEAT_MOST_VARIATION &&
    perKey < LOOP_PER_KEY_PER_SECOND &&
    perKey >= 1 / BEAT_LONGEST_SECONDS;
  if (!isBeat) return null;
  const figures = { writesPerSecond: perSecond, keys: Math.round(keys), periodSeconds: 1 / perKey };
  return { pattern: "heartbeat", series, ...wholeTime(signal), amount: signal.writes(), figures };
}

/** Chosen: three times at least, more alike than chance, and worth a word. */
export const PERIODIC_LEAST_BUCKETS = 40;
export const PERIODIC_LEAST_LIKENESS = 0.5;
export const PERIODIC_LEAST_WRITES = 30;
const PERIODIC_LEAST_VARIATION = 0.5;
const PERIODIC_LEAST_LAG = 3;
const PERIODIC_TIMES = 3;
const PERIODIC_DIP = 0.3;
const PERIODIC_NEXT_LIKENESS = 0.3;

/** Bursts that come back at the same interval. */
export function findPeriodic(signal: Signal): Finding | null {
  const { series, time } = signal;
  if (time.count < PERIODIC_LEAST_BUCKETS || signal.writes() < PERIODIC_LEAST_WRITES * PERIODIC_TIMES) return null;
  const rates = signal.writeRates();
  const known = meanAndVariance(signal.known(rates));
  if (!(Math.sqrt(known.variance) >= known.mean * PERIODIC_LEAST_VARIATION)) return null;
  const lag = findPeriod(rates, known, time);
  if (lag === null) return null;
  const periodSeconds = (lag * time.window.stepMs) / 1_000;
  if (known.mean * periodSeconds < PERIODIC_LEAST_WRITES) return null;
  const high = time.buckets.filter((bucket) => (rates[bucket] as number) > known.mean);
  const highSeconds = high.reduce((sum, bucket) => sum + (time.seconds[bucket] as number), 0);
  const highWrites = high.reduce((sum, i) => sum + (rates[i] as number) * (time.seconds[i] as number), 0);
  const figures = { periodSeconds, writesPerSecond: highWrites / highSeconds, writes: known.mean * periodSeconds };
  return { pattern: "periodic", series, ...wholeTime(signal), amount: signal.writes(), figures };
}

/** The shortest interval at which the series is like itself, with a dip before it, and at twice the interval as well. */
function findPeriod(rates: Float64Array, known: { mean: number; variance: number }, time: WatchedTime): number | null {
  const longest = Math.floor(rates.length / PERIODIC_TIMES);
  const deviations = time.deviations(rates, known.mean);
  const pairs = time.pairs(longest * 2);
  const likenessAt = (lag: number) =>
    autocorrelation(deviations, lag, { pairs: pairs[lag] as number, variance: known.variance });
  // Of few buckets chance makes more: 5 standard deviations of what noise has.
  const least = Math.max(PERIODIC_LEAST_LIKENESS, 5 / Math.sqrt(time.count));
  let [before, here, dip] = [1, likenessAt(1), 1];
  for (let lag = 1; lag < longest; lag++) {
    const after = likenessAt(lag + 1);
    const isPeak = lag >= PERIODIC_LEAST_LAG && here >= before && here >= after;
    if (isPeak && here >= least && dip <= here - PERIODIC_DIP && likenessAt(lag * 2) >= PERIODIC_NEXT_LIKENESS)
      return lag;
    if (here < dip) dip = here;
    [before, here] = [here, after];
  }
  return null;
}

/** Chosen: of creates and deletes the fewer are at least eight in ten of the more, and together half of all writes. */
export const CHURN_LEAST_CREATES = 100;
export const CHURN_LEAST_PER_SECOND = 0.1;
export const CHURN_BALANCE = 0.8;
const CHURN_PART = 0.5;
const CHURN_TURNOVER = 0.2;

/** Objects that are made and thrown away: as many go as come. */
export function findChurn(signal: Signal): Finding | null {
  const { series, time } = signal;
  const [creates, deletes] = [signal.total("creates"), signal.total("deletes")];
  if (creates < CHURN_LEAST_CREATES) return null;
  const seconds = time.watchedMs / 1_000;
  const keys = signal.mean("keys");
  const isChurn =
    creates / seconds >= CHURN_LEAST_PER_SECOND &&
    Math.min(creates, deletes) >= Math.max(creates, deletes) * CHURN_BALANCE &&
    creates + deletes >= signal.writes() * CHURN_PART &&
    !(creates < keys * CHURN_TURNOVER);
  if (!isChurn) return null;
  const rates = { createsPerSecond: creates / seconds, deletesPerSecond: deletes / seconds };
  const figures = { creates, deletes, ...rates, keys: Math.round(keys) };
  return { pattern: "churn", series, ...wholeTime(signal), amount: creates + deletes, figures };
}

function isMostlyUpdates(signal: Signal, from?: number, to?: number): boolean {
  const puts = signal.sum("puts", from, to);
  const updates = puts - signal.sum("creates", from, to);
  return updates > 0 && updates >= (puts + signal.sum("deletes", from, to)) * LEAST_UPDATES;
}
