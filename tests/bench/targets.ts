/** What a measure is judged by: at most `must` (at least, where `isMoreBetter`) and, better, `aim`. */
export interface Target {
  measure: string;
  /** `x` is a ratio to the peer. */
  unit: "x" | "µs" | "ms" | "s" | "MB" | "B" | "/s";
  /** Null: shown for information, and not judged. */
  must: number | null;
  aim: number | null;
  isMoreBetter?: true;
}

/** Every measure of the bench, in the order of the table. */
export const TARGETS = {
  firstScan: { measure: "first scan, unpaced, wall", unit: "x", must: 1.2, aim: 0.8 },
  laterScan: { measure: "later scan, unpaced, wall", unit: "x", must: 0.8, aim: 0.6 },
  scanCpu: { measure: "our CPU per key, first scan, model included", unit: "µs", must: 6, aim: 4 },
  laterScanCpu: { measure: "our CPU per key, later scan, model included", unit: "µs", must: 6, aim: 4 },
  etcdCpu: { measure: "etcd CPU of the first scan", unit: "x", must: 1.6, aim: 1.2 },
  putP50: { measure: "put p50 during a default-paced scan", unit: "x", must: 1.5, aim: 1.2 },
  putP99: { measure: "put p99 during a default-paced scan", unit: "x", must: 3, aim: 2 },
  watchCpu: { measure: "watch: our CPU per 1,000 events, model and frames included", unit: "ms", must: 5, aim: 4 },
  watchRatio: { measure: "watch: the same against etcd3's watcher", unit: "x", must: 0.6, aim: 0.45 },
  watchRate: { measure: "watch: sustained, lag p99 < 1 s", unit: "/s", must: 20_000, aim: 30_000, isMoreBetter: true },
  memory: { measure: "worker memory at 1M keys (RSS)", unit: "MB", must: 220, aim: 160 },
  largeMemory: { measure: "memory at 10M keys, synthetic feed (RSS)", unit: "MB", must: 900, aim: 700 },
  storage: { measure: "sealed bytes per (prefix, minute) sample of 5 measures", unit: "B", must: 6, aim: 4 },
  heatmapApi: { measure: "heatmap API p95, 1440 × 500", unit: "ms", must: 80, aim: 50 },
  repaint: { measure: "heatmap full repaint p95 in Chromium", unit: "ms", must: 100, aim: 70 },
  dragRepaint: { measure: "heatmap repaint while dragging, p95", unit: "ms", must: 33, aim: 16 },
  otherApi: { measure: "other keyspace read p95", unit: "ms", must: 80, aim: 50 },
  checkpoint: { measure: "restart from a checkpoint to a live model", unit: "s", must: 5, aim: 5 },
  ingestLatency: { measure: "ingest of a batch at 5,000 events/s, p95", unit: "ms", must: 50, aim: 50 },
  triageApi: { measure: "triage API p95, 14 days, 500 prefixes", unit: "ms", must: 1_500, aim: 800 },
  leapVisits: { measure: "first scan, simulated: index entries etcd walks per key", unit: "x", must: null, aim: null },
} as const satisfies Record<string, Target>;

export type Measure = keyof typeof TARGETS;

export type Verdict = "reached aim" | "reached must" | "falls short" | "";

export function judge(target: Target, value: number): Verdict {
  const { must, aim, isMoreBetter } = target;
  if (must === null || aim === null) return "";
  const reaches = (limit: number) => (isMoreBetter ? value >= limit : value <= limit);
  if (reaches(aim)) return "reached aim";
  return reaches(must) ? "reached must" : "falls short";
}
