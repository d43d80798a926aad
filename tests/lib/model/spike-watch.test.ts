import { describe, expect, test } from "vitest";
import { BAND_FLOORS } from "@/lib/model/spike-band";
import type { SubjectStep } from "@/lib/model/spike-recent";
import type { TrackedSpike } from "@/lib/model/spike-track";
import { SpikeWatch } from "@/lib/model/spike-watch";
import { drawStep, listCalmPrefixes, seededRandom } from "./calm-workload";

const STEP_MS = 10_000;
const MINUTE = 6;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const openWatch = () => new SpikeWatch({ floor: BAND_FLOORS.perSecond, absent: 0, maxCells: 1e6 });

/** A step of one subject. */
function stepOf(step: number, value: number): SubjectStep {
  const isListed = value > 0;
  return {
    ...{ atMs: step * STEP_MS, stepMs: STEP_MS },
    ids: Int32Array.from(isListed ? [7] : []),
    values: Float64Array.from(isListed ? [value] : []),
  };
}

interface Found {
  id: number;
  onset: number;
  end: number | null;
}

/** Feeds steps and gathers spikes by number of step. */
function findAll(watch: SpikeWatch, steps: Iterable<SubjectStep>): Found[] {
  const found = new Map<string, Found>();
  const note = (id: number, { onsetMs, endedAtMs }: TrackedSpike) =>
    found.set(`${id} ${onsetMs}`, {
      id,
      onset: onsetMs / STEP_MS,
      end: endedAtMs === null ? null : endedAtMs / STEP_MS,
    });
  for (const step of steps) for (const { id, news } of watch.feed(step)) note(id, news.spike);
  return [...found.values()].sort((a, b) => a.onset - b.onset);
}

const findLine = (line: readonly number[], watch = openWatch()) =>
  findAll(
    watch,
    line.map((value, step) => stepOf(step, value)),
  ).map(({ onset, end }) => ({ onset, end }));

const steps = (count: number, value: number) => Array<number>(count).fill(value);

describe("what is usual", () => {
  test("is not known in the first five minutes: nothing is a spike", () => {
    expect(findLine([...steps(20, 1), ...steps(20, 500)])).toEqual([]);
  });

  test("is the last hour without its last two minutes", () => {
    expect(findLine([...steps(60, 1), ...steps(6, 100), ...steps(20, 1)])).toEqual([{ onset: 60, end: 66 }]);
  });

  test("of a subject that nothing was heard of is nothing", () => {
    expect(findLine([...steps(60, 0), ...steps(6, 6), ...steps(20, 0)])).toEqual([{ onset: 60, end: 66 }]);
    expect(findLine([...steps(60, 0), ...steps(6, 5), ...steps(20, 0)])).toEqual([]); // the floor
  });

  test("does not include the spike itself while it is young", () => {
    expect(findLine([...steps(60, 1), ...steps(300, 100), ...steps(20, 1)])).toEqual([{ onset: 60, end: 360 }]);
  });

  test("includes what has lasted for an hour: it is over, and does not begin again", () => {
    const [spike, ...more] = findLine([...steps(HOUR, 1), ...steps(4 * HOUR, 100)]);
    expect(more).toEqual([]);
    expect(spike?.onset).toBe(HOUR);
    expect((spike?.end as number) - HOUR).toBeGreaterThan(HOUR - 1);
    expect((spike?.end as number) - HOUR).toBeLessThan(1.5 * HOUR);
  });

  test("is not the spike before: a second one of the same size is told", () => {
    const storm = [...steps(30 * MINUTE, 100), ...steps(5 * MINUTE, 1)];
    expect(findLine([...steps(HOUR, 1), ...storm, ...storm])).toMatchObject([
      { onset: HOUR, end: HOUR + 30 * MINUTE },
      { onset: HOUR + 35 * MINUTE, end: HOUR + 65 * MINUTE },
    ]);
  });

  test("includes what comes and goes every five minutes, after the third time", () => {
    const storm = [...steps(MINUTE, 60), ...steps(4 * MINUTE, 1)];
    const line = [...steps(HOUR, 1), ...Array.from({ length: 60 }, () => storm).flat()];
    const found = findLine(line);
    expect(found.slice(0, 3).map(({ onset }) => onset)).toEqual([0, 1, 2].map((i) => HOUR + i * 5 * MINUTE));
    expect(found.length).toBeLessThanOrEqual(4);
  });
});

