import { toVisibleText } from "@/components/ui/visible-text";
import type { TrafficDimension, TrafficSource } from "@/lib/model/traffic";

/** A source as it stands in a sentence. */
export const SOURCE_WORDS: Record<TrafficSource, string> = {
  audit: "Kubernetes audit events",
  apiserver: "kube-apiserver metrics",
  "etcd-log": "etcd’s request log",
  metrics: "member metrics",
};

/** A dimension as it stands in a list: "tells verb, resource, code". */
export const DIMENSION_WORDS: Record<TrafficDimension, string> = {
  verb: "verb",
  resource: "resource",
  namespace: "namespace",
  user: "user",
  userAgent: "user agent",
  sourceAddress: "source address",
  code: "code",
};

/** What rows and columns are called. */
export interface TrafficNouns {
  row: string;
  rows: string;
  /** Over a column, and on a switch. */
  title: string;
  tab: string;
  verb: string;
}

const KUBERNETES: TrafficNouns = {
  row: "resource",
  rows: "resources",
  title: "Resource",
  tab: "Resource",
  verb: "verb",
};
/** etcd's sources tell methods and keys: a prefix is named as a resource where it is one of Kubernetes'. */
const ETCD: TrafficNouns = {
  row: "prefix",
  rows: "prefixes",
  title: "Resource or prefix",
  tab: "Prefix",
  verb: "method",
};

/** Of etcd's own sources a row is a prefix and a column a method; of Kubernetes', a resource and a verb. */
export function nounsOf(source: TrafficSource | null): TrafficNouns {
  return source === "etcd-log" || source === "metrics" ? ETCD : KUBERNETES;
}

const PLURALS: Record<string, string> = {
  get: "gets",
  list: "lists",
  watch: "watches",
  create: "creates",
  update: "updates",
  patch: "patches",
  apply: "applies",
  delete: "deletes",
  deletecollection: "collection deletes",
  post: "posts",
  put: "puts",
  range: "ranges",
  txn: "transactions",
  "delete-range": "range deletes",
};

/** A verb as the subject of a sentence: `updates`, `lists`, `requests by frobnicate`. */
export function verbPlural(verb: string | null): string {
  if (verb === null) return "requests";
  return Object.hasOwn(PLURALS, verb) ? (PLURALS[verb] as string) : `${toVisibleText(cutText(verb, 40))} requests`;
}

const HTTP_NAMES: Record<number, string> = {
  200: "OK",
  201: "Created",
  202: "Accepted",
  204: "No content",
  301: "Moved",
  302: "Found",
  304: "Not modified",
  400: "Bad request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not found",
  405: "Method not allowed",
  406: "Not acceptable",
  408: "Timeout",
  409: "Conflict",
  410: "Gone",
  413: "Too large",
  415: "Unsupported type",
  422: "Invalid",
  429: "Too many requests",
  499: "Client went away",
  500: "Internal error",
  501: "Not implemented",
  502: "Bad gateway",
  503: "Unavailable",
  504: "Gateway timeout",
};

const GRPC_NAMES = [
  ...["OK", "Canceled", "Unknown", "Invalid argument", "Deadline exceeded", "Not found", "Already exists"],
  ...["Permission denied", "Resource exhausted", "Failed precondition", "Aborted", "Out of range", "Unimplemented"],
  ...["Internal", "Unavailable", "Data loss", "Unauthenticated"],
];

/** What a code means: of HTTP from 100 on, of gRPC below. Empty when it has no name. */
export function codeName(code: number): string {
  if (code < 100) return GRPC_NAMES[code] ?? "";
  return Object.hasOwn(HTTP_NAMES, code) ? (HTTP_NAMES[code] as string) : "";
}

/** Whether a code says that the request failed. */
export function isFailure(code: number): boolean {
  return code >= 400 || (code > 0 && code < 100);
}

const FAILURES: Record<number, string> = {
  401: "unauthorized",
  403: "forbidden",
  404: "not found",
  409: "conflicts",
  410: "gone",
  422: "invalid",
  429: "throttled",
  500: "internal errors",
  503: "unavailable",
  504: "timeouts",
};

/** A failure inside a sentence: `409 conflicts`, `429 throttled`, `canceled (gRPC 1)`. */
export function failureWords(code: number): string {
  const name = Object.hasOwn(FAILURES, code) ? FAILURES[code] : codeName(code).toLowerCase();
  if (code < 100) return `${name || "code"} (gRPC ${code})`;
  return name ? `${code} ${name}` : String(code);
}

/** The first characters of a text, with an ellipsis where something was cut off. */
export function cutText(text: string, length: number): string {
  const characters = [...text.slice(0, length * 2 + 2)];
  return characters.length > length ? `${characters.slice(0, length - 1).join("")}…` : text;
}
