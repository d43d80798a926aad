import type { SearchReader } from "@/components/keyspace/view-search";
import { CHANGE_STATUSES, type ChangeStatus, COMPARE_PRESETS } from "@/lib/api/compare";

/** Rows of the table, and tiles; what is beyond is one row. */
const LIMIT = 500;

/** What `compare=` of a query string says: how long ago, or an instant as RFC 3339; null when it says neither. */
export function readCompare(search: SearchReader): string | null {
  const text = search.get("compare");
  if (text === null) return null;
  if (COMPARE_PRESETS.some((preset) => preset === text)) return text;
  const atMs = Date.parse(text);
  return Number.isNaN(atMs) || atMs < 0 ? null : new Date(atMs).toISOString();
}

/** The status the table is narrowed to; null: all. */
export function readStatus(search: SearchReader): ChangeStatus | null {
  return CHANGE_STATUSES.find((status) => status === search.get("change")) ?? null;
}

/** What the API is asked for a comparison: below a prefix, with an earlier instant, at the end of the time looked at. */
export function compareParams(
  parent: { parent: string; parentBase64?: string },
  { compare, to, status = null }: { compare: string; to: string | undefined; status?: ChangeStatus | null },
) {
  const at = to === undefined ? {} : { at: to };
  return { ...parent, with: compare, ...at, ...(status === null ? {} : { status }), limit: LIMIT };
}
