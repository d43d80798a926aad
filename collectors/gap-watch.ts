import { and, desc, eq, max } from "drizzle-orm";
import { repeat } from "@/collectors/repeat";
import { extendTimelineEvent } from "@/collectors/timeline";
import type { Db } from "@/lib/db/client";
import { collectorState, memberSample } from "@/lib/db/schema";
import { probeMinute } from "@/lib/db/schema-health";
import { metricTarget } from "@/lib/db/schema-metrics";
import { PROBE_SLOT_MS } from "@/lib/model/probe-slots";
import { formatDuration } from "@/lib/model/units";

const LOOK_MS = 10_000;
/** Silence of this length is a gap. */
const GAP_MS = 60_000;
/** Rows of `probe_minute`: those of the newest minute are among them, whatever the number of members. */
const NEWEST_ROWS = 50;

/** A collector whose silence is told, and what is missing meanwhile. */
export type WatchedCollector = "members" | "metrics" | "probe";
const WHAT: Record<WatchedCollector, string> = {
  members: "No member told its status",
  metrics: "No member's metrics were read",
  probe: "No probe was made",
};
const COLLECTORS = Object.keys(WHAT) as WatchedCollector[];

/** When each collector brought something last; null: never, or it is switched off. */
export type LastSigns = Record<WatchedCollector, number | null>;

/**
 * Puts stretches on the timeline in which a collector brought nothing for over a minute: one a collector, as long as it
 * lasts, and one for all of them where etcdscope itself did not run. A gap begins with the last figure before it, which
 * is in the tables: told again, after a restart too, it is the same gap.
 */
export class GapWatch {
  #db: Db;
  #clusterId: number;
  #startedMs: number;
  #open = new Map<WatchedCollector, number>();
  #hasBegun = false;
  /** When we fell silent before this start; null: we did not. */
  #absentFromMs: number | null = null;

  constructor(db: Db, clusterId: number, startedMs = Date.now()) {
    this.#db = db;
    this.#clusterId = clusterId;
    this.#startedMs = startedMs;
  }

  /** Watches until told to stop. Never throws. */
  async run(signal: AbortSignal): Promise<void> {
    await repeat("gaps of collectors", async () => this.look(await this.#readSigns(), Date.now()), LOOK_MS, signal);
  }

  /** Tells of the gaps there are now. */
  async look(signs: LastSigns, nowMs: number): Promise<void> {
    if (!this.#hasBegun) await this.#tellAbsence(signs);
    this.#hasBegun = true;
    for (const collector of COLLECTORS) {
      const lastMs = signs[collector];
      if (lastMs !== null) await this.#lookAt(collector, lastMs, nowMs);
    }
  }

  /** Nothing at all came for a while before this start: it was not the collectors', but our own absence. */
  async #tellAbsence(signs: LastSigns): Promise<void> {
    const known = Object.values(signs).filter((lastMs) => lastMs !== null && lastMs < this.#startedMs);
    if (known.length === 0) return;
    const lastMs = Math.max(...(known as number[]));
    if (this.#startedMs - lastMs < GAP_MS) return;
    const text = `etcdscope collected nothing for ${formatDuration(this.#startedMs - lastMs)}: it was stopped or paused.`;
    await this.#tell(lastMs, this.#startedMs, text);
    this.#absentFromMs = lastMs;
  }

  async #lookAt(collector: WatchedCollector, lastMs: number, nowMs: number): Promise<void> {
    const openMs = this.#open.get(collector);
    if (openMs !== undefined && lastMs > openMs) {
      await this.#tellGap(collector, openMs, lastMs);
      this.#open.delete(collector);
    }
    // What came until we were absent is counted from our return; the silence of others goes on.
    const isExplained =
      this.#absentFromMs !== null && lastMs <= this.#absentFromMs && lastMs > this.#absentFromMs - GAP_MS;
    const sinceMs = isExplained ? this.#startedMs : lastMs;
    if (nowMs - sinceMs < GAP_MS) return;
    this.#open.set(collector, sinceMs);
    await this.#tellGap(collector, sinceMs, nowMs);
  }

  #tellGap(collector: WatchedCollector, fromMs: number, toMs: number): Promise<void> {
    return this.#tell(fromMs, toMs, `${WHAT[collector]} for ${formatDuration(toMs - fromMs)}.`);
  }

  #tell(fromMs: number, toMs: number, text: string): Promise<void> {
    const event = { at: new Date(fromMs), until: new Date(toMs), kind: "gap" as const, text };
    return extendTimelineEvent(this.#db, this.#clusterId, event);
  }

  /** A collector that is switched off has no state. */
  async #readSigns(): Promise<LastSigns> {
    const db = this.#db;
    const [states, members, metrics, probe] = await Promise.all([
      db
        .select({ collector: collectorState.collector })
        .from(collectorState)
        .where(eq(collectorState.clusterId, this.#clusterId)),
      db
        .select({ at: max(memberSample.at) })
        .from(memberSample)
        .where(eq(memberSample.clusterId, this.#clusterId)),
      db
        .select({ at: max(metricTarget.at) })
        .from(metricTarget)
        .where(and(eq(metricTarget.clusterId, this.#clusterId), eq(metricTarget.source, "etcd"))),
      readLastProbe(db, this.#clusterId),
    ]);
    const isOn = (name: WatchedCollector) => states.some(({ collector }) => collector === name);
    const sign = (name: WatchedCollector, atMs: number | null | undefined) => (isOn(name) ? (atMs ?? null) : null);
    return {
      members: sign("members", members[0]?.at?.getTime()),
      metrics: sign("metrics", metrics[0]?.at?.getTime()),
      probe: sign("probe", probe),
    };
  }
}

/** When the newest slot in which somebody was asked began; null: there is none. */
async function readLastProbe(db: Db, clusterId: number): Promise<number | null> {
  const rows = await db
    .select({ minute: probeMinute.minute, micros: probeMinute.serializableMicros })
    .from(probeMinute)
    .where(eq(probeMinute.clusterId, clusterId))
    .orderBy(desc(probeMinute.minute))
    .limit(NEWEST_ROWS);
  const slots = rows.map(({ minute, micros }) => {
    return minute.getTime() + PROBE_SLOT_MS * micros.findLastIndex((one) => one !== null);
  });
  return slots.length === 0 ? null : Math.max(...slots);
}
