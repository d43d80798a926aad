import { Etcd3, type IRequestOp } from "etcd3";
import { Random } from "@/lib/demo/random";
import type { Change } from "@/tests/support/books";

/**
 * Writers of hostile keys who keep a log of what etcd answered, and an independent count of any stretch of revisions.
 * Shares no code with the product. Keys are latin1 text: one character a byte.
 */

/** What was written to one key in a stretch of revisions. */
export interface KeyWrites {
  puts: number;
  deletes: number;
  writtenBytes: number;
  largestPutBytes: number;
}

/** What a stretch of revisions came to. */
export interface WritesCount {
  keys: Map<string, KeyWrites>;
  revisions: number;
  largestRevisionEvents: number;
}

/** From the first revision to the last, both included. */
export interface Revisions {
  first: number;
  last: number;
}

const HOSTILE_KEYS = [
  "/hostile/nul\0byte",
  "\0",
  "/hostile/new\nline",
  "/hostile/not utf-8 \xff\xfe",
  "\xc3\x28/half/\xe2\x82",
  "=cmd|' /C calc'!A0",
  "/hostile/=1+1",
  "<script>alert(1)</script>",
  "/hostile/<script>/x",
  "__proto__",
  "/__proto__/constructor",
  "/hostile/\\xff",
  " ",
  "/",
  "no separator",
  "/registry/pods/default/web-0",
  `/long/${"k".repeat(3_000)}`,
];

/** Several clients that write as fast as etcd answers, from `start` to `stop`. */
export class LoggedWriters {
  #log: { revision: number; changes: Change[] }[] = [];
  #clients: Etcd3[];
  #random: Random;
  #isStopped = true;
  #running: Promise<void>[] = [];
  #pool = Buffer.alloc(64 * 1024, "secret value ");

  constructor(endpoint: string, { clients, seed }: { clients: number; seed: number }) {
    this.#clients = Array.from({ length: clients }, () => new Etcd3({ hosts: endpoint }));
    this.#random = new Random(seed);
  }

  /** Writes that etcd has answered. */
  get writes(): number {
    return this.#log.length;
  }

  start(): void {
    this.#isStopped = false;
    this.#running = this.#clients.map(async (client) => {
      while (!this.#isStopped) await this.#write(client);
    });
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await Promise.all(this.#running);
  }

  close(): void {
    for (const client of this.#clients) client.close();
  }

  /** By replaying the whole log: a delete counts only where the key was there. */
  count({ first, last }: Revisions): WritesCount {
    const present = new Set<string>();
    const count: WritesCount = { keys: new Map(), revisions: 0, largestRevisionEvents: 0 };
    for (const { revision, changes } of [...this.#log].sort((a, b) => a.revision - b.revision)) {
      const isWanted = revision >= first && revision <= last;
      let events = 0;
      for (const { key, valueBytes } of changes.flatMap((change) => toEvents(change, present))) {
        events++;
        if (valueBytes === null) present.delete(key);
        else present.add(key);
        if (isWanted) noteWrite(count.keys, key, valueBytes);
      }
      if (!isWanted || events === 0) continue;
      count.revisions++;
      count.largestRevisionEvents = Math.max(count.largestRevisionEvents, events);
    }
    return count;
  }

  async #write(client: Etcd3): Promise<void> {
    const dice = this.#random.next();
    const changes =
      dice < 0.6 ? [this.#put()] : dice < 0.75 ? [this.#delete()] : dice < 0.8 ? [RANGE] : this.#several();
    const success = changes.map((change) => this.#toOp(change));
    const answer = await client.kv.txn({ compare: [], success, failure: [] });
    const hasWritten = answer.responses.some(
      (one) => one.response_put || Number(one.response_delete_range?.deleted) > 0,
    );
    if (hasWritten) this.#log.push({ revision: Number(answer.header.revision), changes });
  }

  #put(): Change {
    const size = this.#random.next();
    const valueBytes = size < 0.1 ? 0 : size < 0.95 ? this.#random.integer(3_000) : this.#random.integer(60_000);
    return { put: this.#key(), valueBytes };
  }

  #delete(): Change {
    return { delete: this.#key() };
  }

  #several(): Change[] {
    const puts = new Map<string, Change>();
    for (let left = 2 + this.#random.integer(60); left > 0; left--) {
      const put = this.#put();
      puts.set((put as { put: string }).put, put);
    }
    return [...puts.values()];
  }

  #key(): string {
    const number = this.#random.integer(400);
    if (number < HOSTILE_KEYS.length) return HOSTILE_KEYS[number] as string;
    return number < 150 ? `/ranged/${number}` : `/registry/pods/ns-${number % 5}/pod-${number}`;
  }

  #toOp(change: Change): IRequestOp {
    if ("put" in change) {
      const { put, valueBytes } = change;
      return { request_put: { key: bytes(put), value: this.#pool.subarray(0, valueBytes) } };
    }
    if ("delete" in change) return { request_delete_range: { key: bytes(change.delete) } };
    return { request_delete_range: { key: bytes(change.deleteFrom), range_end: bytes(change.deleteTo) } };
  }
}

const RANGE: Change = { deleteFrom: "/ranged/1", deleteTo: "/ranged/12" };

/** The events of a change, given which keys there are. */
function toEvents(change: Change, present: ReadonlySet<string>): { key: string; valueBytes: number | null }[] {
  if ("put" in change) return [{ key: change.put, valueBytes: change.valueBytes }];
  const isGone = (key: string) =>
    "delete" in change ? key === change.delete : key >= change.deleteFrom && key < change.deleteTo;
  return [...present].filter(isGone).map((key) => ({ key, valueBytes: null }));
}

/** The same count by etcd3's own watcher, told everything of these revisions once more. */
export async function countByWatch(endpoint: string, { first, last }: Revisions): Promise<WritesCount> {
  // A thousand revisions come in one message, values included.
  const client = new Etcd3({ hosts: endpoint, grpcOptions: { "grpc.max_receive_message_length": -1 } });
  const count: WritesCount = { keys: new Map(), revisions: 0, largestRevisionEvents: 0 };
  const eventsOf = new Map<number, number>();
  try {
    const watcher = await client.watch().prefix("").startRevision(String(first)).create();
    await new Promise<void>((resolve, reject) => {
      watcher.on("error", reject);
      watcher.on("data", ({ events }) => {
        for (const { type, kv } of events) {
          const revision = Number(kv.mod_revision);
          if (revision < first || revision > last) continue;
          eventsOf.set(revision, (eventsOf.get(revision) ?? 0) + 1);
          noteWrite(count.keys, kv.key.toString("latin1"), String(type) === "Delete" ? null : kv.value.length);
        }
        // The header says where the store stands, not how far a watch that catches up has been told.
        if (eventsOf.has(last)) resolve();
      });
    });
  } finally {
    client.close();
  }
  count.revisions = eventsOf.size;
  count.largestRevisionEvents = Math.max(0, ...eventsOf.values());
  return count;
}

function noteWrite(keys: Map<string, KeyWrites>, key: string, valueBytes: number | null): void {
  const writes = keys.get(key) ?? { puts: 0, deletes: 0, writtenBytes: 0, largestPutBytes: 0 };
  keys.set(key, writes);
  if (valueBytes === null) {
    writes.deletes++;
    return;
  }
  writes.puts++;
  writes.writtenBytes += key.length + valueBytes;
  writes.largestPutBytes = Math.max(writes.largestPutBytes, valueBytes);
}

function bytes(key: string): Buffer {
  return Buffer.from(key, "latin1");
}
