import { type AnyColumn, type SQL, sql } from "drizzle-orm";

/** A row that is known by its instant; another version means it was replaced. */
export interface RowVersion {
  atMs: number;
  version: string;
}

/** All rows of a statement in one text: many rows of two columns take longer to read than what they point to. */
export function listVersions(at: AnyColumn): SQL<string | null> {
  return sql`string_agg((extract(epoch from ${at}) * 1000)::bigint || ' ' || xmin, ',' order by ${at})`;
}

/** What `listVersions` made; nothing of no rows. */
export function parseVersions(text: string | null | undefined): RowVersion[] {
  if (!text) return [];
  return text.split(",").map((row) => {
    const [at, version = ""] = row.split(" ");
    return { atMs: Number(at), version };
  });
}
