/** What one client did to one resource in one namespace over a range. */
export interface ClientAction {
  verb: string;
  resource: string;
  /** Empty: all namespaces, or what has none. Null: not told. */
  namespace: string | null;
  requests: number;
  /** Of the observed time, the minutes in which the client was seen doing this, in seconds. */
  activeSeconds: number;
  /** Requests by HTTP status, where it is told. */
  statuses: ReadonlyMap<number, number>;
  /** Lists without `limit`, and lists without `resourceVersion`. */
  unpagedLists: number;
  uncachedLists: number;
  /** How long its requests took, added up; null: not told, or watches only. */
  busySeconds: number | null;
  /** Null: the source tells no sizes. */
  responseBytes: number | null;
}

/** What is known of one client, and of all of them together, over the same range. */
export interface ClientFacts {
  requests: number;
  activeSeconds: number;
  busySeconds: number | null;
  actions: readonly ClientAction[];
  all: { requests: number; observedSeconds: number; busySeconds: number | null };
}

/** Each abusive pattern that is named. */
export type ClientPatternId =
  | "unpaged-lists"
  | "uncached-lists"
  | "relist-loop"
  | "tight-get-loop"
  | "tight-update-loop"
  | "watch-churn"
  | "throttled-storm"
  | "conflict-storm"
  | "denied-storm"
  | "dominant";

/** A pattern found at a client: its numbers, one step that helps, and where that is written. */
export interface ClientPatternFinding {
  pattern: ClientPatternId;
  /** Reads on after the client's name: "lists all pods 20 times a minute, unpaged". */
  title: string;
  evidence: string;
  remedy: string;
  sourceUrl: string;
  verb: string | null;
  resource: string | null;
}

/** Names a pattern where the facts show it; null where they do not. */
export interface ClientRule {
  id: ClientPatternId;
  check(facts: ClientFacts): ClientPatternFinding | null;
}
