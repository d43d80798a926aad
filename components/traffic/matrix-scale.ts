import type { TrafficMatrix } from "@/components/traffic/traffic-matrix";
import type { MeasureWords } from "@/components/traffic/traffic-measures";
import { heatColor, logRatio } from "@/lib/model/heat-color";

/** How the figures of a matrix become colours, and what the legend says of them. */
export interface MatrixScale {
  isChange: false;
  marks: { at: number; words: string }[];
  /** The colour of a figure; null for zero, which has none. */
  of(value: number): string | null;
}

/** Figures further below the largest than this are all as dark as it gets. */
const SPAN = 10_000;

/** A logarithmic scale over the cells of a matrix; null when there is nothing to colour. */
export function toMatrixScale(matrix: TrafficMatrix, { of, format }: MeasureWords): MatrixScale | null {
  const values: number[] = [];
  for (const row of matrix.rows) {
    for (const verb of matrix.verbs) {
      const figures = row.cells.get(verb);
      const value = figures === undefined ? null : of(figures);
      if (value !== null && value > 0) values.push(value);
    }
  }
  if (values.length === 0) return null;
  const most = values.reduce((largest, value) => Math.max(largest, value), 0);
  const smallest = values.reduce((least, value) => Math.min(least, value), most);
  const least = Math.max(smallest, most / SPAN);
  const middle = Math.sqrt(least * most);
  return {
    isChange: false,
    marks: [
      { at: 0, words: `≤ ${format(least)}` },
      { at: 0.5, words: format(middle) },
      { at: 1, words: format(most) },
    ],
    of: (value) => (value <= 0 ? null : heatColor(logRatio(value, least, most))),
  };
}
