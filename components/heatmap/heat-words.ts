import type { HeatHead, HeatMeasure, HeatUnit } from "@/lib/model/heat-matrix";
import { formatBytes, formatBytesChange, formatDuration, formatPerSecond } from "@/lib/model/units";

/** The measures as their switch names them. */
export const MEASURE_LABELS: Record<HeatMeasure, string> = {
  writes: "Writes",
  writtenBytes: "Written bytes",
  deletes: "Deletes",
  liveBytesChange: "Live bytes ±",
  historyBytes: "History",
};

const TITLES: Record<HeatMeasure, string> = {
  writes: "Writes per second",
  writtenBytes: "Written bytes per second",
  deletes: "Deletes per second",
  liveBytesChange: "Change of live bytes",
  historyBytes: "History bytes",
};

/** What a heatmap shows, with its unit. */
export function titleOf({ measure, compare }: Pick<HeatHead, "measure" | "compare">): string {
  if (compare === null) return TITLES[measure];
  return `${TITLES[measure]}, more or less than ${shiftWords(compare.shiftMs)} before`;
}

/** How far back is compared with: `1 h`, `7 d`, `5 min`. */
export function shiftWords(shiftMs: number): string {
  if (shiftMs % DAY_MS === 0) return `${shiftMs / DAY_MS} d`;
  return shiftMs % HOUR_MS === 0 ? `${shiftMs / HOUR_MS} h` : formatDuration(shiftMs);
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** What is counted, after a figure: `412 writes/s`. */
export const NOUNS: Record<HeatMeasure, string> = {
  writes: " writes/s",
  writtenBytes: "/s written",
  deletes: " deletes/s",
  liveBytesChange: "",
  historyBytes: " of history",
};

/** A cell in words: `412 writes/s`, `3.1 MiB/s written`, `+12 KiB`. */
export function formatCell(value: number, { measure, unit, compare }: Pick<HeatHead, "measure" | "unit" | "compare">) {
  const isChange = measure === "liveBytesChange" || compare !== null;
  return `${formatHeat(value, unit, isChange)}${NOUNS[measure]}`;
}

/** A value without what is counted: `412`, `3.1 MiB`. `isChange` puts the sign before it. */
export function formatHeat(value: number, unit: HeatUnit, isChange: boolean): string {
  if (unit !== "perSecond") return isChange ? formatBytesChange(value) : formatBytes(value);
  const size = formatPerSecond(Math.abs(value));
  return !isChange || value === 0 ? size : `${value > 0 ? "+" : "−"}${size}`;
}

/** A value with the unit of its scale, for legends: `412/s`, `3.1 MiB/s`. */
export function formatScaleEnd(value: number, unit: HeatUnit, isChange: boolean): string {
  return `${formatHeat(value, unit, isChange)}${unit === "bytes" ? "" : "/s"}`;
}
