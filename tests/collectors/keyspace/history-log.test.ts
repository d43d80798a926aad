import fc from "fast-check";
import { expect, test } from "vitest";
import { HistoryLog, type HistoryRecord } from "@/collectors/keyspace/history-log";

const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant("append" as const),
      gap: fc.oneof(fc.nat(3), fc.constant(2 ** 33)),
      entry: fc.nat(2 ** 31 - 1),
      bytes: fc.nat(2 ** 32 - 1),
      isDelete: fc.boolean(),
      times: fc.oneof(fc.constant(1), fc.constant(5_000)),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("through" as const), back: fc.nat(20) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("oldest" as const), count: fc.nat(6_000) }) },
);

test("gives back what an array would, oldest first, by revision and by number", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const log = new HistoryLog();
      let books: HistoryRecord[] = [];
      let revision = 1;
      for (const one of steps) {
        const popped: HistoryRecord[] = [];
        const take = (record: HistoryRecord) => popped.push({ ...record });
        if (one.kind === "append") {
          revision += one.gap;
          for (let i = 0; i < one.times; i++) {
            log.append(revision, one.entry, one.bytes, one.isDelete);
            books.push({ revision, entry: one.entry, bytes: one.bytes, isDelete: one.isDelete });
          }
          continue;
        }
        const last = books[Math.min(one.kind === "oldest" ? one.count : 0, books.length) - 1]?.revision ?? 0;
        const through = one.kind === "through" ? revision - one.back : last;
        if (one.kind === "through") log.popThrough(through, take);
        else expect(log.popOldest(one.count, take)).toBe(last);
        const kept = books.filter((record) => record.revision > through);
        expect(popped).toEqual(books.slice(0, books.length - kept.length));
        books = kept;
      }
      expect(log.length).toBe(books.length);
      const shown: HistoryRecord[] = [];
      log.visit((record) => shown.push({ ...record }));
      expect(shown).toEqual(books);
    }),
    { numRuns: 25 },
  );
});
