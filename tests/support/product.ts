import { setTimeout as sleep } from "node:timers/promises";
import { and, eq } from "drizzle-orm";
import { afterAll } from "vitest";
import { TopKeysParams } from "@/lib/api/keys";
import { PrefixesParams, type PrefixRow } from "@/lib/api/prefixes";
import type { Db } from "@/lib/db/client";
import { addCluster } from "@/lib/db/clusters";
import { keyspaceStatus, prefix, prefixState } from "@/lib/db/schema";
import { listPrefixes } from "@/lib/queries/prefixes";
import { listTopKeys } from "@/lib/queries/top-keys";
import type { Entry } from "@/tests/support/books";
import type { TestDb } from "@/tests/support/db";
import type { PrefixFigures } from "@/tests/support/truth";
import { TEST_SECRET_KEY, WorkerProcess } from "@/tests/support/worker";

const POLL_MS = 100;

/** The product as its users meet it: the real worker on a database, asked through the web's own queries. */
export class Product {
  readonly worker: WorkerProcess;
  readonly #test: TestDb;

  constructor(test: TestDb) {
    this.#test = test;
    this.worker = new WorkerProcess(test.databaseUrl);
  }

  get db(): Db {
    return this.#test.db;
  }

  get databaseUrl(): string {
    return this.#test.databaseUrl;
  }

  /** Registers a cluster, as the settings page does, and answers its id. */
  async addCluster(name: string, endpoint: string): Promise<number> {
    const id = await addCluster(
      this.db,
      { name, source: "settings", access: { endpoints: [endpoint] } },
      TEST_SECRET_KEY,
    );
    await this.#test.sql.notify("cluster", String(id));
    return id;
  }

  /** Where the keyspace model of a cluster stands. */
  async readStatus(clusterId: number): Promise<typeof keyspaceStatus.$inferSelect | undefined> {
    const [row] = await this.db.select().from(keyspaceStatus).where(eq(keyspaceStatus.clusterId, clusterId));
    return row;
  }

  /** Waits until the model is live and complete up to `revision`. Fails with what the worker had to say. */
  async waitUntilLive(clusterId: number, { revision = 1, withinMs = 120_000 } = {}): Promise<void> {
    const giveUpAt = Date.now() + withinMs;
    for (;;) {
      const status = await this.readStatus(clusterId).catch(() => undefined);
      if (status?.phase === "live" && (status.revision ?? 0) >= revision) return;
      if (Date.now() > giveUpAt) {
        const last = status ? `${status.phase} at ${status.revision}` : "no status";
        throw new Error(`not live at revision ${revision} within ${withinMs} ms (${last}):\n${this.worker.log}`);
      }
      await sleep(POLL_MS);
    }
  }

  /** Every prefix node that holds keys and its figures, as the worker has published them; without *other* nodes. */
  async readPublished(clusterId: number): Promise<Map<string, PrefixFigures>> {
    const rows = await this.db
      .select({
        prefix: prefix.prefix,
        keys: prefixState.keys,
        keyBytes: prefixState.keyBytes,
        valueBytes: prefixState.valueBytes,
        largestValueBytes: prefixState.largestValueBytes,
      })
      .from(prefixState)
      .innerJoin(prefix, and(eq(prefix.clusterId, prefixState.clusterId), eq(prefix.slot, prefixState.slot)))
      .where(and(eq(prefixState.clusterId, clusterId), eq(prefix.isOther, false)));
    const full = rows.filter((row) => row.keys > 0);
    return new Map(full.map(({ prefix: bytes, ...figures }) => [bytes.toString("latin1"), figures]));
  }

  /** All children of a prefix, page after page. */
  async listChildren(clusterId: number, parent: string, limit = 1_000): Promise<PrefixRow[]> {
    const rows: PrefixRow[] = [];
    const parentBase64 = Buffer.from(parent, "latin1").toString("base64");
    for (let cursor: string | undefined; ; ) {
      const params = PrefixesParams.parse({ parentBase64, sort: "prefix", limit, cursor });
      const answer = await listPrefixes(this.db, clusterId, params, Date.now());
      rows.push(...answer.items);
      if (answer.nextCursor === null) return rows;
      cursor = answer.nextCursor;
    }
  }

  /** Walks the tree from `from` down to single keys, as a reader drilling does. */
  async walk(
    clusterId: number,
    from = "",
  ): Promise<{ prefixes: Map<string, PrefixFigures>; keys: Map<string, number> }> {
    const found = { prefixes: new Map<string, PrefixFigures>(), keys: new Map<string, number>() };
    const open = [from];
    for (let parent = open.pop(); parent !== undefined; parent = open.pop()) {
      for (const row of await this.listChildren(clusterId, parent)) {
        const name = rowName(row);
        if (row.kind === "key") found.keys.set(name, row.valueBytes);
        if (row.kind !== "prefix") continue;
        found.prefixes.set(name, figuresOf(row));
        open.push(name);
      }
    }
    return found;
  }

  /** The top keys in an order. */
  async listTop(clusterId: number, params: { by: TopKeysParams["by"]; limit?: number; from?: string }) {
    return listTopKeys(this.db, clusterId, TopKeysParams.parse(params), Date.now());
  }
}

/** A product for this test file, its worker running until the file ends. */
export function useProduct(testDb: () => TestDb): () => Product {
  let product: Product | undefined;
  afterAll(async () => {
    await product?.worker.stop();
  });
  return () => {
    if (!product) {
      product = new Product(testDb());
      product.worker.start();
    }
    return product;
  };
}

/** The bytes of a row's prefix as latin1 text, by which tests name keys. */
export function rowName(row: { prefix: string; prefixBase64: string | null }): string {
  return textName(row.prefix, row.prefixBase64);
}

/** The same of any text and base64. */
export function textName(text: string, base64: string | null): string {
  return (base64 === null ? Buffer.from(text) : Buffer.from(base64, "base64")).toString("latin1");
}

export function figuresOf(row: PrefixRow): PrefixFigures {
  const { keys, keyBytes, valueBytes, largestValueBytes } = row;
  return { keys, keyBytes, valueBytes, largestValueBytes };
}

/** What a top-100 list must show: the figures in order, from the true entries. */
export function topFigures(entries: ReadonlyMap<string, Entry>, by: "valueBytes" | "keyBytes" | "version" | "age") {
  const figure = (key: string, entry: Entry) =>
    by === "keyBytes" ? key.length : by === "age" ? entry.modRevision : entry[by];
  const figures = [...entries].map(([key, entry]) => figure(key, entry));
  return figures.sort((a, b) => (by === "age" ? a - b : b - a)).slice(0, 100);
}
