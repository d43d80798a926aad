/** Where a metrics page comes from. */
export type MetricSource = "etcd" | "apiserver";
/** A counter only grows until its process restarts; the buckets, sum and count of a histogram are counters. */
export type MetricKind = "counter" | "gauge";

/** One series of one target over time. */
export interface MetricRow {
  targetId: number;
  name: string;
  labels: Readonly<Record<string, string>>;
  kind: MetricKind;
  /** Of a counter how much it grew in each step, of a gauge its last reading; null where nothing was read. */
  values: (number | null)[];
}

/** Series over equal steps of time, and who was read. */
export interface MetricSamples {
  fromMs: number;
  stepMs: number;
  columns: number;
  targets: { targetId: number; source: MetricSource; url: string; memberId: string | null }[];
  /** By target id: how much of each step lies between two readings, in milliseconds. */
  observedMs: ReadonlyMap<number, Float64Array>;
  rows: MetricRow[];
}
