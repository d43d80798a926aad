import { Leap, PAGE_KEYS, type SeenPage } from "@/collectors/keyspace/leap";
import type { Bench } from "@/tests/bench/bench";
import { keyAt } from "@/tests/bench/keys";
import { KEYSPACES } from "@/tests/collectors/keyspace/keyspaces";

/**
 * How well a first scan guesses its ranges, on sorted lists of keys in place of etcd: how many entries of its index an
 * etcd up to 3.6 would walk for each key (it walks all of the range asked for), and how many requests that takes. 1 is the
 * least there can be.
 */
const BENCH_KEYS = 1_000_000;
const SAMPLES = 32;

interface Tally {
  visits: number;
  requests: number;
  largestWalk: number;
}

export async function measureLeap(bench: Bench): Promise<void> {
  const own = () => Array.from({ length: bench.scaled(BENCH_KEYS) }, (_, index) => Buffer.from(keyAt(index)));
  for (const [shape, make] of Object.entries({ "the bench's own": own, ...KEYSPACES })) {
    const keys = distinct(make());
    const { visits, requests, largestWalk } = simulate(keys);
    bench.report({
      measure: "leapVisits",
      detail: shape,
      values: [visits / keys.length],
      ours: `${requests} requests`,
      peer: `${Math.ceil(keys.length / PAGE_KEYS)} full pages`,
    });
    bench.say(`${shape}: ${keys.length} keys, ${requests} requests, largest walk ${largestWalk}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function simulate(keys: readonly Buffer[]): Tally {
  const leap = new Leap([], PAGE_KEYS);
  const tally: Tally = { visits: 0, requests: 0, largestWalk: 0 };
  while (!leap.done) {
    const start = indexOf(keys, leap.from);
    const end = leap.to === null ? keys.length : indexOf(keys, leap.to);
    tally.visits += end - start;
    tally.requests++;
    tally.largestWalk = Math.max(tally.largestWalk, end - start);
    leap.advance(readPage(keys, start, end), PAGE_KEYS);
  }
  return tally;
}

function readPage(keys: readonly Buffer[], start: number, end: number): SeenPage {
  const page = keys.slice(start, Math.min(end, start + PAGE_KEYS));
  const stride = Math.floor(PAGE_KEYS / SAMPLES);
  const sample = page.filter((_, i) => i % stride === 0 || i === page.length - 1);
  return { kvs: page.length, count: end - start, more: end - start > page.length, sample };
}

/** Where a key lies, or would lie. */
function indexOf(keys: readonly Buffer[], key: Buffer): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((keys[middle] as Buffer).compare(key) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

function distinct(keys: readonly Buffer[]): Buffer[] {
  const sorted = [...keys].sort(Buffer.compare);
  return sorted.filter((key, i) => i === 0 || key.compare(sorted[i - 1] as Buffer) !== 0);
}
