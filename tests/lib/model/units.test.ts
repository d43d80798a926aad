import { expect, test } from "vitest";
import {
  formatBytes,
  formatBytesChange,
  formatCount,
  formatDuration,
  formatPerSecond,
  formatRatio,
  splitBytes,
} from "@/lib/model/units";

const KIB = 1024;
const MIB = 1024 * KIB;
const GIB = 1024 * MIB;

test.each([
  [0, "0 B"],
  [1, "1 B"],
  [1023, "1023 B"],
  [KIB, "1.00 KiB"],
  [1536, "1.50 KiB"],
  [100 * KIB, "100 KiB"],
  [1011 * KIB, "1011 KiB"],
  [1023.4 * KIB, "1023 KiB"],
  [1023.6 * KIB, "1.00 MiB"],
  [1.31 * GIB, "1.31 GiB"],
  [12.5 * GIB, "12.5 GiB"],
  [3 * 1024 * 1024 * GIB, "3.00 PiB"],
  [-1536, "−1.50 KiB"],
])("%d bytes read %s", (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

test("number and unit come apart for figures set in two sizes", () => {
  expect(splitBytes(2.5 * MIB)).toEqual({ value: "2.50", unit: "MiB" });
});

test("a change carries its sign, and none when there is none", () => {
  expect(formatBytesChange(3 * MIB)).toBe("+3.00 MiB");
  expect(formatBytesChange(-3 * MIB)).toBe("−3.00 MiB");
  expect(formatBytesChange(0)).toBe("0 B");
});

test("counts have thousands separators and a true minus", () => {
  expect(formatCount(1_204_118)).toBe("1,204,118");
  expect(formatCount(-1_000)).toBe("−1,000");
});

test.each([
  [0, "0"],
  [0.001, "<0.01"],
  [0.005, "0.01"],
  [0.07, "0.07"],
  [0.42, "0.4"],
  [9.94, "9.9"],
  [61.2, "61"],
  [1841.6, "1,842"],
])("%d a second reads %s", (perSecond, text) => {
  expect(formatPerSecond(perSecond)).toBe(text);
});

test.each([
  [0, "0.0 %"],
  [0.386, "38.6 %"],
  [0.9994, "99.9 %"],
  [0.9996, "100 %"],
  [1, "100 %"],
])("a ratio of %d reads %s", (ratio, text) => {
  expect(formatRatio(ratio)).toBe(text);
});

test.each([
  [-5, "0.0 s"],
  [1_240, "1.2 s"],
  [48_000, "48 s"],
  [89_000, "89 s"],
  [720_000, "12 min"],
  [12_240_000, "3.4 h"],
  [5 * 86_400_000, "5 d"],
])("%d ms read %s", (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});
