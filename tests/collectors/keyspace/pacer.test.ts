import { describe, expect, test } from "vitest";
import { Pacer } from "@/collectors/keyspace/pacer";

describe("a page that took 40 ms", () => {
  test.each([
    { share: 0.05, pauseMs: 760 },
    { share: 0.25, pauseMs: 120 },
    { share: 0.5, pauseMs: 40 },
    { share: 0.9, pauseMs: 20 },
    { share: 1, pauseMs: 0 },
  ])("is followed by $pauseMs ms of rest at a share of $share", ({ share, pauseMs }) => {
    expect(new Pacer().pauseMs(40, 1_000, { limit: 1_000, share })).toBeCloseTo(pauseMs);
  });
});

test("after an empty page there is no least pause", () => {
  expect(new Pacer().pauseMs(1, 0, { limit: 1_000, share: 0.5 })).toBe(1);
});

test("a page far slower than its forerunners is followed by a far longer pause", () => {
  const pacer = new Pacer();
  const page = { limit: 1_000, share: 0.25 };
  for (let i = 0; i < 10; i++) expect(pacer.pauseMs(10, 1_000, page)).toBeCloseTo(30);
  expect(pacer.pauseMs(19, 1_000, page)).toBeCloseTo(57);
  expect(pacer.pauseMs(50, 1_000, page)).toBeGreaterThan(150 * 10);
  expect(pacer.pauseMs(500, 1_000, page)).toBe(2_000);
});

test("a slow page never shortens the rest that the share asks for", () => {
  const pacer = new Pacer();
  pacer.pauseMs(10, 1_000, { limit: 1_000, share: 0.01 });
  expect(pacer.pauseMs(1_000, 1_000, { limit: 1_000, share: 0.01 })).toBeCloseTo(99_000);
});
