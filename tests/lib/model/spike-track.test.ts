import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SpikeTrack, type TrackedSpike } from "@/lib/model/spike-track";
import type { Usual } from "@/lib/model/spike-usual";

const STEP_MS = 10_000;
const FLOOR = { least: 10, aboveMedian: 0 };
/** Its limit is 10: the floor. */
const CALM: Usual = { median: 1, mad: 0, high: 2, baseline: "recent" };

/** Spikes of a line of figures, ten seconds apart: onset, end and peak as numbers of steps; "?" is not known. */
function find(line: readonly (number | "?" | null)[], stepMs = STEP_MS) {
  const track = new SpikeTrack(FLOOR);
  const spikes: TrackedSpike[] = [];
  for (const [i, value] of line.entries()) {
    if (value === null) continue; // no step at all
    const step = { atMs: i * stepMs, stepMs, value: value === "?" ? null : value, usual: CALM };
    for (const { kind, spike } of track.feed(step)) if (kind === "end") spikes.push(spike);
  }
  const open = track.spike === null ? [] : [track.spike];
  return [...spikes, ...open].map(({ onsetMs, endedAtMs, peak, peakAtMs }) => ({
    onset: onsetMs / stepMs,
    end: endedAtMs === null ? null : endedAtMs / stepMs,
    peak,
    peakAt: peakAtMs / stepMs,
  }));
}

const calm = (steps: number) => Array<number>(steps).fill(1);
const gap = (steps: number) => Array<null>(steps).fill(null);

describe("a spike begins", () => {
  test.each([
    { case: "with the second of three steps that is out", line: [1, 11, 12], onset: 1 },
    { case: "with the third, when the one between is calm", line: [1, 11, 1, 12], onset: 1 },
    { case: "with one step that is out by far", line: [1, 1, 50], onset: 2 },
    { case: "at the first step that was out, of two", line: [11, 1, 1, 11, 60], onset: 3 },
    { case: "over a step that is not known", line: [11, "?", 12], onset: 0 },
  ] as const)("$case", ({ line, onset }) => {
    expect(find(line).map((spike) => spike.onset)).toEqual([onset]);
  });

  test.each([
    { case: "one step that is out", line: [1, 11, 1, 1, 49, 1, 1] },
    { case: "what is at its limit", line: [10, 10, 10, 10] },
    { case: "steps that are not known", line: ["?", "?", "?"] },
    { case: "two that are out, far apart", line: [11, 1, 1, 11] },
  ] as const)("not with $case", ({ line }) => {
    expect(find(line)).toEqual([]);
  });

  test("not where nobody knows what is usual", () => {
    const track = new SpikeTrack(FLOOR);
    for (const atMs of [0, 10_000, 20_000]) {
      expect(track.feed({ atMs, stepMs: STEP_MS, value: 1e6, usual: null })).toEqual([]);
    }
    expect(track.isIdle).toBe(true);
  });
});

describe("a spike ends", () => {
  test.each([
    { case: "with the first of six calm steps", line: [11, 12, ...calm(6)], end: 2 },
    { case: "not after five", line: [11, 12, ...calm(5)], end: null },
    { case: "not when it goes on within six", line: [11, 12, ...calm(5), 11, ...calm(5)], end: null },
    { case: "after a gap of more than two minutes at the last step seen", line: [11, 12, ...gap(13), 1], end: 2 },
    { case: "not after a gap of two minutes", line: [11, 12, ...gap(12), 11], end: null },
    { case: "after two minutes that are not known", line: [11, 12, ...Array<"?">(14).fill("?")], end: 2 },
  ])("$case", ({ line, end }) => {
    const [spike] = find(line as (number | "?" | null)[]);
    expect(spike).toMatchObject({ onset: 0, end });
  });

  test("after two calm steps of a minute each", () => {
    expect(find([11, 12, 1, 1], 60_000)).toEqual([{ onset: 0, end: 2, peak: 12, peakAt: 1 }]);
  });

  test("and another begins after a gap", () => {
    expect(find([11, 12, ...gap(20), 60, 70])).toMatchObject([
      { onset: 0, end: 2, peak: 12 },
      { onset: 22, end: null, peak: 70 },
    ]);
  });
});

