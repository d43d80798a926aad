import { expect, test } from "vitest";
import { IngestProblem } from "@/app/api/ingest/ingest-problem";
import { IntakeLimits } from "@/app/api/ingest/intake-limits";
import { BURST_SECONDS, BYTES_PER_SECOND, EVENTS_PER_SECOND, MAX_IN_FLIGHT } from "@/app/api/ingest/limits";

function setUp() {
  const clock = { ms: 0 };
  const limits = new IntakeLimits(() => clock.ms);
  const send = (clusterId: number, cost: { events?: number; bytes?: number } = {}) => {
    limits.enter(clusterId);
    limits.leave(clusterId, { events: 0, bytes: 0, ...cost });
  };
  return { clock, limits, send };
}

/** Seconds after which it may be tried again; null when it is let in. */
function refusalOf(enter: () => void): number | null {
  try {
    enter();
    return null;
  } catch (error) {
    if (!(error instanceof IngestProblem)) throw error;
    expect(error.problem.status).toBe(429);
    return Number(error.headers["retry-after"]);
  }
}

test.each([
  { name: "events", cost: (seconds: number) => ({ events: seconds * EVENTS_PER_SECOND }) },
  { name: "bytes", cost: (seconds: number) => ({ bytes: seconds * BYTES_PER_SECOND }) },
])("$name: a burst is taken, then the sender waits exactly until it is paid for", ({ cost }) => {
  const { clock, send } = setUp();
  send(1, cost(BURST_SECONDS));
  send(1, cost(5));
  expect(refusalOf(() => send(1))).toBe(5);
  clock.ms += 4_000;
  expect(refusalOf(() => send(1))).toBe(1);
  clock.ms += 1_000;
  expect(refusalOf(() => send(1))).toBeNull();
});

test("the rate itself can be kept up for ever", () => {
  const { clock, send } = setUp();
  for (let second = 0; second < 1_000; second++) {
    expect(refusalOf(() => send(1, { events: EVENTS_PER_SECOND, bytes: BYTES_PER_SECOND }))).toBeNull();
    clock.ms += 1_000;
  }
});

test("one cluster's flood costs another nothing", () => {
  const { send } = setUp();
  send(1, { events: 100 * BURST_SECONDS * EVENTS_PER_SECOND });
  expect(refusalOf(() => send(1))).toBeGreaterThan(0);
  expect(refusalOf(() => send(2))).toBeNull();
});

test("so many requests of a cluster at a time, and one more when one is over", () => {
  const { limits } = setUp();
  for (let i = 0; i < MAX_IN_FLIGHT; i++) limits.enter(1);
  expect(refusalOf(() => limits.enter(1))).toBeGreaterThan(0);
  expect(refusalOf(() => limits.enter(2))).toBeNull();
  limits.leave(1, { events: 0, bytes: 0 });
  expect(refusalOf(() => limits.enter(1))).toBeNull();
});
