import { setTimeout as sleep } from "node:timers/promises";
import { eq, sum } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { keyspaceFrame } from "@/lib/db/schema";
import type { Entry, Tally } from "@/tests/support/books";
import { useTestDb } from "@/tests/support/db";
import { startEtcd, type TestEtcd } from "@/tests/support/etcd";
import { findEtcdVersions } from "@/tests/support/etcd-versions";
import { LiveWriter } from "@/tests/support/live-writer";
import { textName, topFigures, useProduct } from "@/tests/support/product";
import { countPrefixes, differences, readRevision, readWithEtcdctl } from "@/tests/support/truth";

/** As long as this it takes at least; on a slow machine the same changes take longer. */
const DURATION_MS = Number(process.env.LIVE_BOOKS_SECONDS ?? 60) * 1_000;
const CHANGES_PER_SECOND = 700;
const CHANGES = (DURATION_MS / 1_000) * CHANGES_PER_SECOND;

const testDb = useTestDb();
const product = useProduct(testDb);
const etcdVersions = await findEtcdVersions();

let etcd: TestEtcd;
let writer: LiveWriter;
let clusterId: number;
let startedAt: string;
let since: Date | null | undefined;
let compactedRevision: number;
/** What was seen of the collector while it was written to. */
const seen = { phases: new Set<string>(), sinces: new Set<number | undefined>(), statuses: 0 };
let balance: { entries: Map<string, Entry>; tally: Tally; writes: Map<string, number> };

beforeAll(
  async () => {
    etcd = await startEtcd({ binary: etcdVersions[0]?.binary });
    writer = new LiveWriter(etcd.endpoint, 20_26);
    clusterId = await product().addCluster("live", etcd.endpoint);
    await product().waitUntilLive(clusterId);
    startedAt = new Date().toISOString();
    since = (await product().readStatus(clusterId))?.since;

    const done = new AbortController();
    const watching = watchStatus(done.signal);
    const compacting = sleep(DURATION_MS / 2).then(() => writer.compact());
    await writer.run({ changes: CHANGES, perSecond: CHANGES_PER_SECOND });
    compactedRevision = await compacting;
    await writer.leasesEnd();
    balance = writer.books.balance(writer.leased);
    await product().waitUntilLive(clusterId, { revision: await readRevision(etcd) });
    done.abort();
    await watching;
  },
  4 * DURATION_MS + 240_000,
);
afterAll(async () => {
  writer?.close();
  await etcd?.stop();
});

test("of each second's 700 changes most were puts and deletes of what is there, with a compaction among them", () => {
  const { puts, deletes } = balance.tally;
  expect(puts + deletes).toBeGreaterThanOrEqual((CHANGES * 5) / 7);
  expect(compactedRevision).toBeGreaterThan(1);
  expect(deletes).toBeGreaterThan(writer.leased.size);
});

test("the writer's books are right: etcd holds what they say", async () => {
  const { entries } = await readWithEtcdctl(etcd);
  expect(differences(entries, balance.entries)).toEqual([]);
});

test("the model equals the books, for every prefix", async () => {
  expect(differences(await product().readPublished(clusterId), countPrefixes(balance.entries))).toEqual([]);
});

test("single keys equal the books, found by drilling down", async () => {
  const { keys } = await product().walk(clusterId);
  const lengths = new Map([...keys].map(([key, valueBytes]) => [key, { valueBytes }]));
  const expected = new Map([...balance.entries].map(([key, { valueBytes }]) => [key, { valueBytes }]));
  expect(differences(lengths, expected)).toEqual([]);
});

test("no scan was needed: the phase stayed live, and `since` what it was", () => {
  expect(seen.statuses).toBeGreaterThan(DURATION_MS / 2_000);
  expect([...seen.phases]).toEqual(["live"]);
  expect([...seen.sinces]).toEqual([since?.getTime()]);
});

test.each(["valueBytes", "keyBytes", "version", "age"] as const)("the top keys by %s equal the books", async (by) => {
  const { items } = await product().listTop(clusterId, { by, limit: 100 });
  const figure = by === "age" ? "modRevision" : by;
  expect(items.map((item) => item[figure])).toEqual(topFigures(balance.entries, by));
  for (const { key, keyBase64, valueBytes, version, createRevision, modRevision } of items) {
    expect({ valueBytes, version, createRevision, modRevision }).toEqual(balance.entries.get(textName(key, keyBase64)));
  }
});

test("the frames add up to everything that was written", async () => {
  const total = () =>
    testDb()
      .db.select({
        puts: sum(keyspaceFrame.puts).mapWith(Number),
        creates: sum(keyspaceFrame.creates).mapWith(Number),
        deletes: sum(keyspaceFrame.deletes).mapWith(Number),
        writtenBytes: sum(keyspaceFrame.writtenBytes).mapWith(Number),
      })
      .from(keyspaceFrame)
      .where(eq(keyspaceFrame.clusterId, clusterId))
      .then((rows) => rows[0]);
  await expect.poll(total).toEqual(balance.tally); // the last frame is written when its slice has passed
});

// After the frames: the running minute is written with them.
test("the hottest keys have as many writes as the books say", async () => {
  const { items } = await product().listTop(clusterId, { by: "writes", limit: 20, from: startedAt });
  const hottest = [...balance.writes.values()].sort((a, b) => b - a);
  expect(items).toHaveLength(20);
  for (const [index, { key, keyBase64, writes, writesAtMost }] of items.entries()) {
    const booked = balance.writes.get(textName(key, keyBase64)) ?? 0;
    expect(writes, key).toBeLessThanOrEqual(booked);
    expect(writesAtMost, key).toBeGreaterThanOrEqual(booked);
    // The list is ordered by what was surely counted, which no place can have more of than the books' own place.
    expect(writes, `place ${index}`).toBeLessThanOrEqual(hottest[index] ?? 0);
  }
});

async function watchStatus(signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const status = await product().readStatus(clusterId);
    seen.phases.add(status?.phase ?? "none");
    seen.sinces.add(status?.since?.getTime());
    seen.statuses++;
    await sleep(500, undefined, { signal }).catch(() => undefined);
  }
}