test("a spike that was open before a restart goes on", () => {
  const open = { onsetMs: 0, endedAtMs: null, peak: 30, peakAtMs: 0, seenUntilMs: 10_000, usual: CALM };
  const track = new SpikeTrack(FLOOR, open);
  expect(track.feed({ atMs: 10_000, stepMs: STEP_MS, value: 40, usual: null })).toMatchObject([
    { kind: "peak", spike: { onsetMs: 0, peak: 40, peakAtMs: 10_000 } },
  ]);
});

test("one that is over while nobody looked ends when it was last seen", () => {
  const open = { onsetMs: 0, endedAtMs: null, peak: 30, peakAtMs: 0, seenUntilMs: 10_000, usual: CALM };
  expect(new SpikeTrack(FLOOR, open).endUnseen(130_000, 0)).toEqual([]);
  expect(new SpikeTrack(FLOOR, open).endUnseen(130_001, 0)).toMatchObject([
    { kind: "end", spike: { endedAtMs: 10_000 } },
  ]);
});

test("finds what a plain reading of the whole line finds", () => {
  const value = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom<number | "?" | null>(1, 3, 10) },
    { weight: 4, arbitrary: fc.constantFrom<number | "?" | null>(11, 20, 49) },
    { weight: 1, arbitrary: fc.constantFrom<number | "?" | null>(50, 51, 900, "?", null) },
  );
  const stretch = fc.tuple(value, fc.integer({ min: 1, max: 16 })).map(([one, times]) => Array(times).fill(one));
  fc.assert(
    fc.property(fc.array(fc.oneof(value, stretch), { maxLength: 60 }), (parts) => {
      const line = parts.flat() as (number | "?" | null)[];
      expect(find(line)).toEqual(readPlainly(line));
    }),
    { numRuns: 2_000 },
  );
});

/** By looking at the whole line at once: where it begins, then where that ends, and so on. Limit 10, by far from 50 on. */
function readPlainly(line: readonly (number | "?" | null)[]) {
  const known = (i: number) => (typeof line[i] === "number" ? (line[i] as number) : null);
  const isOut = (i: number) => (known(i) ?? 0) > 10;
  const spikes: { onset: number; end: number | null; peak: number; peakAt: number }[] = [];
  let from = 0;
  for (let i = 0; i < line.length; i++) {
    if (!isOut(i)) continue;
    const lately = [i - 2, i - 1, i].filter((step) => step >= from && isOut(step));
    if (lately.length < 2 && (known(i) as number) < 50) continue;
    const onset = lately[0] as number;
    const { end, at } = endPlainly(line, i);
    const inside = line.map((_, step) => step).filter((step) => step >= onset && step < (end ?? line.length));
    const outs = inside.filter(isOut);
    const peak = Math.max(...outs.map((step) => known(step) as number));
    spikes.push({ onset, end, peak, peakAt: outs.find((step) => known(step) === peak) as number });
    if (end === null) break;
    from = at;
    i = at - 1;
  }
  return spikes;
}

/** Where a spike ends that goes on at `begin`, and the first step that is looked at after. */
function endPlainly(line: readonly (number | "?" | null)[], begin: number): { end: number | null; at: number } {
  let lastSeen = begin;
  let calm: number[] = [];
  for (let i = begin + 1; i < line.length; i++) {
    if (line[i] === null) continue;
    if (i - (lastSeen + 1) > 12) return { end: calm[0] ?? lastSeen + 1, at: i };
    const value = line[i];
    if (value === "?" || value === undefined) continue;
    lastSeen = i;
    calm = (value as number) > 10 ? [] : [...calm, i];
    if (calm.length === 6) return { end: calm[0] as number, at: i + 1 };
  }
  return { end: null, at: line.length };
}
