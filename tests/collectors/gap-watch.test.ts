import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { GapWatch, type LastSigns } from "@/collectors/gap-watch";
import { timelineEvent } from "@/lib/db/schema";
import { useTestDb } from "@/tests/support/db";

const testDb = useTestDb();
const START_MS = Date.now() - 3_600_000;
const MINUTE_MS = 60_000;
let clusterId = 0;

/** Minutes after the start; null: never. */
function signs(members: number | null, metrics = members, probe = members): LastSigns {
  const at = (minutes: number | null) => (minutes === null ? null : START_MS + minutes * MINUTE_MS);
  return { members: at(members), metrics: at(metrics), probe: at(probe) };
}

async function readGaps() {
  const rows = await testDb()
    .db.select()
    .from(timelineEvent)
    .where(eq(timelineEvent.clusterId, clusterId))
    .orderBy(timelineEvent.at, timelineEvent.text);
  const minutes = (at: Date | null) => (at === null ? null : (at.getTime() - START_MS) / MINUTE_MS);
  return rows.map(({ kind, at, until, text }) => [kind, minutes(at), minutes(until), text]);
}

function begin(atMinutes: number) {
  const watch = new GapWatch(testDb().db, clusterId, START_MS + atMinutes * MINUTE_MS);
  return (what: LastSigns, nowMinutes: number) => watch.look(what, START_MS + nowMinutes * MINUTE_MS);
}

test("a collector that falls silent makes one gap, as long as its silence; the others none", async () => {
  clusterId = 1;
  const look = begin(0);
  await look(signs(null), 1);
  await look(signs(2), 2.5);
  await look(signs(2.9, 2, 2.9), 2.95);
  expect(await readGaps()).toEqual([]);
  await look(signs(3.5, 2, 3.5), 3.5);
  await look(signs(5, 2, 5), 5);
  expect(await readGaps()).toEqual([["gap", 2, 5, "No member's metrics were read for 3 min."]]);
  await look(signs(6, 5.5, 6), 6);
  await look(signs(7, 7, 7), 7);
  expect(await readGaps()).toEqual([["gap", 2, 5.5, "No member's metrics were read for 4 min."]]);
});

test("while etcdscope itself was down is one gap, however often it is started anew", async () => {
  clusterId = 2;
  await begin(0)(signs(10, 9.9, 10), 10);
  const told = ["gap", 10, 20, "etcdscope collected nothing for 10 min: it was stopped or paused."];
  await begin(20)(signs(10, 9.9, 10), 20);
  expect(await readGaps()).toEqual([told]);
  const look = begin(25);
  await look(signs(10, 9.9, 10), 25);
  await look(signs(25.5), 25.5);
  await look(signs(27), 27);
  expect(await readGaps()).toEqual([
    ["gap", 10, 25, "etcdscope collected nothing for 15 min: it was stopped or paused."],
  ]);
});

test("a silence that a restart falls into goes on as the same gap", async () => {
  clusterId = 3;
  await begin(0)(signs(5, 2, 5), 5);
  const look = begin(5.2);
  await look(signs(5, 2, 5), 5.3);
  await look(signs(7, 2, 7), 7);
  expect(await readGaps()).toEqual([["gap", 2, 7, "No member's metrics were read for 5 min."]]);
});

test("what is switched off, or has never brought anything, makes no gap", async () => {
  clusterId = 4;
  const look = begin(0);
  await look(signs(1, null, 1), 1);
  await look(signs(10, null, 10), 10);
  expect(await readGaps()).toEqual([]);
});
