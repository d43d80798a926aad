import { and, eq, gte, isNotNull, lt, sql } from "drizzle-orm";
import type { TrafficSourceState } from "@/lib/api/traffic";
import type { Db } from "@/lib/db/client";
import { metricFrame, metricHour, metricTarget } from "@/lib/db/schema-metrics";
import { trafficMinute } from "@/lib/db/schema-sources";
import type { MetricSource } from "@/lib/model/metrics";
import type { TimeRange } from "@/lib/model/time-range";
import { TRAFFIC_DIMENSIONS, TRAFFIC_SOURCES, type TrafficDimension, type TrafficSource } from "@/lib/model/traffic";
import { formatCount } from "@/lib/model/units";
import { readStandings, type SourceStanding, toAbsence } from "@/lib/queries/source-standing";
import { toKeptRange } from "@/lib/queries/traffic-blocks";
import { type CellSource, HOUR_MS, listHourHeads, listMinuteHeads } from "@/lib/queries/traffic-heads";

/** What each source can tell apart. */
export const KNOWS: Record<TrafficSource, readonly TrafficDimension[]> = {
  audit: TRAFFIC_DIMENSIONS,
  apiserver: ["verb", "resource", "code"],
  "etcd-log": ["verb", "resource", "namespace", "sourceAddress"],
  // The resource of writes only, where the keyspace tells it.
  metrics: ["verb", "resource", "code"],
};

/** A source that was observed for this share of the best one's time is as good. */
const AS_GOOD_RATIO = 0.8;

/** Every source of traffic and what it can say about a range, in the order of preference. */
export async function readTrafficSources(db: Db, clusterId: number, range: TimeRange): Promise<TrafficSourceState[]> {
  const standings = await readStandings(db, clusterId, TRAFFIC_SOURCES);
  const states: TrafficSourceState[] = [];
  for (const source of TRAFFIC_SOURCES) {
    const told = await readTold(db, clusterId, source, range);
    const standing = standings.get(source) ?? { reason: null, remedy: null };
    states.push({
      source,
      knows: [...KNOWS[source]],
      observedSeconds: told.observedMs / 1_000,
      origin: source === "audit" ? "exact" : "sampled",
      ...(told.observedMs > 0 ? withFolding(standing, told.foldedCells) : toAbsence(source, standing)),
      at: told.at?.toISOString() ?? null,
      scaleFactor: null,
      foldedCells: told.foldedCells,
    });
  }
  return states;
}

/** What was folded is told, unless there is worse to say. */
function withFolding(standing: SourceStanding, foldedCells: number): SourceStanding {
  if (standing.reason !== null || foldedCells === 0) return standing;
  const reason = `${formatCount(foldedCells)} combinations had no room of their own: by namespace, address, user or agent they stand under other. Totals by verb, resource and code are whole.`;
  return { reason, remedy: null };
}

/**
 * The source that answers best: of those observed at all and able to apply the filter, the one that knows most of what is
 * grouped by; of these one that was observed nearly as long as the best. Null: none can say anything of it.
 */
export function pickSource(
  states: readonly TrafficSourceState[],
  { groupBy, filter }: { groupBy: readonly TrafficDimension[]; filter: readonly TrafficDimension[] },
): TrafficSource | null {
  const known = ({ knows }: TrafficSourceState) => groupBy.filter((dimension) => knows.includes(dimension)).length;
  const able = states.filter(
    (state) =>
      state.observedSeconds > 0 && known(state) > 0 && filter.every((dimension) => state.knows.includes(dimension)),
  );
  const best = Math.max(...able.map(known));
  const fitting = able.filter((state) => known(state) === best);
  const longest = Math.max(...fitting.map(({ observedSeconds }) => observedSeconds));
  const good = fitting.filter(({ observedSeconds }) => observedSeconds >= longest * AS_GOOD_RATIO);
  // Lines of a log are a sample of what the metrics count whole, where nobody asks for more than the method.
  const needsLog = [...groupBy, ...filter].some((dimension) => dimension !== "verb" && dimension !== "code");
  const order = needsLog ? TRAFFIC_SOURCES : (["audit", "apiserver", "metrics", "etcd-log"] as const);
  return order.find((source) => good.some((state) => state.source === source)) ?? null;
}

