import type { SearchPatch } from "@/components/shell/patch-search";
import type { RangeParams } from "@/lib/api/common";
import type { PatternItem } from "@/lib/api/patterns";
import type { Pattern } from "@/lib/model/pattern-types";

const LEAST_MARGIN_MS = 10 * 60_000;
/** A pattern that takes more than this part of the range is seen best in the range itself. */
const LARGE_PART = 0.25;

/** The heatmap's measures by which a pattern is seen best; absent: writes. */
const MEASURES: Partial<Record<Pattern, string>> = {
  leak: "liveBytesChange",
  drain: "deletes",
  cold: "liveBytesChange",
};

/** Where the cells of a message are: the heatmap around its time, with a frame around its cells. */
export function cellSearch(item: PatternItem, range: { from: string; to: string }, asked: RangeParams): SearchPatch {
  const [fromMs, toMs] = [Date.parse(item.from), Date.parse(item.to)];
  const [rangeFromMs, rangeToMs] = [Date.parse(range.from), Date.parse(range.to)];
  const marks = { highlight: item.prefix, hfrom: item.from, hto: item.to, measure: MEASURES[item.pattern] ?? null };
  if (toMs - fromMs > (rangeToMs - rangeFromMs) * LARGE_PART) return { ...marks, ...asked };
  const marginMs = Math.max(LEAST_MARGIN_MS, toMs - fromMs);
  const from = new Date(fromMs - marginMs).toISOString();
  const to = new Date(Math.min(toMs + marginMs, Math.max(rangeToMs, toMs))).toISOString();
  return { ...marks, from, to };
}
