import { and, eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { TopKeysParams } from "@/lib/api/keys";
import { hotKey, hotMinute } from "@/lib/db/schema";
import type { ReadKeyAnswer } from "@/lib/model/questions";
import { FRAME_MS } from "@/lib/model/time-range";
import { readKey } from "@/lib/queries/key";
import { listTopKeys } from "@/lib/queries/top-keys";
import { useTestDb } from "@/tests/support/db";
import { startAnswerer } from "./answerer";
import { Books, historyOf, isLeased, NOT_MEASURED, seedCluster, seedKeyspace } from "./seed";
import { listKeysOf } from "./worker-answers";

const FROM = Date.parse("2026-03-01T12:20:00Z");
const NOW = Date.parse("2026-03-01T13:05:30Z");

const COMPACTED = 1_200;

const testDb = useTestDb();
const books = new Books(3);
let clusterId: number;
let answerer: Awaited<ReturnType<typeof startAnswerer>>;
let readKeyAnswer: ReadKeyAnswer;

/** Minutes with their writes by key; the rest of the books is not in them. */
const MINUTES = [
  { minute: "12:50", writes: { "/a/hot": 50, "/b/warm": 20 }, unlistedWrites: 0, unlistedWrittenBytes: 0 },
  { minute: "12:51", writes: { "/a/hot": 40 }, unlistedWrites: 7, unlistedWrittenBytes: null },
  { minute: "12:52", writes: { "/b/warm": 30, "/a/new": 9 }, unlistedWrites: 2, unlistedWrittenBytes: 900 },
];
/** A write of `/a/new` is a large one: fewest writes, most bytes. */
const bytesOf = (key: string, writes: number) => writes * (key === "/a/new" ? 5_000 : 100);
const instant = (minute: string) => new Date(`2026-03-01T${minute}:00Z`);

beforeAll(async () => {
  for (let atMs = FROM; atMs < NOW; atMs += 5_000) books.write(atMs);
  clusterId = await seedCluster(testDb(), "prod");
  await seedKeyspace(testDb(), clusterId, books, { fromMs: FROM, nowMs: NOW, compactRevision: COMPACTED });
  const { db } = testDb();
  const names = ["/a/hot", "/b/warm", "/a/new"];
  await db.insert(hotKey).values(names.map((key, keyId) => ({ clusterId, keyId, key: Buffer.from(key) })));
  for (const { minute, writes, ...unlisted } of MINUTES) {
    await db.insert(hotMinute).values({
      ...{ clusterId, minute: instant(minute), observedMs: 60_000, ...unlisted },
      keyIds: Object.keys(writes).map((key) => names.indexOf(key)),
      writes: Object.values(writes),
      writtenBytes: Object.entries(writes).map(([key, count]) => bytesOf(key, count)),
    });
  }
  answerer = await startAnswerer(testDb(), {
    "list-keys": (params) => listKeysOf(books, params, new Date(NOW).toISOString(), COMPACTED),
    "read-key": () => readKeyAnswer,
  });
});
afterAll(() => answerer.stop());

type Input = Parameters<typeof TopKeysParams.parse>[0] & object;
const list = (params: Input) => listTopKeys(testDb().db, clusterId, TopKeysParams.parse(params), NOW);

describe("most written keys", () => {
  test("have the sum of the minutes that list them, and the bound of those that do not", async () => {
    const { items, range } = await list({ by: "writes", range: "1h" });
    expect(
      items.map(({ key, writes, writesAtMost, writtenBytes, origin }) => [
        key,
        writes,
        writesAtMost,
        writtenBytes,
        origin,
      ]),
    ).toEqual([
      ["/a/hot", 90, 92, 9_000, "estimated"],
      ["/b/warm", 50, 57, 5_000, "estimated"],
      ["/a/new", 9, 16, 45_000, "estimated"],
    ]);
    expect(range.observedSeconds).toBe(180);
    expect(items[0]?.writesPerSecond).toBe(0.5);
  });

  test("are exact where every minute lists them or nothing is unlisted", async () => {
    const { items } = await list({ by: "writes", from: "2026-03-01T12:50:00Z", to: "2026-03-01T12:51:00Z" });
    expect(items.map(({ writes, writesAtMost, origin }) => [writes, writesAtMost, origin])).toEqual([
      [50, 50, "exact"],
      [20, 20, "exact"],
    ]);
  });

  test("by bytes are others than by writes, with the bound of those minutes that know it", async () => {
    const minutes = (from: string, to: string) => ({ from: `2026-03-01T${from}:00Z`, to: `2026-03-01T${to}:00Z` });
    const rows = async (params: Input) =>
      (await list({ by: "writtenBytes", ...params })).items.map(({ key, writtenBytes, writtenBytesAtMost, origin }) => [
        ...[key, writtenBytes, writtenBytesAtMost, origin],
      ]);
    expect(await rows({ range: "1h" })).toEqual([
      ["/a/new", 45_000, null, "estimated"],
      ["/a/hot", 9_000, 9_900, "estimated"],
      ["/b/warm", 5_000, null, "estimated"],
    ]);
    expect(await rows(minutes("12:50", "12:51"))).toEqual([
      ["/a/hot", 5_000, 5_000, "exact"],
      ["/b/warm", 2_000, 2_000, "exact"],
    ]);
    const perSecond = (await list({ by: "writtenBytes", range: "1h" })).items[0]?.writtenBytesPerSecond;
    expect(perSecond).toBe(45_000 / 180);
  });

  test("of a whole hour are counted anew when one of its minutes is written again", async () => {
    const hour = { from: "2026-03-01T12:00:00Z", to: "2026-03-01T13:00:00Z" };
    const hottest = async () => (await list({ by: "writes", ...hour, limit: 1 })).items[0]?.writes;
    const rewrite = (writes: number[]) =>
      testDb()
        .db.update(hotMinute)
        .set({ writes })
        .where(and(eq(hotMinute.clusterId, clusterId), eq(hotMinute.minute, instant("12:51"))));
    expect(await hottest()).toBe(90);
    await rewrite([41]);
    expect(await hottest()).toBe(91);
    await rewrite([40]);
    expect(await hottest()).toBe(90);
  });

  test("are those of a prefix, by its bytes, and no more than asked for", async () => {
    expect((await list({ by: "writes", prefix: "/a/" })).items.map(({ key }) => key)).toEqual(["/a/hot", "/a/new"]);
    expect((await list({ by: "writes", prefix: "/a/h" })).items.map(({ key }) => key)).toEqual(["/a/hot"]);
    expect((await list({ by: "writes", limit: 1 })).items).toHaveLength(1);
  });
});

describe("top keys of the model", () => {
  test.each([
    { by: "valueBytes" as const, of: (key: { valueBytes: number }) => -key.valueBytes },
    { by: "version" as const, of: (key: { version: number }) => -key.version },
    { by: "age" as const, of: (key: { modRevision: number }) => key.modRevision },
  ])("by $by are sorted, complete and dated", async ({ by, of }) => {
    const { items, state } = await list({ by, prefix: "/registry/po", limit: 5 });
    const expected = books
      .keys()
      .filter(({ key }) => key.startsWith("/registry/po"))
      .sort((a, b) => of(a) - of(b));
    expect(state).toBe("live");
    expect(items.map((row) => of(row as never))).toEqual(expected.slice(0, 5).map(of));
    for (const row of items) {
      const write = books.events.find(({ revision }) => revision === row.modRevision);
      const slice = Math.floor((write?.atMs ?? 0) / FRAME_MS) * FRAME_MS;
      const isInFirstFrame = slice === FROM;
      expect(row.modifiedAt).toBe(isInFirstFrame ? null : new Date(slice).toISOString());
      expect(row).toMatchObject({ origin: "exact", writes: null, clockSince: new Date(FROM).toISOString() });
    }
  });
});

describe("keys by the history they hold", () => {
  test("are those of the books, with how many revisions that is and whether a lease holds them", async () => {
    const { items, historyReason } = await list({ by: "historyBytes", limit: 8 });
    const expected = books
      .keys()
      .map((key) => ({ key: key.key, ...historyOf(books, { key: key.key }, COMPACTED), leased: isLeased(key) }))
      .sort((a, b) => b.historyBytes - a.historyBytes);
    expect(historyReason).toBeNull();
    expect(items.map(({ historyBytes }) => historyBytes)).toEqual(
      expected.slice(0, 8).map(({ historyBytes }) => historyBytes),
    );
    for (const row of items) expect(row).toMatchObject(expected.find(({ key }) => key === row.key) as object);
    expect(items[0]).toMatchObject({ deleted: false, origin: "exact" });
  });

  test("are not known while history is not, and the answer says why", async () => {
    const other = await seedCluster(testDb(), "unmeasured");
    await seedKeyspace(testDb(), other, books, { fromMs: NOW - 60_000, nowMs: NOW });
    const asked = answerer.asked.length;
    const answer = await listTopKeys(testDb().db, other, TopKeysParams.parse({ by: "historyBytes" }), NOW);
    expect(answer).toMatchObject({ items: [], historyReason: NOT_MEASURED });
    expect(answerer.asked).toHaveLength(asked);
  });

  test("an answer of a worker that does not say is unknown", async () => {
    const { items } = await list({ by: "writes", range: "1h" });
    expect(items[0]).toMatchObject({ historyBytes: null, historyRevisions: null, deleted: false, leased: null });
  });
});

describe("one key", () => {
  test("comes with its revisions dated, those older than the clock not", async () => {
    const write = books.events[100];
    if (!write) throw new Error("the books are too short");
    const current = {
      ...{ keyBase64: "L2s=", keyBytes: 2, valueBytes: 30, createRevision: 5, modRevision: write.revision, version: 3 },
      ...{ leaseId: "694d77aa9e38260f", leaseTtlSeconds: 12, leaseGrantedSeconds: 60 },
    };
    const earlier = [{ modRevision: 900, version: 2, valueBytes: 20 }];
    const at = new Date(NOW).toISOString();
    readKeyAnswer = { current, earlier, earlierTruncated: true, revision: books.revision, at };
    const answer = await readKey(testDb().db, clusterId, { key: "/k" });
    const modifiedAt = new Date(Math.floor(write.atMs / FRAME_MS) * FRAME_MS).toISOString();
    expect(answer).toMatchObject({ key: "/k", exists: true, createdAt: null, modifiedAt, leaseId: current.leaseId });
    expect(answer.clockSince).toBe(new Date(FROM).toISOString());
    expect(answer.revisions).toEqual([
      { modRevision: write.revision, version: 3, valueBytes: 30, at: modifiedAt },
      { modRevision: 900, version: 2, valueBytes: 20, at: null },
    ]);
  });

  test("that does not exist says so", async () => {
    readKeyAnswer = {
      current: null,
      earlier: [],
      earlierTruncated: false,
      revision: 7,
      at: new Date(NOW).toISOString(),
    };
    const answer = await readKey(testDb().db, clusterId, { key: "/gone" });
    expect(answer).toMatchObject({ exists: false, valueBytes: null, keyBytes: 5, revisions: [] });
  });

  test("holds the history the model has of it, else what etcd listed, and nothing is known of a part of it", async () => {
    const current = {
      ...{ keyBase64: "L2s=", keyBytes: 2, valueBytes: 30, createRevision: 5, modRevision: 9, version: 3 },
      ...{ leaseId: null, leaseTtlSeconds: null, leaseGrantedSeconds: null },
    };
    const earlier = [
      { modRevision: 7, version: 2, valueBytes: 20 },
      { modRevision: 5, version: 1, valueBytes: 10 },
    ];
    const answer = { current, earlier, earlierTruncated: false, revision: 9, at: new Date(NOW).toISOString() };
    // A key of its own each: the same question of the last second has the same answer.
    const read = (key: string) => readKey(testDb().db, clusterId, { key });
    readKeyAnswer = answer;
    expect(await read("/1")).toMatchObject({ historyBytes: 2 + 20 + 2 + 10, historyRevisions: 2 });
    readKeyAnswer = { ...answer, earlierTruncated: true };
    expect(await read("/2")).toMatchObject({ historyBytes: null, historyRevisions: null });
    readKeyAnswer = {
      ...answer,
      current: { ...current, historyBytes: 77, historyRevisions: 4 },
      earlierTruncated: true,
    };
    expect(await read("/3")).toMatchObject({ historyBytes: 77, historyRevisions: 4 });
  });

  test("must be named", async () => {
    await expect(readKey(testDb().db, clusterId, { key: "" })).rejects.toMatchObject({ field: "key" });
  });
});
