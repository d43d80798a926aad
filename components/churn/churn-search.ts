import { readChoice, readRange, type SearchReader } from "@/components/keyspace/view-search";
import type { ChurnParams } from "@/lib/api/churn";
import type { RangeParams } from "@/lib/api/common";

/** What part of the bytes the large, and of the written bytes the busy prefixes make up, in per cent. */
export const CHURN_PARTS = ["80", "50", "95"] as const;
export type ChurnPart = (typeof CHURN_PARTS)[number];

/** The state of the page: all of it is in the URL. */
export interface ChurnState {
  parent: string;
  parentBase64?: string;
  part: ChurnPart;
  asTable: boolean;
  range: RangeParams;
}

/** Reads the state of the page from its query string; what it does not say has a default. */
export function readChurnState(search: SearchReader): ChurnState {
  const parentBase64 = search.get("parentBase64");
  return {
    parent: search.get("parent") ?? "",
    ...(parentBase64 ? { parentBase64 } : {}),
    part: readChoice(search, "part", CHURN_PARTS),
    asTable: search.get("view") === "table",
    range: readRange(search),
  };
}

/** What the API is asked for. */
export function churnQuery({ parent, parentBase64, range }: ChurnState): Partial<ChurnParams> {
  return { parent, ...(parentBase64 === undefined ? {} : { parentBase64 }), ...range };
}

/** What names a parent in a URL; the bytes where the text would be long. */
export function parentSearch(parent: string, base64: string | null = null) {
  const useBase64 = base64 !== null && parent.length > 600;
  return useBase64 ? { parent: null, parentBase64: base64 } : { parent, parentBase64: null };
}
