/** Why something that was sent, or stood in a file, was not counted as it should be. */
export const INGEST_FAULTS = {
  "not-json": "Not JSON",
  "not-an-event": "JSON, but not what belongs here",
  "bad-time": "Without a time that can be read",
  "too-long": "Longer than 1 MiB",
  "too-old": "More than 14 days old",
  "in-the-future": "More than 5 minutes ahead of this machine's clock",
  duplicate: "Sent more than once, counted once",
  truncated: "Shortened by the sender for its size, counted all the same",
} as const;
export type IngestFaultName = keyof typeof INGEST_FAULTS;
export const INGEST_FAULT_NAMES = Object.keys(INGEST_FAULTS) as IngestFaultName[];

/** In words what a fault is; its bare name where another version wrote it. */
export function faultLabel(fault: string): string {
  return Object.hasOwn(INGEST_FAULTS, fault) ? INGEST_FAULTS[fault as IngestFaultName] : fault;
}

/** True for what is noted but counted all the same. */
export function isNote(fault: string): boolean {
  return fault === "truncated";
}
