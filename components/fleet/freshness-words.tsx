"use client";

import { freshnessText, freshnessWords } from "@/components/shell/freshness";
import { useNow, useZone } from "@/components/ui/clock";
import type { ClusterSummary } from "@/lib/api/clusters";

/** How fresh a cluster's figures are, as a phrase. */
export function FreshnessWords({ cluster }: { cluster: ClusterSummary }) {
  const nowMs = useNow();
  const zone = useZone();
  const freshness = freshnessWords(cluster, nowMs, zone);
  const text = freshnessText(freshness);
  return (
    <span className={freshness.tone === "bad" ? "fleet-health failed" : "muted tabular"} title={text}>
      {text}
    </span>
  );
}
