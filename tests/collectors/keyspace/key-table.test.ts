import fc from "fast-check";
import { expect, test } from "vitest";
import { KeyTable } from "@/collectors/keyspace/key-table";

const tail = fc.oneof(
  fc.uint8Array({ maxLength: 12 }),
  fc.nat(400).map((length) => new Uint8Array(length).fill(length % 251)),
);
const step = fc.record({
  isRemove: fc.boolean(),
  node: fc.nat(3),
  tail,
  valueBytes: fc.nat(2 ** 32 - 1),
  revision: fc.oneof(fc.nat(1_000), fc.integer({ min: 2 ** 32 - 2, max: 2 ** 53 - 1 })),
  version: fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 2 ** 32 - 3, max: 2 ** 53 - 1 })),
  hasLease: fc.boolean(),
});

test("holds what a map holds, after any keys have come, changed and gone", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 150 }), (steps) => {
      const table = new KeyTable();
      const books = new Map<string, object>();
      for (const { isRemove, node, tail, valueBytes, revision, version, hasLease } of steps) {
        const name = `${node} ${Buffer.from(tail).toString("latin1")}`;
        const bytes = Buffer.concat([Buffer.from("<<"), tail, Buffer.from(">>")]);
        const found = table.find(node, bytes, 2, 2 + tail.length);
        expect(found >= 0).toBe(books.has(name));
        if (isRemove && found >= 0) {
          table.remove(found);
          books.delete(name);
        } else if (!isRemove) {
          const entry = found >= 0 ? found : table.add(node, bytes, 2, 2 + tail.length);
          const state = { valueBytes, createRevision: revision, modRevision: revision, version, hasLease };
          table.set(entry, state);
          books.set(name, state);
        }
      }
      const held = new Map<string, object>();
      for (let entry = 0; entry < table.end; entry++) {
        if (table.isLive(entry))
          held.set(`${table.node(entry)} ${table.tail(entry).toString("latin1")}`, table.get(entry));
      }
      expect(held).toEqual(books);
      expect(table.count).toBe(books.size);
    }),
  );
});

test("finds every one of 200,000 keys while half of them go and others come", () => {
  const table = new KeyTable();
  const name = (i: number) => Buffer.from(`key-${i}-${"x".repeat(i % 40)}`);
  const isThere = (i: number) => table.find(i % 7, name(i), 0, name(i).length) >= 0;
  const add = (i: number) => table.add(i % 7, name(i), 0, name(i).length);
  for (let i = 0; i < 100_000; i++) table.set(add(i), { valueBytes: i, createRevision: i, modRevision: i, version: 1 });
  for (let i = 0; i < 100_000; i += 2) table.remove(table.find(i % 7, name(i), 0, name(i).length));
  for (let i = 100_000; i < 150_000; i++) {
    table.set(add(i), { valueBytes: i, createRevision: i, modRevision: i, version: 1 });
  }
  let wrong = 0;
  for (let i = 0; i < 150_000; i++) if (isThere(i) !== (i % 2 === 1 || i >= 100_000)) wrong++;
  expect(wrong).toBe(0);
  expect(table.count).toBe(100_000);
  expect(table.end).toBe(100_000); // the places of those that went were taken again
});

test("a key as long as a request may be is kept whole", () => {
  const table = new KeyTable();
  const long = Buffer.alloc(3 * 1024 ** 2, "k");
  const entry = table.add(1, long, 0, long.length);
  const other = table.add(1, long, 0, long.length - 1);
  expect(table.find(1, long, 0, long.length)).toBe(entry);
  expect(table.find(1, long, 0, long.length - 1)).toBe(other);
  expect(table.tail(entry).equals(long)).toBe(true);
});
