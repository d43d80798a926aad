import type { TrafficAnswer, TrafficFigures, TrafficRow } from "@/lib/api/traffic";

/** One resource (or prefix) by verb. */
export interface MatrixRow {
  id: string;
  /** Null: not known; all that has no row of its own when `isOther`. */
  resource: string | null;
  isOther: boolean;
  isTotal?: boolean;
  /** All verbs together; null: not answered. */
  all: TrafficFigures | null;
  /** By verb. A verb that is not there was not seen. */
  cells: ReadonlyMap<string, TrafficFigures>;
}

export interface TrafficMatrix {
  /** The columns, those everyone knows first. */
  verbs: string[];
  /** How many more verbs there are than columns. */
  hiddenVerbs: number;
  rows: MatrixRow[];
  total: MatrixRow;
  /** Requests that belong to some cell, but are not kept apart. */
  unplacedRequests: number;
}

/** Columns beside these would be narrower than their figures. */
const MOST_VERBS = 12;

/** Reading, then writing; etcd's methods after Kubernetes' verbs. */
const VERB_ORDER = [
  ...["get", "list", "watch", "create", "update", "patch", "apply", "delete", "deletecollection"],
  ...["range", "put", "delete-range", "txn", "compact"],
];

/** A verb as the key of a cell. */
export function verbKey(verb: string | null): string {
  return verb ?? "";
}

/** The key of a row: the resource, the unknown one, or what has no row of its own. */
export function rowKey({ resource, isOther }: { resource: string | null; isOther: boolean }): string {
  if (isOther) return "other";
  return resource === null ? "unknown" : `=${resource}`;
}

/**
 * Cells by resource and verb, with the totals of both as the API gives them: quantiles do not add up, so neither side is
 * computed from the other.
 */
export function toMatrix(answers: {
  cells: TrafficAnswer;
  rows: TrafficAnswer | undefined;
  verbs: TrafficAnswer | undefined;
}): TrafficMatrix {
  const { cells, rows, verbs } = answers;
  const columns = listVerbs(cells.items, verbs?.items ?? []);
  const byRow = new Map<string, { first: TrafficRow; cells: Map<string, TrafficFigures> }>();
  let unplacedRequests = 0;
  for (const item of cells.items) {
    if (item.isOther && item.resource === null) unplacedRequests += item.requests;
    if (item.isOther && item.verb === null) continue;
    const key = rowKey({ resource: item.resource, isOther: item.isOther && item.resource === null });
    const row = byRow.get(key) ?? { first: item, cells: new Map() };
    row.cells.set(verbKey(item.verb), item);
    byRow.set(key, row);
  }
  const totals = new Map((rows?.items ?? []).map((item) => [rowKey(item), item]));
  const keys = [...new Set([...byRow.keys(), ...totals.keys()])];
  return {
    verbs: columns.slice(0, MOST_VERBS),
    hiddenVerbs: Math.max(0, columns.length - MOST_VERBS),
    rows: keys.map((id) => toRow(id, byRow.get(id), totals.get(id))),
    total: toTotal(cells, verbs),
    unplacedRequests,
  };
}

function toRow(
  id: string,
  found: { first: TrafficRow; cells: Map<string, TrafficFigures> } | undefined,
  all: TrafficRow | undefined,
): MatrixRow {
  const resource = id.startsWith("=") ? id.slice(1) : null;
  return { id, resource, isOther: id === "other", all: all ?? null, cells: found?.cells ?? new Map() };
}

function toTotal(cells: TrafficAnswer, verbs: TrafficAnswer | undefined): MatrixRow {
  const known = (verbs?.items ?? []).filter(({ isOther }) => !isOther);
  return {
    id: "total",
    resource: null,
    isOther: false,
    isTotal: true,
    all: cells.total,
    cells: new Map(known.map((item) => [verbKey(item.verb), item])),
  };
}

function listVerbs(cells: readonly TrafficRow[], verbs: readonly TrafficRow[]): string[] {
  const requests = new Map<string, number>();
  const add = (verb: string, count: number) => requests.set(verb, Math.max(requests.get(verb) ?? 0, count));
  for (const item of [...verbs, ...cells]) {
    if (!(item.isOther && item.verb === null)) add(verbKey(item.verb), item.requests);
  }
  const loudest = [...requests].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([verb]) => verb);
  // What is shown is chosen by how much it is, and shown in an order that stays.
  const shown = loudest.slice(0, MOST_VERBS).sort((a, b) => placeOf(a) - placeOf(b) || (a < b ? -1 : 1));
  return [...shown, ...loudest.slice(MOST_VERBS)];
}

function placeOf(verb: string): number {
  const place = VERB_ORDER.indexOf(verb);
  return place < 0 ? VERB_ORDER.length : place;
}
