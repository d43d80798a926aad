import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { eq, sum } from "drizzle-orm";
import { Etcd3 } from "etcd3";
import { afterAll, beforeAll, expect, test } from "vitest";
import { SeriesParams } from "@/lib/api/prefixes";
import { type OpenDb, openDb } from "@/lib/db/client";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "@/lib/db/embedded/embedded-postgres";
import { migrateDb } from "@/lib/db/migrate";
import { keyspaceFrame } from "@/lib/db/schema";
import { FRAME_MS } from "@/lib/model/time-range";
import { readSeries } from "@/lib/queries/series";
import { startEtcd, type TestEtcd } from "@/tests/support/etcd";
import { LiveWriter } from "@/tests/support/live-writer";
import { Product } from "@/tests/support/product";
import { countPrefixes, differences, readRevision, readWithEtcdctl } from "@/tests/support/truth";

/** As promised: whatever has been away, all is well so long after it is back. */
const RECOVERS_WITHIN_MS = 10_000;
/** Longer than two frames, so that at least one lies wholly within. */
const OUTAGE_MS = 2.2 * FRAME_MS;

let dataDir: string;
let postgres: EmbeddedPostgres;
let open: OpenDb;
let product: Product;
const etcds: TestEtcd[] = [];

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "etcdscope-recovery-"));
  postgres = await startEmbeddedPostgres({ dataDir });
  await migrateDb(postgres.databaseUrl);
  open = openDb(postgres.databaseUrl);
  product = new Product({ ...open, databaseUrl: postgres.databaseUrl });
  product.worker.start();
});
afterAll(async () => {
  await product?.worker.stop();
  await open?.close();
  for (const etcd of etcds) await etcd.stop();
  await postgres?.stop();
  await rm(dataDir, { recursive: true, force: true });
});

test("kill -9 of the worker: model equals etcd again, and the missing time is a gap", async () => {
  const { etcd, clusterId } = await watchNewCluster("worker-killed");
  const traffic = keepWriting(etcd.endpoint);
  await sleep(1.6 * FRAME_MS);
  const killedMs = Date.now();
  await product.worker.kill({ restartAfterMs: OUTAGE_MS });
  await sleep(OUTAGE_MS);
  const backMs = Date.now();
  await expectRecovery(etcd, clusterId);
  await sleep(2.3 * FRAME_MS);
  await traffic.stop();
  await expectTruth(etcd, clusterId);
  await expectGap(clusterId, { fromMs: killedMs, toMs: backMs });
});

test("kill -9 of etcd: model equals etcd again, and the missing time is a gap", async () => {
  const { etcd, clusterId } = await watchNewCluster("etcd-killed");
  const traffic = keepWriting(etcd.endpoint);
  await sleep(1.6 * FRAME_MS);
  await etcd.kill();
  const killedMs = Date.now();
  await sleep(OUTAGE_MS);
  const backMs = Date.now();
  await etcd.restart();
  await expectRecovery(etcd, clusterId);
  await sleep(2.3 * FRAME_MS);
  await traffic.stop();
  await expectTruth(etcd, clusterId);
  await expectGap(clusterId, { fromMs: killedMs, toMs: backMs });
});

test("a restart of Postgres in mid-stream: nothing is missing, since the watch went on", async () => {
  const { etcd, clusterId } = await watchNewCluster("postgres-restarted");
  const before = { since: (await product.readStatus(clusterId))?.since, starts: product.worker.starts };
  const writer = new LiveWriter(etcd.endpoint, 7);
  const writing = writer.run({ durationMs: 25_000, perSecond: 200 });
  const restarting = sleep(4_000).then(restartPostgres);
  await Promise.all([writing, restarting.then(() => expectRecovery(etcd, clusterId))]);
  await writer.leasesEnd();
  const { tally } = writer.books.balance(writer.leased);
  writer.close();
  await expectTruth(etcd, clusterId);
  const after = { since: (await product.readStatus(clusterId))?.since, starts: product.worker.starts };
  expect(after).toEqual(before);
  // One put more than the writer's: that of `expectRecovery`.
  const expected = { puts: tally.puts + 1, deletes: tally.deletes };
  const giveUpAt = Date.now() + 2.5 * FRAME_MS;
  while ((await sumFrames(clusterId)).deletes !== expected.deletes && Date.now() < giveUpAt) await sleep(500);
  expect(await sumFrames(clusterId)).toEqual(expected);
});

