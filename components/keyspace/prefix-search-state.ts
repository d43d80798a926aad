import { toParent } from "@/components/keyspace/keyspace-search";
import { prefixSeriesParams } from "@/components/keyspace/prefix-charts-params";
import type { TopKeysQuestion } from "@/components/keyspace/top-keys-params";
import { readChoice, readPrefix, readRange, type SearchReader } from "@/components/keyspace/view-search";
import { TOP_KEY_ORDERS } from "@/lib/api/keys";

/** Children listed on the page of a prefix; the Keyspace page has all. */
const CHILDREN = 15;
const TOP_KEYS = 20;
const PARTS = 6;

/** The charts of the page of a prefix, in their order. */
export const PREFIX_CHARTS = [
  { title: "Live bytes", measure: "liveBytes", parts: PARTS },
  { title: "Writes", measure: "writes", parts: PARTS },
  { title: "History held", measure: "historyBytes", parts: PARTS },
  { title: "Written bytes", measure: "writtenBytes", parts: 0 },
  { title: "Keys", measure: "keys", parts: 0 },
  { title: "Deletes", measure: "deletes", parts: 0 },
] as const;

/** What the page of a prefix asks for, by its query string. */
export function readPrefixPage(search: SearchReader) {
  const chosen = readPrefix(search);
  const range = readRange(search);
  const topKeys: TopKeysQuestion = { chosen, range, by: readChoice(search, "by", TOP_KEY_ORDERS), limit: TOP_KEYS };
  return {
    chosen,
    range,
    topKeys,
    children: { ...toParent(chosen), ...range, sort: "liveBytes" as const, limit: CHILDREN },
    series: PREFIX_CHARTS.map(({ measure, parts }) => prefixSeriesParams(chosen, range, { measure, children: parts })),
  };
}
