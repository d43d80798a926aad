import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { PREFIX_SORTS, type PrefixesAnswer, PrefixesParams, type PrefixRow } from "@/lib/api/prefixes";
import { FRAME_MS } from "@/lib/model/time-range";
import { listPrefixes } from "@/lib/queries/prefixes";
import { useTestDb } from "@/tests/support/db";
import { startAnswerer } from "./answerer";
import { Books, HOUR_MS, historyOf, isLeased, isUnder, NODES, NOT_MEASURED, seedCluster, seedKeyspace } from "./seed";
import { listGroupsOf, listKeysOf } from "./worker-answers";

const FROM = Date.parse("2026-03-01T10:20:00Z");
const NOW = Date.parse("2026-03-01T13:05:30Z");
const GAP = { fromMs: Date.parse("2026-03-01T12:10:00Z"), toMs: Date.parse("2026-03-01T12:20:00Z") };

const COMPACTED = 1_300;

const testDb = useTestDb();
const books = new Books(7);
let clusterId: number;
let answerer: Awaited<ReturnType<typeof startAnswerer>>;

beforeAll(async () => {
  for (let atMs = FROM; atMs < NOW; atMs += 7_000) if (atMs < GAP.fromMs || atMs >= GAP.toMs) books.write(atMs);
  clusterId = await seedCluster(testDb(), "prod");
  await seedKeyspace(testDb(), clusterId, books, { fromMs: FROM, nowMs: NOW, gap: GAP, compactRevision: COMPACTED });
  const at = new Date(NOW).toISOString();
  answerer = await startAnswerer(testDb(), {
    "list-keys": (params) => listKeysOf(books, params, at, COMPACTED),
    "list-groups": ({ prefixBase64 }) => listGroupsOf(books, prefixBase64, at),
  });
});
afterAll(() => answerer.stop());

type Input = Parameters<typeof PrefixesParams.parse>[0] & object;
const list = (params: Input) => listPrefixes(testDb().db, clusterId, PrefixesParams.parse(params), NOW);

