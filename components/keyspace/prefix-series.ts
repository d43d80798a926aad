import type { ChartSeries } from "@/components/charts/chart-data";
import { nameOf } from "@/components/keyspace/tiles";
import { toVisibleText } from "@/components/ui/visible-text";
import type { SeriesAnswer } from "@/lib/api/prefixes";

/** The parts of an answered prefix as a chart draws them: its children and the rest; without children itself. */
export function toChartSeries(answer: SeriesAnswer | undefined): ChartSeries[] {
  const [own, ...parts] = answer?.series ?? [];
  if (own === undefined) return [];
  if (parts.length === 0) return [{ id: "own", label: labelOf(own.prefix, ""), values: own.values }];
  return parts
    .filter(({ kind, values }) => kind !== "rest" || values.some((value) => value !== null && value > 0))
    .map((part) => ({
      id: `${part.kind} ${part.prefix}`,
      label: part.kind === "rest" ? "everything else" : labelOf(part.prefix, own.prefix, part.kind),
      values: part.values,
      isRest: part.kind !== "prefix",
    }));
}

function labelOf(prefix: string, parent: string, kind: "prefix" | "other" = "prefix"): string {
  return prefix === "" ? "all keys" : toVisibleText(nameOf({ kind, prefix }, parent));
}
