import { formatInstant } from "@/components/ui/format-instant";
import type { ClusterSummary } from "@/lib/api/clusters";
import { formatCount, formatDuration } from "@/lib/model/units";

/** Behind by more than this, figures are called old: several progress notifications have been missed. */
export const STALE_AFTER_MS = 30_000;

/** How fresh a cluster's figures are: `Exact` · `1.2 s behind`. */
export interface Freshness {
  tone: "good" | "warn" | "bad" | "idle";
  headline: string;
  detail: string;
}

type FreshnessFacts = Pick<ClusterSummary, "paused" | "isManaged" | "keyspace" | "collectors">;

/** How fresh the keyspace figures of a cluster are at `nowMs`, in words; times of day are in `zone`. */
export function freshnessWords(summary: FreshnessFacts, nowMs: number, zone = "UTC"): Freshness {
  const { keyspace } = summary;
  const atMs = keyspace.at === null ? null : Date.parse(keyspace.at);
  if (summary.paused) return { tone: "idle", headline: "Paused", detail: describeLast(atMs, zone) };
  // Nothing will ever come of a keyspace that nobody may read.
  if (summary.isManaged) return { tone: "idle", headline: "No etcd access", detail: "known by its apiservers" };
  const failure = failureOf(summary);
  if (failure !== null && isOld(atMs, nowMs)) return noData(atMs, zone, failure);
  if (keyspace.phase === "baseline") return { tone: "warn", headline: "Baseline", detail: describeScan(keyspace) };
  if (keyspace.phase === "resync") {
    const detail = keyspace.scannedKeys === null ? (keyspace.reason ?? "reading again") : describeScan(keyspace);
    return { tone: "warn", headline: "Resync", detail };
  }
  if (atMs === null) return { tone: "idle", headline: "Connecting", detail: "no figures yet" };
  if (isOld(atMs, nowMs)) return noData(atMs, zone, failure ?? "the worker has not reported since");
  const tone = failure === null ? "good" : "warn";
  return { tone, headline: "Exact", detail: `${formatDuration(nowMs - atMs)} behind` };
}

/** The same as one phrase: "Exact, 1.2 s behind", "Baseline: 340,000 of about 1,000,000 keys". */
export function freshnessText({ headline, detail }: Freshness): string {
  if (detail === "") return headline;
  return headline === "Exact" ? `${headline}, ${detail}` : `${headline}: ${detail}`;
}

/** What the last comparison of the model with etcd found: `0 of 41,230 keys compared differ`; null before the first. */
export function driftWords({ driftKeys, driftCheckedKeys }: FreshnessFacts["keyspace"]): string | null {
  if (driftKeys === null || driftCheckedKeys === null || driftCheckedKeys === 0) return null;
  const compared = `${formatCount(driftCheckedKeys)} ${driftCheckedKeys === 1 ? "key" : "keys"} compared`;
  return `${formatCount(driftKeys)} of ${compared} ${driftKeys === 1 ? "differs" : "differ"}`;
}

function failureOf(summary: FreshnessFacts): string | null {
  const collector = summary.collectors.find((report) => report.collector === "keyspace");
  if (collector !== undefined && collector.health !== "ok") return collector.reason ?? summary.keyspace.reason;
  return summary.keyspace.phase === "live" ? null : summary.keyspace.reason;
}

function isOld(atMs: number | null, nowMs: number): boolean {
  return atMs === null || nowMs - atMs > STALE_AFTER_MS;
}

function noData(atMs: number | null, zone: string, reason: string): Freshness {
  const headline = atMs === null ? "No data yet" : `No data since ${formatInstant(atMs, zone, "clock")}`;
  return { tone: "bad", headline, detail: reason };
}

function describeLast(atMs: number | null, zone: string): string {
  return atMs === null ? "no figures yet" : `figures are from ${formatInstant(atMs, zone, "minute")}`;
}

function describeScan({ scannedKeys, expectedKeys }: FreshnessFacts["keyspace"]): string {
  if (scannedKeys === null) return "reading the first keys";
  const expected = expectedKeys === null ? "" : ` of about ${formatCount(expectedKeys)}`;
  return `${formatCount(scannedKeys)}${expected} keys`;
}
