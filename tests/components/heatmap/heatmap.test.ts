import { describe, expect, test } from "vitest";
import { aggregate, toHeatAnswer } from "@/components/heatmap/heat-answer";
import { factsOf, strongestOf } from "@/components/heatmap/heat-cells";
import { heatmapQuery, readHeatmapState } from "@/components/heatmap/heat-search";
import { pan, reveal, zoomRows, zoomTime } from "@/components/heatmap/heat-view";
import { formatCell } from "@/components/heatmap/heat-words";
import { findRows } from "@/components/heatmap/highlight-box";
import { layOutPrefixAxis } from "@/components/heatmap/prefix-axis-layout";
import { rowsOfWindow, windowOfRows } from "@/components/heatmap/row-window";
import type { HeatHead, HeatMatrix, HeatRowName } from "@/lib/model/heat-matrix";

const row = (prefix: string, kind: "prefix" | "rest" = "prefix"): HeatRowName => ({
  ...{ prefix, prefixBase64: null, kind, depth: 1 },
});
const ROWS = [
  row("/registry/events/ci/"),
  row("/registry/events/", "rest"),
  row("/registry/leases/"),
  row("/registry/", "rest"),
];
const FROM = Date.parse("2026-03-01T12:00:00Z");
const NAN = Number.NaN;

function matrixOf(cells: number[][], more: Partial<HeatHead> = {}): HeatMatrix {
  const columns = cells[0]?.length ?? 0;
  const head: HeatHead = {
    ...{ measure: "writes", unit: "perSecond", prefix: "", prefixBase64: null, rows: ROWS, stepMs: 60_000 },
    atMs: Array.from({ length: columns }, (_, i) => FROM + i * 60_000),
    observedMs: Array.from({ length: columns }, (_, i) => (Number.isNaN(cells[0]?.[i]) ? 0 : 60_000)),
    ...{ origin: "exact", min: 0, max: 1, range: { from: "", to: "", observedSeconds: 0 }, compare: null },
    ...more,
  };
  return { head, values: Float32Array.from(cells.flat()) };
}

describe("the answer", () => {
  const matrix = matrixOf([
    [0, NAN, 40],
    [1, NAN, 1],
    [5, NAN, 5],
    [0, NAN, 2],
  ]);

  test("names the prefix most goes to, as deep as that is still so, and the hottest cell", () => {
    const { leader, hottest, total } = toHeatAnswer(matrix);
    expect(total).toBeCloseTo(27);
    expect(leader).toMatchObject({ prefix: "/registry/events/ci/", value: 20 });
    expect(leader?.share).toBeCloseTo(20 / 27, 6);
    expect(hottest).toMatchObject({ row: 0, column: 2, value: 40, prefix: "/registry/events/ci/" });
  });

  test("tells nothing known from nothing happened", () => {
    expect(toHeatAnswer(matrixOf([[NAN], [NAN], [NAN], [NAN]]))).toEqual({ total: null, leader: null, hottest: null });
    expect(toHeatAnswer(matrixOf([[0], [0], [0], [0]]))).toEqual({ total: 0, leader: null, hottest: null });
  });

  test("rates are averaged over what was watched, changes added up, levels taken at the end", () => {
    const part = { row: 0, first: 0, end: 3 };
    expect(aggregate(matrix.head, matrix.values, part)).toBe(20);
    const change = matrixOf([[3, -5, 7], [], [], []], { measure: "liveBytesChange" });
    expect(aggregate(change.head, change.values, part)).toBe(5);
    const level = matrixOf([[3, 5, NAN], [], [], []], { measure: "historyBytes" });
    expect(aggregate(level.head, level.values, part)).toBe(5);
  });

  test("a cell knows its share of the column; in a gap it knows nothing", () => {
    expect(factsOf(matrix, { row: 2, column: 0 })).toMatchObject({ value: 5, isObserved: true, share: 5 / 6 });
    expect(factsOf(matrix, { row: 2, column: 1 })).toMatchObject({ value: null, isObserved: false, share: null });
    expect(factsOf(matrix, { row: 9, column: 1 })).toBeNull();
    expect(strongestOf(matrix, { first: -3, end: 2 }, { first: 0, end: 9 })).toEqual({ row: 0, column: 2 });
  });

  test("figures come with their unit", () => {
    const head = matrix.head;
    expect(formatCell(412, head)).toBe("412 writes/s");
    expect(formatCell(-2_048, { measure: "liveBytesChange", unit: "bytes", compare: null })).toBe("−2.00 KiB");
    expect(formatCell(3, { ...head, compare: { from: "", to: "", shiftMs: 1 } })).toBe("+3.0 writes/s");
  });
});

