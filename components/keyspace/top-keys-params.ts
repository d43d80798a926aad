import {
  type ChosenPrefix,
  readChoice,
  readPrefix,
  readRange,
  type SearchReader,
} from "@/components/keyspace/view-search";
import type { RangeParams } from "@/lib/api/common";
import { TOP_KEY_ORDERS, type TopKeysParams } from "@/lib/api/keys";

/** Which top keys are wanted. */
export interface TopKeysQuestion {
  chosen: ChosenPrefix;
  by: TopKeysParams["by"];
  limit: number;
  range: RangeParams;
}

/** What the API is asked for, so that server and browser ask the same. */
export function topKeysParams({ chosen, by, limit, range }: TopKeysQuestion) {
  return { ...chosen, ...range, by, limit };
}

const LIMITS = [100, 1_000];

/** What the page of the top keys asks for, by its query string. */
export function readTopKeys(search: SearchReader): TopKeysQuestion {
  return {
    chosen: readPrefix(search),
    by: readChoice(search, "by", TOP_KEY_ORDERS),
    limit: LIMITS.find((limit) => String(limit) === search.get("limit")) ?? 100,
    range: readRange(search),
  };
}

/** Asks for the one key that holds the most history: a sentence of its own, whatever the list is ordered by. */
export function mostHistoryParams(chosen: ChosenPrefix) {
  return { ...chosen, by: "historyBytes" as const, limit: 1 };
}
