import { cleanText } from "@/lib/model/clean-text";
import { isConfigMessage, type MemberConfig, toMemberConfig } from "@/lib/model/etcd-config-line";
import { toRequestEvent } from "@/lib/model/etcd-request";
import { parseGoDurationMicros } from "@/lib/model/go-duration";
import type { IngestFaultName } from "@/lib/model/ingest-faults";
import { matchLogSignal } from "@/lib/model/log-signal-rules";
import type { LogSignal } from "@/lib/model/log-signals";
import { listProtoFields } from "@/lib/model/proto-text";
import { parseTimestampMicros } from "@/lib/model/timestamp";
import type { TrafficEvent } from "@/lib/model/traffic";

/** What is left of a line of etcd's log: most lines tell nothing that is counted. */
export type ReducedLogLine =
  | { event: TrafficEvent; signal?: undefined; config?: undefined }
  | { signal: LogSignal; event?: undefined; config?: undefined }
  | { config: MemberConfig; event?: undefined; signal?: undefined }
  | { skip: "nothing-to-count" }
  | { fault: IngestFaultName };

/** What container runtimes, journald and log shippers put before a line is not longer. */
const MAX_LEAD_CHARACTERS = 512;
const MAX_EXAMPLE_CHARACTERS = 500;
const MAX_FIELD_CHARACTERS = 200;

/**
 * One line of etcd's log (zap's JSON, 3.4 to 3.6), reduced to what is counted. A request that was logged becomes an event,
 * a line that tells of trouble a signal, the one a member begins with its configuration. What stands before the JSON is stepped over. Etcd's text logger is not read.
 */
export function reduceLogLine(line: string): ReducedLogLine {
  const parsed = parseLine(line);
  if (parsed === null) return { fault: "not-json" };
  const message = typeof parsed.msg === "string" ? parsed.msg : null;
  if (message === null) return { fault: "not-an-event" };
  if (isConfigMessage(message)) return reduceConfig(parsed);
  const isRequest = message === "request stats";
  const match = isRequest ? null : matchLogSignal(message, toErrorText(parsed));
  if (!isRequest && match === null) return { skip: "nothing-to-count" };
  const atMs = toInstantMs(parsed.ts);
  if (atMs === null) return { fault: "bad-time" };
  if (match === null) return { event: toRequestEvent(parsed, atMs) };
  const micros = match.tookField === undefined ? null : parseGoDurationMicros(parsed[match.tookField]);
  return { signal: { kind: match.kind, micros, atMs, example: toExample(message, parsed) } };
}

function reduceConfig(parsed: Json): ReducedLogLine {
  const atMs = toInstantMs(parsed.ts);
  if (atMs === null) return { fault: "bad-time" };
  const config = toMemberConfig(parsed, atMs);
  return config === null ? { skip: "nothing-to-count" } : { config };
}

type Json = Record<string, unknown>;

function parseLine(line: string): Json | null {
  const start = line.slice(0, MAX_LEAD_CHARACTERS).indexOf("{");
  const parsed = start < 0 ? null : parseRecord(line.slice(start));
  // Docker's own files have the line as a text within JSON.
  if (parsed !== null && parsed.msg === undefined && typeof parsed.log === "string") return parseRecord(parsed.log);
  return parsed;
}

function parseRecord(text: string): Json | null {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === "object" && parsed !== null && !Array.isArray(parsed) ? (parsed as Json) : null;
  } catch {
    return null;
  }
}

function toErrorText(parsed: Json): string {
  const told = parsed.msg === "alarm raised" ? parsed.alarm : parsed.error;
  return typeof told === "string" ? told.slice(0, MAX_FIELD_CHARACTERS) : "";
}

/** zap writes the time as text; some set-ups as epoch seconds. */
function toInstantMs(ts: unknown): number | null {
  if (typeof ts === "number") return Number.isFinite(ts) && ts > 0 && ts < 1e11 ? Math.floor(ts * 1_000) : null;
  const micros = parseTimestampMicros(ts);
  return micros === null ? null : Math.floor(micros / 1_000);
}

/** Fields of these names hold no part of a value; any other is left out. */
const SHOWN_FIELDS = [
  ...["took", "expected-duration", "exceeded-duration", "heartbeat-interval", "duration", "clock-drift", "rtt"],
  ...["timeout", "retry-timeout", "prefix", "response", "error", "alarm", "from", "to", "remote-peer-id"],
  ...["compact-revision", "snapshot-index", "current-db-size", "current-db-size-in-use", "size", "address"],
] as const;
/** What is shown of a logged request: keys and limits, never what was written. */
const SHOWN_REQUEST_FIELDS = new Set([
  "key",
  "range_end",
  "limit",
  "revision",
  "value_size",
  "count_only",
  "keys_only",
]);

function toExample(message: string, parsed: Json): string {
  const parts = [message.slice(0, MAX_FIELD_CHARACTERS)];
  for (const name of SHOWN_FIELDS) {
    const value = parsed[name];
    if (typeof value === "string" && value !== "") parts.push(`${name}=${value.slice(0, MAX_FIELD_CHARACTERS)}`);
    else if (typeof value === "number") parts.push(`${name}=${value}`);
  }
  if (typeof parsed.request === "string") parts.push(toRequestWords(parsed.request));
  if (typeof parsed.detail === "string") parts.push(toDetailWords(parsed.detail));
  return cleanText(parts.filter((part) => part !== "").join(" "), MAX_EXAMPLE_CHARACTERS) ?? "";
}

function toRequestWords(request: string): string {
  return listProtoFields(request)
    .filter(({ name }) => SHOWN_REQUEST_FIELDS.has(name))
    .map(({ name, word, bytes }) => `${name}:${bytes === null ? word : JSON.stringify(bytes.toString("utf8"))}`)
    .join(" ");
}

/** `{range_begin:/registry/; range_end:/registry0; response_count:1000; }`: keys and counts. */
function toDetailWords(detail: string): string {
  const known = /^(range_begin|range_end|key|req_size|response_count|response_revision|number_of_response|read_only):/;
  return detail
    .slice(0, MAX_EXAMPLE_CHARACTERS)
    .replace(/^\{|\}$/g, "")
    .split("; ")
    .filter((part) => known.test(part))
    .join(" ");
}
