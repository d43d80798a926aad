import type { Db } from "@/lib/db/client";
import { toKeyText } from "@/lib/model/key-text";
import { toKubernetesPlace } from "@/lib/model/kubernetes";
import { listChildNodes, type PrefixNode } from "@/lib/queries/prefix-nodes";

/** Steps that are looked through at most: the etcd prefix, an API group, and one to spare. */
const MOST_STEPS = 4;
/** A root that holds this part of all keys is the whole keyspace by another name. */
const NEARLY_ALL = 0.9;
/** More groups than this are not looked through at once. */
const MOST_AT_ONCE = 500;

/**
 * The prefixes below one that are worth comparing: its children, but in the stead of a mere directory (the etcd prefix,
 * an API group) what lies in it. Below the root that is the level of Kubernetes' resources.
 */
export async function listComparable(db: Db, clusterId: number, parent: PrefixNode): Promise<PrefixNode[]> {
  let found = await listChildNodes(db, clusterId, parent.slot);
  for (let step = 0; step < MOST_STEPS; step++) {
    const directories = found.filter((node) => isDirectory(node, parent)).slice(0, MOST_AT_ONCE);
    if (directories.length === 0) return found;
    const below = await Promise.all(directories.map(({ slot }) => listChildNodes(db, clusterId, slot)));
    found = [...found.filter((node) => !directories.includes(node)), ...below.flat()];
  }
  return found;
}

/** Holds only prefixes, and is no resource: Kubernetes has no word for it but a group's, or it is nearly everything. */
function isDirectory(node: PrefixNode, parent: PrefixNode): boolean {
  if (node.isOther || node.childPrefixes === 0 || node.directKeys > 0) return false;
  const place = toKubernetesPlace(toKeyText(node.prefix).text);
  if (place !== null) return place.resource === null;
  return parent.prefix.length === 0 && node.keys >= parent.keys * NEARLY_ALL;
}
