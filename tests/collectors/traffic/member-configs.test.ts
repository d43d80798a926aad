import { eq } from "drizzle-orm";
import { beforeAll, expect, test } from "vitest";
import { addLine } from "@/collectors/traffic/add-line";
import { Tally } from "@/collectors/traffic/aggregate";
import { TrafficIngest } from "@/collectors/traffic/ingest";
import { TrafficStore } from "@/collectors/traffic/traffic-store";
import { writeTally } from "@/collectors/traffic/write";
import { addCluster } from "@/lib/db/clusters";
import { insertIngestBatch } from "@/lib/db/ingest";
import { ensurePartitions } from "@/lib/db/partitions";
import { memberConfig } from "@/lib/db/schema-health";
import { emptyIngestBatch, encodeIngestBatch } from "@/lib/model/ingest-batch";
import { useTestDb } from "@/tests/support/db";
import { TEST_SECRET_KEY } from "@/tests/support/worker";

const testDb = useTestDb();
const DAY_MS = 86_400_000;
const NOW_MS = Date.now();
beforeAll(() => ensurePartitions(testDb().db, NOW_MS));

let clusters = 0;
const register = () =>
  addCluster(testDb().db, { name: `c${++clusters}`, source: "settings", access: { endpoints: [] } }, TEST_SECRET_KEY);

const startLine = (name: string, atMs: number, snapshotCount: number) =>
  JSON.stringify({
    ...{ level: "info", ts: new Date(atMs).toISOString(), msg: "starting an etcd server", name },
    "snapshot-count": snapshotCount,
  });

/** Counts lines as the follower of a file does, in one transaction. */
async function follow(clusterId: number, lines: readonly string[], fails = false): Promise<void> {
  const store = new TrafficStore(testDb().db);
  await store.turn(clusterId, async (turn) => {
    const tally = new Tally(turn.nowMs);
    for (const line of lines) addLine(tally, "etcd-log", { line, ids: turn.ids });
    await writeTally(store, turn, { source: "etcd-log", tally });
    if (fails) throw new Error("interrupted");
  });
}

async function readCounts(clusterId: number): Promise<Record<string, string | undefined>> {
  const rows = await testDb().db.select().from(memberConfig).where(eq(memberConfig.clusterId, clusterId));
  return Object.fromEntries(rows.map(({ member, settings }) => [member, settings["snapshot-count"]]));
}

test("the newest start of each member stays, however long ago; one of the future is not believed", async () => {
  const clusterId = await register();
  await follow(clusterId, [startLine("a", NOW_MS - 200 * DAY_MS, 1), startLine("b", NOW_MS - 2_000, 2)]);
  expect(await readCounts(clusterId)).toEqual({ a: "1", b: "2" });
  await follow(clusterId, [
    startLine("a", NOW_MS - 1_000, 3),
    startLine("b", NOW_MS - 9_000, 4),
    startLine("b", NOW_MS + DAY_MS, 5),
  ]);
  expect(await readCounts(clusterId)).toEqual({ a: "3", b: "2" });
});

test("a turn that fails keeps nothing", async () => {
  const clusterId = await register();
  await expect(follow(clusterId, [startLine("a", NOW_MS, 1)], true)).rejects.toThrow("interrupted");
  expect(await readCounts(clusterId)).toEqual({});
});

test("what was sent is kept with its batch", async () => {
  const clusterId = await register();
  const config = { member: "a", startedAtMs: NOW_MS, settings: new Map([["snapshot-count", "7"]]) };
  const { db, sql } = testDb();
  await insertIngestBatch(db, clusterId, "etcd-log", encodeIngestBatch({ ...emptyIngestBatch(), configs: [config] }));
  const ingest = new TrafficIngest({ db, sql, store: new TrafficStore(db), isFollowed: () => false });
  await ingest.round();
  expect(await readCounts(clusterId)).toEqual({ a: "7" });
});

test("names without end do not fill the table: those started last stay", async () => {
  const clusterId = await register();
  for (let turn = 0; turn < 3; turn++) {
    const names = Array.from({ length: 60 }, (_, i) => turn * 60 + i);
    await follow(
      clusterId,
      names.map((i) => startLine(`m${i}`, NOW_MS - DAY_MS + i * 1_000, i)),
    );
  }
  const kept = Object.keys(await readCounts(clusterId));
  expect(kept).toHaveLength(50);
  expect(kept).toContain("m179");
  expect(kept).not.toContain("m0");
});
