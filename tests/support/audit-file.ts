import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

/** Recorded from real servers; beside the checkout. */
const DATA_DIR = join(import.meta.dirname, "../../../shared/data");
const MINUTE_MS = 60_000;

/** One recorded line as far as it is counted here. */
interface AuditLine {
  stage: string;
  verb: string;
  userAgent?: string;
  requestReceivedTimestamp: string;
  stageTimestamp: string;
  objectRef?: { resource?: string; apiGroup?: string; subresource?: string };
}

/** The recorded audit lines, moved by whole minutes so that the newest lies some minutes before `nowMs`. */
export function readAuditLines(nowMs: number): string[] {
  const lines = gunzipSync(readFileSync(join(DATA_DIR, "audit.jsonl.gz")))
    .toString("utf8")
    .trimEnd()
    .split("\n");
  const newestMs = Math.max(...lines.map((line) => Date.parse((JSON.parse(line) as AuditLine).stageTimestamp)));
  const shiftMs = Math.floor((nowMs - 5 * MINUTE_MS - newestMs) / MINUTE_MS) * MINUTE_MS;
  return lines.map((line) => {
    const event = JSON.parse(line) as AuditLine;
    for (const field of ["requestReceivedTimestamp", "stageTimestamp"] as const) {
      event[field] = shift(event[field], shiftMs);
    }
    return JSON.stringify(event);
  });
}

/** Microseconds stay as they are. */
function shift(timestamp: string, shiftMs: number): string {
  const fraction = /\.(\d+)Z$/.exec(timestamp)?.[1] ?? "0";
  return new Date(Date.parse(timestamp) + shiftMs).toISOString().replace(/\.\d+Z$/, `.${fraction}Z`);
}

/** Finished requests by verb, resource and user agent, counted by a plain loop over the lines. */
export function countByCell(lines: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const line of lines) {
    const { stage, verb, userAgent, objectRef } = JSON.parse(line) as AuditLine;
    if (stage !== "ResponseComplete" && stage !== "Panic") continue;
    const cell = cellName(verb, objectRef?.resource === undefined ? "/" : resourceName(objectRef), userAgent ?? null);
    counts.set(cell, (counts.get(cell) ?? 0) + 1);
  }
  return counts;
}

/** How a cell is called here; what is no resource is one, whatever its path. */
export function cellName(verb: string | null, resource: string | null, userAgent: string | null): string {
  return [verb, resource?.startsWith("/") ? "/" : resource, userAgent].join(" | ");
}

function resourceName({ resource = "", apiGroup = "", subresource = "" }: NonNullable<AuditLine["objectRef"]>): string {
  return `${resource}${apiGroup === "" ? "" : `.${apiGroup}`}${subresource === "" ? "" : `/${subresource}`}`;
}

/** What the recording itself says of how often each verb was finished. */
export function readRecordedVerbs(): Map<string, number> {
  const truth = JSON.parse(readFileSync(join(DATA_DIR, "audit-truth.json"), "utf8")) as { by_verb: [string, number][] };
  return new Map(truth.by_verb);
}
