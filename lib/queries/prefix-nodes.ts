import { and, eq, sql } from "drizzle-orm";
import type { Db } from "@/lib/db/client";
import { prefix, prefixState } from "@/lib/db/schema";

/** One prefix of the tree with what it holds now. */
export interface PrefixNode {
  slot: number;
  prefix: Buffer;
  isOther: boolean;
  keys: number;
  keyBytes: number;
  valueBytes: number;
  directKeys: number;
  childPrefixes: number;
  largestValueBytes: number;
  oldestModRevision: number | null;
  newestModRevision: number | null;
  /** Null: not measured. */
  historyBytes: number | null;
  historyRevisions: number | null;
  leasedKeys: number;
}

const COLUMNS = {
  slot: prefix.slot,
  prefix: prefix.prefix,
  isOther: prefix.isOther,
  keys: prefixState.keys,
  keyBytes: prefixState.keyBytes,
  valueBytes: prefixState.valueBytes,
  directKeys: prefixState.directKeys,
  childPrefixes: prefixState.childPrefixes,
  largestValueBytes: prefixState.largestValueBytes,
  oldestModRevision: prefixState.oldestModRevision,
  newestModRevision: prefixState.newestModRevision,
  historyBytes: prefixState.historyBytes,
  historyRevisions: prefixState.historyRevisions,
  leasedKeys: prefixState.leasedKeys,
};

/** The node whose prefix is exactly these bytes; null when the tree has none. Served by `prefix_by_digest`. */
export async function findNode(db: Db, clusterId: number, bytes: Buffer): Promise<PrefixNode | null> {
  const [node] = await selectNodes(db)
    .where(
      and(
        eq(prefix.clusterId, clusterId),
        sql`sha256(${prefix.prefix}) = sha256(${bytes}::bytea)`,
        eq(prefix.isOther, false),
      ),
    )
    .limit(1);
  return node ?? null;
}

/** The nodes among these prefixes, in no order. */
export async function listNodesOf(db: Db, clusterId: number, prefixes: readonly Buffer[]): Promise<PrefixNode[]> {
  if (prefixes.length === 0) return [];
  const hex = JSON.stringify(prefixes.map((bytes) => bytes.toString("hex")));
  const digests = sql`select sha256(decode(value, 'hex')) from json_array_elements_text(${hex}::json)`;
  return selectNodes(db).where(
    and(eq(prefix.clusterId, clusterId), sql`sha256(${prefix.prefix}) in (${digests})`, eq(prefix.isOther, false)),
  );
}

/** The nodes right below a node, *other* included, in the order of their slots. Served by `prefix_by_parent`. */
export async function listChildNodes(db: Db, clusterId: number, parentSlot: number): Promise<PrefixNode[]> {
  return selectNodes(db)
    .where(and(eq(prefix.clusterId, clusterId), eq(prefix.parentSlot, parentSlot)))
    .orderBy(prefix.slot);
}

function selectNodes(db: Db) {
  return db
    .select(COLUMNS)
    .from(prefix)
    .innerJoin(prefixState, and(eq(prefixState.clusterId, prefix.clusterId), eq(prefixState.slot, prefix.slot)))
    .$dynamic();
}