interface Told {
  observedMs: number;
  foldedCells: number;
  /** The newest of all that is kept. */
  at: Date | null;
}

function readTold(db: Db, clusterId: number, source: TrafficSource, range: TimeRange): Promise<Told> {
  if (source === "audit" || source === "etcd-log") return readToldCells(db, clusterId, source, range);
  return readToldMetrics(db, clusterId, source === "apiserver" ? "apiserver" : "etcd", range);
}

async function readToldCells(db: Db, clusterId: number, source: CellSource, asked: TimeRange): Promise<Told> {
  const range = await toKeptRange(db, clusterId, { source, range: asked });
  const minutes = await listMinuteHeads(db, clusterId, { source, range, stepMs: HOUR_MS });
  const told = new Set(minutes.map(({ fromMs }) => fromMs));
  const hours = (await listHourHeads(db, clusterId, { source, range })).filter(({ fromMs }) => !told.has(fromMs));
  const { at, observedMs } = trafficMinute;
  const [newest] = await db
    .select({ at, observedMs })
    .from(trafficMinute)
    .where(and(eq(trafficMinute.clusterId, clusterId), eq(trafficMinute.source, source)))
    .orderBy(sql`${at} desc`)
    .limit(1);
  const heads = [...minutes, ...hours];
  return {
    observedMs: heads.reduce((sum, head) => sum + head.observedMs, 0),
    foldedCells: heads.reduce((sum, head) => sum + head.foldedCells, 0),
    at: newest?.at ?? null,
  };
}

/** Of the target that was read most: the time between its readings, by the hour where single ones are no longer kept. */
async function readToldMetrics(db: Db, clusterId: number, source: MetricSource, range: TimeRange): Promise<Told> {
  const from = new Date(range.fromMs).toISOString();
  const to = new Date(range.toMs).toISOString();
  const isTarget = sql`target_id in (select target_id from ${metricTarget} where cluster_id = ${clusterId} and source = ${source})`;
  const frames = await db
    .select({
      targetId: metricFrame.targetId,
      ms: sql`sum(greatest(0, extract(epoch from least(${metricFrame.at}, ${to}::timestamptz) - greatest(${metricFrame.fromAt}, ${from}::timestamptz))) * 1000)`.mapWith(
        Number,
      ),
      first: sql`min(${metricFrame.at})`.mapWith(metricFrame.at),
    })
    .from(metricFrame)
    .where(
      and(
        eq(metricFrame.clusterId, clusterId),
        gte(metricFrame.at, new Date(range.fromMs)),
        lt(metricFrame.at, new Date(range.toMs + LONGEST_FRAME_MS)),
        isNotNull(metricFrame.fromAt), // a first reading tells of no time; `greatest` would take it back to the start
        isTarget,
      ),
    )
    .groupBy(metricFrame.targetId);
  const observed = new Map(frames.map(({ targetId, ms }) => [targetId, ms]));
  const firstMs = Math.min(range.toMs, ...frames.map(({ first }) => first.getTime()));
  for (const { targetId, hours } of await countHours(
    db,
    clusterId,
    { fromMs: range.fromMs, toMs: firstMs - HOUR_MS },
    isTarget,
  )) {
    observed.set(targetId, (observed.get(targetId) ?? 0) + hours * HOUR_MS);
  }
  const [newest] = await db
    .select({ at: sql`max(${metricTarget.at})`.mapWith(metricTarget.at) })
    .from(metricTarget)
    .where(and(eq(metricTarget.clusterId, clusterId), eq(metricTarget.source, source)));
  return {
    observedMs: Math.min(Math.max(0, ...observed.values()), range.toMs - range.fromMs),
    foldedCells: 0,
    at: newest?.at ?? null,
  };
}

const LONGEST_FRAME_MS = 300_000;

function countHours(db: Db, clusterId: number, range: TimeRange, isTarget: ReturnType<typeof sql>) {
  const { at, targetId } = metricHour;
  return db
    .select({ targetId, hours: sql`count(*)`.mapWith(Number) })
    .from(metricHour)
    .where(
      and(eq(metricHour.clusterId, clusterId), gte(at, new Date(range.fromMs)), lt(at, new Date(range.toMs)), isTarget),
    )
    .groupBy(targetId);
}