async function listAll(params: Input): Promise<{ items: PrefixRow[]; parent: PrefixRow | null }> {
  const items: PrefixRow[] = [];
  let page: PrefixesAnswer;
  let cursor: string | undefined;
  do {
    page = await list({ ...params, cursor });
    expect(page.items.length).toBeLessThanOrEqual(Number((params as { limit?: number }).limit ?? 100));
    items.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return { items, parent: page.parent };
}

describe("a prefix of the tree", () => {
  test("has the figures, rates and growth that the books have", async () => {
    const range = { fromMs: NOW - HOUR_MS, toMs: NOW };
    const answer = await list({ parent: "/registry/", range: "1h" });
    const observedSeconds = (HOUR_MS - (GAP.toMs - GAP.fromMs)) / 1_000;
    expect(answer).toMatchObject({ state: "live", revision: books.revision, lagMs: 500, nextCursor: null });
    expect(answer.range.observedSeconds).toBe(observedSeconds);
    expect(answer.items.map(({ prefix }) => prefix).sort()).toEqual(["/registry/leases/", "/registry/pods/"]);
    for (const row of [...answer.items, answer.parent as PrefixRow]) {
      const slot = NODES.find((node) => node.prefix === row.prefix && !node.isOther)?.slot as number;
      const [start, end] = [books.gauge(slot, range.fromMs), books.gauge(slot, NOW)];
      const counts = books.counts(slot, range);
      expect(row).toMatchObject({ ...end, liveBytes: end.keyBytes + end.valueBytes, kind: "prefix", origin: "exact" });
      expect(row.putsPerSecond).toBeCloseTo(counts.puts / observedSeconds, 12);
      expect(row.createsPerSecond).toBeCloseTo(counts.creates / observedSeconds, 12);
      expect(row.deletesPerSecond).toBeCloseTo(counts.deletes / observedSeconds, 12);
      expect(row.writesPerSecond).toBeCloseTo((counts.puts + counts.deletes) / observedSeconds, 12);
      expect(row.writtenBytesPerSecond).toBeCloseTo(counts.writtenBytes / observedSeconds, 9);
      expect(row.growthKeys).toBe(end.keys - start.keys);
      expect(row.growthBytes).toBe(end.keyBytes + end.valueBytes - start.keyBytes - start.valueBytes);
    }
    expect(answer.items.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 12);
  });

  test("has its history and leases as the books have them, and what it holds in all", async () => {
    const answer = await list({ parent: "/registry/pods/", limit: 1_000 });
    expect(answer).toMatchObject({ historyReason: null, compactRevision: COMPACTED });
    for (const row of [...answer.items, answer.parent as PrefixRow]) {
      const slot = NODES.find((node) => node.prefix === row.prefix && node.isOther === (row.kind === "other"))?.slot;
      const where = slot === undefined ? { key: row.prefix } : { slot };
      const keys = books
        .keys()
        .filter((key) => (slot === undefined ? key.key === row.prefix : isUnder(key.slot, slot)));
      const history = historyOf(books, where, COMPACTED);
      expect(row).toMatchObject({ ...history, leasedKeys: keys.filter(isLeased).length });
      expect(row.heldBytes).toBe(row.liveBytes + history.historyBytes);
    }
    expect(answer.items.some(({ kind, historyBytes }) => kind === "key" && (historyBytes ?? 0) > 0)).toBe(true);
  });

  test("says when it was last written, to the frame", async () => {
    const { items } = await list({ parent: "/registry/" });
    for (const row of items) {
      const last = books.events.find(({ revision }) => revision === row.newestModRevision);
      const frameMs = Math.floor((last?.atMs as number) / FRAME_MS) * FRAME_MS;
      expect(row.newestModAt).toBe(new Date(frameMs).toISOString());
    }
  });

  test("has the growth of a range in the past, from the first frame where it begins before, and none where nobody watched", async () => {
    const past = { from: "2026-03-01T11:03:20Z", to: "2026-03-01T11:58:30Z" };
    const { items } = await list({ parent: "/registry/", ...past });
    const pods = items.find(({ prefix }) => prefix === "/registry/pods/") as PrefixRow;
    const [start, end] = [books.gauge(2, Date.parse(past.from)), books.gauge(2, Date.parse(past.to))];
    expect(pods.growthKeys).toBe(end.keys - start.keys);
    expect(pods.growthBytes).toBe(end.keyBytes + end.valueBytes - start.keyBytes - start.valueBytes);
    const early = await list({ parent: "/registry/", range: "6h" });
    const first = books.gauge(2, FROM + FRAME_MS);
    expect(early.items.find(({ prefix }) => prefix === "/registry/pods/")).toMatchObject({
      growthKeys: books.gauge(2, NOW).keys - first.keys,
    });
    const inGap = await list({ parent: "/registry/", from: "2026-03-01T12:15:00Z", to: "2026-03-01T12:18:00Z" });
    expect(inGap.items[0]).toMatchObject({ putsPerSecond: null, writesPerSecond: null, growthBytes: null });
  });

  test.each(PREFIX_SORTS.flatMap((sort) => ["asc", "desc"].map((order) => ({ sort, order }))))(
    "sorted by $sort $order, its pages of 4 are the list, and add up to it",
    async ({ sort, order }) => {
      const params = { parent: "/registry/pods/", sort, order, range: "15m" };
      const whole = await listAll(params);
      const paged = await listAll({ ...params, limit: 4 });
      expect(paged.items).toEqual(whole.items);
      const direct = books.keys().filter(({ slot }) => slot === 2).length;
      expect(whole.items.filter(({ kind }) => kind === "key")).toHaveLength(direct);
      expect(whole.items.map(({ kind }) => kind)).toContain("other");
      for (const figure of ["keys", "keyBytes", "valueBytes", "liveBytes"] as const) {
        expect(whole.items.reduce((sum, row) => sum + row[figure], 0)).toBe(whole.parent?.[figure]);
      }
      // Whether a single key has a lease is no order: they come last.
      const ordered = whole.items.filter(({ kind }) => sort !== "leasedKeys" || kind !== "key");
      const values = ordered.map((row) => row[sort]).filter((value) => value !== null);
      const sorted = values.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
      expect(values).toEqual(order === "asc" ? sorted : sorted.reverse());
    },
  );

  test("with the roots, keys have their exact bytes", async () => {
    const { items, parent } = await list({});
    expect(parent?.keys).toBe(books.keys().length);
    expect(items.find(({ prefix }) => prefix === "/registry/")).toMatchObject({ kind: "prefix", hasChildren: true });
    const key = items.find(({ kind }) => kind === "key") as PrefixRow;
    expect(key).toMatchObject({ keys: 1, putsPerSecond: null, growthBytes: null, hasChildren: false });
  });
});

describe("a raw byte prefix", () => {
  test("without its separator answers the groups, with rates where the tree has them", async () => {
    const { items, parent } = await list({ parent: "/registry/po", range: "1h" });
    expect(items.map(({ prefix }) => prefix)).toEqual(["/registry/pods/"]);
    expect(items[0]?.writesPerSecond).toBeGreaterThan(0);
    expect(parent).toMatchObject({ ...books.gauge(2, NOW), putsPerSecond: null });
  });

  test("within a segment lists its keys and adds up, page by page", async () => {
    const { items, parent } = await listAll({ parent: "/registry/pods/ns-1/pod-1", limit: 1, sort: "valueBytes" });
    const expected = books.keys().filter(({ key }) => key.startsWith("/registry/pods/ns-1/pod-1"));
    expect(items.map(({ valueBytes }) => valueBytes)).toEqual(
      expected.map((key) => key.valueBytes).sort((a, b) => b - a),
    );
    expect(parent?.keys).toBe(expected.length);
  });

  test("folded into *other* is still found", async () => {
    const { items } = await list({ parent: "/registry/pods/folded-1/" });
    const exists = books.keys().some(({ key }) => key === "/registry/pods/folded-1/pod");
    expect(items.map(({ kind }) => kind)).toEqual(exists ? ["key"] : []);
  });

  test("that no key begins with has no parent and no items", async () => {
    expect(await list({ parent: "/nothing" })).toMatchObject({ parent: null, items: [], nextCursor: null });
  });
});

describe("a wrong question", () => {
  test.each([
    { params: { cursor: "bm9uc2Vuc2U" }, field: "cursor" },
    { params: { parentBase64: "%%%" }, field: "parentBase64" },
    { params: { from: "2026-03-01T12:00:00Z", to: "2026-03-01T11:00:00Z" }, field: "from" },
  ])("names $field", async ({ params, field }) => {
    await expect(list(params)).rejects.toMatchObject({ name: "ParameterError", field });
  });

  test("a cursor of another sort is refused", async () => {
    const { nextCursor } = await list({ parent: "/registry/pods/", limit: 2 });
    await expect(list({ parent: "/registry/pods/", sort: "keys", cursor: nextCursor })).rejects.toMatchObject({
      field: "cursor",
    });
  });
});

test("before the first baseline the answer is empty and says so", async () => {
  const other = await seedCluster(testDb(), "new");
  const answer = await listPrefixes(testDb().db, other, PrefixesParams.parse({}), NOW);
  expect(answer).toMatchObject({ parent: null, items: [], state: "unknown", revision: null });
});

test("while history is not measured it is unknown, not nothing, and may still be asked for by it", async () => {
  const other = await seedCluster(testDb(), "unmeasured");
  await seedKeyspace(testDb(), other, books, { fromMs: NOW - HOUR_MS, nowMs: NOW });
  const params = PrefixesParams.parse({ parent: "/registry/pods/", sort: "historyBytes", limit: 1_000 });
  const { items, parent, historyReason } = await listPrefixes(testDb().db, other, params, NOW);
  expect(historyReason).toBe(NOT_MEASURED);
  expect(parent).toMatchObject({ historyBytes: null, heldBytes: null });
  for (const row of items.filter(({ kind }) => kind !== "key")) expect(row.historyBytes).toBeNull();
  expect(items.reduce((sum, { keys }) => sum + keys, 0)).toBe(parent?.keys);
});

test("without a worker, single keys are one row and child prefixes stay; where there are only keys it says why", async () => {
  await answerer.stop();
  const { items, parent } = await list({ parent: "/registry/pods/", range: "1h" });
  expect(items.filter(({ kind }) => kind === "other")).toHaveLength(2);
  for (const figure of ["liveBytes", "historyBytes", "leasedKeys"] as const) {
    expect(items.reduce((sum, row) => sum + (row[figure] ?? Number.NaN), 0)).toBe(parent?.[figure]);
  }
  await expect(list({ parent: "/registry/leases/" })).rejects.toThrow("The worker is not running.");
  await expect(list({ parent: "/registry/po" })).rejects.toThrow("The worker is not running.");
});
