import { and, eq, sql } from "drizzle-orm";
import type { Db } from "@/lib/db/client";
import { trafficCell } from "@/lib/db/schema-sources";
import type { TrafficIdentity } from "@/lib/model/traffic";

/** What a cell of the dictionary stands for. */
export interface DictionaryCell {
  identity: TrafficIdentity;
  /** A null of its identity then is all the values that were not kept apart. */
  isFolded: boolean;
  firstSeenMs: number;
}

/** So many cells are remembered of a database; a cell is a few short texts. */
const MAX_KEPT = 200_000;

/** What some cells stand for, by id. A cell whose row is gone is not among them. */
export async function readDictionary(
  db: Db,
  clusterId: number,
  cellIds: readonly number[],
): Promise<Map<number, DictionaryCell>> {
  const kept = keptCells(db, clusterId);
  const missing = cellIds.filter((id) => !kept.has(id));
  for (const [id, cell] of await selectCells(db, clusterId, missing)) kept.set(id, cell);
  return new Map(
    cellIds.flatMap((id) => {
      const cell = kept.get(id);
      return cell ? [[id, cell] as const] : [];
    }),
  );
}

type Kept = Map<number, DictionaryCell>;
const caches = new WeakMap<Db, Map<number, Kept>>();

/** An id stands for the same cell for ever. */
function keptCells(db: Db, clusterId: number): Kept {
  const clusters = caches.get(db) ?? new Map<number, Kept>();
  caches.set(db, clusters);
  let total = 0;
  for (const { size } of clusters.values()) total += size;
  if (total > MAX_KEPT) clusters.clear();
  const kept = clusters.get(clusterId) ?? new Map<number, DictionaryCell>();
  clusters.set(clusterId, kept);
  return kept;
}

async function selectCells(db: Db, clusterId: number, ids: readonly number[]): Promise<[number, DictionaryCell][]> {
  if (ids.length === 0) return [];
  const wanted = sql`select value::int from json_array_elements_text(${JSON.stringify(ids)}::json)`;
  const rows = await db
    .select()
    .from(trafficCell)
    .where(and(eq(trafficCell.clusterId, clusterId), sql`${trafficCell.cellId} in (${wanted})`));
  return rows.map(
    ({ cellId, isFolded, firstSeenAt, verb, resource, namespace, user, userAgent, sourceAddress, code }) => [
      cellId,
      {
        identity: { verb, resource, namespace, user, userAgent, sourceAddress, code },
        isFolded,
        firstSeenMs: firstSeenAt.getTime(),
      },
    ],
  );
}
