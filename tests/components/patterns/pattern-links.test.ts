import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readHeatmapState } from "@/components/heatmap/heat-search";
import { PATTERN_EXPLANATIONS } from "@/components/patterns/pattern-explanations";
import { cellSearch } from "@/components/patterns/pattern-links";
import { clusterHref } from "@/components/shell/cluster-href";
import type { PatternItem } from "@/lib/api/patterns";
import { PATTERNS } from "@/lib/model/pattern-types";

const RANGE = { from: "2026-03-01T00:00:00.000Z", to: "2026-03-02T00:00:00.000Z" };

function item(more: Partial<PatternItem>): PatternItem {
  return {
    ...{ pattern: "storm", severity: "warning", prefix: "/registry/events/a&b/", prefixBase64: null, kind: "prefix" },
    ...{ from: "2026-03-01T14:02:00.000Z", to: "2026-03-01T14:09:00.000Z", lasts: false, share: 1, figures: {} },
    ...{ sentence: [] },
    ...more,
  };
}

describe("a message's cells", () => {
  const open = (more: Partial<PatternItem>) => {
    const href = clusterHref("prod", "heatmap", cellSearch(item(more), RANGE, { range: "24h" }));
    return readHeatmapState(new URL(href, "http://localhost").searchParams);
  };

  test("are framed, with some time around them", () => {
    const state = open({});
    expect(state.highlight).toEqual({
      prefix: "/registry/events/a&b/",
      fromMs: Date.parse("2026-03-01T14:02:00Z"),
      toMs: Date.parse("2026-03-01T14:09:00Z"),
    });
    expect(state.range).toEqual({ from: "2026-03-01T13:52:00.000Z", to: "2026-03-01T14:19:00.000Z" });
    expect(state.measure).toBe("writes");
  });

  test("are shown in the range itself when they take most of it, and never beyond its end", () => {
    expect(open({ from: RANGE.from, to: RANGE.to }).range).toEqual({ range: "24h" });
    expect(open({ from: "2026-03-01T23:50:00.000Z", to: RANGE.to }).range.to).toBe(RANGE.to);
  });

  test("are shown by the measure in which they are seen", () => {
    expect(open({ pattern: "drain" }).measure).toBe("deletes");
    expect(open({ pattern: "leak" }).measure).toBe("liveBytesChange");
  });
});

test("every pattern is explained, here and in the docs, with its picture", () => {
  const docs = join(import.meta.dirname, "../../../docs");
  const text = readFileSync(join(docs, "patterns.md"), "utf8");
  expect(Object.keys(PATTERN_EXPLANATIONS).sort()).toEqual([...PATTERNS].sort());
  expect(readdirSync(join(docs, "patterns")).sort()).toEqual(PATTERNS.map((pattern) => `${pattern}.svg`).sort());
  for (const pattern of PATTERNS) expect(text).toContain(`(patterns/${pattern}.svg)`);
});
