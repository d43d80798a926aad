import type { RangeParams } from "@/lib/api/common";
import { DEFAULT_PRESET, PRESET_MS } from "@/lib/model/time-range";

/** How often live figures are asked for again. */
export const LIVE_REFRESH_MS = 2_000;
const SERIES_REFRESH_MS = 10_000; // a frame takes as long
const LONG_REFRESH_MS = 60_000;
const LONG_RANGE_MS = 6 * 3_600_000;

/** How often a series is: points of more than six hours are minutes wide, and dear to make. */
export function seriesRefreshMs(params: RangeParams): number {
  return isLong(params) ? LONG_REFRESH_MS : SERIES_REFRESH_MS;
}

/** How often a table of counts over a range is. */
export function countsRefreshMs(params: RangeParams): number {
  return isLong(params) ? SERIES_REFRESH_MS : LIVE_REFRESH_MS;
}

function isLong({ range, from, to }: RangeParams): boolean {
  if (from === undefined) return PRESET_MS[range ?? DEFAULT_PRESET] > LONG_RANGE_MS;
  return (to === undefined ? Date.now() : Date.parse(to)) - Date.parse(from) > LONG_RANGE_MS;
}

/**
 * Whether the answer before spoke of the same cluster, so that it may stay on screen while the next one comes (another
 * sort, range or prefix). Query keys are `[name, cluster, params]`.
 */
export function isOfCluster(query: { queryKey: readonly unknown[] } | undefined, cluster: string): boolean {
  return query?.queryKey[1] === cluster;
}
