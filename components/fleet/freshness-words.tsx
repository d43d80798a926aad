"use client";

import { driftWords, freshnessText, freshnessWords } from "@/components/shell/freshness";
import { useNow, useZone } from "@/components/ui/clock";
import type { ClusterSummary } from "@/lib/api/clusters";

/** How fresh a cluster's figures are, as a phrase. */
export function FreshnessWords({ cluster }: { cluster: ClusterSummary }) {
  const nowMs = useNow();
  const zone = useZone();
  const freshness = freshnessWords(cluster, nowMs, zone);
  const text = freshnessText(freshness);
  const drift = driftWords(cluster.keyspace);
  return (
    <span
      className={freshness.tone === "bad" ? "fleet-health failed" : "muted tabular"}
      title={drift === null ? text : `${text}. ${drift}`}
    >
      {text}
    </span>
  );
}
