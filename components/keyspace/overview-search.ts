import { prefixSeriesParams } from "@/components/keyspace/prefix-charts-params";
import type { RangeParams } from "@/lib/api/common";
import type { PrefixesAnswer, PrefixRow } from "@/lib/api/prefixes";

/** Series of the charts, beside the rest. */
const PARTS = 7;
const CHILDREN = 8;
/** The hottest prefixes whose own children are listed too, and how many of each. */
const HOT_PARENTS = 4;
const HOT_CHILDREN = 4;
/** A root that holds so much of the keyspace stands for it: its children are what one wants to see. */
const SUBJECT_SHARE = 0.5;

/** What the Overview asks first: the roots. */
export function rootParams(range: RangeParams) {
  return { ...range, parent: "", sort: "liveBytes" as const, limit: 20 };
}

/** The prefix whose children the Overview shows: the one root that holds most, or the whole keyspace. */
export function subjectOf(roots: PrefixesAnswer | undefined): string | null {
  if (roots === undefined) return null;
  const heaviest = roots.items[0];
  return heaviest?.hasChildren && heaviest.share >= SUBJECT_SHARE ? heaviest.prefix : "";
}

/** What the Overview asks about its subject. */
export function overviewParams(subject: string, range: RangeParams) {
  return {
    largest: { ...range, parent: subject, sort: "liveBytes" as const, limit: CHILDREN },
    hottest: { ...range, parent: subject, sort: "writesPerSecond" as const, limit: CHILDREN },
    size: sizeParams(subject, range),
    writes: prefixSeriesParams({ prefix: subject }, range, { measure: "writes", children: PARTS }),
  };
}

/** What the chart of sizes asks: live bytes by prefix, and the files they lie in. */
export function sizeParams(subject: string, range: RangeParams) {
  return {
    live: prefixSeriesParams({ prefix: subject }, range, { measure: "liveBytes", children: PARTS }),
    file: { ...range, measure: "dbSize" },
  };
}

/** What it asks about the hottest prefixes' own children. */
export function hotChildrenParams(hottest: PrefixesAnswer | undefined, range: RangeParams) {
  return (hottest?.items ?? [])
    .filter((row) => row.hasChildren && (row.writesPerSecond ?? 0) > 0)
    .slice(0, HOT_PARENTS)
    .map((row) => ({ ...range, parent: row.prefix, sort: "writesPerSecond" as const, limit: HOT_CHILDREN }));
}

/** Prefixes of both depths, the most written first; only those that are written at all. */
export function listHotRows(hottest: PrefixesAnswer | undefined, below: readonly PrefixesAnswer[]): PrefixRow[] {
  return [hottest, ...below]
    .flatMap((answer) => answer?.items ?? [])
    .filter((row) => row.kind === "prefix" && (row.writesPerSecond ?? 0) > 0)
    .sort((a, b) => (b.writesPerSecond ?? 0) - (a.writesPerSecond ?? 0) || (a.prefix < b.prefix ? -1 : 1));
}

/** A part of its parent that is as hot as nearly all of it says more than the parent. */
const NEARLY_ALL = 0.6;

/** The prefix to name as the hottest: the top one, or the one below it that has most of its writes. */
export function hottestOf(rows: readonly PrefixRow[]): PrefixRow | null {
  const [top] = rows;
  if (top === undefined) return null;
  const rate = (top.writesPerSecond ?? 0) * NEARLY_ALL;
  const below = rows.find(
    (row) => row !== top && row.prefix.startsWith(top.prefix) && (row.writesPerSecond ?? 0) >= rate,
  );
  return below ?? top;
}
