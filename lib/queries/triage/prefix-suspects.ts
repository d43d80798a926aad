/** A prefix of the tree and how much more (or, negative, less) was written below it than in the calm time. */
export interface RisenNode {
  slot: number;
  parentSlot: number | null;
  /** A mere directory: it says nothing of what lies below it. */
  isDirectory: boolean;
  rise: number;
}

/** A rise is pinned on fewer prefixes as long as they carry this part of it. */
const CARRIED = 0.7;
/** So many prefixes may carry it together; more are named by what they have in common. */
const FEW = 3;
/** Below a mere directory each child is looked at by itself, from this part of the whole rise on, unless told. */
const WORTH_A_LOOK = 0.05;

/**
 * The prefixes that carry a rise, as deep in the tree as it can be pinned: below the root, and wherever few children
 * carry 70 % of what their parent rose by, these children in its stead. None is an ancestor of another; the largest rise
 * first. The root itself is never one.
 */
export function findSuspects(
  nodes: readonly RisenNode[],
  { least, part = WORTH_A_LOOK }: { least: number; part?: number },
): RisenNode[] {
  const children = new Map<number, RisenNode[]>();
  for (const node of nodes) {
    if (node.parentSlot === null || node.rise < least) continue;
    const siblings = children.get(node.parentSlot);
    if (siblings === undefined) children.set(node.parentSlot, [node]);
    else siblings.push(node);
  }
  const root = nodes.find(({ parentSlot }) => parentSlot === null);
  if (root === undefined) return [];
  const top = children.get(root.slot) ?? [];
  const worth = top.reduce((sum, { rise }) => sum + rise, 0) * part;
  const found: RisenNode[] = [];
  const open = top.filter(({ rise }) => rise >= worth);
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    const below = carriers(node, children.get(node.slot) ?? [], worth);
    if (below.length === 0) found.push(node);
    else open.push(...below);
  }
  return found.sort((a, b) => b.rise - a.rise || a.slot - b.slot);
}

/** The children to look at instead of a node; none: the node itself is the suspect. */
function carriers(node: RisenNode, risen: readonly RisenNode[], worth: number): RisenNode[] {
  const sorted = [...risen].sort((a, b) => b.rise - a.rise || a.slot - b.slot);
  if (node.isDirectory) {
    const worthy = sorted.filter(({ rise }) => rise >= worth);
    if (worthy.length > 0) return worthy;
  }
  let carried = 0;
  for (const [i, { rise }] of sorted.slice(0, FEW).entries()) {
    carried += rise;
    if (carried >= node.rise * CARRIED) return sorted.slice(0, i + 1);
  }
  return [];
}
