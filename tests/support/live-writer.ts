import { setTimeout as sleep } from "node:timers/promises";
import { Etcd3, type IRequestOp } from "etcd3";
import { Random } from "@/lib/demo/random";
import { Books, type Change } from "@/tests/support/books";

const WRITERS = 16;
const LEASE_TTL_SECONDS = 10;
const LEASE_SHARED_MS = 2_000;
const LEASES_END_WITHIN_MS = 120_000;
const KEYS = 4_000;
const NAMESPACES = 12;

/** Writes to a test's etcd in every way a client can, at a steady pace, and keeps books of it. */
export class LiveWriter {
  readonly books = new Books();
  /** Keys put once with a lease; when the leases have run out they must be gone. */
  readonly leased = new Set<string>();
  /** Changes that were sent, of which etcd makes one event each or more. */
  changes = 0;
  readonly #client: Etcd3;
  readonly #random: Random;
  readonly #pool = Buffer.alloc(128 * 1024, "value ");
  #lease: { id: Promise<string>; sinceMs: number } | null = null;
  #leasedKeys = 0;

  constructor(endpoint: string, seed: number) {
    this.#client = new Etcd3({ hosts: endpoint });
    this.#random = new Random(seed);
  }

  close(): void {
    this.#client.close();
  }

  /**
   * Writes so many changes, no more than `perSecond` of them in a second; on a slow machine it takes longer. Fails when
   * etcd refuses a write.
   */
  async run({ changes, perSecond }: { changes: number; perSecond: number }): Promise<void> {
    const startMs = Date.now();
    const allowed = () => ((Date.now() - startMs) / 1_000) * perSecond;
    const before = this.changes;
    const write = async () => {
      while (this.changes - before < changes) {
        if (this.changes - before > allowed()) await sleep(5);
        else await this.#writeSomething();
      }
    };
    await Promise.all(Array.from({ length: WRITERS }, write));
  }

  /** Waits until all leases have ended, which they do by themselves a moment after their time. */
  async leasesEnd(): Promise<void> {
    const giveUpAt = Date.now() + LEASES_END_WITHIN_MS;
    while ((await this.#client.leaseClient.leaseLeases()).leases.length > 0) {
      if (Date.now() > giveUpAt) throw new Error("etcd's leases did not end in time");
      await sleep(500);
    }
  }

  /** Compacts what is older than the last few writes. Answers the revision. */
  async compact(): Promise<number> {
    const { header } = await this.#client.kv.range({ key: Buffer.from("x"), count_only: true });
    const revision = Number(header.revision) - 50;
    await this.#client.kv.compact({ revision: String(revision), physical: false });
    return revision;
  }

  #writeSomething(): Promise<void> {
    const dice = this.#random.next();
    if (dice < 0.45) return this.#transact([this.#put()]);
    if (dice < 0.55) return this.#transact([{ delete: this.#key() }]);
    if (dice < 0.556) return this.#transact([this.#deleteRange()]);
    if (dice < 0.75) return this.#putLeased();
    if (dice < 0.8) return this.#putThenDelete();
    return this.#transact(this.#several());
  }

