import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type KeyFields, KeyspaceModel } from "@/collectors/keyspace/keyspace-model";
import { listKeys } from "@/collectors/keyspace/list-keys";
import { type HeldFigures, HistoryBooks, sumByPrefix } from "./history-books";

/** Writes to the books and to a live model alike. */
class Writer {
  readonly books = new HistoryBooks();
  revision = 1;
  #versions = new Map<string, number>();

  put(key: string, valueBytes: number): KeyFields {
    const version = (this.#versions.get(key) ?? 0) + 1;
    this.#versions.set(key, version);
    this.books.writes.push({ revision: this.revision, key, valueBytes });
    return this.#fields(key, valueBytes, version);
  }

  delete(key: string): KeyFields | null {
    if (!this.#versions.delete(key)) return null;
    this.books.writes.push({ revision: this.revision, key, valueBytes: null });
    return this.#fields(key, 0, 0);
  }

  has(key: string): boolean {
    return this.#versions.has(key);
  }

  #fields(key: string, valueBytes: number, version: number): KeyFields {
    const buffer = Buffer.from(key, "latin1");
    const revisions = { createRevision: 1, modRevision: this.revision };
    return { buffer, keyStart: 0, keyEnd: buffer.length, valueBytes, version, ...revisions };
  }
}

const key = fc.constantFrom("/r/pods/a/1", "/r/pods/a/2", "/r/pods/b/1", "/r/secrets/a", "plain", "x:y", "/r/p/\xff");
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("put" as const), key, valueBytes: fc.nat(500) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("delete" as const), key }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("flash" as const), key, valueBytes: fc.nat(500) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("compact" as const), share: fc.double({ min: 0, max: 1, noNaN: true }) }),
  },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

describe("the history a live model holds", () => {
  test("equals a plain loop over all writes, for every prefix and key, after any puts, deletes and compactions", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const { model, writer } = liveModel();
        for (const one of steps) {
          apply(model, writer, one);
          model.figures();
        }
        expectEqual(model, writer.books);
        expect(keysOf(model)).toEqual(writer.books.historyOfKeys());
      }),
    );
  });

  test("stays exact when it is too long to be kept key by key, until a compaction cuts through the folded part", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), fc.integer({ min: 4, max: 20 }), (steps, maxHistoryRecords) => {
        const { model, writer } = liveModel(maxHistoryRecords);
        for (const one of steps) {
          apply(model, writer, one);
          if (model.historyKnown) expectEqual(model, writer.books);
        }
        // A compaction of everything makes it known again in any case, and leaves nothing.
        apply(model, writer, { kind: "compact", share: 1 });
        expectEqual(model, writer.books);
        expect(model.table.count).toBe(writer.books.live().size);
      }),
    );
  });

  test("is not known before it was measured, and known again once all that was unmeasured is compacted", () => {
    const { model, writer } = liveModel();
    for (let i = 0; i < 5; i++) apply(model, writer, { kind: "put", key: "/r/pods/a/1", valueBytes: 10 });
    const later = new KeyspaceModel();
    later.completeRevision(writer.revision);
    later.beginScan();
    later.load(keyFields("/r/pods/a/1", { version: 5, modRevision: writer.revision, valueBytes: 10 }));
    later.endScan();
    expect(later.historyKnown).toBe(false);
    expect(later.compact(writer.revision - 1)).toBeNull();
    expect(later.historyKnown).toBe(false);
    apply(later, writer, { kind: "put", key: "/r/pods/a/1", valueBytes: 30 });
    expect(later.compact(writer.revision - 1)).toBeNull();
    expect(later.historyKnown).toBe(true);
    expect(later.figures().historyBytes[0]).toBe(11 + 10);
    expect(later.compact(writer.revision)).toEqual({ bytes: 21, revisions: 1 });
  });

  test("a replay that finds no room beside what is watched is forgotten, and what it tells later changes nothing", () => {
    const model = new KeyspaceModel(undefined, { maxHistoryRecords: 8 });
    const writer = new Writer();
    model.completeRevision(100);
    model.beginScan();
    model.endScan();
    writer.revision = 100;
    const replay = model.history.beginReplay();
    const gone = model.pastEntry(keyFields("/r/pods/a/1", { version: 0, modRevision: 90, valueBytes: 0 }));
    model.history.notePast({ revision: 90, entry: gone, bytes: 50, isDelete: true });
    expect(model.figures().historyRevisions[0]).toBe(2);
    for (let i = 0; i < 20; i++) apply(model, writer, { kind: "put", key: "/r/secrets/a", valueBytes: 10 });
    expect(model.history.isReplaying(replay)).toBe(false);
    model.history.completeReplay(replay);
    model.history.abandonReplay(replay);
    expect([model.historyKnown, model.table.count]).toEqual([false, 1]);
    // What was dropped of the watched writes is unmeasured too, and what is left goes with its compaction.
    expect(model.history.unmeasuredRevision).toBeGreaterThan(100);
    model.compact(model.history.unmeasuredRevision);
    writer.books.compactRevision = model.history.unmeasuredRevision;
    expect(model.historyKnown).toBe(true);
    expectEqual(model, writer.books);
  });

  test("a deleted key is counted nowhere but in history, and listed only by it", () => {
    const { model, writer } = liveModel();
    apply(model, writer, { kind: "put", key: "/r/pods/a/1", valueBytes: 100 });
    apply(model, writer, { kind: "put", key: "/r/pods/a/2", valueBytes: 7 });
    apply(model, writer, { kind: "delete", key: "/r/pods/a/1" });
    const list = (sort: "key" | "historyBytes") =>
      listKeys(model, { prefixBase64: "", directOnly: false, sort, descending: true, limit: 10, after: null });
    expect(list("key").keys.map(({ keyBytes, valueBytes }) => [keyBytes, valueBytes])).toEqual([[11, 7]]);
    expect(list("historyBytes")).toMatchObject({
      matchedKeys: 1,
      matchedValueBytes: 7,
      keys: [
        { deleted: true, historyBytes: 122, historyRevisions: 2, valueBytes: 0 },
        { deleted: false, historyBytes: 0, historyRevisions: 0 },
      ],
    });
    const { keys, directKeys, historyRevisions } = model.figures();
    expect([keys[0], directKeys[model.tree.findPrefix(Buffer.from("/r/pods/a/"))], model.keys]).toEqual([1, 1, 1]);
    expect(historyRevisions[0]).toBe(2);
  });
});

