import { and, eq, gt, sql } from "drizzle-orm";
import type { PrefixSearchAnswer, PrefixSearchParams } from "@/lib/api/prefixes";
import type { Db } from "@/lib/db/client";
import { prefix, prefixState } from "@/lib/db/schema";
import { parseKeyText, toKeyText } from "@/lib/model/key-text";

/**
 * Prefixes that contain a text, shortest first; ASCII letters match in either case. Reads all prefixes of the cluster
 * (at most 200,000, by the primary key): no index serves "contains" on raw bytes.
 */
export async function searchPrefixes(
  db: Db,
  clusterId: number,
  { q, limit }: PrefixSearchParams,
): Promise<PrefixSearchAnswer> {
  const wanted = parseKeyText(q);
  const length = sql`octet_length(${prefix.prefix})`;
  const rows = await db
    .select({
      prefix: prefix.prefix,
      keys: prefixState.keys,
      keyBytes: prefixState.keyBytes,
      valueBytes: prefixState.valueBytes,
    })
    .from(prefix)
    .innerJoin(prefixState, and(eq(prefixState.clusterId, prefix.clusterId), eq(prefixState.slot, prefix.slot)))
    .where(
      and(
        eq(prefix.clusterId, clusterId),
        eq(prefix.isOther, false),
        gt(prefixState.keys, 0),
        // 'escape' keeps ASCII as it is and turns every other byte into octal digits, which lower() leaves alone.
        sql`position(lower(encode(${wanted}, 'escape')) in lower(encode(${prefix.prefix}, 'escape'))) > 0`,
      ),
    )
    .orderBy(length, prefix.prefix)
    .limit(limit);
  const items = rows.map((row) => {
    const { text, base64 } = toKeyText(row.prefix);
    return { prefix: text, prefixBase64: base64, keys: row.keys, liveBytes: row.keyBytes + row.valueBytes };
  });
  return { items, nextCursor: null };
}
