import { ensurePartitions } from "@/lib/db/partitions";
import * as schema from "@/lib/db/schema";
import { emptyFrameCells, encodeFrame, FRAME_FORMAT, FRAME_MEASURES, type FrameMeasure } from "@/lib/model/frame";
import { FRAME_MS, type TimeRange } from "@/lib/model/time-range";
import type { TestDb } from "@/tests/support/db";

export const HOUR_MS = 3_600_000;
export const NOT_MEASURED = "Replaying the history of this cluster has not begun.";

/** The seeded tree: slot, parent, prefix. Slot 6 is the *other* of `/registry/pods/`. */
export const NODES = [
  { slot: 0, parentSlot: null, prefix: "", isOther: false },
  { slot: 1, parentSlot: 0, prefix: "/registry/", isOther: false },
  { slot: 2, parentSlot: 1, prefix: "/registry/pods/", isOther: false },
  { slot: 3, parentSlot: 2, prefix: "/registry/pods/ns-1/", isOther: false },
  { slot: 4, parentSlot: 2, prefix: "/registry/pods/ns-2/", isOther: false },
  { slot: 5, parentSlot: 1, prefix: "/registry/leases/", isOther: false },
  { slot: 6, parentSlot: 2, prefix: "/registry/pods/", isOther: true },
] as const;

/** Nodes that keys hang on, with the names of their keys. */
const LEAVES = [
  { slot: 0, keys: ["compact_rev_key", "a\u0000b"] },
  { slot: 2, keys: Array.from({ length: 7 }, (_, i) => `/registry/pods/stray-${i}`) },
  { slot: 3, keys: Array.from({ length: 12 }, (_, i) => `/registry/pods/ns-1/pod-${i}`) },
  { slot: 4, keys: Array.from({ length: 5 }, (_, i) => `/registry/pods/ns-2/pod-${i}`) },
  { slot: 5, keys: Array.from({ length: 4 }, (_, i) => `/registry/leases/node-${i}`) },
  { slot: 6, keys: Array.from({ length: 3 }, (_, i) => `/registry/pods/folded-${i}/pod`) },
];

/** A write as it happened. `valueBytes` null: a delete. */
export interface BookEvent {
  atMs: number;
  slot: number;
  key: string;
  valueBytes: number | null;
  isCreate: boolean;
  revision: number;
}

export interface BookKey {
  key: string;
  slot: number;
  valueBytes: number;
  createRevision: number;
  modRevision: number;
  version: number;
}

/** Independent books: a list of events, and plain loops over it. */
export class Books {
  readonly events: BookEvent[] = [];
  #keys = new Map<string, BookKey>();
  revision = 1_000;
  #random: () => number;

