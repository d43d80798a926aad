import { setTimeout as sleep } from "node:timers/promises";
import { Etcd3 } from "etcd3";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { EtcdConnection } from "@/collectors/etcd/connection";
import {
  type CheckedModel,
  DriftCheck,
  DriftError,
  type DriftResult,
  type ModelledKey,
} from "@/collectors/keyspace/drift";
import { startEtcd, type TestEtcd } from "../../support/etcd";

const KEYS = 60;
let etcd: TestEtcd;
let client: Etcd3;
let connection: EtcdConnection;
let model: FakeModel;

/** A model as someone else would keep it: a map, filled from etcdctl's listing. */
class FakeModel implements CheckedModel {
  revision = 0;
  keys = new Map<string, ModelledKey>();
  counts = new Map<number, number>();

  keysAt(revision: number): number | null {
    return this.counts.get(revision) ?? null;
  }

  lookUp(key: Uint8Array): ModelledKey | null {
    return this.keys.get(Buffer.from(key).toString()) ?? null;
  }

  async refresh(): Promise<void> {
    const listing = JSON.parse(await etcd.etcdctl("get", "", "--prefix", "-w", "json"));
    this.keys.clear();
    for (const kv of listing.kvs) {
      this.keys.set(Buffer.from(kv.key, "base64").toString(), {
        ...{ modRevision: kv.mod_revision, createRevision: kv.create_revision, version: kv.version },
        valueBytes: Buffer.from(kv.value ?? "", "base64").length,
        isLive: true,
      });
    }
    this.revision = listing.header.revision;
    this.counts.set(this.revision, this.keys.size);
  }
}

beforeAll(async () => {
  etcd = await startEtcd();
  client = new Etcd3({ hosts: etcd.endpoint });
  connection = EtcdConnection.open(etcd.endpoint, { endpoints: [etcd.endpoint] });
  for (let i = 0; i < KEYS; i++) await client.put(`/drift/${String(i).padStart(3, "0")}`).value("v".repeat(i));
});

beforeEach(async () => {
  model = new FakeModel();
  await model.refresh();
});

afterAll(async () => {
  connection?.close();
  client?.close();
  await etcd?.stop();
});

/** Runs a check until it has told `results` times or failed. */
async function check(results: number, boundaries = ["/drift/010", "/drift/030"]): Promise<DriftResult[]> {
  const told: DriftResult[] = [];
  const stop = new AbortController();
  const running = new DriftCheck({
    ...{ model, connection, countEveryMs: 400, sampleEveryMs: 20 },
    boundaries: () => boundaries.map((key) => Buffer.from(key)),
    onResult: (result) => {
      told.push(result);
      if (told.length >= results) stop.abort();
    },
  }).run(stop.signal);
  const patience = sleep(60_000, undefined, { signal: stop.signal }).catch(() => undefined);
  await Promise.race([running, patience]).catch((error) => {
    if (!stop.signal.aborted) throw error;
  });
  stop.abort();
  return told;
}

describe("a model that is as etcd", () => {
  test.each([{ boundaries: ["/drift/010", "/drift/030"] }, { boundaries: [] }])(
    "is counted and compared without a difference, between $boundaries",
    async ({ boundaries }) => {
      const told = await check(12, boundaries);
      expect(told).toHaveLength(12);
      expect(told[0]).toMatchObject({ checkedKeys: KEYS, driftKeys: 0 });
      expect(told[0]?.text).toContain(`counts ${KEYS} keys at revision ${model.revision}`);
      expect(told.at(-1)?.checkedKeys).toBeGreaterThan(KEYS);
    },
  );

  test("is waited for while it has still to hear of writes", async () => {
    await client.put("/drift/000").value("changed");
    const checking = check(1);
    await sleep(300);
    await model.refresh();
    expect((await checking)[0]).toMatchObject({ checkedKeys: KEYS, driftKeys: 0 });
  });

  test("may be ahead of the page that is compared", async () => {
    const key = model.keys.get("/drift/020") as ModelledKey;
    key.modRevision = model.revision + 5;
    key.valueBytes = 12_345;
    model.keys.delete("/drift/041"); // deleted and written again, as it will hear
    model.counts.set(model.revision, KEYS);
    const sampling = new DriftCheck({ model, connection, boundaries: () => [], onResult: () => undefined });
    model.keys.set("/drift/041", { ...key, modRevision: model.revision + 6 });
    await sampling.sample(AbortSignal.timeout(10_000));
  });
});

describe("drift is told", () => {
  test("when a key is missing", async () => {
    model.counts.set(model.revision, KEYS - 1);
    await expect(check(5)).rejects.toThrow(DriftError);
    await expect(check(5)).rejects.toThrow(`${KEYS - 1} keys at revision ${model.revision} where etcd counts ${KEYS}`);
  });

  test.each<{ what: string; spoil(): void; message: string }>([
    {
      what: "a value has another length",
      spoil: () => Object.assign(model.keys.get("/drift/020") as ModelledKey, { valueBytes: 7 }),
      message: "the key /drift/020 has valueBytes 20 in etcd, 7 in the model",
    },
    {
      what: "a key was written once less",
      spoil: () => Object.assign(model.keys.get("/drift/031") as ModelledKey, { version: 4 }),
      message: "the key /drift/031 has version 1 in etcd, 4 in the model",
    },
    {
      what: "one key is in place of another",
      spoil: () => model.keys.delete("/drift/005"),
      message: "the key /drift/005 is in etcd but not in the model",
    },
    {
      what: "a key is deleted in the model only",
      spoil: () => Object.assign(model.keys.get("/drift/005") as ModelledKey, { isLive: false }),
      message: "the key /drift/005 is in etcd but not in the model",
    },
  ])("when $what", async ({ spoil, message }) => {
    spoil();
    await expect(check(1_000)).rejects.toThrow(message);
  });
});

test("a count that a compaction overtakes begins anew", async () => {
  for (let i = 0; i < 3; i++) await client.put("/drift/001").value(`changed ${i}`);
  await model.refresh();
  const pinned = model.revision;
  let isCompacted = false;
  const checking = new DriftCheck({
    model,
    connection,
    boundaries: () => {
      // Asked for once the revision is pinned: compact it away just then.
      if (!isCompacted) void compactBeyond(pinned).then(() => model.refresh());
      isCompacted = true;
      return Array.from({ length: KEYS }, (_, i) => Buffer.from(`/drift/${String(i).padStart(3, "0")}`));
    },
    onResult: (result) => told.push(result),
  });
  const told: DriftResult[] = [];
  const stop = new AbortController();
  const running = checking.run(stop.signal).catch((error) => error);
  await expect.poll(() => told.length).toBeGreaterThan(0);
  stop.abort();
  await running;
  expect(told[0]?.driftKeys).toBe(0);
});

async function compactBeyond(revision: number): Promise<void> {
  await client.put("/drift/002").value("later");
  await etcd.etcdctl("compact", String(revision + 1));
}
