"use client";

import { clsx } from "clsx";
import { driftWords, freshnessText, freshnessWords } from "@/components/shell/freshness";
import { useCluster } from "@/components/shell/use-cluster";
import { useNow, useZone } from "@/components/ui/clock";

/** How fresh the figures of a cluster are, in words, always in sight. */
export function FreshnessPill({ cluster }: { cluster: string }) {
  const { data } = useCluster(cluster);
  const nowMs = useNow(200);
  const zone = useZone();
  if (data === undefined) return null;
  const freshness = freshnessWords(data, nowMs, zone);
  const text = freshnessText(freshness);
  const drift = driftWords(data.keyspace);
  return (
    <span className="pill freshness" title={drift === null ? text : `${text}. ${drift}`}>
      <span className={clsx("freshness-dot", freshness.tone)} aria-hidden="true" />
      <b>{freshness.headline}</b> <span className="freshness-detail tabular">{freshness.detail}</span>
    </span>
  );
}
