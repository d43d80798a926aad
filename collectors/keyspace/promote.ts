import { hashBytes } from "@/collectors/keyspace/arena";
import type { KeyspaceModel } from "@/collectors/keyspace/keyspace-model";
import { segmentEnd, separatorOf } from "@/lib/model/segments";

/** At most so many prefixes come out of one *other* node, and out of all of them. */
const MAX_PROMOTED = 256;
const MAX_PROMOTED_IN_ALL = 4_096;
const BUCKETS = 65_536;

/**
 * Gives the heaviest prefixes folded into *other* nodes a node of their own, and answers the entries of their keys, which
 * still hang on the other. There may be millions of such prefixes: the first pass over the table only sums bytes up by a
 * hash of the prefix, the second looks at the prefixes in the heaviest sums.
 */
export function promoteHeavy(model: KeyspaceModel): number[] {
  const others = model.tree.others().filter((other) => (model.tree.own.keys[other] as number) > 0);
  if (others.length === 0) return [];
  const isOther = new Set(others);
  const sums = new Float64Array(BUCKETS);
  visitFolded(model, isOther, (entry, key, end) => {
    const bucket = bucketOf(key, end);
    sums[bucket] = (sums[bucket] as number) + bytesOf(model, entry);
  });
  const heavyBuckets = new Set(indexesOfGreatest(sums, MAX_PROMOTED_IN_ALL));
  const groups = new Map<string, Group>();
  visitFolded(model, isOther, (entry, key, end) => {
    if (!heavyBuckets.has(bucketOf(key, end))) return;
    const name = key.toString("latin1", 0, end);
    const group = groups.get(name) ?? { other: model.table.node(entry), bytes: 0, entries: [] };
    group.bytes += bytesOf(model, entry);
    group.entries.push(entry);
    groups.set(name, group);
  });
  return heaviest([...groups.values()]).flatMap(({ other, entries }) => {
    model.tree.promote(other, model.keyOf(entries[0] as number));
    return entries;
  });
}

interface Group {
  other: number;
  bytes: number;
  entries: number[];
}

/** Shows every live key on an *other* node, and where the segment ends by which it would get a node of its own. */
function visitFolded(
  model: KeyspaceModel,
  others: ReadonlySet<number>,
  visit: (entry: number, key: Buffer, end: number) => void,
): void {
  const { table, tree } = model;
  for (let entry = 0; entry < table.end; entry++) {
    const node = table.node(entry);
    if (!others.has(node) || !table.isLive(entry)) continue;
    const key = model.viewKey(entry);
    const end = segmentEnd(key, 0, tree.prefixLength(node), key.length, separatorOf(key, 0, key.length));
    if (end > 0) visit(entry, key, end);
  }
}

function heaviest(groups: Group[]): Group[] {
  const taken = new Map<number, number>();
  return groups
    .sort((a, b) => b.bytes - a.bytes)
    .filter(({ other }) => {
      const count = (taken.get(other) ?? 0) + 1;
      taken.set(other, count);
      return count <= MAX_PROMOTED;
    })
    .slice(0, MAX_PROMOTED_IN_ALL);
}

function indexesOfGreatest(sums: Float64Array, count: number): number[] {
  const indexes = Array.from(sums.keys()).filter((i) => (sums[i] as number) > 0);
  return indexes.sort((a, b) => (sums[b] as number) - (sums[a] as number)).slice(0, count);
}

function bucketOf(key: Buffer, end: number): number {
  return hashBytes(key, 0, end, 0) % BUCKETS;
}

function bytesOf(model: KeyspaceModel, entry: number): number {
  return model.keyBytes(entry) + model.table.valueBytes(entry);
}
