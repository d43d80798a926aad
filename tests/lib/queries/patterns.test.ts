import { beforeAll, describe, expect, test } from "vitest";
import { PatternsAnswer, PatternsParams } from "@/lib/api/patterns";
import { ensurePartitions } from "@/lib/db/partitions";
import * as schema from "@/lib/db/schema";
import { emptyFrameCells, encodeFrame, FRAME_FORMAT, FRAME_MEASURES } from "@/lib/model/frame";
import { FRAME_MS } from "@/lib/model/time-range";
import { readPatterns } from "@/lib/queries/patterns";
import { useTestDb } from "@/tests/support/db";
import { seedCluster } from "./seed";

const FROM = Date.parse("2026-03-01T12:00:00Z");
const NOW = FROM + 3_600_000;
const MINUTE_MS = 60_000;
const VALUE_BYTES = 1_000;
/** A storm of seven minutes, and a gap after it. */
const STORM = { fromMs: FROM + 20 * MINUTE_MS, toMs: FROM + 27 * MINUTE_MS };
const GAP = { fromMs: FROM + 40 * MINUTE_MS, toMs: FROM + 45 * MINUTE_MS };
const HOT_KEY = "/registry/configmaps/kube-system/status";

/** Puts in ten seconds; nothing is created or deleted. */
interface Node {
  slot: number;
  parentSlot: number | null;
  prefix: string;
  keys: number;
  puts(atMs: number): number;
}
const isIn = (atMs: number, { fromMs, toMs }: typeof STORM) => atMs >= fromMs && atMs < toMs;
/** 0 to `most` − 1, without a rhythm. */
const wobble = (atMs: number, most: number) => ((Math.imul(atMs / FRAME_MS, 0x9e3779b1) >>> 7) ** 2 % 997) % most;
const LEAVES: Node[] = [
  { slot: 3, parentSlot: 2, prefix: "/registry/events/ci/", keys: 9_000, puts: (at) => (isIn(at, STORM) ? 4_200 : 0) },
  { slot: 4, parentSlot: 2, prefix: "/registry/events/shop/", keys: 5_000, puts: (at) => wobble(at, 9) },
  { slot: 5, parentSlot: 1, prefix: "/registry/leases/", keys: 500, puts: () => 500 },
  { slot: 6, parentSlot: 1, prefix: "/registry/configmaps/", keys: 700, puts: (at) => 60 + wobble(at, 3) },
];
const below =
  (...slots: number[]) =>
  (at: number) =>
    LEAVES.filter(({ slot }) => slots.includes(slot)).reduce((sum, { puts }) => sum + puts(at), 0);
const NODES: Node[] = [
  { slot: 0, parentSlot: null, prefix: "", keys: 15_200, puts: below(3, 4, 5, 6) },
  { slot: 1, parentSlot: 0, prefix: "/registry/", keys: 15_200, puts: below(3, 4, 5, 6) },
  { slot: 2, parentSlot: 1, prefix: "/registry/events/", keys: 14_000, puts: below(3, 4) },
  ...LEAVES,
];

const testDb = useTestDb();
let clusterId: number;
const read = (params: object = {}, nowMs = NOW) =>
  readPatterns(testDb().db, clusterId, PatternsParams.parse(params), nowMs);

beforeAll(async () => {
  const { db } = testDb();
  await ensurePartitions(db, NOW, FROM - 86_400_000);
  clusterId = await seedCluster(testDb(), "prod");
  await seedCluster(testDb(), "silent");
  await db.insert(schema.prefix).values([
    ...NODES.map(({ slot, parentSlot, prefix }) => ({
      ...{ clusterId, slot, parentSlot, prefix: Buffer.from(prefix), isOther: false },
    })),
    { clusterId, slot: 7, parentSlot: 1, prefix: Buffer.from("/registry/"), isOther: true },
  ]);
  await db.insert(schema.prefixState).values(
    NODES.map(({ slot, keys }) => ({
      ...{ clusterId, slot, keys, keyBytes: 0, valueBytes: keys * VALUE_BYTES, directKeys: 0 },
      ...{ childPrefixes: 0, largestValueBytes: VALUE_BYTES },
    })),
  );
  const frames: (typeof schema.keyspaceFrame.$inferInsert)[] = [];
  for (let atMs = FROM; atMs < NOW; atMs += FRAME_MS) if (!isIn(atMs, GAP)) frames.push(toFrame(atMs));
  await db.insert(schema.keyspaceFrame).values(frames);
  await seedHotKey();
});

