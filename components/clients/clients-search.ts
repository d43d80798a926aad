import { readRange, type SearchReader } from "@/components/keyspace/view-search";
import type { ClientRow } from "@/lib/api/clients";
import type { RangeParams } from "@/lib/api/common";
import type { TrafficDimension } from "@/lib/model/traffic";

/** What makes a client: the ways to group requests, as they stand in the query string. */
export const CLIENT_GROUPS = [
  "userAgent,user,sourceAddress",
  "userAgent,user",
  "userAgent",
  "user",
  "sourceAddress",
] as const;
export type ClientGroup = (typeof CLIENT_GROUPS)[number];

/** Which client is opened. A dimension that is not named is not asked for. */
export interface ChosenClient {
  userAgent?: string;
  user?: string;
  sourceAddress?: string;
}

/** What the Clients page shows, by its query string. */
export interface ClientsState {
  range: RangeParams;
  group: ClientGroup;
  chosen: ChosenClient;
}

/** The state of the Clients page; what the query string does not say is the first choice. */
export function readClientsState(search: SearchReader): ClientsState {
  const chosen: ChosenClient = {};
  for (const name of ["userAgent", "user", "sourceAddress"] as const) {
    const value = search.get(name);
    if (value) chosen[name] = value;
  }
  return {
    range: readRange(search),
    group: CLIENT_GROUPS.find((group) => group === search.get("groupBy")) ?? CLIENT_GROUPS[0],
    chosen,
  };
}

const ROWS = 500;

/** What the page asks the API, the same on server and browser. */
export function clientsQuestion({ range, group }: ClientsState) {
  return { ...range, groupBy: group, limit: ROWS };
}

/** What the page asks about the opened client. */
export function clientQuestions({ range, chosen }: ClientsState) {
  return {
    doing: { ...range, ...chosen, groupBy: "verb,resource", limit: ROWS },
    series: { ...range, ...chosen, by: "verb" as const, measure: "requestsPerSecond" as const, top: 8 },
  };
}

/** Whether a client is opened at all. */
export function isChosen(chosen: ChosenClient): boolean {
  return Object.keys(chosen).length > 0;
}

/** The query string that opens a client, and what a row cannot say leaves out. Everything null: it cannot be opened. */
export function clientSearch(row: Pick<ClientRow, "userAgent" | "user" | "sourceAddress">) {
  return { userAgent: row.userAgent, user: row.user, sourceAddress: row.sourceAddress };
}

/** What tells the rows of an answer apart. */
export function clientKey(row: Pick<ClientRow, TrafficDimension | "isOther">): string {
  return row.isOther ? "other" : JSON.stringify([row.userAgent, row.user, row.sourceAddress]);
}

/** The row that is opened, where it is among those listed. */
export function findChosen(rows: readonly ClientRow[], chosen: ChosenClient): ClientRow | undefined {
  if (!isChosen(chosen)) return undefined;
  return rows.find(
    (row) =>
      !row.isOther &&
      (row.userAgent ?? "") === (chosen.userAgent ?? "") &&
      (row.user ?? "") === (chosen.user ?? "") &&
      (row.sourceAddress ?? "") === (chosen.sourceAddress ?? ""),
  );
}
