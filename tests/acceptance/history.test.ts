import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { Etcd3, type IRequestOp } from "etcd3";
import pino from "pino";
import { afterAll, describe, expect, test } from "vitest";
import { EtcdConnection } from "@/collectors/etcd/connection";
import { Follower } from "@/collectors/keyspace/follower";
import { type Compaction, HistoryKeeper } from "@/collectors/keyspace/history-keeper";
import { KeyspaceModel } from "@/collectors/keyspace/keyspace-model";
import { listKeys } from "@/collectors/keyspace/list-keys";
import { Random } from "@/lib/demo/random";
import type { ListKeysParams } from "@/lib/model/questions";
import { type HeldFigures, HistoryBooks, sumByPrefix } from "@/tests/collectors/keyspace/history-books";
import { startEtcd } from "@/tests/support/etcd";
import { findEtcdVersions, findNewestEtcd } from "@/tests/support/etcd-versions";
import { differences } from "@/tests/support/truth";

const DATA_DIR = join(import.meta.dirname, "../../../shared/data");
const EVERYTHING = { key: Buffer.from([0]), rangeEnd: Buffer.from([0]) };
const PREFIXES = ["/registry/pods/a/", "/registry/pods/b/", "/registry/events/a/", "cache:", "", "/raw/\xff\x00/"];
const run = promisify(execFile);
const silent = pino({ level: "silent" });
const cleanUps: (() => unknown)[] = [];

afterAll(async () => {
  for (const cleanUp of cleanUps.reverse()) await cleanUp();
});

describe.each(await findEtcdVersions())("on etcd $version", ({ binary }) => {
  test("history equals the writer's books through replay, watch and compactions at any revision", async () => {
    const etcd = await startEtcd({ binary });
    cleanUps.push(() => etcd.stop());
    const writer = new Writer(etcd.endpoint, 7);
    await writer.write(700);
    await writer.compact(writer.revision - 400);
    await writer.write(300);

    const { model, keeper } = await follow(etcd.endpoint);
    expect(model.historyKnown).toBe(false);
    expect(keeper.reason).not.toBeNull();
    await writer.write(200); // while the replay runs
    await expect.poll(() => model.historyKnown).toBe(true);
    expect(keeper.reason).toBeNull();
    await settled(model, keeper, writer);
    expectEqual(model, writer.books);

    for (let round = 0; round < 4; round++) {
      await writer.write(150);
      const { compactRevision } = writer.books;
      await writer.compact(compactRevision + writer.random.integer(writer.revision - compactRevision));
      await writer.write(50);
      await settled(model, keeper, writer);
      expectEqual(model, writer.books);
    }
    await writer.compact(writer.revision);
    await settled(model, keeper, writer);
    expectEqual(model, writer.books);
    expect(model.table.count).toBe(writer.books.live().size);
  });

  test("what is too long to be replayed is known from the first compaction behind it, and the page is told so", async () => {
    const etcd = await startEtcd({ binary });
    cleanUps.push(() => etcd.stop());
    const writer = new Writer(etcd.endpoint, 8);
    await writer.write(120);
    const { model, keeper, compactions } = await follow(etcd.endpoint, { maxReplayedRevisions: 100 });
    await expect.poll(() => keeper.reason).toMatch(/too many/);
    await writer.write(50);
    await writer.compact(writer.revision - 10);
    await settled(model, keeper, writer);
    expect(model.historyKnown).toBe(true);
    expectEqual(model, writer.books);
    expect(compactions.map(({ revision, freedBytes }) => [revision, freedBytes])).toEqual([
      [writer.books.compactRevision, null],
    ]);
    const before = model.figures().historyBytes[0] as number;
    await writer.compact(writer.revision);
    await settled(model, keeper, writer);
    expect(compactions.at(-1)?.freedBytes).toBe(before);
  });
});

