import { deflateRawSync } from "node:zlib";
import { eq } from "drizzle-orm";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { KeyValueCursor } from "@/collectors/etcd/key-value";
import {
  BoundaryNotes,
  decodeBoundaries,
  encodeBoundaries,
  readBoundaries,
  writeBoundaries,
} from "@/collectors/keyspace/boundaries";
import { scanBoundary } from "@/lib/db/schema";
import { useTestDb } from "../../support/db";

const testDb = useTestDb();
const FIRST_KEY = Buffer.from([0]);

const keys = (...texts: string[]) => texts.map((text) => Buffer.from(text));

describe("packed boundaries", () => {
  test("come back as they were", () => {
    const anyBoundaries = fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 })).map((list) => {
      const distinct = new Map(list.map((key) => [Buffer.from(key).toString("hex"), Buffer.from(key)]));
      return [...distinct.values()].filter((key) => key.compare(FIRST_KEY) > 0).sort(Buffer.compare);
    });
    fc.assert(
      fc.property(anyBoundaries, (boundaries) => {
        expect(decodeBoundaries(encodeBoundaries(boundaries))).toEqual(boundaries);
      }),
    );
  });

  test("are no longer than their differences", () => {
    const boundaries = Array.from({ length: 1_000 }, (_, i) => Buffer.from(`/registry/pods/team/web-${1_000 + i}`));
    expect(encodeBoundaries(boundaries).length).toBeLessThan(8_000);
  });

  test.each([
    { what: "no deflate stream", payload: Buffer.from("nonsense") },
    { what: "nothing", payload: Buffer.alloc(0) },
    { what: "keys out of order", payload: deflateRawSync(Buffer.from([2, 0, 1, 98, 0, 1, 97])) },
    { what: "the first possible key", payload: deflateRawSync(Buffer.from([1, 0, 1, 0])) },
    { what: "a key longer than its bytes", payload: deflateRawSync(Buffer.from([1, 0, 9, 97])) },
    { what: "more than it says", payload: deflateRawSync(Buffer.from([1, 0, 1, 97, 5])) },
    { what: "more shared bytes than there were", payload: deflateRawSync(Buffer.from([1, 7, 1, 97])) },
  ])("that are $what are refused", ({ payload }) => {
    expect(() => decodeBoundaries(payload)).toThrow();
  });
});

describe("stored boundaries", () => {
  test("are those of the latest scan", async () => {
    const { db } = testDb();
    expect(await readBoundaries(db, 1)).toBeNull();
    await writeBoundaries(db, 1, 2_500, keys("/a", "/b"));
    await writeBoundaries(db, 1, 3_500, keys("/a", "/b", "/c"));
    await writeBoundaries(db, 2, 10, []);
    expect(await readBoundaries(db, 1)).toEqual({ keys: 3_500, boundaries: keys("/a", "/b", "/c") });
    expect(await readBoundaries(db, 2)).toEqual({ keys: 10, boundaries: [] });
  });

  test("are passed over when the row is damaged or of another format", async () => {
    const { db } = testDb();
    await writeBoundaries(db, 3, 10, keys("/a"));
    await db.update(scanBoundary).set({ format: 99 }).where(eq(scanBoundary.clusterId, 3));
    expect(await readBoundaries(db, 3)).toBeNull();
    await db
      .update(scanBoundary)
      .set({ format: 1, payload: Buffer.from("damaged") })
      .where(eq(scanBoundary.clusterId, 3));
    expect(await readBoundaries(db, 3)).toBeNull();
  });
});

test("a scan is cut after so many keys or bytes, whichever comes first", () => {
  const notes = new BoundaryNotes(3, 100);
  const visit = (key: string, valueBytes: number) => {
    const copyKey = () => Buffer.from(key);
    notes.visit({ keyStart: 0, keyEnd: key.length, valueBytes, copyKey } as KeyValueCursor);
  };
  for (const key of ["a", "b", "c", "d"]) visit(key, 1); // the third key fills the first stretch
  visit("e", 95); // d and e are 98 bytes
  visit("f", 500); // too large for company
  visit("g", 1);
  expect(notes.boundaries.map(String)).toEqual(["d", "f", "g"]);
});