function toFrame(atMs: number) {
  const isFull = (atMs - FROM) % 3_600_000 === 0 || atMs === GAP.toMs;
  const listed = NODES.filter(({ slot, puts }) => isFull || slot === 0 || puts(atMs) > 0);
  const cells = emptyFrameCells(listed.length);
  const figures = listed.map(({ slot, keys, puts }) => ({
    ...{ slot, keys, keyBytes: 0, valueBytes: keys * VALUE_BYTES, historyBytes: 0 },
    ...{ puts: puts(atMs), creates: 0, deletes: 0, writtenBytes: puts(atMs) * VALUE_BYTES },
  }));
  for (const [i, row] of figures.entries()) {
    cells.slots[i] = row.slot;
    for (const measure of FRAME_MEASURES) cells[measure][i] = row[measure];
  }
  const { slot: _, ...totals } = figures[0] as (typeof figures)[number];
  return {
    ...{ clusterId, at: new Date(atMs), observedMs: FRAME_MS, revision: 1, ...totals },
    ...{ isFull, format: FRAME_FORMAT, payload: encodeFrame(cells) },
  };
}

/** 5 of the configmaps' 6 writes a second go to one key. */
async function seedHotKey() {
  const { db } = testDb();
  await db.insert(schema.hotKey).values({ clusterId, keyId: 1, key: Buffer.from(HOT_KEY) });
  const minutes = Array.from({ length: 60 }, (_, i) => FROM + i * MINUTE_MS).filter((atMs) => !isIn(atMs, GAP));
  await db.insert(schema.hotMinute).values(
    minutes.map((atMs) => ({
      ...{ clusterId, minute: new Date(atMs), observedMs: MINUTE_MS, keyIds: [1], writes: [300] },
      ...{ writtenBytes: [300 * VALUE_BYTES], unlistedWrites: 40, unlistedWrittenBytes: null },
    })),
  );
}

describe("the last hour", () => {
  test("is told by its storm, its hot key and its heartbeat, each once", async () => {
    const answer = PatternsAnswer.strict().parse(await read());
    expect(answer.items.map(({ pattern, prefix, kind }) => [pattern, prefix, kind])).toEqual([
      ["storm", "/registry/events/ci/", "prefix"],
      ["hot-loop", HOT_KEY, "key"],
      ["heartbeat", "/registry/leases/", "prefix"],
    ]);
    expect(answer).toMatchObject({ stepSeconds: 10, prefixes: NODES.length, origin: "estimated" });
    expect(answer.range.observedSeconds).toBe(55 * 60);
  });

  test("with figures that a plain sum confirms", async () => {
    const [storm, loop] = (await read()).items;
    let own = 0;
    let all = 0;
    for (let atMs = STORM.fromMs; atMs < STORM.toMs; atMs += FRAME_MS) {
      own += (NODES[3] as Node).puts(atMs);
      all += (NODES[0] as Node).puts(atMs);
    }
    expect(storm).toMatchObject({ from: new Date(STORM.fromMs).toISOString(), to: new Date(STORM.toMs).toISOString() });
    expect(storm?.figures.writes).toBe(own);
    expect(storm?.figures.writesPerSecond).toBeCloseTo(own / 420, 6);
    expect(storm?.share).toBeCloseTo(own / all, 6);
    expect(storm?.sentence).toContainEqual({ kind: "instant", at: new Date(STORM.fromMs).toISOString() });
    expect(loop?.figures.writesPerSecond).toBeCloseTo(5, 6);
  });

  test("can be asked of one prefix", async () => {
    const answer = await read({ prefix: "/registry/events/" });
    expect(answer.items.map(({ pattern, prefix }) => [pattern, prefix])).toEqual([["storm", "/registry/events/ci/"]]);
    expect(answer.items[0]?.share).toBe((await read()).items[0]?.share);
    expect((await read({ prefix: "/registry/nothing/" })).items).toEqual([]);
    expect((await read({ prefix: HOT_KEY.slice(0, -6) })).items).toEqual([]);
  });
});

