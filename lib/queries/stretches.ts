import type { Db } from "@/lib/db/client";
import { findFullFrameBefore, listFrameHours } from "@/lib/db/frame-rows";
import { listDayRollUps } from "@/lib/db/roll-up-rows";
import { columnFrame } from "@/lib/model/column-frame";
import { FRAME_GAUGES, type FrameMeasure } from "@/lib/model/frame";
import { type Frame, FrameStretch } from "@/lib/model/frame-stretch";
import { isGauge, type Stretch } from "@/lib/model/stretch";
import type { TimeRange } from "@/lib/model/time-range";
import { listFramesCached } from "@/lib/queries/frame-cache";
import type { Coverage, HistoryLevel } from "@/lib/queries/history-levels";
import { openStretch } from "@/lib/queries/open-stretches";
import { listSealedCached } from "@/lib/queries/sealed-cache";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const FEW_HOURS = 4;
/** From here on it is cheaper to keep the hour than to read a part of it. */
const WIDENED_MS = 5 * MINUTE_MS;

export interface StretchQuestion {
  range: TimeRange;
  measures: readonly FrameMeasure[];
  coverage: Coverage;
}

/**
 * What a level knows of a range, oldest first, gaps left out. The first and the last stretch may reach beyond the range.
 * What is not sealed yet comes from the next finer level.
 */
export async function* readStretches(
  db: Db,
  clusterId: number,
  level: HistoryLevel,
  question: StretchQuestion,
): AsyncGenerator<Stretch> {
  const { coverage, range } = question;
  const known = { ...question, range: { ...range, fromMs: Math.max(range.fromMs, coverage.sinceMs[level]) } };
  if (known.range.fromMs >= range.toMs) return;
  if (level === "frames") yield* readFrames(db, clusterId, known, coverage.unitMs.frames);
  if (level === "minutes") yield* readMinutes(db, clusterId, known);
  if (level === "hours") yield* readHours(db, clusterId, known);
  if (level === "days") yield* readDays(db, clusterId, known);
}

/** An hour at a time, so that a day of frames does not fill the memory. */
async function* readFrames(
  db: Db,
  clusterId: number,
  { range, measures }: StretchQuestion,
  columnMs: number,
): AsyncGenerator<Stretch> {
  const hasGauges = measures.some(isGauge);
  for (const hourMs of await listHours(db, clusterId, range)) {
    const { fromMs, toMs } = widen(clip({ fromMs: hourMs, toMs: hourMs + HOUR_MS }, range), columnMs);
    const before = hasGauges ? await listFramesBefore(db, clusterId, fromMs) : [];
    const frames = [...before, ...(await listFramesCached(db, clusterId, { fromMs, toMs }))];
    const columns = Math.ceil((toMs - fromMs) / columnMs);
    if (frames.length > before.length) yield openStretch(db, { clusterId, fromMs, columnMs, columns }, frames);
  }
}

/**
 * The part of an hour to read: a large one grows to the whole hour, which stays the same stretch while a range slides
 * over it.
 */
function widen({ fromMs, toMs }: TimeRange, columnMs: number): TimeRange {
  if (toMs - fromMs < WIDENED_MS) return { fromMs: floorTo(fromMs, columnMs), toMs };
  const hourMs = floorTo(fromMs, HOUR_MS);
  return { fromMs: hourMs, toMs: hourMs + HOUR_MS };
}

/** The hours worth looking at; for a few it is not worth asking which have frames. */
async function listHours(db: Db, clusterId: number, range: TimeRange): Promise<number[]> {
  const firstMs = floorTo(range.fromMs, HOUR_MS);
  const count = Math.ceil((range.toMs - firstMs) / HOUR_MS);
  if (count > FEW_HOURS) return listFrameHours(db, clusterId, range);
  return Array.from({ length: count }, (_, i) => firstMs + i * HOUR_MS);
}

/** Frames from which it follows what every slot held at `atMs`: none when a full frame begins there. */
async function listFramesBefore(db: Db, clusterId: number, atMs: number): Promise<Frame[]> {
  const hourMs = floorTo(atMs, HOUR_MS);
  const minute = Math.floor((atMs - hourMs) / MINUTE_MS);
  if (minute > 0) {
    const range = { fromMs: hourMs, toMs: hourMs + HOUR_MS };
    const [sealed] = await listSealedCached(db, "hour", clusterId, { range, measures: FRAME_GAUGES });
    if (sealed) {
      const rest = { fromMs: hourMs + minute * MINUTE_MS, toMs: atMs };
      return [columnFrame(sealed, minute - 1), ...(await listFramesCached(db, clusterId, rest))];
    }
  }
  const fullMs = await findFullFrameBefore(db, clusterId, atMs + 1);
  return fullMs === null || fullMs === atMs ? [] : listFramesCached(db, clusterId, { fromMs: fullMs, toMs: atMs });
}

async function* readMinutes(db: Db, clusterId: number, question: StretchQuestion): AsyncGenerator<Stretch> {
  const { range, measures } = question;
  const hours = { fromMs: floorTo(range.fromMs, HOUR_MS), toMs: range.toMs };
  const sealed = await listSealedCached(db, "hour", clusterId, { range: hours, measures });
  for (const part of withHoles(sealed, hours, HOUR_MS)) {
    if (!("hole" in part)) yield part;
    else yield* readFrames(db, clusterId, { ...question, range: part.hole }, MINUTE_MS);
  }
}

async function* readHours(db: Db, clusterId: number, question: StretchQuestion): AsyncGenerator<Stretch> {
  const { range, measures } = question;
  const days = { fromMs: floorTo(range.fromMs, DAY_MS), toMs: range.toMs };
  const sealed = await listSealedCached(db, "day", clusterId, { range: days, measures });
  for (const part of withHoles(sealed, days, DAY_MS)) {
    if (!("hole" in part)) yield part;
    else yield* readStretches(db, clusterId, "minutes", { ...question, range: clip(part.hole, range) });
  }
}

async function* readDays(db: Db, clusterId: number, question: StretchQuestion): AsyncGenerator<Stretch> {
  const { range, coverage } = question;
  const days = {
    fromMs: floorTo(range.fromMs, DAY_MS),
    toMs: Math.min(range.toMs, floorTo(coverage.sinceMs.hours, DAY_MS)),
  };
  if (days.fromMs < days.toMs) {
    const rolledUp = await listDayRollUps(db, clusterId, days);
    const count = Math.ceil((days.toMs - days.fromMs) / DAY_MS);
    if (rolledUp.length > 0) yield new FrameStretch(rolledUp, days.fromMs, DAY_MS, count);
  }
  yield* readStretches(db, clusterId, "hours", question);
}

/** The sealed stretches of a range and the parts between them that have none, in order. */
function* withHoles(
  sealed: readonly Stretch[],
  { fromMs, toMs }: TimeRange,
  lengthMs: number,
): Generator<Stretch | { hole: TimeRange }> {
  let at = fromMs;
  for (const stretch of sealed) {
    if (stretch.fromMs > at) yield { hole: { fromMs: at, toMs: stretch.fromMs } };
    yield stretch;
    at = stretch.fromMs + lengthMs;
  }
  if (at < toMs) yield { hole: { fromMs: at, toMs } };
}

function clip(range: TimeRange, to: TimeRange): TimeRange {
  return { fromMs: Math.max(range.fromMs, to.fromMs), toMs: Math.min(range.toMs, to.toMs) };
}

function floorTo(ms: number, stepMs: number): number {
  return Math.floor(ms / stepMs) * stepMs;
}
