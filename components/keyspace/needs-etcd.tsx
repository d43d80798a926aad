"use client";

import type { ReactNode } from "react";
import { readRange } from "@/components/keyspace/view-search";
import { sourcesHref } from "@/components/settings/settings-pages";
import type { ClusterPage } from "@/components/shell/cluster-href";
import { PAGE_WORDS, useHere } from "@/components/shell/here";
import { useCluster } from "@/components/shell/use-cluster";
import { useClusterHref } from "@/components/shell/use-cluster-href";
import { useUrlState } from "@/components/shell/use-url-state";
import { OverviewTraffic } from "@/components/traffic/overview-traffic";
import { LinkButton } from "@/components/ui/button";
import { Empty } from "@/components/ui/empty";
import { Panel } from "@/components/ui/panel";

/** Pages that are read from etcd itself, and why nothing can stand in for it. */
const NEEDS: Partial<Record<ClusterPage, string>> = {
  overview: "its size, its history and its members can be read from etcd only",
  keyspace: "keys and their sizes can be read from etcd only",
  prefix: "keys and their sizes can be read from etcd only",
  key: "keys and their revisions can be read from etcd only",
  churn: "sizes and writes by prefix can be read from etcd only",
  heatmap: "which keys are written when is told by etcd's watch only",
  keys: "single keys can be read from etcd only",
  leases: "leases can be listed by etcd only",
  members: "the members can be asked by their own addresses only",
};

/** In place of a page that needs etcd, for a cluster that was registered without access to it: what is missing, and why. */
export function NeedsEtcd({ cluster, children }: { cluster: string; children: ReactNode }) {
  const { data } = useCluster(cluster);
  const { page } = useHere();
  const { params } = useUrlState();
  const hrefOf = useClusterHref();
  const why = page === null ? undefined : NEEDS[page];
  if (page === null || why === undefined || data === undefined || !data.isManaged) return children;
  return (
    <div className="page">
      <div className="answer">
        <div>
          <h1 className="faint">{PAGE_WORDS[page]}</h1>
        </div>
      </div>
      <Panel title="Not known">
        <Empty
          title="This cluster was registered without access to etcd"
          action={
            <>
              <LinkButton kind="primary" href={hrefOf(cluster, "traffic")}>
                Open Traffic
              </LinkButton>{" "}
              <LinkButton href={hrefOf(cluster, "clients")}>Open Clients</LinkButton>{" "}
              <LinkButton href={sourcesHref(cluster)}>Its sources</LinkButton>
            </>
          }
        >
          It is known by its apiservers, as where a provider runs etcd (EKS, GKE, AKS): {why}. Who asks for what, how
          often and how long it takes is told by the apiservers' metrics and audit events.
        </Empty>
      </Panel>
      {page === "overview" && <OverviewTraffic cluster={cluster} range={readRange(params)} />}
    </div>
  );
}
