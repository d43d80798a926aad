import { and, eq, gte, inArray, lt, sql } from "drizzle-orm";
import type { Db } from "@/lib/db/client";
import { listVersions, parseVersions } from "@/lib/db/row-versions";
import { sealedDay, sealedHour } from "@/lib/db/schema";
import type { FrameMeasure } from "@/lib/model/frame";
import { SealedStretch, type WholeSealedParts } from "@/lib/model/sealed";
import type { TimeRange } from "@/lib/model/time-range";

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/** The two kinds of sealed stretches: an hour by minutes, a UTC day by hours. */
export const SEALED = {
  hour: { lengthMs: HOUR_MS, columnMs: MINUTE_MS },
  day: { lengthMs: 24 * HOUR_MS, columnMs: HOUR_MS },
} as const;
export type SealedKind = keyof typeof SEALED;

/** Where sealed stretches lie, and the version of each row: another version means it was sealed again. */
export async function listSealedVersions(db: Db, kind: SealedKind, clusterId: number, range: TimeRange) {
  const { table, at } = tableOf(kind);
  const [row] = await db
    .select({ versions: listVersions(at) })
    .from(table)
    .where(and(eq(table.clusterId, clusterId), gte(at, new Date(range.fromMs)), lt(at, new Date(range.toMs))));
  return parseVersions(row?.versions).map(({ atMs, version }) => ({ fromMs: atMs, version }));
}

/** The parts of the stretches that begin at these instants, with the measures asked for; oldest first. */
export async function listSealedParts(
  db: Db,
  kind: SealedKind,
  clusterId: number,
  { starts, measures }: { starts: readonly number[]; measures: readonly FrameMeasure[] },
) {
  if (starts.length === 0) return [];
  const { table, at } = tableOf(kind);
  const blobs = Object.fromEntries(measures.map((measure) => [measure, table[measure]])) as {
    [Measure in FrameMeasure]?: (typeof sealedHour)[Measure];
  };
  const { format, slots, columns } = table;
  const instants = starts.map((ms) => new Date(ms));
  const rows = await db
    .select({ at, version: sql<string>`xmin::text`, format, slots, columns, ...blobs })
    .from(table)
    .where(and(eq(table.clusterId, clusterId), inArray(at, instants)))
    .orderBy(at);
  return rows.map(({ at, version, format, slots, columns, ...blobs }) => ({
    fromMs: at.getTime(),
    version,
    parts: { format, slots, columns, blobs: blobs as Partial<Record<FrameMeasure, Buffer>> },
  }));
}

/** The sealed stretches that begin in `range`, oldest first. */
export async function listSealed(
  db: Db,
  kind: SealedKind,
  clusterId: number,
  { range, measures }: { range: TimeRange; measures: readonly FrameMeasure[] },
): Promise<SealedStretch[]> {
  const starts = (await listSealedVersions(db, kind, clusterId, range)).map(({ fromMs }) => fromMs);
  const rows = await listSealedParts(db, kind, clusterId, { starts, measures });
  return rows.map(({ fromMs, parts }) => new SealedStretch(parts, fromMs, SEALED[kind].columnMs));
}

/** Writes a sealed stretch, in place of an earlier sealing of the same time. */
export async function writeSealed(
  db: Db,
  kind: SealedKind,
  clusterId: number,
  { fromMs, parts }: { fromMs: number; parts: WholeSealedParts },
): Promise<void> {
  const { blobs, ...head } = parts;
  const row = { ...head, ...blobs };
  const start = new Date(fromMs);
  if (kind === "hour") {
    const target = [sealedHour.clusterId, sealedHour.hour];
    await db
      .insert(sealedHour)
      .values({ clusterId, hour: start, ...row })
      .onConflictDoUpdate({ target, set: row });
  } else {
    const target = [sealedDay.clusterId, sealedDay.day];
    await db
      .insert(sealedDay)
      .values({ clusterId, day: start, ...row })
      .onConflictDoUpdate({ target, set: row });
  }
}

/** Both tables have the same columns but for the name of their instant. */
function tableOf(kind: SealedKind) {
  const at = kind === "hour" ? sealedHour.hour : (sealedDay.day as unknown as typeof sealedHour.hour);
  return { table: kind === "hour" ? sealedHour : (sealedDay as unknown as typeof sealedHour), at };
}
