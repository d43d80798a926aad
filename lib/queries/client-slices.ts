import type { TrafficGroups } from "@/lib/queries/traffic-groups";
import type { TrafficReading } from "@/lib/queries/traffic-reading";

const MAX_POINTS = 60;
const MINUTE_MS = 60_000;

/** Requests per second of some groups over the range, at most 60 points; the place behind the last has all others. */
export function toSlicesOf(
  reading: TrafficReading,
  { groupOf, other }: TrafficGroups,
  shown: readonly number[],
): { of(place: number): (number | null)[] } {
  const { fromMs, toMs } = reading.range;
  const longestSliceMs = reading.slices.reduce((most, slice) => Math.max(most, slice.toMs - slice.fromMs), MINUTE_MS);
  const slicesWanted = Math.ceil((toMs - fromMs) / longestSliceMs / MAX_POINTS);
  const stepMs = Math.max(1, slicesWanted) * longestSliceMs;
  const originMs = Math.floor(fromMs / longestSliceMs) * longestSliceMs;
  const points = Math.min(MAX_POINTS + 1, Math.max(1, Math.ceil((toMs - originMs) / stepMs)));
  const pointOf = reading.slices.map((slice) => Math.min(points - 1, Math.floor((slice.fromMs - originMs) / stepMs)));
  const observedMs = new Float64Array(points);
  for (const [slice, point] of pointOf.entries()) {
    (observedMs[point] as number) += reading.slices[slice]?.observedMs ?? 0;
  }
  const placeOf = new Int32Array(other + 1).fill(shown.length);
  for (const [place, group] of shown.entries()) placeOf[group] = place;
  const counts = new Float64Array((shown.length + 1) * points);
  reading.eachCount((cell, slice, requests) => {
    const group = groupOf[cell] as number;
    if (group < 0) return;
    (counts[(placeOf[group] as number) * points + (pointOf[slice] as number)] as number) += requests;
  });
  return {
    of: (place) =>
      Array.from(observedMs, (ms, point) =>
        ms === 0 ? null : (counts[place * points + point] as number) / (ms / 1_000),
      ).slice(-MAX_POINTS),
  };
}
