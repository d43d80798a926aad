import { and, asc, eq, gt } from "drizzle-orm";
import type { SilenceInput, SilenceRow, SilencesAnswer } from "@/lib/api/webhooks";
import type { Db } from "@/lib/db/client";
import { cluster } from "@/lib/db/schema";
import { silence } from "@/lib/db/schema-health";
import { UnknownSilenceError } from "@/lib/queries/errors";

const MOST_SILENCES = 1_000;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The silences that hold, of a cluster or (null) of all, the first to end first. */
export async function listSilences(db: Db, clusterId: number | null, nowMs: number): Promise<SilencesAnswer> {
  const rows = await db
    .select({ row: silence, name: cluster.name })
    .from(silence)
    .innerJoin(cluster, eq(cluster.id, silence.clusterId))
    .where(and(gt(silence.until, new Date(nowMs)), clusterId === null ? undefined : eq(silence.clusterId, clusterId)))
    .orderBy(asc(silence.until), asc(silence.id))
    .limit(MOST_SILENCES);
  return { items: rows.map(({ row, name }) => toRow(row, name)), nextCursor: null };
}

/** Silences a cluster, or a rule of it, until an instant. */
export async function createSilence(
  db: Db,
  { id, name }: { id: number; name: string },
  input: Required<SilenceInput>,
): Promise<SilenceRow> {
  const { until, ...what } = input;
  const [row] = await db
    .insert(silence)
    .values({ clusterId: id, ...what, until: new Date(until) })
    .returning();
  if (!row) throw new Error("a silence was inserted but not returned");
  return toRow(row, name);
}

/** Ends a silence. Throws an `UnknownSilenceError`. */
export async function removeSilence(db: Db, clusterId: number, id: string): Promise<void> {
  if (!UUID.test(id)) throw new UnknownSilenceError(id);
  const rows = await db
    .delete(silence)
    .where(and(eq(silence.clusterId, clusterId), eq(silence.id, id)))
    .returning({ id: silence.id });
  if (rows.length === 0) throw new UnknownSilenceError(id);
}

function toRow(row: typeof silence.$inferSelect, name: string): SilenceRow {
  const { id, rule, scope, reason, createdAt, until } = row;
  return { id, cluster: name, rule, scope, reason, createdAt: createdAt.toISOString(), until: until.toISOString() };
}
