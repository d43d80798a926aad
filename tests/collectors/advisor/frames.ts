import type { Db } from "@/lib/db/client";
import { ensurePartitions } from "@/lib/db/partitions";
import { cluster, keyspaceFrame, prefix } from "@/lib/db/schema";
import { writeSealed } from "@/lib/db/sealed-rows";
import { emptyFrameCells, encodeFrame, FRAME_FORMAT, type FrameCells } from "@/lib/model/frame";
import { FrameStretch } from "@/lib/model/frame-stretch";
import { sealStretch } from "@/lib/model/sealed";

const FRAME_MS = 10_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const VALUE_BYTES = 100;

/** Prefixes by name, each below the longest that it begins with; the first is the whole keyspace. */
export const TREE = [
  "",
  "/registry/",
  "/registry/events/",
  "/registry/events/shop/",
  "/registry/events/other/",
  "/registry/pods/",
  "/registry/leases/",
] as const;
/** What has no node of its own below `/registry/leases/`. */
export const OTHER_SLOT = TREE.length;
/** By the slot that is written to: puts a second. */
export type Writes = Record<number, number>;

let clusters = 0;

/** A cluster with the dictionary of `TREE`. */
export async function addTreeCluster(db: Db, sinceMs: number): Promise<number> {
  await ensurePartitions(db, Date.now(), sinceMs);
  const row = { name: `cluster ${++clusters}`, source: "settings" as const, endpoints: [] };
  const [added] = await db.insert(cluster).values(row).returning({ id: cluster.id });
  const clusterId = added?.id as number;
  const nodes = TREE.map((name, slot) => ({ slot, parentSlot: parentOf(slot), prefix: Buffer.from(name) }));
  await db.insert(prefix).values(nodes.map((node) => ({ clusterId, ...node, isOther: false })));
  const parentSlot = TREE.indexOf("/registry/leases/");
  const other = { slot: OTHER_SLOT, parentSlot, prefix: Buffer.from("/registry/leases/"), isOther: true };
  await db.insert(prefix).values({ clusterId, ...other });
  return clusterId;
}

/** Writes frames from `fromMs` on, a line of writes each; null: nobody watched. */
export async function writeFrameLine(db: Db, clusterId: number, fromMs: number, line: readonly (Writes | null)[]) {
  const rows = line.flatMap((writes, i) =>
    writes === null ? [] : [toFrame(clusterId, fromMs + i * FRAME_MS, writes)],
  );
  for (let at = 0; at < rows.length; at += 500) await db.insert(keyspaceFrame).values(rows.slice(at, at + 500));
}

/** Seals an hour in which every frame was the same. */
export async function writeSealedHour(db: Db, clusterId: number, hourMs: number, writes: Writes): Promise<void> {
  const frames = Array.from({ length: HOUR_MS / FRAME_MS }, (_, i) => ({
    ...{ atMs: hourMs + i * FRAME_MS, observedMs: FRAME_MS, revision: i, isFull: i === 0, hasHistory: true },
    cells: toCells(writes),
  }));
  const stretch = new FrameStretch(frames, hourMs, MINUTE_MS, HOUR_MS / MINUTE_MS);
  await writeSealed(db, "hour", clusterId, { fromMs: hourMs, parts: await sealStretch(stretch, frames.length) });
}

function toFrame(clusterId: number, atMs: number, writes: Writes): typeof keyspaceFrame.$inferInsert {
  const cells = toCells(writes);
  const total = { keys: 0, keyBytes: 0, valueBytes: 0, historyBytes: 0, creates: 0, deletes: 0 };
  return {
    ...{ clusterId, at: new Date(atMs), observedMs: FRAME_MS, revision: 1, ...total },
    ...{ puts: cells.puts[0] ?? 0, writtenBytes: cells.writtenBytes[0] ?? 0, isFull: false },
    ...{ format: FRAME_FORMAT, payload: encodeFrame(cells) },
  };
}

/** Each write counts for the slot and for all above it. */
function toCells(writes: Writes): FrameCells {
  const puts = new Map<number, number>();
  for (const [slot, perSecond] of Object.entries(writes)) {
    for (let at: number | null = Number(slot); at !== null; at = parentOf(at)) {
      puts.set(at, (puts.get(at) ?? 0) + Math.round((perSecond * FRAME_MS) / 1_000));
    }
  }
  const slots = [...puts.keys()].sort((a, b) => a - b);
  const cells = emptyFrameCells(slots.length);
  for (const [cell, slot] of slots.entries()) {
    cells.slots[cell] = slot;
    cells.puts[cell] = puts.get(slot) as number;
    cells.writtenBytes[cell] = (puts.get(slot) as number) * VALUE_BYTES;
  }
  return cells;
}

function parentOf(slot: number): number | null {
  if (slot === OTHER_SLOT) return TREE.indexOf("/registry/leases/");
  const name = TREE[slot] as string;
  const above = TREE.filter((other) => other.length < name.length && name.startsWith(other));
  return above.length === 0 ? null : TREE.indexOf(above.at(-1) as (typeof TREE)[number]);
}
