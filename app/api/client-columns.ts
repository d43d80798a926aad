import type { ClientRow } from "@/lib/api/clients";

/** A client as a flat record: slices as "list 81 %", findings by their names. */
export function toClientRecord({ topVerbs, topResources, findings, perMinute: _, ...row }: ClientRow) {
  return {
    ...row,
    topVerbs: topVerbs.map(toWords).join(", "),
    topResources: topResources.map(toWords).join(", "),
    patterns: findings.map(({ pattern }) => pattern).join(", "),
    evidence: findings.map(({ title }) => title).join("; "),
  };
}

/** Its columns, in order. */
export const CLIENT_COLUMNS = [
  ...(["userAgent", "user", "sourceAddress", "resolvedName", "verb", "resource", "namespace", "code"] as const),
  ...([
    "isOther",
    "patterns",
    "evidence",
    "requests",
    "requestsPerSecond",
    "requestsPerSecondBefore",
    "share",
  ] as const),
  ...(["errors", "throttled", "conflicts", "latencyP50Ms", "latencyP99Ms", "busySeconds", "etcdSeconds"] as const),
  ...(["responseBytes", "unpagedLists", "uncachedLists", "topVerbs", "topResources", "isNew"] as const),
  ...(["firstSeenAt", "lastSeenAt", "source", "origin"] as const),
];

function toWords({ name, share }: ClientRow["topVerbs"][number]): string {
  return `${name} ${Math.round(share * 100)} %`;
}
