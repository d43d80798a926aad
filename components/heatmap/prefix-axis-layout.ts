import type { HeatRowName } from "@/lib/model/heat-matrix";
import { listPrefixParts } from "@/lib/model/prefix-parts";

/** A run of rows below one prefix, as the axis draws it: a bracket, and a name where there is room. */
export interface AxisGroup {
  id: string;
  /** Where a click leads: the prefix, or null where the row is no more than what is left of its parent. */
  prefix: string;
  label: string;
  isRest: boolean;
  /** Pixels from the top of the axis, cut to what is in sight. */
  top: number;
  bottom: number;
  /** Pixels from the top of the axis; null: no room for the name. */
  labelTop: number | null;
  /** The rows in it, when there is room to name each. */
  leaves: AxisLeaf[];
}

export interface AxisLeaf {
  id: string;
  prefix: string;
  label: string;
  isRest: boolean;
  middle: number;
}

export const LABEL_PX = 14;
/** Lower than this a name would reach over the lines of its neighbours. */
const LEAST_PX = 12;
/** A row with less of the whole than this is not named unless it is tall. */
const LEAST_SHARE = 0.01;
/** A prefix that nearly all rows in sight lie under says nothing; its children are named instead. */
const NEARLY_ALL = 0.8;

/** Where names go: the rows in sight, with fractions, and how heavy each row is. */
export interface AxisQuestion {
  top: number;
  bottom: number;
  heightPx: number;
  /** One a row, NaN where not known; without them only rows tall enough are named. */
  weights?: readonly number[];
}

/** Names along the side of a heatmap. */
export function layOutPrefixAxis(rows: readonly HeatRowName[], question: AxisQuestion): AxisGroup[] {
  const { top, bottom, heightPx } = question;
  const first = Math.max(0, Math.floor(top));
  const shown = rows.slice(first, Math.ceil(bottom));
  if (shown.length === 0) return [];
  const base = findBase(shown.map(({ prefix }) => prefix));
  const rowPx = heightPx / (bottom - top);
  const yOf = (row: number) => (row - top) * rowPx;
  const runs = toRuns(shown, base);
  const named = new Set(
    chooseRows(
      shown.map((_, place) => first + place),
      question,
    ),
  );
  const groups = runs.map((run): AxisGroup => {
    const [from, to] = [first + run.first, first + run.end];
    return {
      ...{
        id: `${run.isRest ? "rest " : ""}${run.prefix}`,
        prefix: run.prefix,
        label: labelOf(run, base),
        isRest: run.isRest,
      },
      ...{ top: Math.max(0, yOf(from)), bottom: Math.min(heightPx, yOf(to)), labelTop: null },
      leaves: to - from < 2 ? [] : toLeaves(rows, { run, first: from, end: to, named }, question),
    };
  });
  placeLabels(groups, heightPx);
  return groups;
}

interface Run {
  prefix: string;
  isRest: boolean;
  first: number;
  end: number;
}

/** Rows that follow each other under the same child of `base`; what is left of `base` and above stands alone. */
function toRuns(shown: readonly HeatRowName[], base: string): Run[] {
  const runs: Run[] = [];
  for (const [place, { prefix, kind }] of shown.entries()) {
    const child = childOf(prefix, base);
    const last = runs.at(-1);
    if (child !== null && last?.prefix === child) last.end = place + 1;
    else
      runs.push({ prefix: child ?? prefix, isRest: child === null && kind === "rest", first: place, end: place + 1 });
  }
  return runs;
}

function toLeaves(
  rows: readonly HeatRowName[],
  { run, first, end, named }: { run: Run; first: number; end: number; named: ReadonlySet<number> },
  { top, bottom, heightPx }: AxisQuestion,
): AxisLeaf[] {
  const yOf = (row: number) => ((row - top) / (bottom - top)) * heightPx;
  // A name stays between the lines above and below its group.
  let highest = Math.max(0, yOf(first)) + LABEL_PX / 2 + 1;
  const lowest = Math.min(heightPx, yOf(end)) - LABEL_PX / 2;
  return rows.slice(first, end).flatMap(({ prefix, kind }, at) => {
    const wanted = yOf(first + at + 0.5);
    const middle = Math.max(highest, Math.min(lowest, wanted));
    const isFar = wanted < 0 || wanted > heightPx || Math.abs(middle - wanted) > LABEL_PX;
    if (!named.has(first + at) || isFar || middle > lowest) return [];
    highest = middle + LEAST_PX;
    const below = prefix.slice(run.prefix.length);
    const isRest = kind === "rest";
    return [{ id: `${kind} ${prefix}`, prefix, label: isRest ? `${below} rest`.trim() : below, isRest, middle }];
  });
}

/** All rows where they are tall enough; else the heavy ones, the heaviest first, that are not in each other's way. */
function chooseRows(
  places: readonly number[],
  { top, bottom, heightPx, weights = [] }: AxisQuestion,
): readonly number[] {
  const rowPx = heightPx / (bottom - top);
  if (rowPx >= LEAST_PX) return places;
  const size = (place: number) => Math.abs(weights[place] ?? 0) || 0; // NaN is not known, and no weight
  const least = weights.reduce((sum, weight) => sum + (Math.abs(weight) || 0), 0) * LEAST_SHARE;
  const chosen: number[] = [];
  for (const place of places.filter((one) => least > 0 && size(one) >= least).sort((a, b) => size(b) - size(a))) {
    if (chosen.every((other) => Math.abs(other - place) * rowPx >= LABEL_PX)) chosen.push(place);
  }
  return chosen;
}

/** The deepest prefix that nearly all of `prefixes` lie below; names along the axis begin behind it. */
export function findBase(prefixes: readonly string[]): string {
  for (let base = ""; ; ) {
    const counts = new Map<string, number>();
    for (const prefix of prefixes) {
      const child = childOf(prefix, base);
      if (child !== null) counts.set(child, (counts.get(child) ?? 0) + 1);
    }
    const next = [...counts].find(([, count]) => count >= prefixes.length * NEARLY_ALL && count > 1);
    if (next === undefined) return base;
    base = next[0];
  }
}

/** The child of `base` that `prefix` is or lies below; null when it lies elsewhere. */
function childOf(prefix: string, base: string): string | null {
  if (prefix.length <= base.length || !prefix.startsWith(base)) return null;
  return listPrefixParts(prefix).find((part) => part.prefix.length > base.length)?.prefix ?? prefix;
}

function labelOf({ prefix, isRest }: Run, base: string): string {
  const isBelow = prefix.length > base.length && prefix.startsWith(base);
  const name = isBelow ? prefix.slice(base.length) : prefix;
  if (!isRest) return name === "" ? "all keys" : name;
  return name === "" ? "rest of all keys" : `rest of ${name}`;
}

/** The widest groups first; a name never lies on another's. */
function placeLabels(groups: AxisGroup[], heightPx: number): void {
  const taken: number[] = [];
  for (const group of groups.toSorted((a, b) => b.bottom - b.top - (a.bottom - a.top) || a.top - b.top)) {
    const size = group.bottom - group.top;
    if (size < LEAST_PX) return;
    const wanted = size < 2 * LABEL_PX ? group.top + (size - LABEL_PX) / 2 : group.top + 2;
    const at = Math.max(0, Math.min(heightPx - LABEL_PX, wanted));
    if (taken.some((other) => Math.abs(other - at) < LABEL_PX)) continue;
    group.labelTop = at;
    taken.push(at);
  }
}
