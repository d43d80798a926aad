/** What etcdscope reads a cluster for, each with its own books. */
export const COST_PURPOSES = [
  "scan",
  "watch",
  "check",
  "members",
  "probe",
  "hash",
  "leases",
  "metrics",
  "apiserver",
  "question",
] as const;
export type CostPurpose = (typeof COST_PURPOSES)[number];