/** The recorded cluster lies beside the repository where it is developed, and is too large to lie in it. */
if (existsSync(join(DATA_DIR, "k8s-small-history.snapshot.db.zst"))) {
  test("a recorded Kubernetes cluster holds what a walk of its file found, for every prefix and the heaviest keys", async () => {
    const truth = JSON.parse(readFileSync(join(DATA_DIR, "k8s-small-history-truth.json"), "utf8")) as Truth;
    const { binary, etcdctl } = await findNewestEtcd();
    const directory = await mkdtemp(join(tmpdir(), "etcdscope-history-"));
    cleanUps.push(() => rm(directory, { recursive: true, force: true }));
    const file = join(directory, "history.snapshot.db");
    await run("zstd", ["-d", "-q", "--long=27", join(DATA_DIR, "k8s-small-history.snapshot.db.zst"), "-o", file]);
    const env = { ...process.env, ETCDCTL_API: "3" };
    await run(etcdctl, ["snapshot", "restore", file, "--data-dir", join(directory, "etcd")], { env });
    const etcd = await startEtcd({ binary, dataDir: join(directory, "etcd") });
    cleanUps.push(() => etcd.stop());

    // At the pinned revision and without a watch: leases end soon after a restore.
    const connection = EtcdConnection.open(etcd.endpoint, { endpoints: [etcd.endpoint] });
    const model = await loadModel(connection, truth.revision);
    const stop = new AbortController();
    const keeper = new HistoryKeeper({ model, connection, log: silent, onCompaction: () => undefined });
    const keeping = keeper.run(stop.signal).catch(() => undefined);
    await expect.poll(() => model.historyKnown, { timeout: 120_000 }).toBe(true);
    stop.abort();
    await keeping;
    connection.close();

    expect(keeper.compactRevision).toBe(truth.history.finished_compact_revision);
    const figures = model.figures();
    const heldAt = (slot: number) => ({
      revisions: (figures.keys[slot] as number) + (figures.historyRevisions[slot] as number),
      bytes: ["keyBytes", "valueBytes", "historyBytes"].reduce(
        (sum, figure) => sum + (figures[figure as "keyBytes"][slot] as number),
        0,
      ),
    });
    expect(heldAt(0)).toEqual({
      revisions: truth.history.held_revisions,
      bytes: truth.history.held_key_value_bytes,
    });
    expect(model.table.count).toBe(truth.history.distinct_keys_in_history);
    const prefixes = truth.history.held_by_prefix.filter(({ key }) => key.startsWith("/"));
    expect(prefixes.length).toBeGreaterThan(30);
    for (const { key, revisions, bytes } of prefixes) {
      const slot = model.tree.findPrefix(Buffer.from(`${key}/`));
      expect({ key, ...heldAt(slot) }).toEqual({ key, revisions, bytes });
    }
    const held = heldOfKeys(model);
    for (const { key, revisions, bytes } of truth.history.top_keys_by_held_bytes) {
      expect({ key, ...held.get(key) }).toEqual({ key, revisions, bytes });
    }
  });
}

interface TruthHeld {
  key: string;
  revisions: number;
  bytes: number;
}
interface Truth {
  revision: number;
  history: {
    finished_compact_revision: number;
    held_revisions: number;
    held_key_value_bytes: number;
    distinct_keys_in_history: number;
    held_by_prefix: TruthHeld[];
    top_keys_by_held_bytes: TruthHeld[];
  };
}

/** All keys at one revision, as a scan would end. */
async function loadModel(connection: EtcdConnection, revision?: number): Promise<KeyspaceModel> {
  const model = new KeyspaceModel();
  const pin = revision ?? (await connection.range({ key: EVERYTHING.key }, () => undefined)).revision;
  model.completeRevision(pin);
  model.beginScan();
  await connection.range({ ...EVERYTHING, revision: pin }, (kv) => model.load(kv));
  model.endScan();
  return model;
}

/** A model that is live, and the keeper of its history. */
async function follow(endpoint: string, options: { maxReplayedRevisions?: number } = {}) {
  const connection = EtcdConnection.open(endpoint, { endpoints: [endpoint] });
  const model = await loadModel(connection);
  const follower = new Follower(model, connection);
  const stop = new AbortController();
  const compactions: Compaction[] = [];
  const onCompaction = (compaction: Compaction) => compactions.push(compaction);
  const keeper = new HistoryKeeper({ model, connection, log: silent, onCompaction, ...options });
  const running = [follower.run().catch(() => undefined), keeper.run(stop.signal).catch(() => undefined)];
  cleanUps.push(async () => {
    stop.abort();
    follower.close();
    await Promise.all(running);
    connection.close();
  });
  return { model, keeper, compactions };
}

async function settled(model: KeyspaceModel, keeper: HistoryKeeper, writer: Writer): Promise<void> {
  await expect.poll(() => model.revision).toBe(writer.revision);
  await expect.poll(() => keeper.compactRevision).toBe(writer.books.compactRevision);
}

/** Writes one after the other, so that the order in the books is etcd's. */
class Writer {
  readonly books = new HistoryBooks();
  readonly random: Random;
  revision = 1;
  #client: Etcd3;