describe("what earlier weeks say", () => {
  const usual = { median: 90, mad: 5, high: 110, baseline: "hour-of-week" } as const;

  test("is asked for of those above the last hour alone, once an hour", () => {
    const watch = openWatch();
    for (let i = 0; i < 60; i++) watch.learn(stepOf(i, 1));
    expect(watch.listUnknown(stepOf(60, 4))).toEqual([]);
    expect(watch.listUnknown(stepOf(60, 100))).toEqual([7]);
    watch.know(7, 60 * STEP_MS, null);
    expect(watch.listUnknown(stepOf(61, 100))).toEqual([]);
    expect(watch.listUnknown(stepOf(61 + HOUR, 100))).toEqual([7]);
  });

  test("lets pass what is usual at this hour", () => {
    const watch = openWatch();
    watch.know(7, HOUR * STEP_MS, usual);
    watch.know(7, 60 * STEP_MS, usual);
    expect(findLine([...steps(60, 1), ...steps(30, 100)], watch)).toEqual([]);
  });

  test("is what a spike is measured by, when it is the higher", () => {
    const watch = openWatch();
    watch.know(7, 60 * STEP_MS, usual);
    const line = [...steps(60, 1), ...steps(6, 400)].map((value, step) => stepOf(step, value));
    findAll(watch, line);
    expect([...watch.listOpen()][0]?.spike.usual).toEqual(usual);
  });
});

describe("a spike that was open", () => {
  const open = {
    ...{ onsetMs: 50 * STEP_MS, endedAtMs: null, peak: 100, peakAtMs: 50 * STEP_MS, seenUntilMs: 60 * STEP_MS },
    usual: { median: 1, mad: 0, baseline: "recent" },
  } as const;
  const restored = () => {
    const watch = openWatch();
    for (let i = 0; i < 60; i++) watch.learn(stepOf(i, i < 50 ? 1 : 100));
    watch.restore(7, open);
    return watch;
  };

  test("goes on", () => {
    const line = [...steps(6, 100), ...steps(6, 1)].map((value, i) => stepOf(60 + i, value));
    expect(findAll(restored(), line)).toEqual([{ id: 7, onset: 50, end: 66 }]);
  });

  test("ends when it was last seen, if nobody looked since", () => {
    expect(restored().endUnseen(90 * STEP_MS, 0)).toMatchObject([
      { id: 7, news: { kind: "end", spike: { endedAtMs: 60 * STEP_MS } } },
    ]);
  });
});

describe("a day of eighty prefixes", () => {
  test.each([1, 2, 3])("that is calm has almost no spikes (%i)", (seed) => {
    const random = seededRandom(seed);
    const prefixes = listCalmPrefixes(80, random);
    const found = findAll(
      openWatch(),
      drawDay(prefixes, random, () => 1),
    );
    expect(found.length).toBeLessThanOrEqual(12); // of 690,000 figures, a third of them of prefixes that burst
  });

  test.each([1, 2, 3])("with storms of a hundred times for a minute has them all, to the step (%i)", (seed) => {
    const random = seededRandom(seed);
    const prefixes = listCalmPrefixes(80, random);
    const storms = plantStorms(prefixes.filter(({ perSecond }) => perSecond > 0.2).map(({ id }) => id));
    const isIn = (id: number, step: number) =>
      storms.some((storm) => storm.id === id && step >= storm.onset && step < storm.onset + MINUTE);
    const found = findAll(
      openWatch(),
      drawDay(prefixes, random, (id, step) => (isIn(id, step) ? 100 : 1)),
    );
    for (const { id, onset } of storms) {
      const near = found.filter((one) => one.id === id && Math.abs(one.onset - onset) <= 1);
      expect(near, `storm of ${JSON.stringify(prefixes[id])} at ${onset}`).toHaveLength(1);
      expect(Math.abs((near[0]?.end as number) - onset - MINUTE)).toBeLessThanOrEqual(1);
    }
    expect(found.length - storms.length).toBeLessThanOrEqual(12);
  });
});

/** One storm of each, a quarter of an hour apart. */
function plantStorms(ids: readonly number[]) {
  return ids.map((id, i) => ({ id, onset: HOUR + i * 15 * MINUTE })).filter(({ onset }) => onset < DAY - HOUR);
}

function* drawDay(
  prefixes: ReturnType<typeof listCalmPrefixes>,
  random: () => number,
  timesOf: (id: number, step: number) => number,
) {
  for (let step = 0; step < DAY; step++) {
    yield drawStep(prefixes, { atMs: step * STEP_MS, random, timesOf: (id) => timesOf(id, step) });
  }
}