  constructor(seed: number) {
    let state = seed;
    this.#random = () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state / 2 ** 32;
    };
  }

  /** A random put or delete. */
  write(atMs: number): void {
    const leaf = LEAVES[Math.floor(this.#random() ** 2 * LEAVES.length)] as (typeof LEAVES)[number];
    const key = leaf.keys[Math.floor(this.#random() * leaf.keys.length)] as string;
    const known = this.#keys.get(key);
    const isDelete = known !== undefined && this.#random() < 0.15;
    const revision = ++this.revision;
    const valueBytes = isDelete ? null : Math.floor(this.#random() * 5_000);
    this.events.push({ atMs, slot: leaf.slot, key, valueBytes, isCreate: !isDelete && !known, revision });
    if (valueBytes === null) this.#keys.delete(key);
    else {
      const createRevision = known?.createRevision ?? revision;
      const version = (known?.version ?? 0) + 1;
      this.#keys.set(key, { key, slot: leaf.slot, valueBytes, createRevision, modRevision: revision, version });
    }
  }

  keys(): BookKey[] {
    return [...this.#keys.values()];
  }

  /** What a slot held before `atMs`, replayed from the beginning. */
  gauge(slot: number, atMs: number) {
    const live = new Map<string, number>();
    for (const event of this.events) {
      if (event.atMs >= atMs || !isUnder(event.slot, slot)) continue;
      if (event.valueBytes === null) live.delete(event.key);
      else live.set(event.key, event.valueBytes);
    }
    const gauge = { keys: live.size, keyBytes: 0, valueBytes: 0 };
    for (const [key, valueBytes] of live) {
      gauge.keyBytes += Buffer.byteLength(key);
      gauge.valueBytes += valueBytes;
    }
    return gauge;
  }

  /** What happened under a slot in a range. */
  counts(slot: number, { fromMs, toMs }: TimeRange) {
    const counts = { puts: 0, creates: 0, deletes: 0, writtenBytes: 0 };
    for (const event of this.events) {
      if (event.atMs < fromMs || event.atMs >= toMs || !isUnder(event.slot, slot)) continue;
      if (event.valueBytes === null) counts.deletes++;
      else {
        counts.puts++;
        if (event.isCreate) counts.creates++;
        counts.writtenBytes += Buffer.byteLength(event.key) + event.valueBytes;
      }
    }
    return counts;
  }
}

/** Superseded revisions and tombstones after `compactRevision`, of a slot or of one key: a plain loop. */
export function historyOf(
  books: Books,
  where: { slot: number } | { key: string },
  compactRevision: number,
): { historyBytes: number; historyRevisions: number } {
  const current = new Set(books.keys().map(({ modRevision }) => modRevision));
  const total = { historyBytes: 0, historyRevisions: 0 };
  for (const { slot, key, valueBytes, revision } of books.events) {
    const isThere = "key" in where ? key === where.key : isUnder(slot, where.slot);
    if (!isThere || revision <= compactRevision || current.has(revision)) continue;
    total.historyBytes += Buffer.byteLength(key) + (valueBytes ?? 0);
    total.historyRevisions++;
  }
  return total;
}

/** The seeded keys with a lease. */
export function isLeased({ key }: Pick<BookKey, "key">): boolean {
  return key.startsWith("/registry/leases/") || key.endsWith("-1");
}

/** Whether `slot` is `ancestor` or lies below it. */
export function isUnder(slot: number, ancestor: number): boolean {
  for (let at: number | null = slot; at !== null; at = NODES[at]?.parentSlot ?? null) if (at === ancestor) return true;
  return false;
}

/** Adds a cluster row and answers its id. */
export async function seedCluster(
  { db }: TestDb,
  name: string,
  more: Partial<typeof schema.cluster.$inferInsert> = {},
) {
  const [row] = await db
    .insert(schema.cluster)
    .values({ name, source: "settings", endpoints: ["http://127.0.0.1:2379"], ...more })
    .returning({ id: schema.cluster.id });
  return (row as { id: number }).id;
}

export interface SeededTime {
  fromMs: number;
  /** The last frame ends here: the tests' now. */
  nowMs: number;
  /** Nobody watched here. */
  gap?: TimeRange;
  /** History is measured from here on; without it, it is not measured. */
  compactRevision?: number;
}

/** Writes frames, hours, dictionary, state and status of what the books say, as the worker would. */
export async function seedKeyspace(test: TestDb, clusterId: number, books: Books, time: SeededTime): Promise<void> {
  await ensurePartitions(test.db, time.nowMs, time.fromMs);
  await seedTree(test, clusterId, books, time);
  const inGap = (ms: number) => time.gap !== undefined && ms >= time.gap.fromMs && ms < time.gap.toMs;
  const frames: (typeof schema.keyspaceFrame.$inferInsert)[] = [];
  for (let atMs = time.fromMs; atMs < time.nowMs; atMs += FRAME_MS) {
    if (inGap(atMs)) continue;
    const isFull = atMs === time.fromMs || atMs % HOUR_MS === 0 || inGap(atMs - FRAME_MS);
    frames.push(toFrame(clusterId, books, atMs, isFull));
  }
  for (let at = 0; at < frames.length; at += 500) {
    await test.db.insert(schema.keyspaceFrame).values(frames.slice(at, at + 500));
  }
  await seedHours(test, clusterId, books, time, inGap);
}

function toFrame(clusterId: number, books: Books, atMs: number, isFull: boolean) {
  const range = { fromMs: atMs, toMs: atMs + FRAME_MS };
  const listed = NODES.map(({ slot }) => ({ slot, ...figures(books, slot, range) })).filter(
    ({ slot, keys, puts, deletes }) => slot === 0 || puts + deletes > 0 || (isFull && keys > 0),
  );
  const cells = emptyFrameCells(listed.length);
  for (const [i, row] of listed.entries()) {
    cells.slots[i] = row.slot;
    for (const measure of FRAME_MEASURES) cells[measure][i] = row[measure];
  }
  const { slot: _, ...totals } = listed[0] as (typeof listed)[number];
  const written = books.events.filter((event) => event.atMs < range.toMs);
  const revision = written.at(-1)?.revision ?? 1_000;
  return {
    ...{ clusterId, at: new Date(atMs), observedMs: FRAME_MS, revision, ...totals },
    ...{ isFull, format: FRAME_FORMAT, payload: encodeFrame(cells) },
  };
}

function figures(books: Books, slot: number, range: TimeRange): Record<FrameMeasure, number> {
  return { ...books.gauge(slot, range.toMs), historyBytes: 0, ...books.counts(slot, range) };
}

async function seedHours(
  { db }: TestDb,
  clusterId: number,
  books: Books,
  time: SeededTime,
  inGap: (ms: number) => boolean,
): Promise<void> {
  const rows: (typeof schema.prefixHour.$inferInsert)[] = [];
  for (let hourMs = Math.floor(time.fromMs / HOUR_MS) * HOUR_MS; hourMs < time.nowMs; hourMs += HOUR_MS) {
    const range = { fromMs: Math.max(hourMs, time.fromMs), toMs: Math.min(hourMs + HOUR_MS, time.nowMs) };
    let observedMs = 0;
    for (let ms = range.fromMs; ms < range.toMs; ms += FRAME_MS) if (!inGap(ms)) observedMs += FRAME_MS;
    if (observedMs === 0) continue;
    for (const { slot } of NODES) {
      const row = figures(books, slot, range);
      if (slot !== 0 && row.puts + row.deletes === 0) continue;
      rows.push({ clusterId, hour: new Date(hourMs), slot, observedMs, revision: 1, ...row });
    }
  }
  if (rows.length > 0) await db.insert(schema.prefixHour).values(rows);
}

async function seedTree(
  { db }: TestDb,
  clusterId: number,
  books: Books,
  { nowMs, compactRevision }: SeededTime,
): Promise<void> {
  await db
    .insert(schema.prefix)
    .values(NODES.map((node) => ({ ...node, clusterId, prefix: Buffer.from(node.prefix) })));
  const rows = NODES.map(({ slot }) => {
    const keys = books.keys().filter((key) => isUnder(key.slot, slot));
    const revisions = keys.map(({ modRevision }) => modRevision);
    return {
      clusterId,
      slot,
      ...books.gauge(slot, nowMs),
      directKeys: books.keys().filter((key) => key.slot === slot).length,
      childPrefixes: NODES.filter(({ parentSlot }) => parentSlot === slot).length,
      largestValueBytes: Math.max(0, ...keys.map(({ valueBytes }) => valueBytes)),
      oldestModRevision: keys.length > 0 ? Math.min(...revisions) : null,
      newestModRevision: keys.length > 0 ? Math.max(...revisions) : null,
      leasedKeys: keys.filter(isLeased).length,
      ...(compactRevision === undefined ? {} : historyOf(books, { slot }, compactRevision)),
    };
  });
  await db.insert(schema.prefixState).values(rows);
  const at = new Date(nowMs - 500);
  await db.insert(schema.keyspaceStatus).values({
    ...{ clusterId, phase: "live", revision: books.revision, at, since: new Date(nowMs - HOUR_MS), updatedAt: at },
    ...(compactRevision === undefined
      ? { historyReason: NOT_MEASURED }
      : { compactRevision, historyRevisions: historyOf(books, { slot: 0 }, compactRevision).historyRevisions }),
  });
}
