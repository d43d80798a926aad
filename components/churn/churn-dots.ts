import { churnId, churnName, dotWords, type GrowthState, growthOf } from "@/components/churn/churn-words";
import { type LabelWish, type PlacedLabel, placeLabels } from "@/components/churn/label-layout";
import { between, type LogScale, roundPixels, toLogScale } from "@/components/churn/log-scale";
import { toVisibleText } from "@/components/ui/visible-text";
import type { ChurnRow } from "@/lib/api/churn";
import { type ChurnLines, type Corner, cornerOf } from "@/lib/model/churn";

/** A prefix as it is drawn. */
export interface Dot {
  id: string;
  row: ChurnRow;
  corner: Corner;
  growth: GrowthState;
  x: number;
  y: number;
  radius: number;
  words: string;
}

/** Everything of the plot that has a place, in pixels. */
export interface ChurnDrawing {
  width: number;
  height: number;
  /** Most important first. */
  dots: Dot[];
  labels: PlacedLabel[];
  x: LogScale;
  y: LogScale;
  /** Where the dividing lines are; null: nothing is large, or busy. */
  lineX: number | null;
  lineY: number | null;
  /** Whether any prefix is empty, and so has a place left of the scale. */
  hasEmpty: boolean;
}

export const MARGIN = { left: 80, right: 18, top: 14, bottom: 44 } as const;
/** Above and below the dots there is room for the names of the corners. */
export const NAME_STRIP = 40;
/** The bands in which nothing is written, or nothing held. */
export const BAND = 34;
const NARROW = 640;
const LEAST_RADIUS = 3.5;
const MOST_LABEL = 30;

/** Puts the rows of an answer in their places. */
export function drawChurn(
  rows: readonly ChurnRow[],
  { parent, lines, width }: { parent: string; lines: ChurnLines; width: number },
): ChurnDrawing {
  const isNarrow = width < NARROW;
  const height = isNarrow ? 420 : 520;
  const hasEmpty = rows.some(({ liveBytes }) => liveBytes === 0);
  const left = MARGIN.left + (hasEmpty ? BAND : 0);
  const bottom = height - MARGIN.bottom - BAND;
  const sizes = rows.map(({ liveBytes }) => liveBytes);
  const rates = rows.map(({ writtenBytesPerSecond }) => writtenBytesPerSecond ?? 0);
  const x = toLogScale(sizes, { from: left, to: width - MARGIN.right, zeroAt: MARGIN.left + BAND / 2 });
  const y = toLogScale(rates, {
    ...{ from: bottom - NAME_STRIP, to: MARGIN.top + NAME_STRIP, zeroAt: bottom + BAND / 2 },
  });
  const mostKeys = rows.reduce((most, { keys }) => Math.max(most, keys), 1);
  const mostRadius = isNarrow ? 18 : 28;
  const dots = [...rows].sort(byImportance).map((row) => {
    const corner = cornerOf(row, lines);
    return {
      ...{ id: churnId(row), row, corner, growth: growthOf(row), words: dotWords(row, corner, parent) },
      x: x.place(row.liveBytes),
      y: y.place(row.writtenBytesPerSecond ?? 0),
      radius: Math.max(LEAST_RADIUS, roundPixels(mostRadius * Math.sqrt(row.keys / mostKeys))),
    };
  });
  const area = { left: MARGIN.left + 2, top: 2, right: width - 2, bottom: height - MARGIN.bottom - 2 };
  const strip = (top: number) => ({ left: 0, top, right: width, bottom: top + NAME_STRIP - 6 });
  const labels = placeLabels(
    dots.map((dot) => toWish(dot, parent)),
    {
      ...{ area, obstacles: [strip(MARGIN.top - 4), strip(bottom - NAME_STRIP + 6)], most: isNarrow ? 7 : 16 },
    },
  );
  return {
    ...{ width, height, dots, labels, x, y, hasEmpty },
    lineX: lines.liveBytes === null ? null : x.place(between(sizes, lines.liveBytes)),
    lineY: lines.writtenBytesPerSecond === null ? null : y.place(between(rates, lines.writtenBytesPerSecond)),
  };
}

/** By the larger of its shares: what matters in either way. */
function byImportance(left: ChurnRow, right: ChurnRow): number {
  const weight = (row: ChurnRow) => Math.max(row.liveShare, row.writtenShare ?? 0);
  return weight(right) - weight(left) || (churnId(left) < churnId(right) ? -1 : 1);
}

function toWish({ id, row, x, y, radius }: Dot, parent: string): LabelWish {
  const name = toVisibleText(churnName(row, parent));
  const text = name.length > MOST_LABEL ? `${name.slice(0, MOST_LABEL - 1)}…` : name;
  return { id, text, x, y, radius };
}

/** The nearest dot in a direction, for the arrow keys. */
export function dotTowards(dots: readonly Dot[], from: Dot, key: string): Dot | null {
  const [dx, dy] = DIRECTIONS[key] ?? [0, 0];
  if (dx === 0 && dy === 0) return null;
  let best: Dot | null = null;
  let bestCost = Number.POSITIVE_INFINITY;
  for (const dot of dots) {
    const along = (dot.x - from.x) * dx + (dot.y - from.y) * dy;
    const across = Math.abs((dot.x - from.x) * dy) + Math.abs((dot.y - from.y) * dx);
    if (dot.id === from.id || along < 0 || (along === 0 && dot.id < from.id)) continue;
    const cost = along + across * 2;
    if (cost < bestCost) [best, bestCost] = [dot, cost];
  }
  return best;
}

const DIRECTIONS: Record<string, readonly [number, number]> = {
  ArrowRight: [1, 0],
  ArrowLeft: [-1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};
