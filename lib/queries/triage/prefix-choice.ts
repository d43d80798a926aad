import { and, eq, inArray } from "drizzle-orm";
import type { Db } from "@/lib/db/client";
import { prefix } from "@/lib/db/schema";
import { toKeyText } from "@/lib/model/key-text";
import { toKubernetesPlace } from "@/lib/model/kubernetes";
import type { PrefixCounts, TreeNode } from "@/lib/queries/triage/prefix-counts";
import { findSuspects, type RisenNode } from "@/lib/queries/triage/prefix-suspects";

const MOST = 20;
/** A rise smaller than this is none: writes, and bytes, per second. */
const LEAST_WRITES = 0.05;
const LEAST_BYTES = 256;
/** Beside those that rose, at least so many of the heaviest writers: it matters that they did not. */
const LEAST_HEAVY = 6;
const HEAVY_PART = 0.01;
/** `/registry/`, then groups or kinds of things. */
const DIRECTORY_DEPTH = 2;
const MOST_DIRECTORIES = 2_000;

/** The prefixes worth a word, by slot: those that rose most first, then the heaviest others. At most 20. */
export async function pickPrefixes(db: Db, clusterId: number, counts: PrefixCounts): Promise<number[]> {
  const { nodes, calm, window } = counts;
  if (window === null) return [];
  const directories = await listDirectories(db, clusterId, nodes);
  const find = (rise: (slot: number) => number, limits: { least: number; part?: number }) =>
    rank(
      findSuspects(
        nodes.map(({ slot, parentSlot }) => ({
          ...{ slot, parentSlot, isDirectory: directories.has(slot), rise: rise(slot) },
        })),
        limits,
      ),
    );
  const heavy = find((calm ?? window).writes, { least: LEAST_WRITES, part: HEAVY_PART });
  if (calm === null) return choose(nodes, [], heavy);
  const risen = [
    ...find((slot) => window.writes(slot) - calm.writes(slot), { least: LEAST_WRITES }),
    ...find((slot) => window.writtenBytes(slot) - calm.writtenBytes(slot), { least: LEAST_BYTES }),
  ];
  return choose(
    nodes,
    risen.sort((a, b) => b.share - a.share || a.slot - b.slot),
    heavy,
  );
}

interface RankedNode {
  slot: number;
  /** Of what rose in all. */
  share: number;
}

function rank(found: readonly RisenNode[]): RankedNode[] {
  const whole = found.reduce((sum, { rise }) => sum + rise, 0);
  return found.map(({ slot, rise }) => ({ slot, share: rise / whole }));
}

/** First those that rose, with some room for the heavy; none that lies above or below one that was chosen. */
function choose(nodes: readonly TreeNode[], risen: readonly RankedNode[], heavy: readonly RankedNode[]): number[] {
  const parentOf = new Map(nodes.map(({ slot, parentSlot }) => [slot, parentSlot]));
  const isBelow = (inner: number, outer: number) => {
    for (let at: number | null | undefined = inner; at !== null && at !== undefined; at = parentOf.get(at)) {
      if (at === outer) return true;
    }
    return false;
  };
  const chosen: number[] = [];
  const add = (found: readonly RankedNode[], most: number) => {
    for (const { slot } of found) {
      const isNew = !chosen.some((other) => isBelow(slot, other) || isBelow(other, slot));
      if (chosen.length < most && isNew) chosen.push(slot);
    }
  };
  add(risen, MOST - Math.min(LEAST_HEAVY, heavy.length));
  add(heavy, MOST);
  return chosen;
}

/** The upper levels of the tree that hold no resource of their own: the etcd prefix, API groups. */
async function listDirectories(db: Db, clusterId: number, nodes: readonly TreeNode[]): Promise<Set<number>> {
  const directories = new Set<number>([0]);
  let level: ReadonlySet<number> = directories;
  for (let depth = 0; depth < DIRECTORY_DEPTH && level.size > 0; depth++) {
    const parents = level;
    const children = nodes.filter(
      ({ parentSlot, isOther }) => !isOther && parentSlot !== null && parents.has(parentSlot),
    );
    if (children.length === 0 || children.length > MOST_DIRECTORIES) break;
    const slots = children.map(({ slot }) => slot);
    const rows = await db
      .select({ slot: prefix.slot, prefix: prefix.prefix })
      .from(prefix)
      .where(and(eq(prefix.clusterId, clusterId), inArray(prefix.slot, slots)));
    level = new Set(rows.filter((row) => isDirectory(row.prefix)).map(({ slot }) => slot));
    for (const slot of level) directories.add(slot);
  }
  return directories;
}

function isDirectory(bytes: Buffer): boolean {
  const place = toKubernetesPlace(toKeyText(bytes).text);
  return place !== null && place.resource === null;
}
