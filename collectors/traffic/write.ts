import { sql } from "drizzle-orm";
import type { MinuteTally, SignalTally, Tally } from "@/collectors/traffic/aggregate";
import type { CellSource } from "@/collectors/traffic/cell-dictionary";
import { heardMs, newestHeardMs } from "@/collectors/traffic/heard";
import { MINUTE_CELLS, MINUTE_MS } from "@/collectors/traffic/limits";
import { writeConfigs } from "@/collectors/traffic/member-configs";
import { mergeCells } from "@/collectors/traffic/merge-cells";
import type { TrafficStore, Turn } from "@/collectors/traffic/traffic-store";
import { ingestFault, logSignal, trafficMinute } from "@/lib/db/schema-sources";
import { log } from "@/lib/log";
import type { IngestFaultName } from "@/lib/model/ingest-faults";
import type { SourceName } from "@/lib/model/sources";
import type { TrafficFigures } from "@/lib/model/traffic";
import { decodeTrafficMinute, encodeTrafficFrame, TRAFFIC_FORMAT } from "@/lib/model/traffic-frame";

/** Minutes that are read, merged and written at once. */
const MINUTES_AT_ONCE = 50;

/**
 * Adds what one source told to what is there, within the turn's transaction. The tally is used up by it: when the
 * transaction fails, it has to be made anew.
 */
export async function writeTally(
  store: TrafficStore,
  turn: Turn,
  { source, tally }: { source: CellSource; tally: Tally },
): Promise<void> {
  store.requirePartitions(Math.min(turn.nowMs, tally.oldestMs()));
  const before = await store.heardUntilMs(turn, source);
  const heard = tally.heard.minutes(before);
  const minutes = [...new Set([...tally.minutes.keys(), ...heard.keys()])].sort((a, b) => a - b);
  for (let from = 0; from < minutes.length; from += MINUTES_AT_ONCE) {
    const some = minutes.slice(from, from + MINUTES_AT_ONCE);
    await writeMinutes(turn, source, { minutes: some, heard, tally });
  }
  await writeSignals(turn, [...tally.signals.values()]);
  await writeConfigs(turn, tally.configs);
  await writeFaults(turn, source, tally.faults);
  noteHeard(turn, source, { heard, before });
  turn.oldestMs = Math.min(turn.oldestMs, minutes[0] ?? Number.POSITIVE_INFINITY);
}

interface MinutesToWrite {
  minutes: readonly number[];
  heard: ReadonlyMap<number, bigint>;
  tally: Tally;
}

async function writeMinutes(turn: Turn, source: CellSource, { minutes, heard, tally }: MinutesToWrite): Promise<void> {
  const there = await readMinutes(turn, source, minutes);
  const rows: (typeof trafficMinute.$inferInsert)[] = [];
  for (const minuteMs of minutes) {
    const before = there.get(minuteMs) ?? emptyMinute();
    const added: MinuteTally = tally.minutes.get(minuteMs) ?? { cells: new Map(), events: 0, foldedCells: 0 };
    const merged = await mergeCells(turn.dictionary, {
      ...{ source, atMs: minuteMs, limit: MINUTE_CELLS },
      ...{ before: before.cells, added: added.cells },
    });
    const heardSeconds = before.heardSeconds | (heard.get(minuteMs) ?? 0n);
    rows.push({
      ...{ clusterId: turn.clusterId, at: new Date(minuteMs), source, format: TRAFFIC_FORMAT },
      observedMs: heardMs(heardSeconds),
      events: before.events + added.events,
      foldedCells: before.foldedCells + added.foldedCells + merged.foldedCells,
      payload: encodeTrafficFrame(merged.cells, heardSeconds),
    });
  }
  const { clusterId, at, source: sourceColumn } = trafficMinute;
  await turn.tx
    .insert(trafficMinute)
    .values(rows)
    .onConflictDoUpdate({
      target: [clusterId, at, sourceColumn],
      set: {
        observedMs: sql`excluded.observed_ms`,
        events: sql`excluded.events`,
        foldedCells: sql`excluded.folded_cells`,
        format: sql`excluded.format`,
        payload: sql`excluded.payload`,
      },
    });
}

