import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { dotTowards, drawChurn, MARGIN } from "@/components/churn/churn-dots";
import { cornerSentence, formatByteRate, growthOf, sumCorners } from "@/components/churn/churn-words";
import { placeLabels } from "@/components/churn/label-layout";
import { between, toLogScale } from "@/components/churn/log-scale";
import type { ChurnRow } from "@/lib/api/churn";
import { cornerOf, divideChurn } from "@/lib/model/churn";

function row(prefix: string, liveBytes: number, written: number | null, keys = 10): ChurnRow {
  return {
    ...{ prefix, prefixBase64: null, kind: "prefix", keys, liveBytes, historyBytes: null, liveShare: 0.1 },
    ...{ writtenBytesPerSecond: written, writtenShare: written === null ? null : 0.1, writesPerSecond: null },
    ...{ growthBytes: 0, hasChildren: true, origin: "exact" },
  };
}

describe("the scale", () => {
  test("keeps the order, stays within its pixels and has a place of its own for zero", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1e12, noNaN: true }), { maxLength: 40 }), (values) => {
        const scale = toLogScale(values, { from: 100, to: 900, zeroAt: 50 });
        const sorted = [...values].sort((a, b) => a - b);
        for (const [i, value] of sorted.entries()) {
          const place = scale.place(value);
          if (value === 0) expect(place).toBe(50);
          else {
            expect(place).toBeGreaterThanOrEqual(100);
            expect(place).toBeLessThanOrEqual(900);
          }
          if (i > 0) expect(place).toBeGreaterThanOrEqual(scale.place(sorted[i - 1] as number));
        }
        expect(scale.ticks.length).toBeLessThan(40);
      }),
    );
  });

  test("a dividing line lies between the values on its sides", () => {
    expect(between([10, 90, 100, 400], 100)).toBeGreaterThan(90);
    expect(between([10, 90, 100, 400], 100)).toBeLessThan(100);
    expect(between([100], 100)).toBe(50);
  });
});

test("names never cover each other or a dot, and stay within the plot", () => {
  const wish = fc.record({
    x: fc.integer({ min: 0, max: 800 }),
    y: fc.integer({ min: 0, max: 400 }),
    radius: fc.integer({ min: 3, max: 28 }),
    text: fc.string({ minLength: 1, maxLength: 30 }),
  });
  fc.assert(
    fc.property(fc.array(wish, { maxLength: 40 }), (wishes) => {
      const named = wishes.map((each, i) => ({ id: String(i), ...each }));
      const area = { left: 0, top: 0, right: 800, bottom: 400 };
      const labels = placeLabels(named, { area, obstacles: [], most: 16 });
      expect(labels.length).toBeLessThanOrEqual(16);
      const boxes = labels.map(({ id, x, y, text }) => ({
        id,
        x,
        top: y - 10.5,
        right: x + text.length * 6.4,
        bottom: y + 3.5,
      }));
      for (const box of boxes) {
        expect(box.x).toBeGreaterThanOrEqual(0);
        expect(box.right).toBeLessThanOrEqual(800);
        for (const other of boxes) {
          const covers = box.x < other.right && other.x < box.right && box.top < other.bottom && other.top < box.bottom;
          expect(box.id !== other.id && covers).toBe(false);
        }
      }
    }),
  );
});

describe("the drawing", () => {
  const rows = [
    row("/registry/events/", 1e9, 1e6, 900),
    row("/registry/jobs/", 1e8, 5),
    row("/registry/leases/", 1e4, 1e5),
    row("/registry/old/", 1e5, 0),
    row("/registry/gone/", 0, 12, 0),
  ];
  const lines = divideChurn(rows, 0.8);
  const drawing = drawChurn(rows, { parent: "", lines, width: 1_000 });
  const dot = (name: string) =>
    drawing.dots.find(({ row: { prefix } }) => prefix.endsWith(name)) as (typeof drawing.dots)[0];

  test("larger is further right, busier higher up, what is not written on its own band", () => {
    expect(dot("events/").x).toBeGreaterThan(dot("jobs/").x);
    expect(dot("events/").y).toBeLessThan(dot("leases/").y);
    expect(dot("old/").y).toBe(drawing.y.zeroAt);
    expect(dot("gone/").x).toBe(drawing.x.zeroAt);
    expect(drawing.hasEmpty).toBe(true);
    expect(dot("events/").radius).toBeGreaterThan(dot("jobs/").radius);
    for (const { x, y } of drawing.dots) {
      expect(x).toBeGreaterThanOrEqual(MARGIN.left);
      expect(y).toBeLessThanOrEqual(drawing.height - MARGIN.bottom);
    }
  });

  test("every dot can be reached from the first by arrow keys", () => {
    const reached = new Set([drawing.dots[0]?.id]);
    const waiting = [drawing.dots[0] as (typeof drawing.dots)[0]];
    for (let at = waiting.pop(); at; at = waiting.pop()) {
      for (const key of ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"]) {
        const next = dotTowards(drawing.dots, at, key);
        if (next && !reached.has(next.id)) {
          reached.add(next.id);
          waiting.push(next);
        }
      }
    }
    expect(reached.size).toBe(rows.length);
    expect(dotTowards(drawing.dots, dot("jobs/"), "a")).toBeNull();
  });
});

test("words", () => {
  expect(growthOf({ growthBytes: null, liveBytes: 5 })).toBe("unknown");
  expect(growthOf({ growthBytes: 1, liveBytes: 101 })).toBe("grew");
  expect(growthOf({ growthBytes: 1, liveBytes: 102 })).toBe("same");
  expect(growthOf({ growthBytes: -100, liveBytes: 0 })).toBe("shrank");
  expect([0, 0.002, 0.4, 9.96, 10, 2_048].map(formatByteRate)).toEqual([
    ...["0 B/s", "<0.01 B/s", "0.4 B/s", "10.0 B/s", "10 B/s", "2.00 KiB/s"],
  ]);
  const rows = [row("/a/", 100, 10), row("/b/", 90, 9), row("/c/", 1, 0)];
  const lines = divideChurn(rows, 0.8);
  const sums = sumCorners(rows, (each) => cornerOf(each, lines));
  expect(cornerSentence(sums["large-busy"])).toBe(
    "2 prefixes hold 20.0 % of the bytes and take 20.0 % of the written bytes",
  );
  expect(sums["small-still"].rows).toHaveLength(1);
});
