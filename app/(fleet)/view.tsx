"use client";

import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useRouter } from "next/navigation";
import { fleetAnswer } from "@/components/fleet/fleet-answer";
import { FLEET_COLUMNS } from "@/components/fleet/fleet-columns";
import { clusterHref } from "@/components/shell/cluster-href";
import { DataTable } from "@/components/tables/data-table";
import { LinkButton } from "@/components/ui/button";
import { Empty } from "@/components/ui/empty";
import { ProblemNote } from "@/components/ui/problem-note";
import { PageSkeleton } from "@/components/ui/skeleton";
import { clustersOptions } from "@/lib/api/clusters";

/** One row a cluster, the one at risk first. */
export function FleetView() {
  const { data, error, dataUpdatedAt, refetch } = useQuery(clustersOptions());
  const router = useRouter();
  const note = <ProblemNote error={error} dataAtMs={dataUpdatedAt} onRetry={() => refetch()} />;
  if (data === undefined) return error === null ? <PageSkeleton label="Loading the clusters" /> : note;
  const answer = fleetAnswer(data.items);
  return (
    <div className="page">
      {note}
      <div className="answer">
        <div>
          <h1>{answer.title}</h1>
          <p className="lede">{answer.lede}</p>
        </div>
        <AddLink />
      </div>
      {data.items.length === 0 ? (
        <NoClusters />
      ) : (
        <DataTable
          label="Clusters"
          rows={data.items}
          columns={FLEET_COLUMNS}
          rowKey={(cluster) => String(cluster.id)}
          exportHref={(format) => `/api/v1/clusters?format=${format}`}
          onActivate={(cluster) => router.push(clusterHref(cluster.name, "overview"))}
          empty={null}
        />
      )}
    </div>
  );
}

function AddLink() {
  return (
    <LinkButton href="/settings/clusters?add">
      <Plus size={14} aria-hidden="true" />
      Add a cluster
    </LinkButton>
  );
}

function NoClusters() {
  return (
    <section className="panel">
      <Empty
        title="Add the first cluster"
        action={
          <LinkButton kind="primary" href="/settings/clusters?add">
            Add a cluster
          </LinkButton>
        }
      >
        etcdscope needs one client endpoint and a user that may read every key. It never writes to etcd and never reads
        a value. From a terminal: <code>npm start -- --endpoints http://127.0.0.1:2379</code>
      </Empty>
    </section>
  );
}
