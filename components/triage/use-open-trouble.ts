"use client";

import { useQuery } from "@tanstack/react-query";
import { useIsHydrated } from "@/components/ui/use-is-hydrated";
import { type FindingItem, findingsOptions } from "@/lib/api/findings";
import { type SpikeItem, spikesOptions } from "@/lib/api/spikes";

/** Spikes that go on are among the newest of a day. */
const LOOKED_BACK = { range: "24h", limit: 200 } as const;
const REFRESH_MS = 15_000;
const NO_SPIKES: readonly SpikeItem[] = [];
const NO_FINDINGS: readonly FindingItem[] = [];

/** What goes on now: spikes of latency, the newest first, and findings, the worst first. Not known: none. */
export function useOpenTrouble(cluster: string) {
  const spikes = useQuery({ ...spikesOptions(cluster, LOOKED_BACK), refetchInterval: REFRESH_MS });
  const findings = useQuery({ ...findingsOptions(cluster, { state: "open" }), refetchInterval: REFRESH_MS });
  const isHydrated = useIsHydrated();
  if (!isHydrated) return { spikes: NO_SPIKES, findings: NO_FINDINGS, count: 0 };
  const open = spikes.data?.items.filter(({ isLatency, endedAt }) => isLatency && endedAt === null) ?? NO_SPIKES;
  const held = findings.data?.items.filter(({ closedAt }) => closedAt === null) ?? NO_FINDINGS;
  return { spikes: open, findings: held, count: open.length + Math.max(held.length, findings.data?.open ?? 0) };
}
