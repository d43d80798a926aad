const COLORS = 8;

/** The CSS colour of the series at a place: a token of `chart.module.css`, the same in every chart of a page. */
export function seriesColor(place: number, isRest = false): string {
  return isRest ? "var(--series-rest)" : `var(--series-${place % COLORS})`;
}
