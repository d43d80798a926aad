"use client";

import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import dynamic from "next/dynamic";
import { useState } from "react";
import { ClusterTable } from "@/components/settings/cluster-table";
import { RoleRecipe } from "@/components/settings/role-recipe";
import { settingsAnswer } from "@/components/settings/settings-answer";
import { useUrlState } from "@/components/shell/use-url-state";
import { Button } from "@/components/ui/button";
import { ProblemNote } from "@/components/ui/problem-note";
import { PageSkeleton } from "@/components/ui/skeleton";
import { type ClusterSummary, clustersOptions } from "@/lib/api/clusters";

// Opened rarely; their code comes when they are.
const AddClusterDialog = dynamic(() =>
  import("@/components/settings/add-cluster-dialog").then((module) => module.AddClusterDialog),
);
const TestClusterDialog = dynamic(() =>
  import("@/components/settings/test-cluster-dialog").then((module) => module.TestClusterDialog),
);
const RemoveClusterDialog = dynamic(() =>
  import("@/components/settings/remove-cluster-dialog").then((module) => module.RemoveClusterDialog),
);

/** The clusters, how to add one, and the etcd role that etcdscope needs. */
export function ClusterSettingsView() {
  const { data, error, dataUpdatedAt, refetch } = useQuery(clustersOptions());
  const { params, patch } = useUrlState();
  const [opened, setOpened] = useState<{ dialog: "test" | "remove"; cluster: ClusterSummary } | null>(null);
  const note = <ProblemNote error={error} dataAtMs={dataUpdatedAt} onRetry={() => refetch()} />;
  if (data === undefined) return error === null ? <PageSkeleton label="Loading the settings" /> : note;
  const answer = settingsAnswer(data.items);
  return (
    <div className="page">
      {note}
      <div className="answer">
        <div>
          <h1>{answer.title}</h1>
          <p className="lede">{answer.lede}</p>
        </div>
        <Button kind="primary" onClick={() => patch({ add: "1" })}>
          <Plus size={14} aria-hidden="true" />
          Add a cluster
        </Button>
      </div>
      <ClusterTable
        clusters={data.items}
        onTest={(cluster) => setOpened({ dialog: "test", cluster })}
        onRemove={(cluster) => setOpened({ dialog: "remove", cluster })}
      />
      <RoleRecipe />
      {params.has("add") && <AddClusterDialog clusters={data.items} onClose={() => patch({ add: null })} />}
      {opened?.dialog === "test" && <TestClusterDialog cluster={opened.cluster} onClose={() => setOpened(null)} />}
      {opened?.dialog === "remove" && <RemoveClusterDialog cluster={opened.cluster} onClose={() => setOpened(null)} />}
    </div>
  );
}
