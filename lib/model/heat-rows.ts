/**
 * The rows of a heatmap: stable, named prefixes. The heaviest prefixes of the tree get a row each; what is left of a
 * parent is one row, "rest", behind its children. So every key is in exactly one row, and rows add up.
 */

/** A prefix of the tree and how heavy it was over whole days. */
export interface HeatNode {
  slot: number;
  parentSlot: number | null;
  prefix: Uint8Array;
  /** Stands for children without a slot of their own; it never has a row, it is part of its parent's rest. */
  isOther: boolean;
  weight: number;
  /** Child prefixes it has now, *other* included, and keys that hang on it directly. */
  childPrefixes: number;
  directKeys: number;
}

/** What a row shows: all of `slot`, less the slots in `less`, which have rows of their own. */
export interface HeatRow {
  slot: number;
  less: number[];
  prefix: Uint8Array;
  kind: "prefix" | "rest";
  /** Steps below the prefix that was asked for; a rest is as deep as the children it stands beside. */
  depth: number;
}

/**
 * At most `budget` rows below the node `rootSlot`, in the order of their prefixes. Prefixes without weight get no row.
 * Ranks go by powers of two of the share, then by name, so that rows do not change places while weights creep.
 */
export function planHeatRows(nodes: readonly HeatNode[], rootSlot: number, budget: number): HeatRow[] {
  const root = nodes.find(({ slot }) => slot === rootSlot);
  if (root === undefined) return [];
  const listed = new Map<number, HeatNode[]>([[rootSlot, []]]);
  for (const node of rank(nodes, root)) {
    if (listed.size >= budget) break;
    const siblings = listed.get(node.parentSlot ?? -1);
    if (siblings === undefined) continue;
    siblings.push(node);
    listed.set(node.slot, []);
  }
  const rows: HeatRow[] = [];
  addRows(root, 0, listed, rows);
  return rows;
}

function addRows(node: HeatNode, depth: number, listed: Map<number, HeatNode[]>, rows: HeatRow[]): void {
  const children = (listed.get(node.slot) ?? []).sort((a, b) => compareBytes(a.prefix, b.prefix));
  for (const child of children) addRows(child, depth + 1, listed, rows);
  const { slot, prefix } = node;
  if (children.length === 0) rows.push({ slot, less: [], prefix, kind: "prefix", depth });
  else if (hasRest(node, children)) {
    rows.push({ slot, less: children.map((child) => child.slot), prefix, kind: "rest", depth: depth + 1 });
  }
}

/** Whether anything lies, or lately happened, under a node beside its listed children. */
function hasRest(node: HeatNode, children: readonly HeatNode[]): boolean {
  const weight = children.reduce((sum, child) => sum + child.weight, 0);
  return node.directKeys > 0 || node.childPrefixes > children.length || node.weight > weight;
}

/** The heaviest first; a parent always comes before its children. */
function rank(nodes: readonly HeatNode[], root: HeatNode): HeatNode[] {
  const magnitude = (node: HeatNode) => Math.floor(Math.log2(node.weight / Math.max(root.weight, node.weight)));
  return nodes
    .filter(({ slot, weight, isOther }) => slot !== root.slot && weight > 0 && !isOther)
    .map((node) => ({ node, magnitude: magnitude(node) }))
    .sort((a, b) => b.magnitude - a.magnitude || compareBytes(a.node.prefix, b.node.prefix))
    .map(({ node }) => node);
}

/** The order of etcd: by byte, the shorter first. */
export function compareBytes(left: Uint8Array, right: Uint8Array): number {
  const length = Math.min(left.length, right.length);
  for (let i = 0; i < length; i++) {
    const difference = (left[i] as number) - (right[i] as number);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}
