import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type KeyFields, KeyspaceModel } from "@/collectors/keyspace/keyspace-model";
import { listGroups, listKeys } from "@/collectors/keyspace/list-keys";
import { PrefixTree } from "@/collectors/keyspace/prefix-tree";

interface Held {
  valueBytes: number;
  createRevision: number;
  modRevision: number;
  version: number;
}

/** The books: a plain map from key to what it holds, and the events that led there. */
class Books {
  revision = 1;
  readonly held = new Map<string, Held>();

  put(key: string, valueBytes: number): KeyFields {
    const before = this.held.get(key);
    const modRevision = ++this.revision;
    const held = {
      valueBytes,
      modRevision,
      createRevision: before?.createRevision ?? modRevision,
      version: (before?.version ?? 0) + 1,
    };
    this.held.set(key, held);
    return fields(key, held);
  }

  delete(key: string): KeyFields | null {
    if (!this.held.delete(key)) return null;
    return fields(key, { valueBytes: 0, createRevision: 0, modRevision: ++this.revision, version: 0 });
  }
}

function fields(key: string, held: Held): KeyFields {
  const buffer = Buffer.from(`..${key}..`, "latin1");
  return { buffer, keyStart: 2, keyEnd: buffer.length - 2, ...held };
}

const segment = fc.constantFrom("a", "b", "pods", "", "\xff", "\0", "ns-1");
const keyArbitrary = fc
  .tuple(fc.constantFrom("/", ":", ".", "//"), fc.array(segment, { minLength: 1, maxLength: 5 }))
  .map(([separator, segments]) => segments.join(separator) || "x");
const stepArbitrary = fc.record({ key: keyArbitrary, valueBytes: fc.nat(2000), isDelete: fc.boolean() });

