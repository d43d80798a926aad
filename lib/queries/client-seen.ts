import { and, eq, sql } from "drizzle-orm";
import type { Db } from "@/lib/db/client";
import { trafficCell } from "@/lib/db/schema-sources";
import type { TrafficDimension } from "@/lib/model/traffic";
import type { TrafficGroups } from "@/lib/queries/traffic-groups";
import type { TrafficReading } from "@/lib/queries/traffic-reading";

/** The dictionary is summed up again when the answer is older; whoever is not in it was first seen in the range. */
const KEPT_MS = 15_000;

export interface ClientSeen {
  /** Epoch milliseconds; null: not told. */
  of(group: number): { firstSeenMs: number | null; lastSeenMs: number | null };
}

/** Since when each group is known, of all that is kept, and when it was last seen in the range. */
export async function readClientSeen(
  db: Db,
  clusterId: number,
  {
    reading,
    groups,
    groupBy,
  }: { reading: TrafficReading; groups: TrafficGroups; groupBy: readonly TrafficDimension[] },
): Promise<ClientSeen> {
  const { groupOf, identities, other } = groups;
  const known = await readFirstSeen(db, clusterId, reading.source, groupBy);
  const first = new Float64Array(other + 1).fill(Number.POSITIVE_INFINITY);
  const last = new Float64Array(other + 1);
  for (const [group, identity] of identities.entries()) {
    first[group] = known.get(nameOf(groupBy.map((dimension) => identity[dimension]))) ?? Number.POSITIVE_INFINITY;
  }
  for (const [cell, { firstSeenMs }] of reading.cells.entries()) {
    const group = groupOf[cell] as number;
    if (group >= 0 && firstSeenMs !== null) first[group] = Math.min(first[group] as number, firstSeenMs);
  }
  reading.eachCount((cell, slice, requests) => {
    const group = groupOf[cell] as number;
    if (group < 0 || requests === 0) return;
    last[group] = Math.max(last[group] as number, reading.slices[slice]?.fromMs ?? 0);
  });
  return {
    of: (group) => ({
      firstSeenMs: Number.isFinite(first[group]) ? (first[group] as number) : null,
      lastSeenMs: last[group] === 0 ? null : (last[group] as number),
    }),
  };
}

type FirstSeen = Map<string, number>;
const kept = new WeakMap<Db, Map<string, { readAtMs: number; seen: FirstSeen }>>();

/** When each combination of dimensions first came, of all that the dictionary holds. */
async function readFirstSeen(
  db: Db,
  clusterId: number,
  source: TrafficReading["source"],
  groupBy: readonly TrafficDimension[],
): Promise<FirstSeen> {
  if (source !== "audit" && source !== "etcd-log") return new Map();
  const answers = kept.get(db) ?? new Map<string, { readAtMs: number; seen: FirstSeen }>();
  kept.set(db, answers);
  const name = JSON.stringify([clusterId, source, groupBy]);
  const last = answers.get(name);
  if (last && Date.now() - last.readAtMs < KEPT_MS) return last.seen;
  const columns = groupBy.map((dimension) => trafficCell[dimension]);
  const rows = await db
    .select({
      values: sql<(string | number | null)[]>`json_build_array(${sql.join(columns, sql`, `)})`,
      firstMs: sql`extract(epoch from min(${trafficCell.firstSeenAt})) * 1000`.mapWith(Number),
    })
    .from(trafficCell)
    .where(and(eq(trafficCell.clusterId, clusterId), eq(trafficCell.source, source), eq(trafficCell.isFolded, false)))
    .groupBy(...columns);
  const seen: FirstSeen = new Map(rows.map(({ values, firstMs }) => [nameOf(values), firstMs]));
  answers.set(name, { readAtMs: Date.now(), seen });
  return seen;
}

function nameOf(values: readonly (string | number | null)[]): string {
  return JSON.stringify(values);
}