  #put(key = this.#key()): Change & { put: string } {
    const size = this.#random.next();
    const valueBytes = size < 0.05 ? 0 : size < 0.99 ? this.#random.integer(2_000) : this.#random.integer(100_000);
    return { put: key, valueBytes };
  }

  /** Single writes go as such, several as one transaction: one revision for all of them. */
  async #transact(changes: Change[]): Promise<void> {
    this.changes += changes.length;
    const [only] = changes;
    if (changes.length > 1) {
      const answer = await this.#client.kv.txn({
        compare: [],
        success: changes.map((change) => this.#toOp(change)),
        failure: [],
      });
      if (answer.responses.some((one) => one.response_put || Number(one.response_delete_range?.deleted) > 0)) {
        this.books.note(Number(answer.header.revision), changes);
      }
    } else if (only && "put" in only) {
      const answer = await this.#client.kv.put({ key: bytes(only.put), value: this.#value(only.valueBytes) });
      this.books.note(Number(answer.header.revision), changes);
    } else if (only) {
      const answer = await this.#client.kv.deleteRange(toRange(only));
      if (Number(answer.deleted) > 0) this.books.note(Number(answer.header.revision), changes);
    }
  }

  /** Two to twelve different keys put, others deleted, sometimes with a whole namespace. */
  #several(): Change[] {
    const puts = new Map<string, Change>();
    for (let left = 2 + this.#random.integer(10); left > 0; left--) {
      const put = this.#put();
      if (!put.put.startsWith("/registry/events/")) puts.set(put.put, put);
    }
    // etcd refuses a transaction that puts a key and also deletes it.
    const range = this.#random.next() < 0.05 ? this.#deleteRange() : null;
    for (const key of puts.keys()) if (range && key >= range.deleteFrom && key < range.deleteTo) puts.delete(key);
    const deletes = Array.from({ length: this.#random.integer(3) }, () => this.#key()).filter((key) => !puts.has(key));
    const changes: Change[] = [...deletes.map((key) => ({ delete: key })), ...puts.values()];
    if (range) changes.unshift(range);
    return changes;
  }

  /** One key twice in one revision: etcd allows it only so, put first and deleted by a later nested transaction. */
  async #putThenDelete(): Promise<void> {
    const put = this.#put(this.#random.next() < 0.5 ? `/registry/flashes/${this.#random.hex(6)}` : this.#key());
    const changes: Change[] = [put, { delete: put.put }];
    this.changes += 2;
    const nested = (op: IRequestOp): IRequestOp => ({ request_txn: { compare: [], success: [op], failure: [] } });
    const success = changes.map((change) => nested(this.#toOp(change)));
    const answer = await this.#client.kv.txn({ compare: [], success, failure: [] });
    this.books.note(Number(answer.header.revision), changes);
  }

  async #putLeased(): Promise<void> {
    const key = `/registry/events/ns-${this.#random.integer(NAMESPACES)}/event-${this.#leasedKeys++}`;
    const put = this.#put(key);
    this.changes += 2; // it will also expire
    if (!this.#lease || Date.now() - this.#lease.sinceMs > LEASE_SHARED_MS) {
      const granted = this.#client.leaseClient.leaseGrant({ TTL: LEASE_TTL_SECONDS, ID: 0 });
      this.#lease = { id: granted.then((answer) => answer.ID), sinceMs: Date.now() };
    }
    const value = this.#value((put as { valueBytes: number }).valueBytes);
    const lease = this.#lease;
    try {
      const answer = await this.#client.kv.put({ key: bytes(key), value, lease: await lease.id });
      this.leased.add(key);
      this.books.note(Number(answer.header.revision), [put]);
    } catch (error) {
      // On a machine that stood still for long the lease has ended before it was used: nothing was written.
      if (!/lease not found/.test(String(error))) throw error;
      if (this.#lease === lease) this.#lease = null;
    }
  }

  /** All of a namespace's leases, or a run of neighbours; never leased keys, whose end nobody tells us. */
  #deleteRange(): Extract<Change, { deleteFrom: string }> {
    const namespace = this.#random.integer(NAMESPACES);
    if (this.#random.next() < 0.3) {
      return { deleteFrom: `/registry/leases/ns-${namespace}/`, deleteTo: `/registry/leases/ns-${namespace}0` };
    }
    const first = this.#random.integer(KEYS);
    return {
      deleteFrom: `/registry/pods/ns-${namespace}/pod-${first}`,
      deleteTo: `/registry/pods/ns-${namespace}/pod-${first}~`,
    };
  }

  /** A few keys are hot, most are cold; some have other separators, none, or bytes that are no text. */
  #key(): string {
    const number = Math.floor(this.#random.next() ** 2 * KEYS);
    const namespace = number % NAMESPACES;
    switch (number % 8) {
      case 0:
        return `/registry/leases/ns-${namespace}/lease-${number}`;
      case 1:
        return `/registry/apps.example.com/widgets/ns-${namespace}/widget-${number}`;
      case 2:
        return `cache:user:${namespace}:${number}`;
      case 3:
        return `config.service.${namespace}.${number}`;
      case 4:
        return `plain-${number}`;
      case 5:
        return `/raw/\xff\x00${String.fromCharCode(namespace)}/\xc3${number}`;
      default:
        return `/registry/pods/ns-${namespace}/pod-${number}`;
    }
  }

  #toOp(change: Change): IRequestOp {
    if ("put" in change) return { request_put: { key: bytes(change.put), value: this.#value(change.valueBytes) } };
    return { request_delete_range: toRange(change) };
  }

  #value(valueBytes: number): Buffer {
    return this.#pool.subarray(0, valueBytes);
  }
}

function toRange(change: Exclude<Change, { put: string }>): { key: Buffer; range_end?: Buffer } {
  if ("delete" in change) return { key: bytes(change.delete) };
  return { key: bytes(change.deleteFrom), range_end: bytes(change.deleteTo) };
}

function bytes(key: string): Buffer {
  return Buffer.from(key, "latin1");
}
