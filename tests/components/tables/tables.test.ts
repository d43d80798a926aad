import { describe, expect, test } from "vitest";
import { type Column, compareValues, firstOrder } from "@/components/tables/column";
import { exportRows } from "@/components/tables/export-rows";
import { targetIndex } from "@/components/tables/row-keys";
import { minTableWidth } from "@/components/tables/table-width";

interface Row {
  key: string;
  valueBytes: number | null;
}

const COLUMNS: readonly Column<Row>[] = [
  { id: "key", header: "Key", value: (row) => row.key },
  { id: "valueBytes", header: "Value", numeric: true, value: (row) => row.valueBytes },
  { id: "actions", header: "", value: () => null, width: 50, exported: false },
];

describe("the export of a table", () => {
  const rows: Row[] = [
    { key: "=1+1", valueBytes: 3 },
    { key: 'a,"b"\nc', valueBytes: null },
  ];

  test("CSV: no formula runs, no key breaks a line, the unknown is empty", () => {
    expect(exportRows("csv", COLUMNS, rows)).toBe(`key,valueBytes\r\n'=1+1,3\r\n"a,""b""\\x0ac",\r\n`);
  });

  test("JSON: the values as they are", () => {
    expect(JSON.parse(exportRows("json", COLUMNS, rows))).toEqual([
      { key: "=1+1", valueBytes: 3 },
      { key: 'a,"b"\nc', valueBytes: null },
    ]);
  });
});

describe("the order of a table", () => {
  test("figures go by size, text by code unit as keys do", () => {
    expect([10, 9, 100].sort(compareValues)).toEqual([9, 10, 100]);
    expect(["b", "a/", "a-", "B"].sort(compareValues)).toEqual(["B", "a-", "a/", "b"]);
  });

  test("figures begin with the largest, text with the first", () => {
    expect(COLUMNS.slice(0, 2).map((column) => firstOrder(column))).toEqual(["asc", "desc"]);
  });
});

describe("walking the rows", () => {
  test.each([
    { key: "ArrowDown", from: 0, to: 1 },
    { key: "ArrowDown", from: 24, to: 24 },
    { key: "ArrowUp", from: 0, to: 0 },
    { key: "PageDown", from: 3, to: 13 },
    { key: "PageUp", from: 3, to: 0 },
    { key: "Home", from: 9, to: 0 },
    { key: "End", from: 9, to: 24 },
    { key: "x", from: 9, to: null },
  ])("$key from $from of 25 goes to $to", ({ key, from, to }) => {
    expect(targetIndex(key, from, 25)).toBe(to);
  });
});

test("a table is as wide as its columns need", () => {
  expect(minTableWidth(COLUMNS)).toBe(160 + 104 + 50);
});
