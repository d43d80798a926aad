import * as z from "zod";
import { PREFIX_SORTS, type PrefixesParams, type PrefixRow } from "@/lib/api/prefixes";
import type { KeySort, ListKeysParams } from "@/lib/model/questions";
import { ParameterError } from "@/lib/queries/errors";
import type { PrefixEntry } from "@/lib/queries/prefix-rows";

type PrefixSort = PrefixesParams["sort"];

/** The order of a list of prefixes, and where its page begins. Unknown values come last in either direction. */
export interface PageOrder {
  sort: PrefixSort;
  descending: boolean;
  /** The last row of the page before. */
  after: Position | null;
}

/** Where a row stands in an order: its value, then its bytes, then its kind. */
interface Position {
  value: number | null;
  bytes: Buffer;
  kind: PrefixRow["kind"];
}

// An *other* row has its parent's bytes, which a key may have too.
const KINDS = ["key", "prefix", "other"] as const;

const Cursor = z.object({
  sort: z.enum(PREFIX_SORTS),
  descending: z.boolean(),
  value: z.number().nullable(),
  bytes: z.base64(),
  kind: z.enum(KINDS),
  fromMs: z.number(),
  toMs: z.number(),
});

/**
 * The order that `params` ask for. A cursor also keeps the range of the page before, so that rates are those it was
 * sorted by. Throws a `ParameterError` for a cursor that is not ours, or of another order.
 */
export function toPageOrder(params: PrefixesParams): {
  order: PageOrder;
  range: { fromMs: number; toMs: number } | null;
} {
  const { sort } = params;
  const descending = (params.order ?? (sort === "prefix" ? "asc" : "desc")) === "desc";
  if (params.cursor === undefined) return { order: { sort, descending, after: null }, range: null };
  const cursor = parseCursor(params.cursor);
  if (cursor.sort !== sort || cursor.descending !== descending) {
    throw new ParameterError("cursor", "this cursor belongs to another sort or order; begin again without it");
  }
  const after = { value: cursor.value, bytes: Buffer.from(cursor.bytes, "base64"), kind: cursor.kind };
  return { order: { sort, descending, after }, range: { fromMs: cursor.fromMs, toMs: cursor.toMs } };
}

/** The cursor of the page that follows `last`. */
export function toCursor(order: PageOrder, last: PrefixEntry, range: { fromMs: number; toMs: number }): string {
  const { value, bytes, kind } = positionOf(last, order.sort);
  const { sort, descending } = order;
  const cursor = { sort, descending, value, bytes: bytes.toString("base64"), kind, ...range };
  return Buffer.from(JSON.stringify(cursor)).toString("base64url");
}

/** The entries behind the cursor, in order. */
export function sortEntries(entries: readonly PrefixEntry[], order: PageOrder): PrefixEntry[] {
  const { after } = order;
  return entries
    .map((entry) => ({ entry, position: positionOf(entry, order.sort) }))
    .filter(({ position }) => after === null || comparePositions(position, after, order) > 0)
    .sort((a, b) => comparePositions(a.position, b.position, order))
    .map(({ entry }) => entry);
}

/**
 * How to ask the worker for the single keys of a page; null when all keys lie before the cursor. While history is not
 * known, no key differs from another in it.
 */
export function toKeyQuestion(
  order: PageOrder,
  { isHistoryKnown }: { isHistoryKnown: boolean },
): Pick<ListKeysParams, "sort" | "descending" | "after"> | null {
  const { sort, after } = order;
  const ownSort = sort === "historyBytes" && !isHistoryKnown ? undefined : KEY_SORTS[sort];
  if (ownSort !== undefined) {
    const descending = order.descending;
    if (after === null) return { sort: ownSort, descending, after: null };
    return { sort: ownSort, descending, after: { value: after.value, keyBase64: after.bytes.toString("base64") } };
  }
  // All keys are equal here (one key each, or no rate), so they follow each other by their bytes.
  const value = sort === "keys" ? 1 : null;
  const side = after === null ? 1 : compareValues(value, after.value, order.descending);
  if (side < 0) return null;
  const keyAfter = side === 0 && after !== null ? { value: null, keyBase64: after.bytes.toString("base64") } : null;
  return { sort: "key", descending: false, after: keyAfter };
}

/** The sorts in which single keys differ, as the worker calls them. */
const KEY_SORTS: Partial<Record<PrefixSort, KeySort>> = {
  prefix: "key",
  liveBytes: "liveBytes",
  keyBytes: "keyBytes",
  valueBytes: "valueBytes",
  largestValueBytes: "valueBytes",
  historyBytes: "historyBytes",
};

function positionOf({ bytes, row }: PrefixEntry, sort: PrefixSort): Position {
  return { value: sortValue(row, sort), bytes, kind: row.kind };
}

/** Whether a single key has a lease is no order among them: they come last, by their bytes. */
function sortValue(row: PrefixRow, sort: PrefixSort): number | null {
  if (sort === "prefix" || (sort === "leasedKeys" && row.kind === "key")) return null;
  return row[sort];
}

function comparePositions(a: Position, b: Position, { sort, descending }: PageOrder): number {
  return (
    compareValues(a.value, b.value, descending) ||
    a.bytes.compare(b.bytes) * (sort === "prefix" && descending ? -1 : 1) ||
    KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind)
  );
}

function compareValues(a: number | null, b: number | null, descending: boolean): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  return descending ? b - a : a - b;
}

function parseCursor(text: string): z.infer<typeof Cursor> {
  try {
    return Cursor.parse(JSON.parse(Buffer.from(text, "base64url").toString("utf8")));
  } catch {
    throw new ParameterError("cursor", "not a cursor of this list; take `nextCursor` of the page before, unchanged");
  }
}
