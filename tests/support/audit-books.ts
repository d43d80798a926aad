import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

/** A finished request of the recorded audit file, as a plain loop reads it: nothing of the product is used here. */
export interface AuditRow {
  endMs: number;
  /** Microseconds from the request to its end; null for a watch. */
  micros: number | null;
  verb: string;
  resource: string;
  namespace: string;
  user: string;
  userAgent: string;
  sourceAddress: string;
  code: number;
  isUnpaged: boolean;
  isUncached: boolean;
}

const FOLDER = join(import.meta.dirname, "../fixtures");

/** The lines of the recorded audit file (90 s of a real apiserver). */
export function readAuditLines(): string[] {
  return gunzipSync(readFileSync(join(FOLDER, "audit.jsonl.gz")))
    .toString("utf8")
    .trimEnd()
    .split("\n");
}

/** What was counted of that file when it was recorded. */
export function readAuditTruth(): Record<string, never> & { finished_requests: number } {
  return JSON.parse(gunzipSync(readFileSync(join(FOLDER, "audit-truth.json.gz"))).toString("utf8"));
}

/** The finished requests of the recorded audit file. */
export function readAuditRows(): AuditRow[] {
  return readAuditLines().flatMap((line) => {
    const event = JSON.parse(line);
    return event.stage === "ResponseComplete" || event.stage === "Panic" ? [toRow(event)] : [];
  });
}

// biome-ignore lint/suspicious/noExplicitAny: what a file holds has no type
function toRow(event: any): AuditRow {
  const reference = event.objectRef ?? {};
  const [path, query = ""] = event.requestURI.split("?");
  const parameters = new URLSearchParams(query);
  const isList = event.verb === "list";
  return {
    endMs: Date.parse(event.stageTimestamp),
    micros: event.verb === "watch" ? null : micros(event.stageTimestamp) - micros(event.requestReceivedTimestamp),
    verb: event.verb,
    resource: reference.resource ? resourceOf(reference) : path.split("/").slice(0, 3).join("/"),
    namespace: reference.namespace ?? "",
    user: event.user.username,
    userAgent: event.userAgent,
    sourceAddress: event.sourceIPs[0],
    code: event.responseStatus.code,
    isUnpaged: isList && !parameters.has("limit") && !parameters.has("continue"),
    isUncached: isList && !parameters.has("resourceVersion"),
  };
}

function resourceOf({ resource, apiGroup, subresource }: Record<string, string>): string {
  return `${resource}${apiGroup ? `.${apiGroup}` : ""}${subresource ? `/${subresource}` : ""}`;
}

/** Of the day: enough for a file of 90 s at noon. */
function micros(instant: string): number {
  const [, hours, minutes, seconds] = /T(\d\d):(\d\d):([\d.]+)Z/.exec(instant) as RegExpExecArray;
  return Math.round((Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds)) * 1e6);
}

/** How many rows there are by some of their fields. */
export function countBy<Row extends AuditRow>(rows: readonly Row[], ...fields: (keyof Row)[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const row of rows) {
    const name = JSON.stringify(fields.map((field) => row[field]));
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

/** The `q` quantile by nearest rank; null of nothing. */
export function exactQuantile(values: readonly number[], q: number): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? null;
}
