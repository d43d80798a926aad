import type { TrafficFilter } from "@/lib/api/traffic";
import type { TrafficDimension, TrafficIdentity } from "@/lib/model/traffic";
import type { ReadCell } from "@/lib/queries/traffic-reading";

/** Which cells go together. */
export interface TrafficGroups {
  /** The group of each cell; -1: it does not pass the filter. */
  groupOf: Int32Array;
  /** What each group stands for: the dimensions it was grouped by, the others null. */
  identities: TrafficIdentity[];
  /** The group of what was folded and cannot be told apart; always the last one. */
  other: number;
}

/** What gets lost when cells are folded: `code` goes last of all. */
const FOLDED_AWAY: readonly TrafficDimension[] = [
  ...(["namespace", "sourceAddress", "user", "userAgent", "verb", "resource"] as const),
];

export const NO_IDENTITY: TrafficIdentity = {
  ...{ verb: null, resource: null, namespace: null, user: null, userAgent: null, sourceAddress: null, code: null },
};

/** Groups the cells that pass a filter by some of their dimensions. */
export function groupCells(
  cells: readonly ReadCell[],
  { groupBy, filter }: { groupBy: readonly TrafficDimension[]; filter: TrafficFilter },
): TrafficGroups {
  const groupOf = new Int32Array(cells.length).fill(-1);
  const identities: TrafficIdentity[] = [];
  const byName = new Map<string, number>();
  const folded: number[] = [];
  const passes = toFilter(filter);
  const lost = FOLDED_AWAY.filter((dimension) => groupBy.includes(dimension));
  for (const [cell, { identity, isFolded }] of cells.entries()) {
    if (!passes(identity)) continue;
    if (isFolded && lost.some((dimension) => identity[dimension] === null)) {
      folded.push(cell);
      continue;
    }
    const name = JSON.stringify(groupBy.map((dimension) => identity[dimension]));
    let group = byName.get(name);
    if (group === undefined) {
      group = identities.length;
      byName.set(name, group);
      identities.push(toGroupIdentity(identity, groupBy));
    }
    groupOf[cell] = group;
  }
  const other = identities.length;
  for (const cell of folded) groupOf[cell] = other;
  return { groupOf, identities, other };
}

/** Whether an identity has the values that are asked for. */
export function toFilter(filter: TrafficFilter): (identity: TrafficIdentity) => boolean {
  const { verb, resource, namespace, user, userAgent, sourceAddress, code } = filter;
  const wanted = Object.entries({ verb, resource, namespace, user, userAgent, sourceAddress, code }).filter(
    ([, value]) => value !== undefined,
  ) as [TrafficDimension, string | number][];
  return (identity) => wanted.every(([dimension, value]) => identity[dimension] === value);
}

/** The dimensions that a question asks a source to know. */
export function dimensionsOf({
  verb,
  resource,
  namespace,
  user,
  userAgent,
  sourceAddress,
  code,
}: TrafficFilter): TrafficDimension[] {
  const asked = Object.entries({ verb, resource, namespace, user, userAgent, sourceAddress, code });
  return asked.filter(([, value]) => value !== undefined).map(([dimension]) => dimension as TrafficDimension);
}

function toGroupIdentity(identity: TrafficIdentity, groupBy: readonly TrafficDimension[]): TrafficIdentity {
  return { ...NO_IDENTITY, ...Object.fromEntries(groupBy.map((dimension) => [dimension, identity[dimension]])) };
}