describe("the view", () => {
  const bounds = { rows: 100, latestMs: FROM + 3_600_000 };
  const view = { fromMs: FROM, toMs: FROM + 3_600_000, top: 0, bottom: 100 };

  test("zooming keeps the place under the pointer, and ends where there is nothing finer", () => {
    expect(zoomTime(view, 0.5, 0.25, bounds)).toMatchObject({ fromMs: FROM + 450_000, toMs: FROM + 2_250_000 });
    expect(zoomTime(view, 0.000001, 0.5, bounds)).toMatchObject({ fromMs: FROM + 1_770_000, toMs: FROM + 1_830_000 });
    expect(zoomRows(view, 0.1, 0, bounds)).toMatchObject({ top: 0, bottom: 10 });
    expect(zoomRows(view, 5, 0.5, bounds)).toMatchObject({ top: 0, bottom: 100 });
  });

  test("it never shows what is later than now, nor rows that are none", () => {
    expect(pan(view, 2, 3, bounds)).toEqual(view);
    expect(pan(view, -1, 0, bounds).toMs).toBe(FROM);
    expect(zoomTime(view, 2, 0, bounds).toMs).toBe(bounds.latestMs);
  });

  test("revealing a cell moves no further than it must", () => {
    const close = { ...view, top: 20, bottom: 40 };
    const cell = { fromMs: FROM, toMs: FROM + 60_000 };
    expect(reveal(close, { ...cell, row: 30 }, bounds)).toEqual(close);
    expect(reveal(close, { ...cell, row: 40 }, bounds)).toMatchObject({ top: 21, bottom: 41 });
    expect(reveal(close, { ...cell, row: 0 }, bounds)).toMatchObject({ top: 0, bottom: 20 });
  });
});

describe("the prefix axis", () => {
  test("names the children of what nearly all rows lie under, rests among them", () => {
    const groups = layOutPrefixAxis(ROWS, { top: 0, bottom: 4, heightPx: 160 });
    expect(groups.map(({ label, top, bottom }) => [label, top, bottom])).toEqual([
      ["events/", 0, 80],
      ["leases/", 80, 120],
      ["rest of /registry/", 120, 160],
    ]);
    expect(groups[0]?.leaves.map(({ label }) => label)).toEqual(["ci/", "rest"]);
  });

  test("names never lie on each other, and rows without room have none", () => {
    const many = Array.from({ length: 300 }, (_, i) => row(`/registry/r${String(i).padStart(3, "0")}/`));
    const tops = layOutPrefixAxis(many, { top: 0, bottom: 300, heightPx: 400 }).flatMap(
      ({ labelTop }) => labelTop ?? [],
    );
    expect(tops).toEqual([]);
    const zoomed = layOutPrefixAxis(many, { top: 10, bottom: 30, heightPx: 400 }).flatMap(
      ({ labelTop }) => labelTop ?? [],
    );
    expect(zoomed).toHaveLength(20);
    for (let i = 1; i < zoomed.length; i++) {
      expect((zoomed[i] as number) - (zoomed[i - 1] as number)).toBeGreaterThanOrEqual(14);
    }
  });
});

test("a group too low for its name has none, and names stay between the lines of their group", () => {
  const run = (name: string, count: number) => Array.from({ length: count }, (_, i) => row(`/r/${name}/${i}/`));
  const thin = [...run("a", 2), ...run("b", 20), ...run("c", 20), row("/r/d/")];
  const weights = thin.map((_, i) => (i === 2 || i === 21 ? 100 : 0));
  const groups = layOutPrefixAxis(thin, { top: 0, bottom: 43, heightPx: 215, weights }); // 5 pixels a row
  expect(groups.map(({ label, labelTop }) => [label, labelTop !== null])).toEqual([
    ["a/", false],
    ["b/", true],
    ["c/", true],
    ["d/", false],
  ]);
  const [, group] = groups;
  expect(group?.leaves.map(({ label }) => label)).toEqual(["0/", "19/"]);
  for (const { middle } of group?.leaves ?? []) {
    expect(middle - 7).toBeGreaterThan(group?.top ?? 0);
    expect(middle + 7).toBeLessThanOrEqual(group?.bottom ?? 0);
  }
});

