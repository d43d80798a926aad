import type { Etcd3 } from "etcd3";
import type { DemoWrite } from "@/lib/demo/audit-writes";
import { valueBytesOf } from "@/lib/demo/layout";
import type { Random } from "@/lib/demo/random";
import { makeValue } from "@/lib/demo/values";

const EVENT_TTL_SECONDS = 600;
const LEASE_KEYS = 1_000; // as an apiserver: so many events share a lease,
const LEASE_SHARED_MS = 30_000; // and only those of about the same time
const SEED_BATCH = 100; // etcd takes 128 operations in a transaction

/** Writes to the demo's own etcd. Values are made from keys. */
export class KeyspaceWriter {
  readonly #client: Etcd3;
  readonly #random: Random;
  readonly #onWritten: (write: DemoWrite) => void;
  #lease: { id: Promise<string>; keys: number; sinceMs: number } | null = null;

  /** `onWritten` hears of every write but those that fill an empty etcd. */
  constructor(client: Etcd3, random: Random, onWritten: (write: DemoWrite) => void = () => undefined) {
    this.#client = client;
    this.#random = random;
    this.#onWritten = onWritten;
  }

  /** Puts a key that exists. */
  put(key: string): Promise<void> {
    return this.#write(key, "update", async () => this.#client.put(key).value(makeValue(key, this.#random)));
  }

  /** Puts a new key. */
  create(key: string): Promise<void> {
    return this.#write(key, "create", async () => this.#client.put(key).value(makeValue(key, this.#random)));
  }

  /** Puts a key that goes away by itself after the events' time to live, a new one or one more time. */
  putExpiring(key: string, operation: "create" | "update"): Promise<void> {
    return this.#write(key, operation, async () =>
      this.#client
        .put(key)
        .value(makeValue(key, this.#random))
        .lease(await this.#sharedLease()),
    );
  }

  delete(key: string): Promise<void> {
    return this.#write(key, "delete", async () => this.#client.delete().key(key));
  }

  /** Puts many keys in few transactions, `expiring` ones with leases. `onProgress` hears how many are done. */
  async putAll(keys: readonly string[], expiring: boolean, onProgress: (done: number) => void): Promise<void> {
    for (let from = 0; from < keys.length; ) {
      const batch: string[] = [];
      let batchBytes = 0;
      // etcd refuses requests beyond 1.5 MiB.
      while (from < keys.length && batch.length < SEED_BATCH && (batch.length === 0 || batchBytes < 400_000)) {
        const key = keys[from++] as string;
        batch.push(key);
        batchBytes += valueBytesOf(key);
      }
      const leaseId = expiring ? await this.#sharedLease(batch.length) : undefined;
      const puts = batch.map((key) => {
        const put = this.#client.put(key).value(makeValue(key, this.#random));
        return leaseId === undefined ? put : put.lease(leaseId);
      });
      await this.#client
        .if("compact_rev_key", "Version", ">", -1)
        .then(...puts)
        .commit();
      onProgress(from);
    }
  }

  async #write(key: string, operation: DemoWrite["operation"], write: () => Promise<unknown>): Promise<void> {
    const startedMs = performance.now();
    await write();
    this.#onWritten({ key, operation, tookMs: performance.now() - startedMs });
  }

  #sharedLease(keys = 1): Promise<string> {
    const nowMs = Date.now();
    if (!this.#lease || this.#lease.keys + keys > LEASE_KEYS || nowMs - this.#lease.sinceMs > LEASE_SHARED_MS) {
      const granted = this.#client.leaseClient.leaseGrant({ TTL: EVENT_TTL_SECONDS, ID: 0 });
      this.#lease = { id: granted.then((answer) => answer.ID), keys: 0, sinceMs: nowMs };
    }
    this.#lease.keys += keys;
    return this.#lease.id;
  }
}