interface StoredMinute {
  events: number;
  foldedCells: number;
  heardSeconds: bigint;
  cells: Map<number, TrafficFigures>;
}

function emptyMinute(): StoredMinute {
  return { events: 0, foldedCells: 0, heardSeconds: 0n, cells: new Map() };
}

async function readMinutes(
  { tx, clusterId }: Turn,
  source: CellSource,
  minutes: readonly number[],
): Promise<Map<number, StoredMinute>> {
  const instants = `{${minutes.map((minuteMs) => `"${new Date(minuteMs).toISOString()}"`).join(",")}}`;
  const rows = await tx.execute<{
    at_ms: string;
    events: string;
    folded_cells: number;
    format: number;
    payload: Buffer;
  }>(sql`
    select extract(epoch from at) * 1000 as at_ms, events, folded_cells, format, payload from traffic_minute
    where cluster_id = ${clusterId} and source = ${source} and at = any(${instants}::timestamptz[])`);
  const stored = new Map<number, StoredMinute>();
  for (const row of rows) {
    try {
      const decoded = decodeTrafficMinute(row.format, row.payload);
      stored.set(Number(row.at_ms), { ...decoded, events: Number(row.events), foldedCells: row.folded_cells });
    } catch (error) {
      // One minute that cannot be read must not hold up what comes after it.
      log.error({ clusterId, source, at: Number(row.at_ms), error: String(error) }, "a minute is damaged, begun anew");
    }
  }
  return stored;
}

async function writeSignals({ tx, clusterId }: Turn, signals: readonly SignalTally[]): Promise<void> {
  for (let from = 0; from < signals.length; from += MINUTES_AT_ONCE) {
    const rows = signals.slice(from, from + MINUTES_AT_ONCE).map(({ minuteMs, ...row }) => ({
      ...{ clusterId, at: new Date(minuteMs) },
      ...row,
    }));
    const { worstMicros } = logSignal;
    await tx
      .insert(logSignal)
      .values(rows)
      .onConflictDoUpdate({
        target: [logSignal.clusterId, logSignal.at, logSignal.kind],
        set: {
          lines: sql`${logSignal.lines} + excluded.lines`,
          worstMicros: sql`greatest(${worstMicros}, excluded.worst_micros)`,
          totalMicros: sql`case when excluded.total_micros is null then ${logSignal.totalMicros}
            else least(coalesce(${logSignal.totalMicros}, 0) + excluded.total_micros, ${Number.MAX_SAFE_INTEGER}) end`,
          example: sql`case when excluded.worst_micros > coalesce(${worstMicros}, -1) then excluded.example
            else ${logSignal.example} end`,
        },
      });
  }
}

/** Adds to what a source could not use in the current minute. */
export async function writeFaults(
  { tx, clusterId, nowMs }: Turn,
  source: SourceName,
  faults: ReadonlyMap<IngestFaultName, number>,
): Promise<void> {
  if (faults.size === 0) return;
  const at = new Date(Math.floor(nowMs / MINUTE_MS) * MINUTE_MS);
  await tx
    .insert(ingestFault)
    .values([...faults].map(([fault, events]) => ({ clusterId, at, source, fault, events })))
    .onConflictDoUpdate({
      target: [ingestFault.clusterId, ingestFault.at, ingestFault.source, ingestFault.fault],
      set: { events: sql`${ingestFault.events} + excluded.events` },
    });
}

function noteHeard(
  turn: Turn,
  source: CellSource,
  { heard, before }: { heard: ReadonlyMap<number, bigint>; before: number | null },
): void {
  let newestMs = before;
  for (const [minuteMs, seconds] of heard) newestMs = Math.max(newestMs ?? 0, newestHeardMs(minuteMs, seconds));
  turn.heardUntilMs.set(source, newestMs);
}
