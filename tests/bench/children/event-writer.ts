import { setTimeout as sleep } from "node:timers/promises";
import { onTold, readOptions, tell } from "@/tests/bench/children/talk";
import { filler, keyAt } from "@/tests/bench/keys";
import { Writer } from "@/tests/bench/writer";

/** Overwrites keys of the bench's keyspace in transactions, over several connections, at a rate or flat out. */

interface Options {
  endpoint: string;
  /** Keys to write to: `keyAt` of 0 up to this. */
  keys: number;
  connections: number;
}

export interface WriteOrder {
  events: number;
  perSecond: number;
}

export interface Written {
  events: number;
  tookMs: number;
  /** The last revision of all. */
  revision: number;
  /** Of every transaction, in the order they were answered: its revision and the instant of the answer. */
  revisions: number[];
  answeredAtMs: number[];
}

const TRANSACTION_EVENTS = 100;
const VALUE_BYTES = 512;
const { endpoint, keys, connections } = readOptions<Options>();
const writers = Array.from({ length: connections }, () => new Writer(endpoint));
const value = filler(VALUE_BYTES);
let turn = 0;

onTold("write", async (message) => {
  tell("write", { ...(await write(message as unknown as WriteOrder)) });
});
tell("ready");

async function write({ events, perSecond }: WriteOrder): Promise<Written> {
  const startMs = performance.now();
  const written: Written = { events: 0, tookMs: 0, revision: 0, revisions: [], answeredAtMs: [] };
  let sent = 0;
  const work = async (writer: Writer) => {
    while (sent < events) {
      const dueMs = startMs + (sent * 1_000) / perSecond;
      sent += TRANSACTION_EVENTS;
      const earlyMs = dueMs - performance.now();
      if (earlyMs > 0) await sleep(earlyMs);
      const revision = await writer.transact(nextPuts());
      written.events += TRANSACTION_EVENTS;
      written.revisions.push(revision);
      written.answeredAtMs.push(Date.now());
      written.revision = Math.max(written.revision, revision);
    }
  };
  await Promise.all(writers.map(work));
  return { ...written, tookMs: performance.now() - startMs };
}

/** Keys far apart from each other, as unrelated clients write them; none twice in a transaction. */
function nextPuts() {
  const from = (turn++ * TRANSACTION_EVENTS) % Math.max(1, keys - TRANSACTION_EVENTS);
  return Array.from({ length: TRANSACTION_EVENTS }, (_, i) => ({ key: Buffer.from(keyAt(from + i)), value }));
}