async function restartPostgres(): Promise<void> {
  await postgres.stop();
  await sleep(1.2 * FRAME_MS);
  postgres = await startEmbeddedPostgres({ dataDir });
  expect(postgres.databaseUrl).toBe(product.databaseUrl);
}

async function watchNewCluster(name: string): Promise<{ etcd: TestEtcd; clusterId: number }> {
  const etcd = await startEtcd();
  etcds.push(etcd);
  const clusterId = await product.addCluster(name, etcd.endpoint);
  await product.waitUntilLive(clusterId);
  return { etcd, clusterId };
}

/** A write made now reaches the published figures in time. */
async function expectRecovery(etcd: TestEtcd, clusterId: number): Promise<void> {
  const backMs = Date.now();
  await etcd.etcdctl("put", "/marker", "x");
  const revision = await readRevision(etcd);
  await product.waitUntilLive(clusterId, { revision, withinMs: RECOVERS_WITHIN_MS - (Date.now() - backMs) });
}

async function expectTruth(etcd: TestEtcd, clusterId: number): Promise<void> {
  const { entries, revision } = await readWithEtcdctl(etcd);
  await product.waitUntilLive(clusterId, { revision });
  expect(differences(await product.readPublished(clusterId), countPrefixes(entries))).toEqual([]);
}

/** Nobody knows what happened meanwhile: null, neither zero nor a line drawn through. Before and after there is something. */
async function expectGap(clusterId: number, gap: { fromMs: number; toMs: number }): Promise<void> {
  const params = SeriesParams.parse({
    measure: "puts",
    step: FRAME_MS / 1_000,
    from: new Date(gap.fromMs - 2 * FRAME_MS).toISOString(),
    to: new Date(gap.toMs + 2.2 * FRAME_MS).toISOString(),
  });
  const { atMs, series } = await readSeries(product.db, clusterId, params, Date.now());
  const points = atMs.map((ms, index) => ({ ms, value: series[0]?.values[index] }));
  const within = points.filter(({ ms }) => ms >= gap.fromMs && ms + FRAME_MS <= gap.toMs);
  const before = points.filter(({ ms }) => ms <= gap.fromMs - FRAME_MS && ms + FRAME_MS > gap.fromMs - FRAME_MS);
  const after = points.filter(({ ms }) => ms >= gap.toMs + FRAME_MS && ms + FRAME_MS <= gap.toMs + 2.2 * FRAME_MS);
  expect(within.length, JSON.stringify(points)).toBeGreaterThan(0);
  expect(within.filter(({ value }) => value !== null)).toEqual([]);
  expect([...before, ...after].filter(({ value }) => !value)).toEqual([]);
}

async function sumFrames(clusterId: number): Promise<{ puts: number; deletes: number }> {
  const [total] = await product.db
    .select({ puts: sum(keyspaceFrame.puts).mapWith(Number), deletes: sum(keyspaceFrame.deletes).mapWith(Number) })
    .from(keyspaceFrame)
    .where(eq(keyspaceFrame.clusterId, clusterId));
  return total ?? { puts: 0, deletes: 0 };
}

/** Puts and deletes without books, about a hundred a second; goes on when etcd is back from wherever it was. */
function keepWriting(endpoint: string): { stop(): Promise<void> } {
  const stop = new AbortController();
  const ended = (async () => {
    for (let turn = 0; !stop.signal.aborted; ) {
      const client = new Etcd3({ hosts: endpoint });
      try {
        for (; !stop.signal.aborted; turn++) {
          await client.put(`/traffic/${turn % 7}/key-${turn % 500}`).value("x".repeat(turn % 300));
          if (turn % 5 === 0) await client.delete().key(`/traffic/${turn % 3}/key-${(turn * 7) % 500}`);
          await sleep(8);
        }
      } catch {
        await sleep(200); // etcd is away
      } finally {
        client.close();
      }
    }
  })();
  return {
    async stop() {
      stop.abort();
      await ended;
    },
  };
}
