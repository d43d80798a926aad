import { and, eq, sql } from "drizzle-orm";
import type { ClockAhead } from "@/collectors/metrics/clock-bounds";
import type { Reading } from "@/collectors/metrics/delta";
import type { Scrape } from "@/collectors/metrics/scrape";
import { lockNumbering, type SeriesDictionary } from "@/collectors/metrics/series-dictionary";
import { writeTimelineEvent } from "@/collectors/timeline";
import type { Db } from "@/lib/db/client";
import { metricFrame, metricTarget } from "@/lib/db/schema-metrics";
import { encodeMetricFrame, METRIC_FRAME_FORMAT, type MetricCells } from "@/lib/model/metric-frame";
import type { MetricSource } from "@/lib/model/metrics";

const DAY_MS = 86_400_000;

/** A target as it is known, with the start of its process that was seen last. */
export interface KnownTarget {
  targetId: number;
  startedAt: Date | null;
}

/** The number of a target, which it has for ever; a new one gets the next. */
export async function findTarget(
  db: Db,
  clusterId: number,
  { source, url }: { source: MetricSource; url: string },
): Promise<KnownTarget> {
  const known = await readTarget(db, clusterId, { source, url });
  if (known !== null) return known;
  return db.transaction(async (tx) => {
    await lockNumbering(tx, clusterId);
    const meanwhile = await readTarget(tx, clusterId, { source, url });
    if (meanwhile !== null) return meanwhile;
    const [row] = await tx
      .select({ next: sql`coalesce(max(${metricTarget.targetId}) + 1, 0)`.mapWith(Number) })
      .from(metricTarget)
      .where(eq(metricTarget.clusterId, clusterId));
    const targetId = row?.next ?? 0;
    await tx.insert(metricTarget).values({ clusterId, targetId, source, url, checkedAt: new Date() });
    return { targetId, startedAt: null };
  });
}

async function readTarget(
  db: Db,
  clusterId: number,
  { source, url }: { source: MetricSource; url: string },
): Promise<KnownTarget | null> {
  const { targetId, startedAt } = metricTarget;
  const [row] = await db
    .select({ targetId, startedAt })
    .from(metricTarget)
    .where(and(eq(metricTarget.clusterId, clusterId), eq(metricTarget.source, source), eq(metricTarget.url, url)));
  return row ?? null;
}

/** A reading of a target that is to be written. */
export interface WrittenReading {
  targetId: number;
  scrape: Scrape;
  reading: Reading;
  memberId: string | null;
  /** Whose process it is, for the timeline: a member's name, or an address. */
  subject: string;
  /** How far its clock is ahead of ours; null: not known. */
  clockAhead: ClockAhead | null;
}

/** Writes a reading: the frame, how the target is, and a restart onto the timeline, in one transaction. */
export async function writeReading(
  db: Db,
  clusterId: number,
  dictionary: SeriesDictionary,
  { targetId, scrape, reading, memberId, subject, clockAhead }: WrittenReading,
): Promise<void> {
  await dictionary.learn(scrape.page.series.values());
  const cells = toCells(reading, dictionary);
  const at = new Date(reading.atMs);
  const fromAt = reading.fromMs === null ? null : new Date(reading.fromMs);
  const startedAt = reading.startedAtMs === null ? null : new Date(reading.startedAtMs);
  await db.transaction(async (tx) => {
    await tx
      .insert(metricFrame)
      .values({ clusterId, at, targetId, fromAt, format: METRIC_FRAME_FORMAT, payload: encodeMetricFrame(cells) });
    await tx
      .update(metricTarget)
      .set({
        memberId,
        at,
        scrapeMs: scrape.tookMs,
        bodyBytes: scrape.bodyBytes,
        samples: scrape.page.samples,
        keptSamples: cells.ids.length,
        startedAt,
        clockAheadLeastMs: clockAhead?.leastMs ?? null,
        clockAheadMostMs: clockAhead?.mostMs ?? null,
        failure: null,
        checkedAt: at,
      })
      .where(isTarget(clusterId, targetId));
    if (reading.isRestart) {
      const text = `${subject} was started anew${startedAt === null ? "" : `, at ${startedAt.toISOString()} by its clock`}.`;
      await writeTimelineEvent(tx, clusterId, {
        at: restartedAt(startedAt, at),
        kind: "restart",
        memberId: memberId ?? "",
        text,
      });
    }
  });
}

/** Notes why a target could not be read. What it told last stays. */
export async function writeFailure(db: Db, clusterId: number, targetId: number, failure: string): Promise<void> {
  await db.update(metricTarget).set({ failure, checkedAt: new Date() }).where(isTarget(clusterId, targetId));
}

function isTarget(clusterId: number, targetId: number) {
  return and(eq(metricTarget.clusterId, clusterId), eq(metricTarget.targetId, targetId));
}

/** By the process's own clock, as long as that is credible. */
function restartedAt(startedAt: Date | null, at: Date): Date {
  if (startedAt === null) return at;
  const agoMs = at.getTime() - startedAt.getTime();
  return agoMs < 0 || agoMs > DAY_MS / 2 ? at : startedAt;
}

/** Figures by ascending number; those for which the dictionary has no room are left out. */
function toCells({ figures }: Reading, dictionary: SeriesDictionary): MetricCells {
  const numbered = figures
    .flatMap(({ series, value }) => {
      const id = dictionary.idOf(series.key);
      return id === undefined ? [] : [{ id, value }];
    })
    .sort((a, b) => a.id - b.id);
  return { ids: Int32Array.from(numbered, ({ id }) => id), values: Float64Array.from(numbered, ({ value }) => value) };
}
