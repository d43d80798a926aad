import { beforeAll, expect, test } from "vitest";
import { writeProbes } from "@/collectors/probe/write";
import { ProbesAnswer, ProbesParams } from "@/lib/api/probes";
import { ensurePartitions } from "@/lib/db/partitions";
import { member } from "@/lib/db/schema";
import { readProbes } from "@/lib/queries/probes";
import { useTestDb } from "@/tests/support/db";
import { seedCluster } from "./seed";

const testDb = useTestDb();
const END_MS = Date.UTC(2026, 2, 1, 12);
const SLOTS = 120;
const START_MS = END_MS - SLOTS * 5_000;
let clusterId: number;

/** What was measured, in milliseconds: the truth. -1: failed, null: not asked. */
const told: Record<string, Record<"serializable" | "linearizable", (number | null)[]>> = {
  m0: {
    serializable: Array.from({ length: SLOTS }, (_, i) => ((i * 37) % 100) + 1),
    linearizable: Array.from({ length: SLOTS }, (_, i) => (i < 12 ? null : i % 10 === 0 ? -1 : ((i * 53) % 300) + 2)),
  },
  learner: {
    serializable: Array.from({ length: SLOTS }, (_, i) => (i % 2 === 0 ? 5 : null)),
    linearizable: Array.from({ length: SLOTS }, () => null),
  },
};

beforeAll(async () => {
  const { db } = testDb();
  await ensurePartitions(db, END_MS, START_MS - 86_400_000);
  clusterId = await seedCluster(testDb(), "prod");
  const row = {
    clusterId,
    clientUrls: [],
    peerUrls: [],
    isLeader: false,
    alarms: [],
    errors: [],
    checkedAt: new Date(),
  };
  await db.insert(member).values([
    { ...row, memberId: "id-m0", name: "m0", isLearner: false },
    { ...row, memberId: "id-learner", name: "learner", isLearner: true },
  ]);
  const toMicros = (ms: number | null) => (ms === null || ms < 0 ? ms : ms * 1_000);
  for (let i = 0; i < SLOTS; i++) {
    const results = Object.entries(told).map(([name, reads]) => ({
      memberId: `id-${name}`,
      serializableMicros: toMicros(reads.serializable[i] ?? null),
      linearizableMicros: toMicros(reads.linearizable[i] ?? null),
      failures: reads.linearizable[i] === -1 ? [{ read: "linearizable" as const, text: `Slot ${i}.` }] : [],
      obstacle: null,
    }));
    await writeProbes(db, clusterId, { atMs: START_MS + i * 5_000 + 123, results });
    if (i % 7 === 0) await writeProbes(db, clusterId, { atMs: START_MS + i * 5_000 + 456, results }); // written anew
  }
});

const read = (params: object) => readProbes(testDb().db, clusterId, ProbesParams.parse(params), END_MS);
const ISO = { from: new Date(START_MS).toISOString(), to: new Date(END_MS).toISOString() };

function truth(list: readonly (number | null)[]) {
  const asked = list.filter((ms) => ms !== null);
  const good = asked.filter((ms) => ms >= 0).sort((a, b) => a - b);
  const rank = (q: number) => good[Math.max(0, Math.ceil(q * good.length) - 1)] ?? null;
  return {
    asked: asked.length,
    failed: asked.length - good.length,
    p50Ms: rank(0.5),
    p99Ms: rank(0.99),
    maxMs: good.at(-1) ?? null,
  };
}

test("figures of the whole range are those of all reads, failed ones counted apart", async () => {
  const answer = ProbesAnswer.strict().parse(await read(ISO));
  expect(answer.items.map(({ name, isLearner }) => [name, isLearner])).toEqual([
    ["learner", true],
    ["m0", false],
  ]);
  for (const { name, serializable, linearizable } of answer.items) {
    expect(serializable).toMatchObject(truth(told[name]?.serializable ?? []));
    expect(linearizable).toMatchObject(truth(told[name]?.linearizable ?? []));
  }
  expect(answer.range.observedSeconds).toBe(600);
});

test("a series has a value a step, null where nobody asked", async () => {
  const { items, atMs, stepSeconds } = await read({ ...ISO, step: 60 });
  expect(stepSeconds).toBe(60);
  expect(atMs).toEqual(Array.from({ length: 10 }, (_, i) => START_MS + i * 60_000));
  const m0 = items.find(({ name }) => name === "m0");
  const steps = atMs.map((_, i) => truth((told.m0?.linearizable ?? []).slice(i * 12, i * 12 + 12)));
  expect(m0?.linearizable.series).toEqual({
    p50Ms: steps.map(({ p50Ms }) => p50Ms),
    maxMs: steps.map(({ maxMs }) => maxMs),
    failed: steps.map(({ asked, failed }) => (asked === 0 ? null : failed)),
  });
  const learner = items.find(({ name }) => name === "learner");
  expect(learner?.linearizable.series.maxMs).toEqual(atMs.map(() => null));
});

test("why reads failed, the newest ten", async () => {
  const { items } = await read(ISO);
  const failed = (told.m0?.linearizable ?? []).flatMap((ms, i) => (ms === -1 ? [i] : []));
  expect(items.find(({ name }) => name === "m0")?.failures).toEqual(
    failed
      .reverse()
      .slice(0, 10)
      .map((i) => ({ at: new Date(START_MS + i * 5_000).toISOString(), read: "linearizable", text: `Slot ${i}.` })),
  );
});

test("a part of a minute holds only its own slots; a time before is empty", async () => {
  const from = new Date(START_MS + 30_000).toISOString();
  const { items } = await read({ from, to: new Date(START_MS + 70_000).toISOString() });
  expect(items.find(({ name }) => name === "m0")?.serializable.asked).toBe(8);
  const before = await read({ from: new Date(START_MS - 60_000).toISOString(), to: ISO.from });
  expect(before.items).toEqual([]);
});