describe("the keyspace model", () => {
  test("equals the books after any puts and deletes, for every prefix", () => {
    fc.assert(
      fc.property(fc.array(stepArbitrary, { maxLength: 300 }), (steps) => {
        const books = new Books();
        const model = new KeyspaceModel();
        for (const step of steps) {
          if (step.isDelete) {
            const event = books.delete(step.key);
            if (event) model.delete(event);
          } else model.put(books.put(step.key, step.valueBytes));
          model.completeRevision(books.revision);
        }
        expectEqual(model, books);
        expect(model.unknownDeletes).toBe(0);
      }),
    );
  });

  test("equals the books when pages and events of a scan come interleaved", () => {
    fc.assert(
      fc.property(
        fc.array(stepArbitrary, { maxLength: 60 }),
        fc.array(stepArbitrary, { maxLength: 120 }),
        fc.infiniteStream(fc.nat(5)),
        (before, during, gaps) => {
          const books = new Books();
          for (const step of before) step.isDelete ? books.delete(step.key) : books.put(step.key, step.valueBytes);
          const model = new KeyspaceModel();
          model.completeRevision(books.revision);
          model.beginScan();
          const pending: { isDelete: boolean; event: KeyFields }[] = [];
          const allKeys = [...new Set([...before, ...during].map(({ key }) => key))].sort();
          const steps = [...during];
          // The scan reads one key after the other as it is now, while the watch lags behind by some events.
          for (const key of allKeys) {
            for (let i = gaps.next().value as number; i > 0 && steps.length > 0; i--)
              apply(books, steps.shift(), pending);
            const held = books.held.get(key);
            if (held) model.load(fields(key, held));
            for (let i = gaps.next().value as number; i > 0 && pending.length > 0; i--) deliver(model, pending.shift());
          }
          for (const step of steps) apply(books, step, pending);
          for (const event of pending) deliver(model, event);
          model.completeRevision(books.revision);
          model.endScan();
          expectEqual(model, books);
        },
      ),
    );
  });

  test("lists keys under any byte prefix, in any order, page by page without overlap", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(keyArbitrary, fc.nat(5)), { maxLength: 80 }),
        fc.constantFrom("", "/", "a", "a/", "pods/n", "\xff"),
        fc.constantFrom("key", "valueBytes", "liveBytes", "age" as const),
        fc.boolean(),
        (puts, prefix, sort, descending) => {
          const books = new Books();
          const model = new KeyspaceModel();
          for (const [key, valueBytes] of puts) model.put(books.put(key, valueBytes));
          const prefixBase64 = Buffer.from(prefix, "latin1").toString("base64");
          const listed: string[] = [];
          for (let after: { value: number; keyBase64: string } | null = null; ; ) {
            const page = listKeys(model, { prefixBase64, directOnly: false, sort, descending, limit: 7, after });
            for (const key of page.keys) listed.push(Buffer.from(key.keyBase64, "base64").toString("latin1"));
            const last = page.keys.at(-1);
            if (last === undefined) break;
            after = { keyBase64: last.keyBase64, value: sortValue(last, sort) };
          }
          const expected = [...books.held]
            .filter(([key]) => key.startsWith(prefix))
            .sort(([a, x], [b, y]) => {
              const sign = descending ? -1 : 1;
              const order =
                sortValue({ ...x, keyBytes: a.length }, sort) - sortValue({ ...y, keyBytes: b.length }, sort);
              return order * sign || (a < b ? -1 : 1) * (sort === "key" ? sign : 1);
            })
            .map(([key]) => key);
          expect(listed).toEqual(expected);
        },
      ),
    );
  });

  test("groups what follows a prefix that is no node", () => {
    const model = new KeyspaceModel();
    const books = new Books();
    for (const key of ["/r/pods/a/1", "/r/pods/a/2", "/r/podtemplates/x", "/r/po", "/r/other/y"])
      model.put(books.put(key, 10));
    const answer = listGroups(model, { prefixBase64: Buffer.from("/r/po").toString("base64"), limit: 10 });
    const groups = answer.groups.map(({ prefixBase64, isKey, keys }) => [
      Buffer.from(prefixBase64, "base64").toString(),
      isKey,
      keys,
    ]);
    expect(groups).toEqual([
      ["/r/pods/", false, 2],
      ["/r/podtemplates/", false, 1],
      ["/r/po", true, 1],
    ]);
    expect(answer.total).toMatchObject({ keys: 4, valueBytes: 40 });
  });

  test("folds children beyond the limit into an exact other, and the heaviest of them come out again after a scan", () => {
    const model = new KeyspaceModel(new PrefixTree({ nodes: 1000, children: 3 }));
    const books = new Books();
    model.beginScan();
    for (let i = 0; i < 700; i++) {
      const key = `/r/c${String(i % 350).padStart(3, "0")}/k${i}`;
      books.put(key, i % 350);
      model.load(fields(key, books.held.get(key) as Held));
    }
    model.endScan();
    const figures = model.figures();
    const parent = model.tree.findPrefix(Buffer.from("/r/"));
    const children = Array.from({ length: model.tree.size }, (_, slot) => slot).filter(
      (slot) => model.tree.parent(slot) === parent,
    );
    expect(children).toHaveLength(3 + 256 + 1);
    expect(model.tree.findPrefix(Buffer.from("/r/c349/"))).toBeGreaterThan(0);
    expect(model.tree.findPrefix(Buffer.from("/r/c010/"))).toBe(-1);
    for (const figure of ["keys", "keyBytes", "valueBytes"] as const) {
      const sum = children.reduce((total, slot) => total + (figures[figure][slot] as number), 0);
      expect(sum).toBe(figures[figure][parent]);
    }
    model.delete(books.delete("/r/c010/k10") as KeyFields);
    model.put(books.put("/r/new/k", 7));
    expect(model.unknownDeletes).toBe(0);
    expect(model.figures().keys[parent]).toBe(books.held.size);
  });

  test("prefixes whose last key and history are gone make room for others, and keep their slots", () => {
    const model = new KeyspaceModel(new PrefixTree({ nodes: 1000, children: 3 }));
    const books = new Books();
    for (const name of ["a", "b", "c"]) model.put(books.put(`/r/${name}/k`, 1));
    const slot = model.tree.findPrefix(Buffer.from("/r/a/"));
    model.delete(books.delete("/r/a/k") as KeyFields);
    model.put(books.put("/r/d/k", 1)); // the history of the deleted key is still held
    expect(model.tree.findPrefix(Buffer.from("/r/d/"))).toBe(-1);
    model.compact(books.revision);
    model.put(books.put("/r/d/k", 2)); // there would be room, but the key lies in *other*
    expect(model.tree.findPrefix(Buffer.from("/r/d/"))).toBe(-1);
    expect(model.keys).toBe(3);
    model.delete(books.delete("/r/d/k") as KeyFields);
    model.compact(books.revision);
    model.put(books.put("/r/e/k", 1));
    expect(model.tree.findPrefix(Buffer.from("/r/e/"))).toBeGreaterThan(0);
    expect(model.tree.findPrefix(Buffer.from("/r/a/"))).toBe(slot);
    model.put(books.put("/r/f/k", 1));
    expect(model.tree.findPrefix(Buffer.from("/r/f/"))).toBe(-1);
    expect(model.figures().keys[model.tree.findPrefix(Buffer.from("/r/"))]).toBe(4);
  });

  test("with little room, whatever comes and goes, it equals the books", () => {
    const step = fc.record({
      name: fc.nat(7),
      tail: fc.nat(1),
      what: fc.constantFrom("put", "put", "delete", "compact"),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        const model = new KeyspaceModel(new PrefixTree({ nodes: 12, children: 3 }));
        const books = new Books();
        for (const { name, tail, what } of steps) {
          const key = `/r/${name}/${tail === 0 ? "" : "deep/"}k`;
          if (what === "put") model.put(books.put(key, name));
          else if (what === "compact") model.compact(books.revision);
          else {
            const deleted = books.delete(key);
            if (deleted) model.delete(deleted);
          }
          model.completeRevision(books.revision);
        }
        const valueBytes = [...books.held.values()].reduce((sum, held) => sum + held.valueBytes, 0);
        const figures = model.figures();
        expect([model.keys, figures.keys[0], figures.valueBytes[0]]).toEqual([
          books.held.size,
          books.held.size,
          valueBytes,
        ]);
        expect(model.unknownDeletes).toBe(0);
      }),
      { numRuns: 500 },
    );
  });

  test("counts the keys that hang on a lease", () => {
    const model = new KeyspaceModel();
    const books = new Books();
    const put = (key: string, hasLease: boolean) => model.put({ ...books.put(key, 1), hasLease });
    const leased = () => model.figures().leasedKeys[model.tree.findPrefix(Buffer.from("/r/"))];
    put("/r/a", true);
    put("/r/b", true);
    put("/r/c", false);
    expect(leased()).toBe(2);
    put("/r/a", false);
    put("/r/c", true);
    put("/r/c", true);
    expect(leased()).toBe(2);
    model.delete(books.delete("/r/b") as KeyFields);
    expect(leased()).toBe(1);
    put("/r/b", true);
    expect(leased()).toBe(2);
  });

  test("names the hottest keys of a minute, also those deleted and made anew", () => {
    const model = new KeyspaceModel();
    const books = new Books();
    const put = (key: string, times: number) => {
      for (let i = 0; i < times; i++) model.put(books.put(key, 1));
    };
    put("/a", 3);
    put("/b", 2);
    model.delete(books.delete("/b") as KeyFields);
    put("/b", 1);
    put("/c", 1);
    const hot = model.hotKeys.top(2, 2, (entry) => model.keyOf(entry));
    expect(hot.keys.map(({ key, writes }) => [key.toString(), writes])).toEqual([
      ["/b", 4],
      ["/a", 3],
    ]);
    expect(hot.unlistedWrites).toBe(1);
  });
});

