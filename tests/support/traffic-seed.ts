import { Tally } from "@/collectors/traffic/aggregate";
import type { CellSource } from "@/collectors/traffic/cell-dictionary";
import { TrafficStore } from "@/collectors/traffic/traffic-store";
import { writeTally } from "@/collectors/traffic/write";
import type { Db } from "@/lib/db/client";
import { ensurePartitions } from "@/lib/db/partitions";
import { metricFrame, metricSeries, metricTarget } from "@/lib/db/schema-metrics";
import { reduceAuditEvent } from "@/lib/model/audit-event";
import type { LogSignal } from "@/lib/model/log-signals";
import { encodeMetricFrame, METRIC_FRAME_FORMAT } from "@/lib/model/metric-frame";
import type { MetricKind, MetricSource } from "@/lib/model/metrics";
import type { TrafficEvent } from "@/lib/model/traffic";
import { readAuditLines } from "./audit-books";

/** A request of no account; what matters is given. */
export function trafficEvent(given: Partial<TrafficEvent> & { atMs: number }): TrafficEvent {
  return {
    ...{ verb: "get", resource: "pods", namespace: "shop", user: "system:serviceaccount:shop:cart", code: 200 },
    ...{ userAgent: "cart/v1", sourceAddress: "10.0.0.1", durationMicros: 5_000, responseBytes: null },
    ...{ etcdMicros: null, queueMicros: null, isUnpaged: false, isUncached: false, isClusterWide: false },
    ...given,
  };
}

/** Counts events as the worker would, in one turn of it. */
export async function seedTraffic(
  db: Db,
  clusterId: number,
  { source, events, signals = [] }: { source: CellSource; events: readonly TrafficEvent[]; signals?: LogSignal[] },
): Promise<void> {
  const store = new TrafficStore(db);
  const oldestMs = [...events, ...signals].reduce((oldest, { atMs }) => Math.min(oldest, atMs), Date.now());
  await ensurePartitions(db, Date.now(), oldestMs);
  await store.turn(clusterId, async (turn) => {
    const tally = new Tally(turn.nowMs);
    for (const event of events) tally.addEvent(event);
    for (const signal of signals) tally.addSignal(signal);
    await writeTally(store, turn, { source, tally });
  });
}

/** The recorded audit file, so shifted that it ends at `endMs`: by whole minutes, and a minute early at most. */
export function auditShiftMs(endMs: number): number {
  const lastMs = Date.parse("2026-11-21T08:02:00Z");
  return Math.floor((endMs - lastMs) / 60_000) * 60_000;
}

/** Counts the recorded audit file, each line through the reducer, shifted by `auditShiftMs(endMs)`. */
export async function seedAuditFile(db: Db, clusterId: number, { endMs }: { endMs: number }): Promise<void> {
  const shiftMs = auditShiftMs(endMs);
  const events = readAuditLines().flatMap((line) => {
    const reduced = reduceAuditEvent(JSON.parse(line));
    return "event" in reduced ? [{ ...reduced.event, atMs: reduced.event.atMs + shiftMs }] : [];
  });
  await seedTraffic(db, clusterId, { source: "audit", events });
}

/** One series of one target: what it grew by (a counter) or stands at, reading by reading. */
export interface SeededSeries {
  name: string;
  labels: Record<string, string>;
  kind?: MetricKind;
  values: readonly number[];
}

/** Readings of one target, `stepMs` apart from `fromMs` on: the first value is what came in the first step. */
export interface SeededTarget {
  source: MetricSource;
  url: string;
  memberId?: string;
  fromMs: number;
  stepMs: number;
  series: readonly SeededSeries[];
}

/** Writes readings of metrics as the collectors would. */
export async function seedMetrics(db: Db, clusterId: number, targets: readonly SeededTarget[]): Promise<void> {
  await ensurePartitions(db, Date.now(), Math.min(Date.now(), ...targets.map(({ fromMs }) => fromMs)));
  const ids = new Map<string, number>();
  for (const [targetId, target] of targets.entries()) {
    const { source, url, memberId = null, fromMs, stepMs } = target;
    const readings = Math.max(0, ...target.series.map(({ values }) => values.length));
    const at = new Date(fromMs + readings * stepMs);
    await db.insert(metricTarget).values({ clusterId, targetId, source, url, memberId, at, checkedAt: at });
    for (const { name, labels, kind = "counter" } of target.series) {
      const digest = Buffer.from(JSON.stringify([source, name, Object.entries(labels).sort()]));
      if (ids.has(digest.toString())) continue;
      ids.set(digest.toString(), ids.size);
      await db.insert(metricSeries).values({ clusterId, seriesId: ids.size - 1, source, name, labels, kind, digest });
    }
    const idOf = ({ name, labels }: SeededSeries) =>
      ids.get(JSON.stringify([source, name, Object.entries(labels).sort()])) as number;
    const rows = Array.from({ length: readings }, (_, reading) => {
      const told = target.series
        .filter(({ values }) => values[reading] !== undefined)
        .map((series) => ({ id: idOf(series), value: series.values[reading] as number }))
        .sort((a, b) => a.id - b.id);
      const cells = {
        ids: Int32Array.from(told, ({ id }) => id),
        values: Float64Array.from(told, ({ value }) => value),
      };
      const fromAt = new Date(fromMs + reading * stepMs);
      const frame = { clusterId, targetId, format: METRIC_FRAME_FORMAT, payload: encodeMetricFrame(cells) };
      return { ...frame, at: new Date(fromAt.getTime() + stepMs), fromAt };
    });
    const empty = { ids: new Int32Array(0), values: new Float64Array(0) };
    const first = { clusterId, targetId, format: METRIC_FRAME_FORMAT, payload: encodeMetricFrame(empty) };
    await db.insert(metricFrame).values({ ...first, at: new Date(fromMs), fromAt: null }); // nothing to count from yet
    for (let i = 0; i < rows.length; i += 500) await db.insert(metricFrame).values(rows.slice(i, i + 500));
  }
}
