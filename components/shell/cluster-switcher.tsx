"use client";

import { ChevronsUpDown, Plus } from "lucide-react";
import { useRouter } from "next/navigation";
import { useHere } from "@/components/shell/here";
import { useClusterHref } from "@/components/shell/use-cluster-href";
import { Badge } from "@/components/ui/badge";
import { HEALTH_WORDS, HealthMark } from "@/components/ui/health-mark";
import { Menu, MenuItem, MenuLabel, MenuLine } from "@/components/ui/menu";
import type { ClusterSummary } from "@/lib/api/clusters";

/** Shows the cluster one looks at and leads to the same page of another. */
export function ClusterSwitcher(props: { clusters: readonly ClusterSummary[]; current: string | null }) {
  const { clusters, current } = props;
  const router = useRouter();
  const hrefOf = useClusterHref();
  const { page } = useHere();
  const shown = clusters.find((cluster) => cluster.name === current || String(cluster.id) === current);
  // Prefixes and keys of one cluster mean nothing in another.
  const target = page === null || page === "prefix" || page === "key" ? "overview" : page;
  return (
    <Menu
      trigger={
        <button type="button" className="switcher" aria-label={`Cluster: ${current ?? "none chosen"}. Switch`}>
          {shown !== undefined && <HealthMark health={shown.health} />}
          <span className="switcher-name">{current ?? "Choose a cluster"}</span>
          {shown?.isDemo && <Badge tone="accent">Demo</Badge>}
          <ChevronsUpDown size={13} aria-hidden="true" className="faint" />
        </button>
      }
    >
      <MenuLabel>{clusters.length === 0 ? "No clusters yet" : "Clusters"}</MenuLabel>
      {clusters.map((cluster) => (
        <MenuItem key={cluster.id} onSelect={() => router.push(hrefOf(cluster.name, target))}>
          <HealthMark health={cluster.health} />
          <span className="grow">{cluster.name}</span>
          {cluster.isDemo && <Badge tone="accent">Demo</Badge>}
          <span className="faint">{HEALTH_WORDS[cluster.health]}</span>
        </MenuItem>
      ))}
      <MenuLine />
      <MenuItem onSelect={() => router.push("/settings/clusters?add")}>
        <Plus size={13} aria-hidden="true" />
        Add a cluster
      </MenuItem>
    </Menu>
  );
}
