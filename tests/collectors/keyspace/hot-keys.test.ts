import fc from "fast-check";
import { expect, test } from "vitest";
import { HotKeyCounter } from "@/collectors/keyspace/hot-keys";

const KEYS = 12;
const step = fc.record({ key: fc.nat(KEYS - 1), bytes: fc.nat(1_000), isReleased: fc.boolean() });

test("lists the top by writes and by bytes, and bounds what is not listed, whatever entries were given up", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), fc.integer({ min: 1, max: 5 }), (steps, limit) => {
      // A key has an entry until that is given up, and another one after.
      const entries = Array.from({ length: KEYS }, (_, key) => key);
      const keyOf = (entry: number) => Buffer.from(`key-${entry % KEYS}`);
      const counter = new HotKeyCounter((key) => entries[Number(key.toString().slice(4))] as number);
      const books = new Map<string, { writes: number; writtenBytes: number }>();
      for (const { key, bytes, isReleased } of steps) {
        const entry = entries[key] as number;
        counter.add(entry, bytes);
        const sum = books.get(`key-${key}`) ?? { writes: 0, writtenBytes: 0 };
        books.set(`key-${key}`, { writes: sum.writes + 1, writtenBytes: sum.writtenBytes + bytes });
        if (!isReleased) continue;
        counter.release(entry, keyOf);
        entries[key] = entry + KEYS;
      }
      const { keys, unlistedWrites, unlistedWrittenBytes } = counter.top(limit, 2, keyOf);
      const listed = new Map(keys.map(({ key, ...counts }) => [key.toString(), counts]));
      for (const [name, counts] of listed) expect(counts).toEqual(books.get(name));
      expect(keys.map(({ writes }) => writes)).toEqual(keys.map(({ writes }) => writes).sort((a, b) => b - a));
      const unlisted = [...books].filter(([name]) => !listed.has(name)).map(([, counts]) => counts);
      expect(unlistedWrites).toBe(Math.max(0, ...unlisted.map(({ writes }) => writes)));
      expect(unlistedWrittenBytes).toBe(Math.max(0, ...unlisted.map(({ writtenBytes }) => writtenBytes)));
      // Nothing written twice is left out that would belong to either top, ties aside.
      const often = [...books].filter(([, { writes }]) => writes >= 2);
      for (const figure of ["writes", "writtenBytes"] as const) {
        for (const [name, counts] of often) {
          const better = [...books.values()].filter((other) => other[figure] >= counts[figure]).length;
          if (better <= limit) expect(listed.has(name), name).toBe(true);
        }
      }
      counter.clear();
      expect(counter.top(limit, 1, keyOf)).toEqual({ keys: [], unlistedWrites: 0, unlistedWrittenBytes: 0 });
    }),
  );
});

test("a key with one large write is listed, one with a small write is not", () => {
  const counter = new HotKeyCounter(() => -1);
  for (let i = 0; i < 1_000; i++) counter.add(i, 100);
  counter.add(5_000, 100_000);
  const { keys, unlistedWrites, unlistedWrittenBytes } = counter.top(10, 2, (entry) => Buffer.from(`${entry}`));
  expect(keys).toEqual([{ key: Buffer.from("5000"), writes: 1, writtenBytes: 100_000 }]);
  expect([unlistedWrites, unlistedWrittenBytes]).toEqual([1, 100]);
});