  constructor(endpoint: string, seed: number) {
    this.#client = new Etcd3({ hosts: endpoint });
    this.random = new Random(seed);
    cleanUps.push(() => this.#client.close());
  }

  async write(count: number): Promise<void> {
    for (let i = 0; i < count; i++) {
      const dice = this.random.next();
      if (dice < 0.6) await this.#transact([this.#put()]);
      else if (dice < 0.8) await this.#transact([{ key: this.#key(), valueBytes: null }]);
      else if (dice < 0.9) await this.#putThenDelete();
      else await this.#transact([...new Map(this.#several().map((change) => [change.key, change])).values()]);
    }
  }

  async compact(revision: number): Promise<void> {
    if (revision <= this.books.compactRevision) return;
    await this.#client.kv.compact({ revision: String(revision), physical: true });
    this.books.compactRevision = revision;
  }

  /** One key twice in one revision: etcd allows it only so, put first and deleted by a later nested transaction. */
  async #putThenDelete(): Promise<void> {
    const put = this.#put();
    const gone = { key: put.key, valueBytes: null };
    const nested = (op: IRequestOp): IRequestOp => ({ request_txn: { compare: [], success: [op], failure: [] } });
    await this.#commit([put, gone], [nested(toOp(put)), nested(toOp(gone))]);
  }

  #transact(changes: Change[]): Promise<void> {
    return this.#commit(changes, changes.map(toOp));
  }

  async #commit(changes: Change[], success: IRequestOp[]): Promise<void> {
    const { header } = await this.#client.kv.txn({ compare: [], success, failure: [] });
    const live = this.books.live();
    for (const { key, valueBytes } of changes) {
      if (valueBytes === null && !live.delete(key)) continue; // nothing was there to delete
      if (valueBytes !== null) live.set(key, { revision: 0, key, valueBytes });
      this.books.writes.push({ revision: Number(header.revision), key, valueBytes });
    }
    this.revision = Number(header.revision);
  }

  #several(): Change[] {
    return Array.from({ length: 2 + this.random.integer(6) }, () =>
      this.random.next() < 0.3 ? { key: this.#key(), valueBytes: null } : this.#put(),
    );
  }

  #put(): Change {
    return { key: this.#key(), valueBytes: this.random.integer(3_000) };
  }

  #key(): string {
    const number = this.random.integer(60);
    return `${PREFIXES[number % PREFIXES.length]}${number}`;
  }
}

interface Change {
  key: string;
  valueBytes: number | null;
}

function toOp({ key, valueBytes }: Change): IRequestOp {
  const bytes = Buffer.from(key, "latin1");
  if (valueBytes === null) return { request_delete_range: { key: bytes } };
  return { request_put: { key: bytes, value: Buffer.alloc(valueBytes, "v") } };
}

function expectEqual(model: KeyspaceModel, books: HistoryBooks): void {
  const figures = model.figures();
  const actual = new Map<string, HeldFigures>();
  for (let slot = 0; slot < model.tree.size; slot++) {
    const historyRevisions = figures.historyRevisions[slot] as number;
    const historyBytes = figures.historyBytes[slot] as number;
    if (historyRevisions === 0 && historyBytes === 0) continue;
    actual.set(model.tree.prefix(slot).toString("latin1"), { historyBytes, historyRevisions });
  }
  expect(differences(actual, sumByPrefix(books.historyOfKeys()))).toEqual([]);
  expect(model.keys).toBe(books.live().size);
}

/** What every key holds, live revision included; read page by page. */
function heldOfKeys(model: KeyspaceModel): Map<string, { revisions: number; bytes: number }> {
  const held = new Map<string, { revisions: number; bytes: number }>();
  for (let after: ListKeysParams["after"] = null; ; ) {
    const params = { prefixBase64: "", directOnly: false, descending: true, limit: 1_000, after };
    const { keys } = listKeys(model, { ...params, sort: "historyBytes" });
    for (const { keyBase64, keyBytes, valueBytes, historyBytes, historyRevisions, deleted } of keys) {
      held.set(Buffer.from(keyBase64, "base64").toString("latin1"), {
        revisions: (historyRevisions ?? 0) + (deleted ? 0 : 1),
        bytes: (historyBytes ?? 0) + (deleted ? 0 : keyBytes + valueBytes),
      });
    }
    const last = keys.at(-1);
    if (last === undefined) return held;
    after = { keyBase64: last.keyBase64, value: last.historyBytes ?? null };
  }
}
