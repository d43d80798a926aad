import type { Db } from "@/lib/db/client";
import { ensurePartitions } from "@/lib/db/partitions";
import * as schema from "@/lib/db/schema";
import * as health from "@/lib/db/schema-health";
import { emptyFrameCells, encodeFrame, FRAME_FORMAT, FRAME_MEASURES } from "@/lib/model/frame";
import type { TimeRange } from "@/lib/model/time-range";
import { type SeededSeries, seedMetrics } from "./traffic-seed";

/**
 * A cluster in which something went wrong, planted through the product's own encoders: what was planted is kept as plain
 * records, for those who count for themselves.
 */

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
export const FRAME_MS = 10 * SECOND_MS;

export const MEMBERS = [
  { memberId: "000000000000000a", name: "etcd-1" },
  { memberId: "000000000000000b", name: "etcd-2" },
  { memberId: "000000000000000c", name: "etcd-3" },
] as const;

/** Tries to be a heading, a link, a table cell, code and a call for everybody. */
export const HOSTILE_PREFIX = "/registry/configmaps/`x`|\n# @here <!channel> [a](http://evil)/";

export const TREE = [
  { slot: 0, parentSlot: null, prefix: "", isOther: false },
  { slot: 1, parentSlot: 0, prefix: "/registry/", isOther: false },
  { slot: 2, parentSlot: 1, prefix: "/registry/pods/", isOther: false },
  { slot: 3, parentSlot: 2, prefix: "/registry/pods/shop/", isOther: false },
  { slot: 4, parentSlot: 2, prefix: "/registry/pods/", isOther: true },
  { slot: 5, parentSlot: 1, prefix: "/registry/events/", isOther: false },
  { slot: 6, parentSlot: 5, prefix: "/registry/events/ci-build/", isOther: false },
  { slot: 7, parentSlot: 5, prefix: "/registry/events/web/", isOther: false },
  { slot: 8, parentSlot: 1, prefix: "/registry/configmaps/", isOther: false },
  { slot: 9, parentSlot: 8, prefix: HOSTILE_PREFIX, isOther: false },
] as const;

/** Where keys hang: what happens there is all that happens. */
const LEAVES = [3, 4, 6, 7, 9] as const;

/** What happened below a leaf in one frame. */
export interface PlantedWrites {
  atMs: number;
  slot: number;
  puts: number;
  deletes: number;
  writtenBytes: number;
}

export interface TriageStory {
  /** A whole minute; the history ends there. */
  nowMs: number;
  minutes: number;
  /** When the storm was. */
  storm: TimeRange;
  /** Nobody watched the keyspace. */
  gap?: TimeRange;
}

/** What was planted. */
export interface Planted {
  writes: PlantedWrites[];
  /** Fsyncs by bucket of each reading of each member: the reading that ended at `atMs`. */
  fsyncs: { memberId: string; atMs: number; buckets: Map<number, number> }[];
  ranges: { memberId: string; atMs: number; calls: number }[];
  hot: { minuteMs: number; key: string; writes: number; writtenBytes: number }[];
}

/** Fills a cluster with the story. */
export async function seedTriage(db: Db, clusterId: number, story: TriageStory): Promise<Planted> {
  const fromMs = story.nowMs - story.minutes * MINUTE_MS;
  await ensurePartitions(db, story.nowMs, fromMs);
  const writes = plantWrites(story, fromMs);
  await seedMembers(db, clusterId, story, fromMs);
  await seedKeyspaceOf(db, clusterId, story, writes);
  const hot = await seedHot(db, clusterId, story, fromMs);
  const { fsyncs, ranges } = await seedMemberMetrics(db, clusterId, story, fromMs);
  await seedProbes(db, clusterId, story, fromMs);
  return { writes, fsyncs, ranges, hot };
}

/** Whether what hangs on a slot lies below another. */
export function isUnder(slot: number, ancestor: number): boolean {
  for (let at: number | null = slot; at !== null; at = TREE[at]?.parentSlot ?? null) if (at === ancestor) return true;
  return false;
}

function isIn(atMs: number, range: TimeRange | undefined): boolean {
  return range !== undefined && atMs >= range.fromMs && atMs < range.toMs;
}

