import { and, eq, gte, inArray, lte } from "drizzle-orm";
import {
  type EventReading,
  listMetricEvents,
  METRIC_EVENT_NAMES,
  SAME_CHANGE_MS,
} from "@/collectors/metrics/list-metric-events";
import { repeat } from "@/collectors/repeat";
import { writeTimelineEvent } from "@/collectors/timeline";
import type { Db } from "@/lib/db/client";
import { eachFrame, listSeriesRows, listTargetRows } from "@/lib/db/metric-rows";
import { member, timelineEvent } from "@/lib/db/schema";

const LOOK_MS = 10_000;
/** Members are read at different instants, and Status may tell of the same: what is judged is older than that. */
const SETTLED_MS = 30_000;
/** Looked at again after a restart of the worker. What is told already is not told twice. */
const SPAN_MS = 600_000;
/** So that a reading and the one before are in it together; members are read every two minutes at least. */
const OVERLAP_MS = 300_000;

/** Puts on the timeline what only the members' metrics tell, until told to stop. Never throws. */
export async function watchMetricEvents(db: Db, clusterId: number, signal: AbortSignal): Promise<void> {
  let fromMs = Date.now() - SPAN_MS;
  const look = async () => {
    const toMs = Date.now() - SETTLED_MS;
    await tellMetricEvents(db, clusterId, { fromMs, toMs });
    fromMs = toMs - OVERLAP_MS;
  };
  await repeat("events of metrics", look, LOOK_MS, signal);
}

/** Writes the events of a time. Done again it writes nothing new. */
export async function tellMetricEvents(
  db: Db,
  clusterId: number,
  range: { fromMs: number; toMs: number },
): Promise<void> {
  const readings = await readEventReadings(db, clusterId, range);
  if (readings.length === 0) return;
  const rows = await db.select().from(member).where(eq(member.clusterId, clusterId));
  const members = rows.map(({ memberId, name, quotaBackendBytes }) => {
    return { memberId, name: name || memberId, tellsQuota: quotaBackendBytes !== null };
  });
  for (const event of listMetricEvents(members, readings)) {
    if (event.kind === "leader-change" && (await isToldLeaderChange(db, clusterId, event.at))) continue;
    await writeTimelineEvent(db, clusterId, event);
  }
}

async function isToldLeaderChange(db: Db, clusterId: number, at: Date): Promise<boolean> {
  const { clusterId: cluster, kind, at: toldAt } = timelineEvent;
  const [since, until] = [-2, 1].map((times) => new Date(at.getTime() + times * SAME_CHANGE_MS)) as [Date, Date];
  const isNear = and(gte(toldAt, since), lte(toldAt, until));
  const told = await db.$count(timelineEvent, and(eq(cluster, clusterId), inArray(kind, ["leader-change"]), isNear));
  return told > 0;
}

async function readEventReadings(
  db: Db,
  clusterId: number,
  range: { fromMs: number; toMs: number },
): Promise<EventReading[]> {
  const [targets, series] = await Promise.all([
    listTargetRows(db, clusterId, "etcd"),
    listSeriesRows(db, clusterId, { source: "etcd", names: METRIC_EVENT_NAMES }),
  ]);
  const memberIds = new Map(targets.map(({ targetId, memberId }) => [targetId, memberId]));
  const readings: EventReading[] = [];
  for await (const { targetId, atMs, cells } of eachFrame(db, clusterId, { targetIds: [...memberIds.keys()], range })) {
    const memberId = memberIds.get(targetId);
    if (!memberId || atMs >= range.toMs) continue;
    const figures = new Map<string, number>();
    for (const { seriesId, name } of series) {
      const place = cells.ids.indexOf(seriesId);
      if (place >= 0) figures.set(name, (figures.get(name) ?? 0) + (cells.values[place] as number));
    }
    readings.push({ memberId, atMs, figures });
  }
  return readings;
}