function apply(
  books: Books,
  step: { key: string; valueBytes: number; isDelete: boolean } | undefined,
  pending: { isDelete: boolean; event: KeyFields }[],
) {
  if (step === undefined) return;
  const event = step.isDelete ? books.delete(step.key) : books.put(step.key, step.valueBytes);
  if (event) pending.push({ isDelete: step.isDelete, event });
}

function deliver(model: KeyspaceModel, pending: { isDelete: boolean; event: KeyFields } | undefined) {
  if (pending === undefined) return;
  if (pending.isDelete) model.delete(pending.event);
  else model.put(pending.event);
  model.completeRevision(pending.event.modRevision);
}

function sortValue(key: { valueBytes: number; keyBytes: number; modRevision: number }, sort: string): number {
  if (sort === "valueBytes") return key.valueBytes;
  if (sort === "liveBytes") return key.valueBytes + key.keyBytes;
  return sort === "age" ? key.modRevision : 0;
}

/** Every prefix of every key, counted by a plain loop, against the tree. */
function expectEqual(model: KeyspaceModel, books: Books): void {
  const figures = model.figures();
  for (let slot = 0; slot < model.tree.size; slot++) {
    const prefix = model.tree.prefix(slot).toString("latin1");
    const held = [...books.held].filter(([key]) => key.startsWith(prefix) && belongs(key, prefix));
    const revisions = held.map(([, { modRevision }]) => modRevision);
    expect({
      prefix,
      keys: figures.keys[slot],
      keyBytes: figures.keyBytes[slot],
      valueBytes: figures.valueBytes[slot],
      largest: figures.largestValueBytes[slot],
      oldest: figures.oldestModRevision[slot],
      newest: figures.newestModRevision[slot],
    }).toEqual({
      prefix,
      keys: held.length,
      keyBytes: held.reduce((sum, [key]) => sum + key.length, 0),
      valueBytes: held.reduce((sum, [, { valueBytes }]) => sum + valueBytes, 0),
      largest: Math.max(0, ...held.map(([, { valueBytes }]) => valueBytes)),
      oldest: Math.min(Number.POSITIVE_INFINITY, ...revisions),
      newest: Math.max(0, ...revisions),
    });
  }
  expect(model.keys).toBe(books.held.size);
}

/** A key follows one separator: `a.b` lies under `a.` only if it holds neither `/` nor `:`. */
function belongs(key: string, prefix: string): boolean {
  if (prefix === "") return true;
  const separator = ["/", ":", "."].find((candidate) => key.includes(candidate));
  return separator !== undefined && prefix.endsWith(separator) && !/^[/:.]+$/.test(prefix);
}
