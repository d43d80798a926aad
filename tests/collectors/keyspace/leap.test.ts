import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Leap } from "@/collectors/keyspace/leap";
import { KEYSPACES } from "./keyspaces";

const MAX_RPCS = 100_000;

/** An etcd that answers ranges out of a sorted list, and counts what it had to walk. */
class FakeEtcd {
  rpcs = 0;
  emptyRpcs = 0;
  walkedKeys = 0;
  largestWalk = 0;
  read: Buffer[] = [];

  constructor(public keys: Buffer[]) {}

  scan(leap: Leap, { limit = 1_000, storedLimit = 2_000, onPage = () => {} } = {}): this {
    while (!leap.done) {
      if (leap.to !== null && leap.to.compare(leap.from) <= 0) throw new Error("a range that ends before it begins");
      if (++this.rpcs > MAX_RPCS) throw new Error("the scan does not end");
      this.#page(leap, leap.isStored ? storedLimit : limit, limit);
      onPage();
    }
    return this;
  }

  #page(leap: Leap, limit: number, nextLimit: number): void {
    const start = this.#indexOf(leap.from);
    const end = leap.to === null ? this.keys.length : this.#indexOf(leap.to);
    const count = end - start;
    const page = this.keys.slice(start, Math.min(end, start + limit));
    this.walkedKeys += count;
    this.largestWalk = Math.max(this.largestWalk, count);
    if (count === 0) this.emptyRpcs++;
    this.read.push(...page);
    const stride = Math.max(1, Math.floor(limit / 32));
    const sample = page.filter((_, i) => i % stride === 0 || i === page.length - 1);
    leap.advance({ kvs: page.length, count, more: count > page.length, sample }, nextLimit);
  }

  #indexOf(key: Buffer): number {
    let low = 0;
    let high = this.keys.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.keys[middle] as Buffer).compare(key) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Keys of all kinds: any bytes, long shared prefixes, paths. */
const anyKey = fc
  .oneof(
    fc.uint8Array({ minLength: 1, maxLength: 8 }),
    fc.uint8Array({ minLength: 1, maxLength: 4 }).map((end) => Buffer.concat([Buffer.alloc(40, "p"), end])),
    fc
      .tuple(fc.constantFrom("pods", "events", "s"), fc.integer({ min: 0, max: 9 }), fc.string({ maxLength: 4 }))
      .map(([kind, namespace, name]) => Buffer.from(`/registry/${kind}/ns-${namespace}/${name}`)),
    fc.integer({ min: 0, max: 99_999 }).map((i) => Buffer.from(`/bench/${String(i).padStart(8, "0")}`)),
  )
  .map((key) => Buffer.from(key));
const anyKeys = fc.array(anyKey, { maxLength: 400 }).map(sortedKeys);

function sortedKeys(keys: Buffer[]): Buffer[] {
  const distinct = new Map(keys.map((key) => [key.toString("latin1"), key]));
  return [...distinct.values()].sort(Buffer.compare);
}

const hex = (keys: Buffer[]) => keys.map((key) => key.toString("hex"));

describe("whatever the keys are", () => {
  test("each is read once, in order", () => {
    fc.assert(
      fc.property(anyKeys, fc.integer({ min: 1, max: 50 }), (keys, limit) => {
        const etcd = new FakeEtcd(keys).scan(new Leap([], limit), { limit });
        expect(hex(etcd.read)).toEqual(hex(keys));
      }),
      { numRuns: 200 },
    );
  });

  test("each is read once between boundaries of any other keyspace", () => {
    fc.assert(
      fc.property(anyKeys, anyKeys, fc.integer({ min: 1, max: 50 }), (keys, others, limit) => {
        const boundaries = others.filter((key) => key.compare(Buffer.from([0])) > 0);
        const leap = new Leap(boundaries, limit);
        const etcd = new FakeEtcd(keys).scan(leap, { limit, storedLimit: limit });
        expect(hex(etcd.read)).toEqual(hex(keys));
      }),
      { numRuns: 200 },
    );
  });

  test("those that stay are read once while others come and go", () => {
    const anyChanges = fc.array(fc.tuple(anyKey, fc.boolean()), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(anyKeys, anyChanges, fc.integer({ min: 1, max: 30 }), (keys, changes, limit) => {
        const etcd = new FakeEtcd(keys);
        const touched = new Set(changes.map(([key]) => key.toString("hex")));
        let at = 0;
        etcd.scan(new Leap([], limit), {
          limit,
          onPage: () => {
            const [key, isPut] = changes[at++ % changes.length] as [Buffer, boolean];
            const others = etcd.keys.filter((each) => !each.equals(key));
            etcd.keys = isPut ? sortedKeys([...others, key]) : others;
          },
        });
        const stayed = (list: Buffer[]) => hex(list).filter((key) => !touched.has(key));
        expect(stayed(etcd.read)).toEqual(stayed(keys));
      }),
      { numRuns: 200 },
    );
  });
});

/**
 * What a first scan may cost etcd against one with known bounds: about 10 us for a key read, 0.8 us for one walked by,
 * 150 us for a request (etcd-notes.md §2).
 */
const costOf = ({ rpcs, walkedKeys, keys }: FakeEtcd) => rpcs * 150 + walkedKeys * 0.8 + keys.length * 9;
const idealCost = (keys: number) => (keys / 1_000) * 150 + keys * 9.8;

test.each(Object.entries(KEYSPACES))("a first scan of %s costs etcd little more than a later one", (_, makeKeys) => {
  const keys = sortedKeys(makeKeys());
  const first = new FakeEtcd(keys).scan(new Leap([], 1_000));
  expect(first.read.length).toBe(keys.length);
  expect(costOf(first) / idealCost(keys.length)).toBeLessThan(1.6);
  const boundaries = keys.filter((_, i) => i > 0 && i % 1_000 === 0);
  const later = new FakeEtcd(keys).scan(new Leap(boundaries, 100));
  expect(hex(later.read.slice(0, 100))).toEqual(hex(keys.slice(0, 100)));
  expect(later).toMatchObject({ rpcs: Math.ceil(keys.length / 1_000), emptyRpcs: 0, walkedKeys: keys.length });
});

test("a keyspace that has grown between two scans is cut anew where it grew", () => {
  const keys = Array.from({ length: 20_000 }, (_, i) => Buffer.from(`/jobs/${String(i).padStart(6, "0")}`));
  const boundaries = keys.filter((_, i) => i > 0 && i % 1_000 === 0);
  const added = Array.from({ length: 30_000 }, (_, i) => Buffer.from(`/jobs/005500/${String(i).padStart(6, "0")}`));
  const etcd = new FakeEtcd(sortedKeys([...keys, ...added])).scan(new Leap(boundaries, 1_000));
  expect(etcd.read.length).toBe(50_000);
  expect(etcd.walkedKeys).toBeLessThan(4 * 50_000);
});
