import { expect, test } from "vitest";
import { toMatrixScale } from "@/components/traffic/matrix-scale";
import { toMatrix } from "@/components/traffic/traffic-matrix";
import { MEASURES } from "@/components/traffic/traffic-measures";
import { answer, figures, row } from "./answers";

test("cells stand under their verb, totals are the API's own", () => {
  const matrix = toMatrix({
    cells: answer([
      row({ verb: "update", resource: "leases.coordination.k8s.io", requests: 300, latencyP99Ms: 9 }),
      row({ verb: "get", resource: "pods", requests: 20 }),
      row({ verb: "list", resource: "pods", requests: 10, latencyP99Ms: 2_400 }),
    ]),
    rows: answer([row({ resource: "pods", requests: 30, latencyP99Ms: 1_900 })]),
    verbs: answer([row({ verb: "get", requests: 20 }), row({ verb: "update", requests: 300 })]),
  });
  expect(matrix.verbs).toEqual(["get", "list", "update"]);
  const pods = matrix.rows.find(({ resource }) => resource === "pods");
  expect(pods?.cells.get("list")?.latencyP99Ms).toBe(2_400);
  expect(pods?.all?.latencyP99Ms).toBe(1_900);
  expect(pods?.cells.has("update")).toBe(false);
  expect(matrix.rows.find(({ resource }) => resource?.startsWith("leases"))?.all).toBeNull();
  expect(matrix.total.cells.get("update")?.requests).toBe(300);
});

test("names from outside are no property and no other row", () => {
  const matrix = toMatrix({
    cells: answer([
      row({ verb: "__proto__", resource: "__proto__", requests: 5 }),
      row({ verb: "get", resource: "other", requests: 4 }),
      row({ verb: "get", resource: null, requests: 3 }),
      row({ verb: null, resource: null, isOther: true, requests: 2 }),
    ]),
    rows: undefined,
    verbs: undefined,
  });
  expect(matrix.rows.map(({ id }) => id).sort()).toEqual(["=__proto__", "=other", "unknown"]);
  expect(matrix.rows.find(({ resource }) => resource === "__proto__")?.cells.get("__proto__")?.requests).toBe(5);
  expect(matrix.unplacedRequests).toBe(2);
});

test("rarer verbs than there are columns are counted, not drawn", () => {
  const items = Array.from({ length: 20 }, (_, i) => row({ verb: `verb${i}`, resource: "pods", requests: 100 - i }));
  const matrix = toMatrix({ cells: answer(items), rows: undefined, verbs: undefined });
  expect(matrix.verbs).toHaveLength(12);
  expect(matrix.verbs).toContain("verb0");
  expect(matrix.verbs).not.toContain("verb12");
  expect(matrix.hiddenVerbs).toBe(8);
});

test("the scale has no colour for zero, and none at all without figures", () => {
  const cells = answer([
    row({ verb: "get", resource: "pods", ...figures({ errors: 0 }) }),
    row({ verb: "list", resource: "pods", ...figures({ errors: 40 }) }),
  ]);
  const matrix = toMatrix({ cells, rows: undefined, verbs: undefined });
  const scale = toMatrixScale(matrix, MEASURES.errors);
  expect(scale?.of(0)).toBeNull();
  expect(scale?.of(40)).toMatch(/^rgb/);
  expect(toMatrixScale(matrix, MEASURES.bytes)).toBeNull();
});
