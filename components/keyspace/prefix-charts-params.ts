import type { ChosenPrefix } from "@/components/keyspace/view-search";
import type { RangeParams } from "@/lib/api/common";
import type { SeriesParams } from "@/lib/api/prefixes";

/** What the API is asked for a chart of a prefix, so that server and browser ask the same. */
export function prefixSeriesParams(
  chosen: ChosenPrefix,
  range: RangeParams,
  { measure, children }: Pick<SeriesParams, "measure" | "children">,
) {
  return { ...chosen, ...range, measure, children };
}
