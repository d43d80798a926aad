import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeLeaseKeys, decodeLeaseList, encodeLeaseKeys } from "@/collectors/etcd/lease-calls";
import { WireError, WireWriter } from "@/collectors/etcd/wire";
import { DistributionTally } from "@/collectors/leases/distribution";
import { lookIntervalMs } from "@/collectors/leases/leases";

const anyId = fc.bigInt({ min: 1n, max: 2n ** 63n - 1n }).map((id) => id.toString(16).padStart(16, "0"));

function leaseList(ids: readonly string[]): Buffer {
  const message = new WireWriter().message(1, new WireWriter().number(3, 7).finish());
  for (const id of ids) message.message(2, new WireWriter().id(1, id).finish());
  return message.finish();
}

describe("the list of leases", () => {
  test("counts all of them and answers a sample without repetition", () => {
    fc.assert(
      fc.property(fc.uniqueArray(anyId, { maxLength: 60 }), fc.integer({ min: 0, max: 30 }), (ids, sampleSize) => {
        const list = decodeLeaseList(leaseList(ids), sampleSize, Math.random);
        expect(list.leases).toBe(ids.length);
        expect(list.sample).toHaveLength(Math.min(ids.length, sampleSize));
        expect(new Set(list.sample).size).toBe(list.sample.length);
        expect(list.sample.every((id) => ids.includes(id))).toBe(true);
      }),
    );
  });

  test("every lease is as likely to be drawn as any other", () => {
    const ids = Array.from({ length: 20 }, (_, at) => (at + 1).toString(16).padStart(16, "0"));
    const message = leaseList(ids);
    const drawn = new Map<string, number>();
    const rounds = 20_000;
    for (let round = 0; round < rounds; round++) {
      for (const id of decodeLeaseList(message, 5, Math.random).sample) drawn.set(id, (drawn.get(id) ?? 0) + 1);
    }
    // A quarter of the rounds each; eight standard deviations are 490.
    for (const id of ids) expect(Math.abs((drawn.get(id) ?? 0) - rounds / 4)).toBeLessThan(490);
  });

  test("bytes that are no answer are refused or read, never anything else", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (bytes, withKeys) => {
        for (const read of [() => decodeLeaseList(bytes, 5, Math.random), () => decodeLeaseKeys(bytes, withKeys)]) {
          try {
            read();
          } catch (error) {
            expect(error).toBeInstanceOf(WireError);
          }
        }
      }),
    );
  });
});

test("a lease's answer: its times, and how many keys, whose bytes are stepped over", () => {
  const message = new WireWriter()
    .id(2, "7fffffffffffffff")
    .number(3, 12)
    .number(4, 60)
    .bytes(5, Buffer.from("/a"))
    .bytes(5, Buffer.from([0xff, 0x00]))
    .finish();
  expect(decodeLeaseKeys(message, true)).toEqual({ ttlSeconds: 12, grantedTtlSeconds: 60, keys: 2 });
  expect(decodeLeaseKeys(message, false).keys).toBeNull();
  expect(encodeLeaseKeys("ff", true).toString("hex")).toBe("08ff011001");
});

describe("what a sample looked like", () => {
  test("keys, tenths and orphans fall where they belong", () => {
    const tally = new DistributionTally();
    tally.add({ ttlSeconds: 60, grantedTtlSeconds: 60, keys: 0 });
    tally.add({ ttlSeconds: 5, grantedTtlSeconds: 60, keys: 1 });
    tally.add({ ttlSeconds: 30, grantedTtlSeconds: 60, keys: 1_000 });
    tally.add({ ttlSeconds: 0, grantedTtlSeconds: 10, keys: 1_001 });
    tally.add({ ttlSeconds: -1, grantedTtlSeconds: 0, keys: 0 });
    tally.add({ ttlSeconds: 9, grantedTtlSeconds: 10, keys: null });
    const distribution = tally.finish();
    expect(tally.leases).toBe(6);
    expect(distribution.grantedTtls).toEqual([
      { ttlSeconds: 10, leases: 2 },
      { ttlSeconds: 60, leases: 3 },
    ]);
    expect(distribution.remainingTenths).toEqual([2, 0, 0, 0, 0, 1, 0, 0, 0, 2]);
    expect(distribution.keysPerLease).toEqual([
      { upTo: 0, leases: 1 },
      { upTo: 1, leases: 1 },
      { upTo: 10, leases: 0 },
      { upTo: 100, leases: 0 },
      { upTo: 1_000, leases: 1 },
      { upTo: null, leases: 1 },
    ]);
    expect(distribution).toMatchObject({ keys: 2_002, orphans: 1, expired: 1, withheld: 1, otherTtlLeases: 0 });
  });

  test("of many kinds of times to live the fifty most frequent are kept apart", () => {
    const tally = new DistributionTally();
    for (let kind = 1; kind <= 60; kind++) {
      for (let times = 0; times < kind; times++) tally.add({ ttlSeconds: 1, grantedTtlSeconds: kind, keys: 1 });
    }
    const { grantedTtls, otherTtlLeases } = tally.finish();
    expect(grantedTtls.map(({ ttlSeconds }) => ttlSeconds)).toEqual(Array.from({ length: 50 }, (_, at) => at + 11));
    expect(otherTtlLeases).toBe(55);
  });
});

test.each([
  { listingMs: 5, intervalMs: 60_000 },
  { listingMs: 600, intervalMs: 60_000 },
  { listingMs: 900, intervalMs: 90_000 },
  { listingMs: 100_000, intervalMs: 3_600_000 },
])("a listing of $listingMs ms is repeated after $intervalMs ms", ({ listingMs, intervalMs }) => {
  expect(lookIntervalMs(listingMs)).toBe(intervalMs);
});
