import type { RangeParams } from "@/lib/api/common";
import { bucketSizeMs, FRAME_MS, type TimeRange, toTimeRange } from "@/lib/model/time-range";
import { ParameterError } from "@/lib/queries/errors";

/** The range a query string asks for. Throws a `ParameterError` for `from` when it is empty or turned around. */
export function toQueryRange(params: RangeParams, nowMs: number): TimeRange {
  try {
    return toTimeRange(params, nowMs);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new ParameterError("from", error.message.replace(/^from: /, ""));
  }
}

/** Equal slices of time that cover a range; the first may begin before it, so that neighbours share boundaries. */
export interface Buckets {
  fromMs: number;
  stepMs: number;
  /** Start of each bucket. */
  atMs: number[];
}

/** The length of a bucket: `stepSeconds`, but never so fine that a range has more than about 240. Whole frames. */
export function toStepMs(range: TimeRange, stepSeconds = 0): number {
  const wantedMs = Math.max(bucketSizeMs(range), stepSeconds * 1_000);
  return Math.ceil(wantedMs / FRAME_MS) * FRAME_MS;
}

/** Buckets aligned to multiples of their step. */
export function toBuckets(range: TimeRange, stepSeconds = 0): Buckets {
  const stepMs = toStepMs(range, stepSeconds);
  const fromMs = Math.floor(range.fromMs / stepMs) * stepMs;
  const count = Math.ceil((range.toMs - fromMs) / stepMs);
  return { fromMs, stepMs, atMs: Array.from({ length: count }, (_, i) => fromMs + i * stepMs) };
}
