/** A half-open range of time, `[fromMs, toMs)`, epoch milliseconds. */
export interface TimeRange {
  fromMs: number;
  toMs: number;
}

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

export const PRESET_MS = {
  "15m": 15 * MINUTE_MS,
  "1h": HOUR_MS,
  "6h": 6 * HOUR_MS,
  "24h": DAY_MS,
  "7d": 7 * DAY_MS,
  "30d": 30 * DAY_MS,
} as const;
export type TimePreset = keyof typeof PRESET_MS;
export const DEFAULT_PRESET: TimePreset = "1h";

/** Milliseconds of one keyspace frame. */
export const FRAME_MS = 10 * SECOND_MS;

/**
 * The range a query string asks for: `from` and `to` when both are given (`to` alone or `from` alone is completed by
 * now or the preset), else the preset up to `nowMs`. Throws a RangeError that names the field when it is empty or
 * turned around.
 */
export function toTimeRange(params: { range?: TimePreset; from?: string; to?: string }, nowMs: number): TimeRange {
  const toMs = params.to === undefined ? nowMs : Date.parse(params.to);
  const fromMs = params.from === undefined ? toMs - PRESET_MS[params.range ?? DEFAULT_PRESET] : Date.parse(params.from);
  if (!(fromMs < toMs)) throw new RangeError(`from: must lie before to (${new Date(toMs).toISOString()})`);
  return { fromMs, toMs };
}

const STEPS_MS = [10, 30, 60, 300, 900, 1_800, 3_600, 10_800, 21_600, 86_400].map((seconds) => seconds * SECOND_MS);
const MAX_POINTS = 240;

/** The smallest round bucket that cuts the range into at most 240 points, in milliseconds. */
export function bucketSizeMs(range: TimeRange): number {
  const wanted = (range.toMs - range.fromMs) / MAX_POINTS;
  return STEPS_MS.find((step) => step >= wanted) ?? Math.ceil(wanted / DAY_MS) * DAY_MS;
}
