"use client";

import { useQuery } from "@tanstack/react-query";
import { readRange } from "@/components/keyspace/view-search";
import { useHere } from "@/components/shell/here";
import { useUrlState } from "@/components/shell/use-url-state";
import { useIsHydrated } from "@/components/ui/use-is-hydrated";
import { type TimelineItem, timelineOptions } from "@/lib/api/timeline";

/**
 * What happened to the cluster of the page in the time of the page: asked once, however many charts draw it. Nothing
 * outside a cluster, and while it is not known.
 */
export function usePageTimeline(): readonly TimelineItem[] {
  const { cluster } = useHere();
  const { params } = useUrlState();
  const { data } = useQuery({ ...timelineOptions(cluster ?? "", readRange(params)), enabled: cluster !== null });
  const isHydrated = useIsHydrated();
  return (isHydrated ? data?.items : undefined) ?? NOTHING;
}

const NOTHING: readonly TimelineItem[] = [];