test("a range of its own is looked at alone", async () => {
  const answer = await read({ from: new Date(FROM + 30 * MINUTE_MS).toISOString(), to: new Date(NOW).toISOString() });
  expect(answer.items.map(({ pattern }) => pattern)).toEqual(["hot-loop", "heartbeat"]);
  expect(answer.items[0]?.lasts).toBe(true);
});

test("a time nobody watched, and a cluster that was never read, have nothing to tell", async () => {
  const answer = await read({ from: new Date(FROM - 7_200_000).toISOString(), to: new Date(FROM).toISOString() });
  expect(answer).toMatchObject({ items: [], range: { observedSeconds: 0 } });
  expect((await readPatterns(testDb().db, clusterId + 1, PatternsParams.parse({}), NOW)).items).toEqual([]);
});

test("a turned range and false base64 are refused by name", async () => {
  const turned = { from: new Date(NOW).toISOString(), to: new Date(FROM).toISOString() };
  await expect(read(turned)).rejects.toMatchObject({ field: "from" });
  await expect(read({ prefixBase64: "*" })).rejects.toMatchObject({ field: "prefixBase64" });
});

test("of a large tree the most written and the largest prefixes are looked at", async () => {
  const { db } = testDb();
  const id = await seedCluster(testDb(), "large");
  const WRITTEN = 650;
  const slots = Array.from({ length: 700 }, (_, slot) => slot);
  await db.insert(schema.prefix).values(
    slots.map((slot) => ({
      ...{ clusterId: id, slot, parentSlot: slot === 0 ? null : 0, isOther: false },
      prefix: Buffer.from(slot === 0 ? "" : `/p${slot}/`),
    })),
  );
  await db.insert(schema.prefixState).values(
    slots.map((slot) => ({
      ...{ clusterId: id, slot, keys: 1_000, keyBytes: 0, valueBytes: 700 - slot, directKeys: 1_000 },
      ...{ childPrefixes: 0, largestValueBytes: 1 },
    })),
  );
  const frames: (typeof schema.keyspaceFrame.$inferInsert)[] = [];
  for (let atMs = FROM; atMs < NOW; atMs += FRAME_MS) {
    const isFull = atMs === FROM;
    const listed = isFull ? slots : [0, WRITTEN];
    const cells = emptyFrameCells(listed.length);
    const puts = isIn(atMs, STORM) ? 4_000 : 0;
    for (const [i, slot] of listed.entries()) {
      cells.slots[i] = slot;
      cells.keys[i] = 1_000;
      cells.valueBytes[i] = 700 - slot;
      cells.puts[i] = slot === 0 || slot === WRITTEN ? puts : 0;
    }
    frames.push({
      ...{ clusterId: id, at: new Date(atMs), observedMs: FRAME_MS, revision: 1, keys: 1_000, keyBytes: 0 },
      ...{ valueBytes: 700, historyBytes: 0, puts, creates: 0, deletes: 0, writtenBytes: 0, isFull },
      ...{ format: FRAME_FORMAT, payload: encodeFrame(cells) },
    });
  }
  await db.insert(schema.keyspaceFrame).values(frames);
  const answer = await readPatterns(db, id, PatternsParams.parse({}), NOW);
  expect(answer.items.map(({ pattern, prefix }) => [pattern, prefix])).toEqual([["storm", `/p${WRITTEN}/`]]);
  // The 150 largest (the root is one of them), and the one that was written.
  expect(answer.prefixes).toBe(151);
});
