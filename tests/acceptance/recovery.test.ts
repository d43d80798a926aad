import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { and, eq, gt, gte, sum } from "drizzle-orm";
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
  const beforeMs = await untilFrameWithPuts(clusterId, Date.now());
  const killedMs = Date.now();
  await product.worker.kill({ restartAfterMs: OUTAGE_MS });
  await sleep(OUTAGE_MS);
  const backMs = Date.now();
  await untilRecovered(etcd, clusterId);
  const afterMs = await untilFrameWithPuts(clusterId, Date.now());
  await traffic.stop();
  await expectTruth(etcd, clusterId);
  await expectGap(clusterId, { beforeMs, fromMs: killedMs, toMs: backMs, afterMs });
});

test("kill -9 of etcd: model equals etcd again, and the missing time is a gap", async () => {
  const { etcd, clusterId } = await watchNewCluster("etcd-killed");
  const traffic = keepWriting(etcd.endpoint);
  const beforeMs = await untilFrameWithPuts(clusterId, Date.now());
  await etcd.kill();
  const killedMs = Date.now();
  await sleep(OUTAGE_MS);
  const backMs = Date.now();
  await etcd.restart();
  await untilRecovered(etcd, clusterId);
  const afterMs = await untilFrameWithPuts(clusterId, Date.now());
  await traffic.stop();
  await expectTruth(etcd, clusterId);
  await expectGap(clusterId, { beforeMs, fromMs: killedMs, toMs: backMs, afterMs });
});

test("a restart of Postgres in mid-stream: nothing is missing, since the watch went on", async () => {
  const { etcd, clusterId } = await watchNewCluster("postgres-restarted");
  const before = { since: (await product.readStatus(clusterId))?.since, starts: product.worker.starts };
  const writer = new LiveWriter(etcd.endpoint, 7);
  const writing = writer.run({ changes: 5_000, perSecond: 200 });
  const restarting = sleep(4_000).then(restartPostgres);
  await Promise.all([writing, restarting.then(() => untilRecovered(etcd, clusterId))]);
  await writer.leasesEnd();
  const { tally } = writer.books.balance(writer.leased);
  writer.close();
  await expectTruth(etcd, clusterId);
  const after = { since: (await product.readStatus(clusterId))?.since, starts: product.worker.starts };
  expect(after, product.worker.log).toEqual(before);
  // One put more than the writer's: that of `untilRecovered`.
  await expect.poll(() => sumFrames(clusterId)).toEqual({ puts: tally.puts + 1, deletes: tally.deletes });
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

/** Waits until a write made now has reached the published figures. How quick that is, is no matter of a test. */
async function untilRecovered(etcd: TestEtcd, clusterId: number): Promise<void> {
  await etcd.etcdctl("put", "/marker", "x");
  await product.waitUntilLive(clusterId, { revision: await readRevision(etcd) });
}

/** Waits until a frame with puts has been written that began after `sinceMs`, and answers when it began. */
async function untilFrameWithPuts(clusterId: number, sinceMs: number): Promise<number> {
  const find = async () => {
    const [frame] = await product.db
      .select({ at: keyspaceFrame.at })
      .from(keyspaceFrame)
      .where(
        and(
          eq(keyspaceFrame.clusterId, clusterId),
          gte(keyspaceFrame.at, new Date(sinceMs)),
          gt(keyspaceFrame.puts, 0),
        ),
      )
      .orderBy(keyspaceFrame.at)
      .limit(1);
    return frame?.at.getTime() ?? 0;
  };
  await expect.poll(find).toBeGreaterThan(0);
  return find();
}

async function expectTruth(etcd: TestEtcd, clusterId: number): Promise<void> {
  const { entries, revision } = await readWithEtcdctl(etcd);
  await product.waitUntilLive(clusterId, { revision });
  expect(differences(await product.readPublished(clusterId), countPrefixes(entries))).toEqual([]);
}

/** Nobody knows what happened meanwhile: null, neither zero nor a line drawn through. Before and after there is something. */
async function expectGap(
  clusterId: number,
  { beforeMs, fromMs, toMs, afterMs }: { beforeMs: number; fromMs: number; toMs: number; afterMs: number },
): Promise<void> {
  const params = SeriesParams.parse({
    measure: "puts",
    step: FRAME_MS / 1_000,
    from: new Date(beforeMs).toISOString(),
    to: new Date(afterMs + FRAME_MS).toISOString(),
  });
  const { atMs, series } = await readSeries(product.db, clusterId, params, Date.now());
  const valueAt = new Map(atMs.map((ms, index) => [ms, series[0]?.values[index]]));
  const gap = atMs.filter((ms) => ms >= fromMs && ms + FRAME_MS <= toMs);
  expect(gap.length, JSON.stringify([...valueAt])).toBeGreaterThan(0);
  expect(gap.map((ms) => valueAt.get(ms))).toEqual(gap.map(() => null));
  expect(valueAt.get(beforeMs)).toBeGreaterThan(0);
  expect(valueAt.get(afterMs)).toBeGreaterThan(0);
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