function plantWrites({ nowMs, storm, gap }: TriageStory, fromMs: number): PlantedWrites[] {
  const planted: PlantedWrites[] = [];
  for (let atMs = fromMs, i = 0; atMs < nowMs; atMs += FRAME_MS, i++) {
    if (isIn(atMs, gap)) continue;
    for (const slot of LEAVES) {
      const quiet = { 3: 60, 4: 7, 6: 20, 7: 12, 9: 15 }[slot] + ((i * slot) % 5);
      const isStormy = isIn(atMs, storm);
      // Events storm in one namespace; the configmaps of the hostile name grow in bytes alone.
      const puts = slot === 6 && isStormy ? 4_200 + (i % 7) : quiet;
      const bytes = slot === 9 && isStormy ? 90_000 : 900;
      planted.push({ atMs, slot, puts, deletes: slot === 7 ? 3 : 0, writtenBytes: puts * bytes });
    }
  }
  return planted;
}

async function seedKeyspaceOf(
  db: Db,
  clusterId: number,
  { nowMs, storm }: TriageStory,
  writes: readonly PlantedWrites[],
): Promise<void> {
  await db.insert(schema.prefix).values(TREE.map((node) => ({ ...node, clusterId, prefix: Buffer.from(node.prefix) })));
  const state = { clusterId, keys: 10, keyBytes: 400, valueBytes: 9_000, directKeys: 0, largestValueBytes: 900 };
  await db
    .insert(schema.prefixState)
    .values(
      TREE.map(({ slot }) => ({ ...state, slot, childPrefixes: TREE.filter((n) => n.parentSlot === slot).length })),
    );
  const at = new Date(nowMs);
  await db
    .insert(schema.keyspaceStatus)
    .values({ clusterId, phase: "live", revision: 1_000, at, since: at, updatedAt: at });
  const byFrame = new Map<number, PlantedWrites[]>();
  for (const own of writes) byFrame.set(own.atMs, [...(byFrame.get(own.atMs) ?? []), own]);
  const rows = [...byFrame].map(([atMs, own], i) => toFrame(clusterId, { atMs, own, isFull: i === 0, storm }));
  for (let i = 0; i < rows.length; i += 300) await db.insert(schema.keyspaceFrame).values(rows.slice(i, i + 300));
}

function toFrame(
  clusterId: number,
  { atMs, own, isFull, storm }: { atMs: number; own: readonly PlantedWrites[]; isFull: boolean; storm: TimeRange },
) {
  const cells = emptyFrameCells(TREE.length);
  for (const { slot } of TREE) {
    const below = own.filter((write) => isUnder(write.slot, slot));
    const sum = (figure: "puts" | "deletes" | "writtenBytes") =>
      below.reduce((total, write) => total + write[figure], 0);
    cells.slots[slot] = slot;
    const figures = { keys: 10, keyBytes: 400, valueBytes: 9_000, historyBytes: 0, creates: 0 };
    const counted = { ...figures, puts: sum("puts"), deletes: sum("deletes"), writtenBytes: sum("writtenBytes") };
    for (const measure of FRAME_MEASURES) cells[measure][slot] = counted[measure];
  }
  const totals = Object.fromEntries(FRAME_MEASURES.map((measure) => [measure, cells[measure][0] as number]));
  const isStormy = isIn(atMs, storm);
  return {
    ...{ clusterId, at: new Date(atMs), observedMs: FRAME_MS, revision: 1_000 + (Math.floor(atMs / FRAME_MS) % 1e6) },
    ...(totals as Record<(typeof FRAME_MEASURES)[number], number>),
    ...{ largestRevisionPuts: isStormy ? 40 : 2, largestPutBytes: isStormy ? 90_000 : 1_100 },
    ...{ isFull, format: FRAME_FORMAT, payload: encodeFrame(cells) },
  };
}

/** One key of the storm, one of the quiet. */
async function seedHot(db: Db, clusterId: number, { nowMs, storm }: TriageStory, fromMs: number) {
  const keys = ["/registry/events/ci-build/runner.1", "/registry/pods/shop/cart-0"];
  await db.insert(schema.hotKey).values(keys.map((key, keyId) => ({ clusterId, keyId, key: Buffer.from(key) })));
  const hot: Planted["hot"] = [];
  for (let minuteMs = fromMs; minuteMs < nowMs; minuteMs += MINUTE_MS) {
    const writes = isIn(minuteMs, storm) ? [9_000, 200] : [10, 200];
    const writtenBytes = writes.map((count) => count * 934);
    for (const [i, key] of keys.entries()) {
      hot.push({ minuteMs, key, writes: writes[i] as number, writtenBytes: writtenBytes[i] as number });
    }
    const minute = new Date(minuteMs);
    await db.insert(schema.hotMinute).values({
      ...{ clusterId, minute, observedMs: MINUTE_MS, keyIds: [0, 1], writes, writtenBytes, unlistedWrites: 0 },
    });
  }
  return hot;
}

