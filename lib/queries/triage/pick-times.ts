import { eq } from "drizzle-orm";
import type { TriageParams } from "@/lib/api/triage";
import type { Db } from "@/lib/db/client";
import { cluster } from "@/lib/db/schema";
import type { TimeRange } from "@/lib/model/time-range";
import { ParameterError } from "@/lib/queries/errors";
import { isLatencySpike, listSpikeRows, type SpikeRow, spikeRange } from "@/lib/queries/triage/spike-rows";

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
/** No window and no calm time is longer. */
const LONGEST_MS = 24 * HOUR_MS;
/** A spike that was over longer ago is history: it is offered, and not what is asked about. */
const LATE_MS = HOUR_MS;
/** The window of a spike begins a little before it. */
const BEFORE_SPIKE_MS = 30 * SECOND_MS;
const SHORTEST_WINDOW_MS = 2 * MINUTE_MS;
const LONGEST_SPIKE_MS = HOUR_MS;
const RECENT_MS = 10 * MINUTE_MS;
const SHORTEST_CALM_MS = 10 * MINUTE_MS;
/** So far back a calm time is looked for that has no spike in it. */
const CALM_REACH_MS = 6 * HOUR_MS;

/** What is looked at, and what it is compared with. */
export interface PickedTimes {
  window: TimeRange;
  calm: TimeRange;
  picked: "asked" | "spike" | "recent";
  /** The spike the window is of. */
  spike: SpikeRow | null;
}

/**
 * The window asked for; else that of the latency spike that goes on, or the newest of the last hour; else the last ten
 * minutes, or the later half of what is known of a cluster that has just been registered. The calm asked for; else as
 * long a time, of ten minutes at least, before the window, as near to it as no latency spike lies in it. Throws a
 * `ParameterError`.
 */
export async function pickTimes(db: Db, clusterId: number, params: TriageParams, nowMs: number): Promise<PickedTimes> {
  const asked = toAskedWindow(params, nowMs);
  const sinceMs = (asked?.fromMs ?? nowMs - LONGEST_MS) - CALM_REACH_MS - LONGEST_MS;
  const spikes = (await listSpikeRows(db, clusterId, { fromMs: sinceMs, toMs: asked?.toMs ?? nowMs })).filter(
    isLatencySpike,
  );
  const found = asked === null ? findSpikeWindow(spikes, nowMs) : null;
  const young = asked || found ? null : await findYoungTimes(db, clusterId, nowMs);
  const window = asked ?? found?.window ?? young?.window ?? { fromMs: nowMs - RECENT_MS, toMs: nowMs };
  const calm = toAskedCalm(params, window) ?? young?.calm ?? findCalm(window, spikes, nowMs);
  const picked = asked ? "asked" : found ? "spike" : "recent";
  return { window, calm, picked, spike: found?.spike ?? null };
}

/** Of a cluster that has not been registered for long, both halves of the time since; null: it has. */
async function findYoungTimes(
  db: Db,
  clusterId: number,
  nowMs: number,
): Promise<Pick<PickedTimes, "window" | "calm"> | null> {
  const [row] = await db.select({ createdAt: cluster.createdAt }).from(cluster).where(eq(cluster.id, clusterId));
  const fromMs = row?.createdAt.getTime() ?? 0;
  const knownMs = nowMs - fromMs;
  if (knownMs < SHORTEST_WINDOW_MS || knownMs >= RECENT_MS + SHORTEST_CALM_MS) return null;
  const middleMs = nowMs - knownMs / 2;
  return { window: { fromMs: middleMs, toMs: nowMs }, calm: { fromMs, toMs: middleMs } };
}

function toAskedWindow({ from, to }: TriageParams, nowMs: number): TimeRange | null {
  if (from === undefined && to === undefined) return null;
  const toMs = Math.min(nowMs, to === undefined ? nowMs : Date.parse(to));
  const fromMs = from === undefined ? toMs - RECENT_MS : Date.parse(from);
  if (fromMs >= nowMs) throw new ParameterError("from", "must lie before now");
  return checkRange({ fromMs, toMs }, "from", "to");
}

function toAskedCalm({ baselineFrom, baselineTo }: TriageParams, window: TimeRange): TimeRange | null {
  if (baselineFrom === undefined && baselineTo === undefined) return null;
  const lengthMs = window.toMs - window.fromMs;
  const givenTo = baselineTo === undefined ? null : Date.parse(baselineTo);
  const fromMs = baselineFrom === undefined ? (givenTo as number) - lengthMs : Date.parse(baselineFrom);
  const calm = checkRange({ fromMs, toMs: givenTo ?? fromMs + lengthMs }, "baselineFrom", "baselineTo");
  if (calm.fromMs < window.toMs && calm.toMs > window.fromMs) {
    throw new ParameterError(baselineTo === undefined ? "baselineFrom" : "baselineTo", "must not overlap the window");
  }
  return calm;
}

function checkRange(range: TimeRange, fromField: string, toField: string): TimeRange {
  const { fromMs, toMs } = range;
  if (!(fromMs < toMs)) throw new ParameterError(fromField, `must lie before ${toField}`);
  if (toMs - fromMs > LONGEST_MS) throw new ParameterError(fromField, `must lie at most 24 hours before ${toField}`);
  if (fromMs < 0) throw new ParameterError(fromField, "must lie after 1970");
  return range;
}

/** Spikes of several members and signals at once are one: the window is of all of them. */
function findSpikeWindow(spikes: readonly SpikeRow[], nowMs: number): { window: TimeRange; spike: SpikeRow } | null {
  const timed = spikes
    .map((row) => ({ row, ...spikeRange(row, nowMs) }))
    .filter(({ toMs }) => toMs > nowMs - LONGEST_MS)
    .sort((a, b) => b.toMs - a.toMs || b.fromMs - a.fromMs);
  const [last] = timed;
  if (last === undefined || last.toMs <= nowMs - LATE_MS) return null;
  let first = last;
  for (const spike of [...timed].sort((a, b) => b.fromMs - a.fromMs)) {
    if (spike.fromMs <= first.fromMs && spike.toMs >= first.fromMs) first = spike;
  }
  const fromMs = first.fromMs - BEFORE_SPIKE_MS;
  const toMs = Math.min(last.toMs, fromMs + LONGEST_SPIKE_MS);
  const window = { fromMs, toMs: Math.max(toMs, fromMs + SHORTEST_WINDOW_MS) };
  // One that has just begun still has two minutes, the first of them before it.
  const overMs = Math.max(0, window.toMs - nowMs);
  return { window: { fromMs: window.fromMs - overMs, toMs: window.toMs - overMs }, spike: first.row };
}

function findCalm(window: TimeRange, spikes: readonly SpikeRow[], nowMs: number): TimeRange {
  const lengthMs = Math.max(SHORTEST_CALM_MS, window.toMs - window.fromMs);
  const others = spikes.map((row) => spikeRange(row, nowMs)).filter(({ fromMs }) => fromMs < window.fromMs);
  const next = { fromMs: window.fromMs - lengthMs, toMs: window.fromMs };
  let calm = next;
  while (calm.fromMs >= window.fromMs - CALM_REACH_MS - lengthMs) {
    const inTheWay = others.filter(({ fromMs, toMs }) => fromMs < calm.toMs && toMs > calm.fromMs);
    if (inTheWay.length === 0) return calm;
    const toMs = Math.min(...inTheWay.map(({ fromMs }) => fromMs)) - BEFORE_SPIKE_MS;
    calm = { fromMs: toMs - lengthMs, toMs };
  }
  return next;
}
