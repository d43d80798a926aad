/** What a check says of a window. */
export const TRIAGE_VERDICTS = ["likely-cause", "contributing", "ruled-out", "no-data"] as const;
export type TriageVerdict = (typeof TRIAGE_VERDICTS)[number];

/** The order in which an engineer asks. */
export const TRIAGE_STAGES = [
  "own-work",
  "quorum",
  "alarms",
  "maintenance",
  "disk",
  "network",
  "apply",
  "workload",
  "clients",
  "configuration",
] as const;
export type TriageStage = (typeof TRIAGE_STAGES)[number];
