import { listRuns, type Run, type Signal } from "@/lib/model/pattern-signal";
import { medianAndDeviation } from "@/lib/model/pattern-statistics";
import type { Finding } from "@/lib/model/pattern-types";

/** Rate baselines, rules.md C0: above median + 6 MAD, above 2 × median, and above a floor of 5 writes/s. */
const DEVIATIONS = 6;
const TIMES_MEDIAN = 2;
export const STORM_FLOOR_PER_SECOND = 5;
/** Chosen: one minute at the floor. A blip of a few writes is no storm, however far it stands out. */
export const STORM_LEAST_WRITES = 300;
/** Chosen: what is usual cannot be told from fewer buckets. */
export const BURST_LEAST_BUCKETS = 12;
/** Chosen: so many calm buckets do not end a burst. */
const LULL_BUCKETS = 2;
/** Chosen: a mass delete takes away a fifth of the keys, a hundred at the least, one a second or faster. */
export const DRAIN_FLOOR_PER_SECOND = 1;
export const DRAIN_LEAST_KEYS = 100;
export const DRAIN_LEAST_RATIO = 0.2;

/** A burst of writes far above what is usual for this prefix; the largest, when there are several. */
export function findStorm(signal: Signal): Finding | null {
  const { series, time } = signal;
  if (signal.writes() < STORM_LEAST_WRITES) return null;
  const bursts = listBursts(signal, signal.writeRates(), STORM_FLOOR_PER_SECOND);
  if (bursts === null) return null;
  const { usual, runs } = bursts;
  const storms = runs
    .map((run) => ({ ...run, excess: signal.writes(run.from, run.to) - usual * time.secondsOf(run.from, run.to) }))
    .filter(({ excess }) => excess >= STORM_LEAST_WRITES)
    .sort((a, b) => b.excess - a.excess);
  const [storm] = storms;
  if (storm === undefined) return null;
  const { from, to } = storm;
  const seconds = time.secondsOf(from, to);
  const writes = signal.writes(from, to);
  const figures = {
    writes,
    writesPerSecond: writes / seconds,
    putsPerSecond: signal.sum("puts", from, to) / seconds,
    deletesPerSecond: signal.sum("deletes", from, to) / seconds,
    usualPerSecond: usual,
    times: storms.length,
  };
  const amount = storms.reduce((sum, { excess }) => sum + excess, 0);
  return { pattern: "storm", series, from, to, runs: storms, amount, figures };
}

/** Many keys deleted in a short time, and not made anew. */
export function findDrain(signal: Signal): Finding | null {
  const { series, time } = signal;
  if (signal.total("deletes") < DRAIN_LEAST_KEYS) return null;
  const bursts = listBursts(
    signal,
    signal.rates((i) => series.deletes[i] as number),
    DRAIN_FLOOR_PER_SECOND,
  );
  const drains = (bursts?.runs ?? []).flatMap((run) => {
    const deletes = signal.sum("deletes", run.from, run.to);
    const net = deletes - signal.sum("creates", run.from, run.to);
    const keysBefore = (series.keys[run.to - 1] as number) + net;
    if (net < DRAIN_LEAST_KEYS || !(net >= keysBefore * DRAIN_LEAST_RATIO)) return [];
    return [{ ...run, net, deletes, keysBefore }];
  });
  const [drain] = drains.sort((a, b) => b.net - a.net);
  if (drain === undefined) return null;
  const { from, to, net, deletes, keysBefore } = drain;
  const deletesPerSecond = deletes / time.secondsOf(from, to);
  const figures = { deletes, deletesPerSecond, keysBefore, growthKeys: -net, times: drains.length };
  const amount = drains.reduce((sum, each) => sum + each.net, 0);
  return { pattern: "drain", series, from, to, runs: drains, amount, figures };
}

/** Runs of buckets that stand out, and the usual rate; null when too little was watched to tell. */
function listBursts(
  signal: Signal,
  rates: Float64Array,
  floorPerSecond: number,
): { usual: number; runs: Run[] } | null {
  const { time } = signal;
  if (time.count < BURST_LEAST_BUCKETS) return null;
  if (!time.buckets.some((bucket) => (rates[bucket] as number) >= floorPerSecond)) return null;
  const { median: usual, deviation } = medianAndDeviation(signal.known(rates));
  const limit = Math.max(usual + DEVIATIONS * deviation, usual * TIMES_MEDIAN);
  const isBurst = (bucket: number) => {
    const rate = rates[bucket] as number;
    return rate > limit && rate >= floorPerSecond;
  };
  return { usual, runs: listRuns(time, isBurst, LULL_BUCKETS) };
}
