import { and, eq } from "drizzle-orm";
import type { Db } from "@/lib/db/client";
import { trafficCell, type trafficHour, trafficMinute } from "@/lib/db/schema-sources";
import type { TrafficFigures } from "@/lib/model/traffic";
import { decodeTrafficFrame } from "@/lib/model/traffic-frame";
import { cellName } from "@/tests/support/audit-file";

type CellRow = typeof trafficCell.$inferSelect;

/** Every cell of every stored minute (or hour) of a source, with who it is. */
export async function listStoredCells(
  db: Db,
  clusterId: number,
  { source, from = trafficMinute }: { source: "audit" | "etcd-log"; from?: typeof trafficMinute | typeof trafficHour },
): Promise<{ atMs: number; cell: CellRow; figures: TrafficFigures }[]> {
  const cells = await db.select().from(trafficCell).where(eq(trafficCell.clusterId, clusterId));
  const byId = new Map(cells.map((cell) => [cell.cellId, cell]));
  const rows = await db
    .select()
    .from(from)
    .where(and(eq(from.clusterId, clusterId), eq(from.source, source)));
  return rows.flatMap(({ at, format, payload }) =>
    [...decodeTrafficFrame(format, payload)].map(([cellId, figures]) => {
      const cell = byId.get(cellId);
      if (cell === undefined) throw new Error(`cell ${cellId} is not in the dictionary`);
      return { atMs: at.getTime(), cell, figures };
    }),
  );
}

/** Requests by verb, resource and user agent, as `countByCell` names them. */
export async function countStored(
  db: Db,
  clusterId: number,
  source: "audit" | "etcd-log" = "audit",
): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (const { cell, figures } of await listStoredCells(db, clusterId, { source })) {
    const name = cellName(cell.verb, cell.resource, cell.userAgent);
    counts.set(name, (counts.get(name) ?? 0) + figures.requests);
  }
  return counts;
}

/** Events that all stored minutes of a source count. */
export async function sumEvents(db: Db, clusterId: number, source: "audit" | "etcd-log" = "audit"): Promise<number> {
  const rows = await db
    .select({ events: trafficMinute.events })
    .from(trafficMinute)
    .where(and(eq(trafficMinute.clusterId, clusterId), eq(trafficMinute.source, source)));
  return rows.reduce((sum, { events }) => sum + events, 0);
}
