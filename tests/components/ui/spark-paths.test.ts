import { expect, test } from "vitest";
import { toSparkPaths } from "@/components/ui/spark-paths";

test("a gap in the values is a gap in the line", () => {
  const { line } = toSparkPaths([1, 2, null, 2, 1], 40, 10);
  expect(line).toBe("M0 5L10 1M30 1L40 5");
});

test("a value between two gaps is a dot, not nothing", () => {
  expect(toSparkPaths([null, 2, null], 40, 10).line).toBe("M20 1L20 1");
});

test("zeros are drawn at the bottom, and no values as nothing", () => {
  expect(toSparkPaths([0, 0], 40, 10).line).toBe("M0 9L40 9");
  expect(toSparkPaths([null, null], 40, 10)).toEqual({ line: "", area: "" });
  expect(toSparkPaths([], 40, 10)).toEqual({ line: "", area: "" });
});
