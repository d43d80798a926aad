import { sql } from "drizzle-orm";
import type { Db } from "@/lib/db/client";
import * as schema from "@/lib/db/schema";
import type { FrameGauge, FrameMeasure } from "@/lib/model/frame";
import {
  emptyFrameCells,
  encodeFrame,
  FRAME_COUNTERS,
  FRAME_FORMAT,
  FRAME_GAUGES,
  FRAME_MEASURES,
} from "@/lib/model/frame";
import type { MatrixStretch } from "./matrix-stretch";
import type { SyntheticKeyspace } from "./synthetic-keyspace";

const MINUTE_MS = 60_000;
const ROWS_A_STATEMENT = 3_000;
const HOT_KEYS = 40;

/** The dictionary of prefixes. */
export async function writeTree(db: Db, clusterId: number, { nodes }: SyntheticKeyspace): Promise<void> {
  for (let at = 0; at < nodes.length; at += ROWS_A_STATEMENT) {
    const rows = nodes.slice(at, at + ROWS_A_STATEMENT);
    await db
      .insert(schema.prefix)
      .values(rows.map((node) => ({ ...node, clusterId, prefix: Buffer.from(node.prefix) })));
  }
}

/** What changed in the hour, a row a prefix; the whole keyspace always has one. */
export async function writeHourRollUps(db: Db, clusterId: number, hour: MatrixStretch): Promise<void> {
  const observedMs = hour.observedMs.reduce((sum, ms) => sum + ms, 0);
  if (observedMs === 0) return;
  const last = hour.columns - 1;
  const rows: number[][] = [];
  for (const slot of hour.slots) {
    const counts = FRAME_COUNTERS.map((counter) => {
      let sum = 0;
      for (let column = 0; column <= last; column++) sum += hour.at(counter, slot, column);
      return sum;
    });
    if (slot !== 0 && counts.every((count) => count === 0)) continue;
    rows.push([slot, ...FRAME_GAUGES.map((gauge) => hour.at(gauge, slot, last)), ...counts]);
  }
  const revision = hour.revisions[last];
  for (let at = 0; at < rows.length; at += ROWS_A_STATEMENT) {
    await db.execute(sql`
      insert into prefix_hour (cluster_id, hour, observed_ms, revision, slot, keys, key_bytes, value_bytes, history_bytes,
        puts, creates, deletes, written_bytes)
      select ${clusterId}, ${new Date(hour.fromMs).toISOString()}::timestamptz, ${observedMs}, ${revision},
        (row->>0)::int, (row->>1)::bigint, (row->>2)::bigint, (row->>3)::bigint, (row->>4)::bigint, (row->>5)::bigint,
        (row->>6)::bigint, (row->>7)::bigint, (row->>8)::bigint
      from json_array_elements(${JSON.stringify(rows.slice(at, at + ROWS_A_STATEMENT))}::json) as row`);
  }
}

interface FrameQuestion {
  hour: MatrixStretch;
  /** What the slots held when the hour began. */
  before: Record<FrameGauge, Float64Array>;
  frameSeconds: number;
  nowMs: number;
}

/** The hour's minutes cut into frames: a minute's counts spread over them, its gauges reached in the last one. */
export async function writeFrames(db: Db, clusterId: number, question: FrameQuestion): Promise<void> {
  const { hour, before, frameSeconds, nowMs } = question;
  const now = FRAME_GAUGES.map((gauge) => before[gauge].slice());
  const rows: (typeof schema.keyspaceFrame.$inferInsert)[] = [];
  const parts = 60 / frameSeconds;
  for (let column = 0; column < hour.columns; column++) {
    const start = now.map((gauge) => gauge.slice());
    for (let part = 0; part < parts; part++) {
      const at = new Date(hour.fromMs + column * MINUTE_MS + part * frameSeconds * 1_000);
      const isFull = column === 0 && part === 0;
      const cells = cutCells(hour, column, { part, parts, start, now, isFull });
      if (hour.observedMs[column] === 0 || at.getTime() >= nowMs) continue;
      const totals = Object.fromEntries(FRAME_MEASURES.map((measure) => [measure, cells[measure][0] as number]));
      const before = hour.revisions[column - 1] ?? (hour.revisions[0] as number);
      const revision = before + Math.floor((((hour.revisions[column] as number) - before) * (part + 1)) / parts);
      const row = { clusterId, at, observedMs: frameSeconds * 1_000, revision, isFull, format: FRAME_FORMAT };
      rows.push({ ...row, ...(totals as Record<FrameMeasure, number>), payload: Buffer.from(encodeFrame(cells)) });
    }
  }
  for (let at = 0; at < rows.length; at += 120) await db.insert(schema.keyspaceFrame).values(rows.slice(at, at + 120));
}

interface Cut {
  part: number;
  parts: number;
  start: Float64Array[];
  now: Float64Array[];
  isFull: boolean;
}

