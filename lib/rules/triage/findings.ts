import type { TriageFinding } from "@/lib/rules/triage/triage-rule";

type Parts = Partial<Omit<TriageFinding, "verdict" | "text">> & { text: string };

/** It is out of spec or happened, and it moved: this may be why. */
export function likelyCause(parts: Parts): TriageFinding {
  return finding("likely-cause", parts);
}

/** Out of spec, but no worse than in the calm time. */
export function contributing(parts: Parts): TriageFinding {
  return finding("contributing", parts);
}

/** Measured and in spec, or it did not happen. */
export function ruledOut(parts: Parts): TriageFinding {
  return finding("ruled-out", parts);
}

/** No source tells. `needs` says what would. */
export function noData(text: string, needs: string, parts: Partial<Omit<Parts, "text">> = {}): TriageFinding {
  return finding("no-data", { ...parts, text, needs });
}

function finding(verdict: TriageFinding["verdict"], parts: Parts): TriageFinding {
  const blank = {
    ...{ subject: { kind: "cluster" as const }, figure: null, thresholds: [], startedAtMs: null, next: [] },
    ...{ needs: null, chart: null, weight: 0, isAlert: false },
  };
  const made = { ...blank, ...parts, verdict };
  return { ...made, weight: Number.isFinite(made.weight) ? Math.min(1, Math.max(0, made.weight)) : 0 };
}

/** What would tell, in the words of the settings. */
export const NEEDS = {
  access: "Give etcdscope an endpoint of etcd: Settings › Clusters.",
  metrics: "Give etcdscope the members' /metrics: Settings › Clusters.",
  extensive: "Start etcd with --metrics=extensive, and give etcdscope the members' /metrics: Settings › Clusters.",
  keyspace: "Let etcdscope watch the keyspace: Settings › Clusters, and the Collection page says how it goes.",
  log: "Send etcd's log lines: Settings › Clusters.",
  clients: "Send the apiserver's audit events, or etcd's log lines: Settings › Clusters.",
  apiserver: "Give etcdscope the apiserver's /metrics: Settings › Clusters.",
  probe: "Wait for the first reads of the probe, or give etcdscope an endpoint of etcd: Settings › Clusters.",
  growth: "Wait: growth is known after some hours of measurements.",
  calm: "Choose a calm time that was watched, or wait: ten minutes are enough.",
  leases: "Give etcdscope the members' /metrics, or let it list leases: Settings › Clusters.",
} as const;