async function seedMembers(db: Db, clusterId: number, { nowMs, storm }: TriageStory, fromMs: number): Promise<void> {
  const blank = { clientUrls: [], peerUrls: [], isLearner: false, alarms: [], errors: [], checkedAt: new Date(nowMs) };
  await db
    .insert(schema.member)
    .values(MEMBERS.map((one, i) => ({ ...blank, ...one, clusterId, isLeader: i === 0, version: "3.5.21" })));
  const samples: (typeof schema.memberSample.$inferInsert)[] = [];
  for (let atMs = fromMs; atMs < nowMs; atMs += FRAME_MS) {
    for (const [i, { memberId }] of MEMBERS.entries()) {
      const revision = 5_000 + Math.floor((atMs - fromMs) / FRAME_MS) * 10 - (i === 2 && isIn(atMs, storm) ? 700 : 0);
      samples.push({
        ...{
          clusterId,
          memberId,
          at: new Date(atMs),
          dbSizeInUseBytes: 60e6,
          isLeader: i === 0,
          statusMs: 1,
          revision,
          revisionsBehind: i === 2 && isIn(atMs, storm) ? 690 : 0,
        },
        ...{ dbSizeBytes: 80e6 + Math.floor(((atMs - fromMs) / SECOND_MS) * 1_000), raftIndex: 9, raftAppliedIndex: 9 },
      });
    }
  }
  for (let i = 0; i < samples.length; i += 500) await db.insert(schema.memberSample).values(samples.slice(i, i + 500));
}

const FSYNC = "etcd_disk_wal_fsync_duration_seconds_bucket";
const BOUNDS = [0.001, 0.002, 0.004, 0.008, 0.016, 0.032, 0.064, Number.POSITIVE_INFINITY];

/** The first member's disk is slow in the storm; ranges stay as they are. */
async function seedMemberMetrics(db: Db, clusterId: number, { nowMs, storm }: TriageStory, fromMs: number) {
  const fsyncs: Planted["fsyncs"] = [];
  const ranges: Planted["ranges"] = [];
  const readings = (nowMs - fromMs) / FRAME_MS;
  const targets = MEMBERS.map(({ memberId }, m) => {
    const byBound = BOUNDS.map((): number[] => []);
    const calls: number[] = [];
    for (let i = 0; i < readings; i++) {
      const startMs = fromMs + i * FRAME_MS;
      const slow = m === 0 && isIn(startMs, storm) ? 60 : 0;
      const own = [70 + (i % 4), 20, 5, 3, 1, slow, slow / 2, 0];
      const buckets = new Map<number, number>();
      let below = 0;
      for (const [b, bound] of BOUNDS.entries()) {
        below += own[b] as number;
        buckets.set(bound, below);
        byBound[b]?.push(below);
      }
      fsyncs.push({ memberId, atMs: startMs + FRAME_MS, buckets });
      calls.push(120 + ((i + m) % 3));
      ranges.push({ memberId, atMs: startMs + FRAME_MS, calls: 120 + ((i + m) % 3) });
    }
    const series: SeededSeries[] = BOUNDS.map((bound, b) => ({
      name: FSYNC,
      labels: { le: bound === Number.POSITIVE_INFINITY ? "+Inf" : String(bound) },
      values: byBound[b] as number[],
    }));
    series.push({ name: "etcd_mvcc_range_total", labels: {}, values: calls });
    return {
      source: "etcd" as const,
      url: `http://${memberId}:2379/metrics`,
      memberId,
      fromMs,
      stepMs: FRAME_MS,
      series,
    };
  });
  await seedMetrics(db, clusterId, targets);
  return { fsyncs, ranges };
}

/** Linearizable reads slow down everywhere in the storm; some of the third member's fail. */
async function seedProbes(db: Db, clusterId: number, { nowMs, storm }: TriageStory, fromMs: number): Promise<void> {
  const rows: (typeof health.probeMinute.$inferInsert)[] = [];
  for (let minuteMs = fromMs; minuteMs < nowMs; minuteMs += MINUTE_MS) {
    for (const [m, { memberId }] of MEMBERS.entries()) {
      const slots = Array.from({ length: 12 }, (_, slot) => isIn(minuteMs + slot * 5 * SECOND_MS, storm));
      rows.push({
        ...{ clusterId, minute: new Date(minuteMs), memberId, failures: [] },
        serializableMicros: slots.map(() => 700),
        linearizableMicros: slots.map((isStormy, slot) => (isStormy ? (m === 2 && slot === 5 ? -1 : 45_000) : 2_000)),
      });
    }
  }
  await db.insert(health.probeMinute).values(rows);
}