test("of rows too low to be named the heavy ones are, where they have room", () => {
  const many = Array.from({ length: 100 }, (_, i) => row(`/r/${i < 50 ? "a" : "b"}/${String(i).padStart(3, "0")}/`));
  const weights = many.map((_, i) => ({ 10: 500, 11: 400, 60: 300 })[i] ?? 0.1);
  const groups = layOutPrefixAxis(many, { top: 0, bottom: 100, heightPx: 400, weights });
  expect(groups.flatMap(({ leaves }) => leaves.map(({ label }) => label))).toEqual(["010/", "060/"]);
});

describe("rows in sight", () => {
  const all = { top: 0, bottom: ROWS.length };

  test("are named but for slivers, and all of them need no names", () => {
    expect(windowOfRows(ROWS, all)).toBeNull();
    expect(windowOfRows(ROWS, { top: 0.2, bottom: 3.8 })).toBeNull();
    expect(windowOfRows(ROWS, { top: 0.2, bottom: 3.2 })).toMatchObject({ last: "prefix /registry/leases/" });
    const shown = windowOfRows(ROWS, { top: 1.5, bottom: 2.5 });
    expect(shown).toEqual({ first: "rest /registry/events/", last: "prefix /registry/leases/" });
    expect(rowsOfWindow(ROWS, shown)).toEqual({ top: 1, bottom: 3 });
  });

  test("stand elsewhere in another answer, or in none", () => {
    const shown = { first: "prefix /registry/leases/", last: "rest /registry/" };
    expect(rowsOfWindow([row("/registry/a/"), row("/registry/b/"), ...ROWS], shown)).toEqual({ top: 4, bottom: 6 });
    expect(rowsOfWindow(ROWS.slice(0, 3), shown)).toBeNull();
    expect(rowsOfWindow(ROWS.toReversed(), shown)).toBeNull();
    expect(rowsOfWindow(ROWS, null)).toBeNull();
  });
});

describe("the URL", () => {
  test("carries measure, scale, prefix, range, comparison and highlight", () => {
    const search = new URLSearchParams(
      "measure=deletes&scale=linear&prefix=/a/&range=6h&compare=1d&highlight=/a/b/&hfrom=2026-03-01T12:00:00Z&hto=2026-03-01T12:09:00Z",
    );
    const state = readHeatmapState(search);
    expect(state).toMatchObject({ measure: "deletes", scale: "linear", compare: "1d" });
    expect(state.highlight).toEqual({ prefix: "/a/b/", fromMs: FROM, toMs: FROM + 540_000 });
    expect(heatmapQuery(state)).toEqual({ prefix: "/a/", range: "6h", measure: "deletes", rows: 300, compare: "1d" });
  });

  test("what it cannot mean is left out", () => {
    const search = new URLSearchParams("measure=reads&scale=x&compare=soon&highlight=/a/&hfrom=x&hto=y");
    expect(readHeatmapState(search)).toMatchObject({ measure: "writes", scale: "log", compare: null, highlight: null });
    expect(readHeatmapState(search)).toMatchObject({ rows: null, brightness: 0, asTable: false });
  });

  test("carries the rows in sight by name, brightness, and the table", () => {
    const first = "prefix /registry/events/ci/";
    const search = new URLSearchParams({ first, last: "prefix /registry/leases/", brightness: "-0.4", view: "table" });
    expect(readHeatmapState(search)).toMatchObject({
      ...{ rows: { first, last: "prefix /registry/leases/" }, brightness: -0.4, asTable: true },
    });
    for (const brightness of ["2", "-1.1", "NaN", "dark", ""]) {
      expect(readHeatmapState(new URLSearchParams({ brightness })).brightness).toBe(0);
    }
    expect(readHeatmapState(new URLSearchParams({ first })).rows).toBeNull();
  });

  test("a highlight without a row of its own is in the row it is part of", () => {
    expect(findRows(ROWS, "/registry/events/")).toEqual({ top: 0, bottom: 2 });
    expect(findRows(ROWS, "/registry/events/shop/")).toEqual({ top: 1, bottom: 2 });
    expect(findRows(ROWS, "/other/")).toBeNull();
  });
});
