import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

/** 90 s of a real apiserver's audit log, all stages, as it was written. */
export const RECORDED_AUDIT = read("audit.jsonl.gz");

/** What was counted of it by a separate program. */
export interface AuditTruth {
  lines: number;
  finished_requests: number;
  ids_never_finished_in_file: number;
  by_verb: [string, number][];
  by_code: [string, number][];
  by_resource: [string, number][];
  by_user: [string, number][];
  by_user_agent: [string, number][];
  by_source_ip: [string, number][];
  by_namespace: [string, number][];
  by_verb_resource: [[string, string], number][];
  /** The agent up to its first space. */
  by_agent_verb_resource: [[string, string, string], number][];
  cluster_wide_lists: [[string, string], number][];
  errors: [[string, string, string, string], number][];
  per_minute_finished: [string, number][];
  /** Requests, median, 99th percentile, greatest: seconds. */
  latency_seconds: [[string, string], number, number, number, number][];
}
export const AUDIT_TRUTH: AuditTruth = JSON.parse(read("audit-truth.json.gz").toString("utf8"));

/** The lines of that log. */
export function recordedAuditLines(): string[] {
  return linesOf(RECORDED_AUDIT);
}

/** The lines of a loaded etcd's log. */
export function recordedLogLines(version: "3.4" | "3.5" | "3.6"): string[] {
  return linesOf(read(`etcd-${version}-log.jsonl.gz`));
}

function linesOf(text: Buffer): string[] {
  return text.toString("utf8").trimEnd().split("\n");
}

function read(name: string): Buffer {
  return gunzipSync(readFileSync(join(import.meta.dirname, "../../fixtures", name)));
}