function cutCells(hour: MatrixStretch, column: number, { part, parts, start, now, isFull }: Cut) {
  const rows: number[][] = [];
  for (const slot of hour.slots) {
    let isListed = slot === 0 || isFull;
    const gauges = FRAME_GAUGES.map((gauge, i) => {
      const [from, to] = [start[i]?.[slot] as number, hour.at(gauge, slot, column)];
      const value = part === parts - 1 ? to : from + Math.floor(((to - from) * (part + 1)) / parts);
      if (value !== now[i]?.[slot]) isListed = true;
      (now[i] as Float64Array)[slot] = value;
      return value;
    });
    const counts = FRAME_COUNTERS.map((counter) => {
      const total = hour.at(counter, slot, column);
      const count = Math.floor((total * (part + 1)) / parts) - Math.floor((total * part) / parts);
      if (count > 0) isListed = true;
      return count;
    });
    if (isListed) rows.push([slot, ...gauges, ...counts]);
  }
  const cells = emptyFrameCells(rows.length);
  for (const [i, [slot, ...values]] of rows.entries()) {
    cells.slots[i] = slot as number;
    for (const [m, measure] of FRAME_MEASURES.entries()) cells[measure][i] = values[m] as number;
  }
  return cells;
}

/** The most written keys of each minute: two of each of the most written leaves. */
export async function writeHotMinutes(
  db: Db,
  clusterId: number,
  keyspace: SyntheticKeyspace,
  hour: MatrixStretch,
): Promise<void> {
  const leaves = keyspace.nodes.filter(({ slot, isOther }) => !isOther && keyspace.isLeaf(slot)).slice(0, HOT_KEYS);
  const keys = leaves.flatMap(({ slot, prefix }) =>
    [0, 1].map((n) => ({ keyId: slot * 2 + n, slot, key: `${prefix}hot-${n}` })),
  );
  const dictionary = keys.map(({ keyId, key }) => ({ clusterId, keyId, key: Buffer.from(key) }));
  await db.insert(schema.hotKey).values(dictionary).onConflictDoNothing();
  const rows = [];
  for (let column = 0; column < hour.columns; column++) {
    if (hour.observedMs[column] === 0) continue;
    const listed = keys
      .map(({ keyId, slot }) => {
        const puts = hour.at("puts", slot, column);
        const writes = Math.floor(puts / (2 + (keyId % 3)));
        return {
          keyId,
          writes,
          bytes: Math.floor((hour.at("writtenBytes", slot, column) * writes) / Math.max(1, puts)),
        };
      })
      .filter(({ writes }) => writes > 1)
      .sort((a, b) => b.writes - a.writes || a.keyId - b.keyId);
    rows.push({
      clusterId,
      minute: new Date(hour.fromMs + column * MINUTE_MS),
      observedMs: MINUTE_MS,
      keyIds: listed.map(({ keyId }) => keyId),
      writes: listed.map(({ writes }) => writes),
      writtenBytes: listed.map(({ bytes }) => bytes),
      unlistedWrites: 1,
      unlistedWrittenBytes: 10_000,
    });
  }
  if (rows.length > 0) await db.insert(schema.hotMinute).values(rows);
}

/** What every prefix holds now, and where the model stands: live. */
export async function writeNow(
  db: Db,
  clusterId: number,
  keyspace: SyntheticKeyspace,
  { fromMs, nowMs }: { fromMs: number; nowMs: number },
): Promise<void> {
  const gauges = keyspace.gauges();
  const { revision } = keyspace;
  const rows = keyspace.nodes.map(({ slot }) => {
    const keys = gauges.keys[slot] as number;
    const valueBytes = gauges.valueBytes[slot] as number;
    const children = keyspace.nodes.filter(({ parentSlot }) => parentSlot === slot).length;
    const isEmpty = keys === 0;
    return {
      ...{ clusterId, slot, keys, valueBytes, keyBytes: gauges.keyBytes[slot] as number, childPrefixes: children },
      ...{ historyBytes: gauges.historyBytes[slot] as number, leasedKeys: Math.floor(keys / 20) },
      historyRevisions: Math.floor((gauges.historyBytes[slot] as number) / 900),
      directKeys: children === 0 ? keys : 0,
      largestValueBytes: isEmpty ? 0 : Math.min(valueBytes, Math.ceil((valueBytes / keys) * (2 + (slot % 5)))),
      oldestModRevision: isEmpty ? null : Math.max(1, revision - 100_000 - slot * 900),
      newestModRevision: isEmpty ? null : Math.max(1, revision - slot * 31),
    };
  });
  for (let at = 0; at < rows.length; at += ROWS_A_STATEMENT) {
    await db.insert(schema.prefixState).values(rows.slice(at, at + ROWS_A_STATEMENT));
  }
  const at = new Date(nowMs);
  await db.insert(schema.keyspaceStatus).values({
    ...{ clusterId, phase: "live", revision, at, since: new Date(fromMs), updatedAt: at },
    ...{ endpoint: "http://127.0.0.1:2379", compactRevision: revision - 5_000 },
    ...{ historyRevisions: Math.floor((gauges.historyBytes[0] as number) / 900) },
    ...{ driftCheckedAt: at, driftCheckedKeys: gauges.keys[0] as number, driftKeys: 0 },
  });
}
