"use client";

import Link from "next/link";
import { useMemo } from "react";
import { ClusterActions } from "@/components/settings/cluster-actions";
import { clusterHref } from "@/components/shell/cluster-href";
import type { Column } from "@/components/tables/column";
import { DataTable } from "@/components/tables/data-table";
import { Badge } from "@/components/ui/badge";
import { Empty } from "@/components/ui/empty";
import { HealthLabel } from "@/components/ui/health-mark";
import { Time } from "@/components/ui/time";
import type { ClusterSummary } from "@/lib/api/clusters";

const SOURCE_WORDS: Record<ClusterSummary["source"], string> = {
  settings: "Here or a start option",
  file: "etcdscope.yaml",
  demo: "Demo",
};

/** The clusters with what can be done to each. */
export function ClusterTable(props: {
  clusters: readonly ClusterSummary[];
  onTest(cluster: ClusterSummary): void;
  onRemove(cluster: ClusterSummary): void;
}) {
  const { clusters, onTest, onRemove } = props;
  const columns = useMemo(
    () => [
      ...COLUMNS,
      {
        id: "actions",
        header: "Actions",
        hideHeader: true,
        width: 380,
        sortable: false,
        exported: false,
        value: () => null,
        cell: (cluster: ClusterSummary) => <ClusterActions cluster={cluster} onTest={onTest} onRemove={onRemove} />,
      },
    ],
    [onTest, onRemove],
  );
  return (
    <DataTable
      label="Clusters"
      rows={clusters}
      columns={columns}
      rowKey={(cluster) => String(cluster.id)}
      exportHref={(format) => `/api/v1/clusters?format=${format}`}
      empty={
        <Empty title="No cluster yet">
          Add one above, or start with <code>--endpoints</code>.
        </Empty>
      }
    />
  );
}

const COLUMNS: readonly Column<ClusterSummary>[] = [
  {
    id: "name",
    header: "Name",
    width: 190,
    value: (cluster) => cluster.name,
    cell: (cluster) => (
      <span className="fleet-name">
        <Link href={clusterHref(cluster.name, "overview")}>{cluster.name}</Link>
        {cluster.isDemo && <Badge tone="accent">Demo</Badge>}
      </span>
    ),
  },
  {
    id: "health",
    header: "State",
    width: 110,
    value: (cluster) => cluster.health,
    cell: (cluster) => <HealthLabel health={cluster.health} />,
  },
  {
    id: "endpoints",
    header: "Endpoints",
    value: (cluster) => cluster.endpoints.join(" "),
    cell: (cluster) =>
      cluster.isManaged ? (
        <span className="muted">none: known by its apiservers</span>
      ) : (
        <span className="mono" title={cluster.endpoints.join("\n")}>
          {cluster.endpoints.join(", ")}
        </span>
      ),
  },
  {
    id: "access",
    header: "Access",
    width: 150,
    value: describeAccess,
  },
  {
    id: "source",
    header: "Added",
    hint: "Clusters of etcdscope.yaml are changed in that file only.",
    width: 160,
    value: (cluster) => SOURCE_WORDS[cluster.source],
    cell: (cluster) =>
      cluster.source === "settings" ? <Time at={cluster.createdAt} style="day" /> : SOURCE_WORDS[cluster.source],
  },
];

function describeAccess(cluster: ClusterSummary): string {
  if (cluster.isManaged) return "Managed";
  const transport = cluster.usesTls ? "TLS" : "Plain";
  return cluster.username === null ? transport : `${transport}, as ${cluster.username}`;
}
