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

/**
 * Buckets aligned to multiples of their step: `stepSeconds`, but never so fine that there are more than about 240
 * points, in whole multiples of `unitMs` (what one stored row covers).
 */
export function toBuckets(range: TimeRange, stepSeconds = 0, unitMs = FRAME_MS): Buckets {
  const wantedMs = Math.max(bucketSizeMs(range), stepSeconds * 1_000);
  const stepMs = Math.ceil(wantedMs / unitMs) * unitMs;
  const fromMs = Math.floor(range.fromMs / stepMs) * stepMs;
  const count = Math.ceil((range.toMs - fromMs) / stepMs);
  return { fromMs, stepMs, atMs: Array.from({ length: count }, (_, i) => fromMs + i * stepMs) };
}
