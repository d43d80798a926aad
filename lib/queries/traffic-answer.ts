import type { TrafficAnswer, TrafficFilter, TrafficSourceState } from "@/lib/api/traffic";
import type { Db } from "@/lib/db/client";
import type { TimeRange } from "@/lib/model/time-range";
import type { TrafficDimension, TrafficSource } from "@/lib/model/traffic";
import { readApiserverTraffic } from "@/lib/queries/traffic-apiserver";
import { readCellTraffic } from "@/lib/queries/traffic-cells";
import { dimensionsOf } from "@/lib/queries/traffic-groups";
import { readGrpcTraffic } from "@/lib/queries/traffic-grpc";
import type { TrafficReading } from "@/lib/queries/traffic-reading";
import { scaleToTotals } from "@/lib/queries/traffic-scale";
import { KNOWS, pickSource, readTrafficSources } from "@/lib/queries/traffic-sources";

export interface TrafficQuestion {
  range: TimeRange;
  groupBy: readonly TrafficDimension[];
  filter: TrafficFilter;
  /** Undefined: the one that knows best. */
  source: TrafficSource | undefined;
  /** How fine the slices of time have to be; undefined: as coarse as it is stored. */
  stepMs?: number;
  nowMs: number;
}

/** What the source that answers has told, and how all of them stand. */
export interface TrafficAnswering {
  source: TrafficSource | null;
  sources: TrafficSourceState[];
  /** Null: no source can say anything of it. */
  reading: TrafficReading | null;
  range: TrafficAnswer["range"];
}

/** Chooses a source and reads it. */
export async function answerTraffic(db: Db, clusterId: number, question: TrafficQuestion): Promise<TrafficAnswering> {
  const states = await readTrafficSources(db, clusterId, question.range);
  const filter = dimensionsOf(question.filter);
  const source = question.source ?? pickSource(states, { groupBy: question.groupBy, filter });
  const isAble = source !== null && filter.every((dimension) => KNOWS[source].includes(dimension));
  const read = isAble ? await readTraffic(db, clusterId, source, question) : null;
  const reading = read !== null && read.observedMs > 0 ? read : null;
  return {
    source,
    sources: states.map((state) => (reading?.source === state.source ? withReading(state, reading) : state)),
    reading,
    range: toAnsweredRange(reading, question),
  };
}

/** What one source told of a range. */
export async function readTraffic(
  db: Db,
  clusterId: number,
  source: TrafficSource,
  { range, groupBy, filter, stepMs, nowMs }: Omit<TrafficQuestion, "source">,
): Promise<TrafficReading> {
  const asked = [...groupBy, ...dimensionsOf(filter)];
  const byCode = asked.includes("code");
  if (source === "audit") return readCellTraffic(db, clusterId, { source, range, blockMs: stepMs });
  if (source === "etcd-log") {
    return scaleToTotals(db, clusterId, await readCellTraffic(db, clusterId, { source, range, blockMs: stepMs }));
  }
  if (source === "apiserver") return readApiserverTraffic(db, clusterId, { range, byCode, stepMs });
  return readGrpcTraffic(db, clusterId, { range, byCode, byPrefix: asked.includes("resource"), stepMs, nowMs });
}

function withReading(
  state: TrafficSourceState,
  { observedMs, foldedCells, scaleFactor, origin }: TrafficReading,
): TrafficSourceState {
  return { ...state, observedSeconds: observedMs / 1_000, foldedCells, scaleFactor, origin };
}

/** A slice that has not ended yet ends now. */
export function toAnsweredRange(
  reading: Pick<TrafficReading, "range" | "observedMs"> | null,
  { range, nowMs }: { range: TimeRange; nowMs: number },
): TrafficAnswer["range"] {
  const { fromMs, toMs } = reading?.range ?? range;
  return {
    from: new Date(fromMs).toISOString(),
    to: new Date(Math.max(fromMs + 1, Math.min(toMs, Math.max(nowMs, range.toMs)))).toISOString(),
    observedSeconds: (reading?.observedMs ?? 0) / 1_000,
  };
}