/** A model that goes live on an empty etcd, so that its history is known from the start. */
function liveModel(maxHistoryRecords?: number): { model: KeyspaceModel; writer: Writer } {
  const model = new KeyspaceModel(undefined, { maxHistoryRecords });
  model.completeRevision(1);
  model.beginScan();
  model.endScan();
  model.history.completeReplay(model.history.beginReplay());
  return { model, writer: new Writer() };
}

function apply(model: KeyspaceModel, writer: Writer, one: Step): void {
  if (one.kind === "compact") {
    const revision = Math.round(writer.revision * one.share);
    if (revision <= writer.books.compactRevision) return;
    const before = sumOf(writer.books.historyOfKeys());
    const wasKnown = model.historyKnown;
    writer.books.compactRevision = revision;
    const freed = model.compact(revision);
    const after = sumOf(writer.books.historyOfKeys());
    if (!wasKnown || !model.historyKnown) return;
    expect(freed).toEqual({
      bytes: before.historyBytes - after.historyBytes,
      revisions: before.historyRevisions - after.historyRevisions,
    });
    return;
  }
  writer.revision++;
  if (one.kind !== "delete") model.put(writer.put(one.key, one.valueBytes));
  const gone = one.kind === "put" ? null : writer.delete(one.key);
  if (gone) model.delete(gone);
  model.completeRevision(writer.revision);
}

function sumOf(figures: Map<string, HeldFigures>): HeldFigures {
  const sum = { historyBytes: 0, historyRevisions: 0 };
  for (const { historyBytes, historyRevisions } of figures.values()) {
    sum.historyBytes += historyBytes;
    sum.historyRevisions += historyRevisions;
  }
  return sum;
}

function expectEqual(model: KeyspaceModel, books: HistoryBooks): void {
  const expected = sumByPrefix(books.historyOfKeys());
  const figures = model.figures();
  for (let slot = 0; slot < model.tree.size; slot++) {
    const prefix = model.tree.prefix(slot).toString("latin1");
    const actual = { historyBytes: figures.historyBytes[slot], historyRevisions: figures.historyRevisions[slot] };
    expect({ prefix, ...actual }).toEqual({ prefix, ...(expected.get(prefix) ?? sumOf(new Map())) });
  }
  expect(model.keys).toBe(books.live().size);
}

/** The history of every key that has any, as the worker lists it. */
function keysOf(model: KeyspaceModel): Map<string, HeldFigures> {
  const params = { prefixBase64: "", directOnly: false, descending: true, limit: 100, after: null };
  const { keys } = listKeys(model, { ...params, sort: "historyBytes" });
  const listed = keys.map(
    ({ keyBase64, historyBytes, historyRevisions }) =>
      [Buffer.from(keyBase64, "base64").toString("latin1"), { historyBytes, historyRevisions } as HeldFigures] as const,
  );
  return new Map(listed.filter(([, { historyRevisions }]) => historyRevisions > 0));
}

function keyFields(name: string, state: { version: number; modRevision: number; valueBytes: number }): KeyFields {
  const buffer = Buffer.from(name, "latin1");
  return { buffer, keyStart: 0, keyEnd: buffer.length, createRevision: 1, ...state };
}
