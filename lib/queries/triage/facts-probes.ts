import { and, asc, eq, gte, lt } from "drizzle-orm";
import type { Db } from "@/lib/db/client";
import { probeMinute } from "@/lib/db/schema-health";
import type { TimeRange } from "@/lib/model/time-range";
import type { MemberFacts } from "@/lib/rules/triage/triage-facts";

const MINUTE_MS = 60_000;
const SLOT_MS = 5_000;
/** As with latency: two unusual ones of three in a row, at most two minutes before the window. */
const LEAD_MS = 2 * MINUTE_MS;
const SLOTS_LOOKED_AT = 3;
const SLOTS_FAILED = 2;

/** The black-box reads of a window at one member. */
export interface ProbeFacts {
  probes: NonNullable<MemberFacts["probes"]>;
  /** When reads began to fail, of three in a row two at least; null: they did not. */
  failingSinceMs: number | null;
}

interface Slot {
  atMs: number;
  serializable: number | null;
  linearizable: number | null;
}

/** What was asked of each member in a window, by its id. Served by the primary key. */
export async function readProbeFacts(db: Db, clusterId: number, window: TimeRange): Promise<Map<string, ProbeFacts>> {
  const { minute, memberId, serializableMicros, linearizableMicros } = probeMinute;
  const fromMs = Math.floor((window.fromMs - LEAD_MS) / MINUTE_MS) * MINUTE_MS;
  const rows = await db
    .select({ minute, memberId, serializableMicros, linearizableMicros })
    .from(probeMinute)
    .where(and(eq(probeMinute.clusterId, clusterId), gte(minute, new Date(fromMs)), lt(minute, new Date(window.toMs))))
    .orderBy(asc(minute), asc(memberId));
  const slots = new Map<string, Slot[]>();
  for (const row of rows) {
    const own = slots.get(row.memberId) ?? [];
    slots.set(row.memberId, own);
    const length = Math.max(row.serializableMicros.length, row.linearizableMicros.length);
    for (let slot = 0; slot < length; slot++) {
      own.push({
        atMs: row.minute.getTime() + slot * SLOT_MS,
        serializable: row.serializableMicros[slot] ?? null,
        linearizable: row.linearizableMicros[slot] ?? null,
      });
    }
  }
  return new Map([...slots].map(([id, own]) => [id, toFacts(own, window)]));
}

function toFacts(slots: readonly Slot[], window: TimeRange): ProbeFacts {
  const asked = slots.filter(isAsked);
  const within = asked.filter(({ atMs }) => atMs >= window.fromMs && atMs < window.toMs);
  const led = asked.filter(({ atMs }) => atMs >= window.fromMs - LEAD_MS && atMs < window.toMs);
  return {
    probes: {
      asked: within.length,
      serializableFailed: within.filter(({ serializable }) => isFailed(serializable)).length,
      linearizableFailed: within.filter(({ linearizable }) => isFailed(linearizable)).length,
    },
    failingSinceMs: findFailing(led),
  };
}

function findFailing(slots: readonly Slot[]): number | null {
  const failed = slots.map(({ serializable, linearizable }) => isFailed(serializable) || isFailed(linearizable));
  const first = failed.findIndex(
    (isBad, i) => isBad && failed.slice(i, i + SLOTS_LOOKED_AT).filter(Boolean).length >= SLOTS_FAILED,
  );
  return slots[first]?.atMs ?? null;
}

function isAsked({ serializable, linearizable }: Slot): boolean {
  return serializable !== null || linearizable !== null;
}

function isFailed(micros: number | null): boolean {
  return micros !== null && micros < 0;
}
