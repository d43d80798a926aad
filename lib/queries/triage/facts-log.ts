import { and, eq, gte, lt, or } from "drizzle-orm";
import type { Db } from "@/lib/db/client";
import { collectorState } from "@/lib/db/schema";
import { logSignal, trafficMinute } from "@/lib/db/schema-sources";
import { LOG_SIGNALS, type LogSignalKind } from "@/lib/model/log-signals";
import type { TimeRange } from "@/lib/model/time-range";
import type { LogFact } from "@/lib/rules/triage/triage-facts";

const MINUTE_MS = 60_000;

/**
 * Lines of etcd's log by kind, the most of the window first. A minute counts where most of it lies. Null: no line of any
 * kind came in either time, and nobody has listened since: a log may be quiet.
 */
export async function readLogFacts(
  db: Db,
  clusterId: number,
  { window, calm }: { window: TimeRange; calm: TimeRange },
): Promise<LogFact[] | null> {
  const [inWindow, inCalm] = [toMinutes(window), toMinutes(calm)];
  const isIn = (table: typeof logSignal | typeof trafficMinute) =>
    and(eq(table.clusterId, clusterId), or(within(table, inWindow), within(table, inCalm)));
  const rows = await db.select().from(logSignal).where(isIn(logSignal)).orderBy(logSignal.at, logSignal.kind);
  if (rows.length === 0) {
    const heard = await db
      .select({ at: trafficMinute.at })
      .from(trafficMinute)
      .where(and(isIn(trafficMinute), eq(trafficMinute.source, "etcd-log")))
      .limit(1);
    return heard.length > 0 || (await isListened(db, clusterId, { window, calm })) ? [] : null;
  }
  const kinds = new Map<LogSignalKind, LogFact>();
  for (const row of rows) {
    if (!Object.hasOwn(LOG_SIGNALS, row.kind)) continue; // another version wrote it
    const kind = row.kind as LogSignalKind;
    const fact = kinds.get(kind) ?? { kind, windowLines: 0, calmLines: 0, worstMs: null, example: "" };
    kinds.set(kind, addRow(fact, row, isWithin(row.at, inWindow)));
  }
  return [...kinds.values()].sort((a, b) => b.windowLines - a.windowLines || (a.kind < b.kind ? -1 : 1));
}

/** Whether the log was taken in without trouble since before the calm time, and still was in the window or later. */
async function isListened(
  db: Db,
  clusterId: number,
  { window, calm }: { window: TimeRange; calm: TimeRange },
): Promise<boolean> {
  const [state] = await db
    .select({ health: collectorState.health, since: collectorState.since, at: collectorState.at })
    .from(collectorState)
    .where(and(eq(collectorState.clusterId, clusterId), eq(collectorState.collector, "etcd-log")));
  return state?.health === "ok" && state.since.getTime() <= calm.fromMs && state.at.getTime() >= window.fromMs;
}

type LogRow = typeof logSignal.$inferSelect;

/** The worst line of the window is the example; of one without any, what came in the calm. */
function addRow(fact: LogFact, { lines, worstMicros, example }: LogRow, isInWindow: boolean): LogFact {
  if (!isInWindow) return { ...fact, calmLines: fact.calmLines + lines, example: fact.example || example };
  const worstMs = worstMicros === null ? null : worstMicros / 1_000;
  const isWorse = fact.windowLines === 0 || (worstMs ?? 0) > (fact.worstMs ?? 0);
  return {
    ...fact,
    windowLines: fact.windowLines + lines,
    worstMs: worstMs === null ? fact.worstMs : Math.max(fact.worstMs ?? 0, worstMs),
    example: isWorse ? example : fact.example,
  };
}

function within(table: typeof logSignal | typeof trafficMinute, { fromMs, toMs }: TimeRange) {
  return and(gte(table.at, new Date(fromMs)), lt(table.at, new Date(toMs)));
}

function isWithin(at: Date, { fromMs, toMs }: TimeRange): boolean {
  return at.getTime() >= fromMs && at.getTime() < toMs;
}

/** The minutes of which half at least lies in a range; at least one. */
function toMinutes({ fromMs, toMs }: TimeRange): TimeRange {
  const from = Math.round(fromMs / MINUTE_MS) * MINUTE_MS;
  return { fromMs: from, toMs: Math.max(from + MINUTE_MS, Math.round(toMs / MINUTE_MS) * MINUTE_MS) };
}
