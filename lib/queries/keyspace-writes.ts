import type { Db } from "@/lib/db/client";
import { toKeyText } from "@/lib/model/key-text";
import { toKubernetesPlace } from "@/lib/model/kubernetes";
import type { TimeRange } from "@/lib/model/time-range";
import { findNode, listChildNodes, type PrefixNode } from "@/lib/queries/prefix-nodes";
import { readSamples, type Samples } from "@/lib/queries/samples";

/** Below the root, `/registry/` and an API group, no more levels are looked into. */
const MAX_DEPTH = 4;
/** So many places; a tree that is wider is told by its upper level. */
const MAX_PLACES = 2_000;

/** Writes below the prefixes that tell one kind of data from another, as the keyspace counted them. */
export interface KeyspaceWrites {
  samples: Samples;
  /** As kubectl writes a resource of Kubernetes, else the prefix; null: prefixes that have no place of their own. */
  places: readonly { name: string | null; slots: number[] }[];
}

/** Puts and deletes by resource or top prefix, slice by slice; null when the keyspace was not scanned. */
export async function readKeyspaceWrites(
  db: Db,
  clusterId: number,
  { range, stepMs, nowMs }: { range: TimeRange; stepMs: number; nowMs: number },
): Promise<KeyspaceWrites | null> {
  const root = await findNode(db, clusterId, Buffer.alloc(0));
  if (!root) return null;
  const byName = new Map<string | null, number[]>();
  for (const { name, slot } of await listPlaces(db, clusterId, root, 0)) {
    byName.set(name, [...(byName.get(name) ?? []), slot]);
  }
  const slots = [root.slot, ...[...byName.values()].flat()];
  const samples = await readSamples(db, clusterId, { range, stepMs, measures: ["puts", "deletes"], slots }, nowMs);
  return { samples, places: [...byName].map(([name, own]) => ({ name, slots: own })) };
}

async function listPlaces(
  db: Db,
  clusterId: number,
  parent: PrefixNode,
  depth: number,
): Promise<{ name: string | null; slot: number }[]> {
  const children = await listChildNodes(db, clusterId, parent.slot);
  const found: { name: string | null; slot: number }[] = [];
  for (const child of children.slice(0, MAX_PLACES)) {
    const { text } = toKeyText(child.prefix);
    const place = toKubernetesPlace(text);
    if (child.isOther) found.push({ name: null, slot: child.slot });
    else if (place?.resource) found.push({ name: place.resource, slot: child.slot });
    else if (place && child.childPrefixes > 0 && depth < MAX_DEPTH && !isThing(text)) {
      found.push(...(await listPlaces(db, clusterId, child, depth + 1)));
    } else found.push({ name: text, slot: child.slot });
  }
  return found;
}

/** Directories that hold no objects of the API, though they have children. */
function isThing(text: string): boolean {
  return /\/(masterleases|peerserverleases|ranges)\/$/.test(text);
}
