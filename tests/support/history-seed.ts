import { writeDayRollUps } from "@/collectors/keyspace/day-roll-ups";
import type { Db } from "@/lib/db/client";
import { ensurePartitions } from "@/lib/db/partitions";
import { writeSealed } from "@/lib/db/sealed-rows";
import { CoarseStretch } from "@/lib/model/coarse-stretch";
import { sealStretch } from "@/lib/model/sealed";
import type { MatrixStretch } from "./matrix-stretch";
import { SyntheticKeyspace } from "./synthetic-keyspace";
import { writeFrames, writeHotMinutes, writeHourRollUps, writeNow, writeTree } from "./synthetic-rows";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

export interface HistoryQuestion {
  /** How many days before `nowMs` the history begins. */
  days: number;
  /** How many prefixes the tree has. */
  prefixes: number;
  /** The history ends at the minute that this instant lies in. */
  nowMs: number;
  /** Length of a frame: 10 unless given. */
  frameSeconds?: 10 | 30 | 60;
  /** So many days are kept by minutes; all are kept by hours. 14 unless given. */
  minuteDays?: number;
}

/**
 * Fills a cluster with invented history, through the codecs that the worker uses: heartbeats, periodic jobs, storms, a
 * leak, cold prefixes, growth, compactions, a short and a long gap. The same question gives the same history. Answers
 * what it wrote, as plain matrices of the last day, for those who count for themselves.
 */
export async function seedHistory(db: Db, clusterId: number, question: HistoryQuestion): Promise<SyntheticKeyspace> {
  const { days, prefixes, frameSeconds = 10, minuteDays = 14 } = question;
  const nowMs = floorTo(question.nowMs, MINUTE_MS);
  const fromMs = floorTo(nowMs - days * DAY_MS, HOUR_MS);
  await ensurePartitions(db, nowMs, fromMs);
  const keyspace = new SyntheticKeyspace(prefixes, [
    { fromMs: nowMs - 5 * HOUR_MS - 23 * MINUTE_MS, toMs: nowMs - 5 * HOUR_MS },
    { fromMs: nowMs - 9 * DAY_MS, toMs: nowMs - 9 * DAY_MS + 3 * HOUR_MS },
  ]);
  await writeTree(db, clusterId, keyspace);
  let day: MatrixStretch[] = [];
  for (let hourMs = fromMs; hourMs < nowMs; hourMs += HOUR_MS) {
    if (hourMs % DAY_MS === 0) day = [];
    const before = keyspace.gauges();
    const hour = keyspace.nextHour(hourMs, Math.min(HOUR_MS, nowMs - hourMs));
    day.push(hour);
    const isOver = hourMs + HOUR_MS <= nowMs;
    if (isOver && hourMs >= nowMs - minuteDays * DAY_MS) {
      await writeSealed(db, "hour", clusterId, {
        fromMs: hourMs,
        parts: await sealStretch(hour, 3_600 / frameSeconds),
      });
    }
    await writeHourRollUps(db, clusterId, hour);
    if (hourMs >= floorTo(nowMs - DAY_MS, HOUR_MS)) {
      await writeFrames(db, clusterId, { hour, before, frameSeconds, nowMs });
      await writeHotMinutes(db, clusterId, keyspace, hour);
    }
    if ((hourMs + HOUR_MS) % DAY_MS === 0 && isOver) await sealDay(db, clusterId, floorTo(hourMs, DAY_MS), day);
  }
  await writeNow(db, clusterId, keyspace, { fromMs, nowMs });
  return keyspace;
}

async function sealDay(db: Db, clusterId: number, dayMs: number, hours: readonly MatrixStretch[]): Promise<void> {
  const parts = await sealStretch(new CoarseStretch(hours, dayMs, HOUR_MS, 24), hours.length);
  await writeSealed(db, "day", clusterId, { fromMs: dayMs, parts });
  await writeDayRollUps(db, clusterId, dayMs, hours);
}

function floorTo(ms: number, stepMs: number): number {
  return Math.floor(ms / stepMs) * stepMs;
}
