import { afterAll, beforeAll, expect, test } from "vitest";
import { askForCapture } from "@/lib/queries/ask-capture";
import { readCapture, removeCapture } from "@/lib/queries/captures";
import { findCluster } from "@/lib/queries/clusters";
import { useTestDb } from "@/tests/support/db";
import { startEtcd, type TestEtcd } from "@/tests/support/etcd";
import { useProduct } from "@/tests/support/product";
import { LoggedWriters } from "@/tests/support/write-log";

/** Exact sessions by the real worker, asked for and read as the web does; the worker is killed in the middle. */

const product = useProduct(useTestDb());
let etcd: TestEtcd;
let writers: LoggedWriters;
let clusterId: number;

beforeAll(async () => {
  etcd = await startEtcd();
  writers = new LoggedWriters(etcd.endpoint, { clients: 4, seed: 3 });
  clusterId = await product().addCluster("captured", etcd.endpoint);
  await product().waitUntilLive(clusterId);
  writers.start();
});
afterAll(async () => {
  await writers?.stop();
  writers?.close();
  await etcd?.stop();
});

test("a worker that is killed in the middle leaves nothing hanging, and the next session is exact", async () => {
  const lost = await ask(300);
  await expect.poll(() => stateOf(lost)).toBe("running");
  await product().worker.kill();
  await expect.poll(() => stateOf(lost)).toBe("failed");
  await expect.poll(async () => (await product().readStatus(clusterId))?.phase).toBe("live");
  const id = await ask(10);
  await expect.poll(() => stateOf(id), { timeout: 120_000 }).toBe("done");
  await writers.stop();
  const answer = await read(id);
  const { firstRevision: first, lastRevision: last } = answer.summary as NonNullable<typeof answer.summary>;
  const truth = writers.count({ first, last });
  const sum = (figure: "puts" | "deletes" | "writtenBytes") =>
    [...truth.keys.values()].reduce((total, each) => total + each[figure], 0);
  expect(answer.summary).toMatchObject({
    ...{ puts: sum("puts"), deletes: sum("deletes"), writtenBytes: sum("writtenBytes"), keys: truth.keys.size },
    ...{ revisions: truth.revisions, isInterrupted: false },
  });
  expect(truth.revisions).toBeGreaterThan(0);
});

test("one that is removed while it runs is gone, and makes room", async () => {
  const ids = [await ask(300), await ask(300), await ask(300)];
  await expect.poll(() => Promise.all(ids.map(stateOf))).toEqual(["running", "running", "waiting"]);
  await removeCapture(product().db, clusterId, ids[0] as string);
  await expect.poll(() => stateOf(ids[2] as string)).toBe("running");
  for (const id of ids.slice(1)) await removeCapture(product().db, clusterId, id);
});

async function ask(seconds: number): Promise<string> {
  const cluster = await findCluster(product().db, "captured");
  const asked = await askForCapture(product().db, cluster as NonNullable<typeof cluster>, seconds, Date.now());
  return asked.id;
}

function read(id: string) {
  return readCapture(product().db, clusterId, { id, limit: 1_000 }, Date.now());
}

async function stateOf(id: string) {
  return (await read(id)).state;
}
