import type { Origin } from "@/lib/api/common";
import type { TimeRange } from "@/lib/model/time-range";
import type { TrafficIdentity, TrafficSource } from "@/lib/model/traffic";
import type { TrafficTable } from "@/lib/queries/traffic-table";

/** One kind of request, as a source tells it. */
export interface ReadCell {
  identity: TrafficIdentity;
  /** It stands for several that were not kept apart: a null then is all their values together. */
  isFolded: boolean;
  /** When it was first seen of all that is kept; null: the source does not say. */
  firstSeenMs: number | null;
  origin: Origin;
}

/** A stretch of time in which requests were counted. Those of a range neither overlap nor need they touch. */
export interface ReadSlice {
  fromMs: number;
  toMs: number;
  observedMs: number;
}

/** Which figures a source can tell at all. */
export interface Telling {
  errors: boolean;
  /** Whether `code` is an HTTP status: only then are throttled requests and conflicts known. */
  statuses: boolean;
  latency: boolean;
  bytes: boolean;
  etcdTime: boolean;
  lists: boolean;
}

/** What one source told of a range. */
export interface TrafficReading {
  source: TrafficSource;
  origin: Origin;
  /** The range in fact covered. */
  range: TimeRange;
  observedMs: number;
  foldedCells: number;
  /** By how much sampled requests were scaled up; null: they were not. */
  scaleFactor: number | null;
  cells: readonly ReadCell[];
  slices: readonly ReadSlice[];
  tells: Telling;
  /** How many latency buckets there are, and the quantile that counts by bucket mean, in microseconds. */
  latencyBuckets: number;
  quantileMicros(buckets: ReadonlyMap<number, number>, q: number): number | null;
  /** Adds the figures of every cell in every slice to the row it is given; below 0: to none. */
  addTo(table: TrafficTable, rowOf: (cell: number, slice: number) => number): void;
  /** The requests alone, slice by slice. */
  eachCount(visit: (cell: number, slice: number, requests: number) => void): void;
}
