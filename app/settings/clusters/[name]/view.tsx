"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { SourceList } from "@/components/settings/sources/source-list";
import { sourcesSentence } from "@/components/settings/sources/source-words";
import { TokenTable } from "@/components/settings/sources/token-table";
import { clusterHref } from "@/components/shell/cluster-href";
import { LinkButton } from "@/components/ui/button";
import { ProblemNote } from "@/components/ui/problem-note";
import { PageSkeleton } from "@/components/ui/skeleton";
import { sourcesOptions } from "@/lib/api/sources";

/** The sources of a cluster and its ingest tokens. */
export function SourcesView({ cluster }: { cluster: string }) {
  const { data, error, dataUpdatedAt, refetch } = useQuery(sourcesOptions(cluster));
  const sentence = data && sourcesSentence(cluster, data);
  return (
    <div className="page">
      <div className="answer">
        <div>
          <p className="settings-back">
            <Link className="link" href="/settings/clusters">
              Clusters
            </Link>{" "}
            / {cluster}
          </p>
          <h1>{sentence?.title ?? `Sources of ${cluster}`}</h1>
          {sentence !== undefined && <p className="lede">{sentence.lede}</p>}
        </div>
        <LinkButton href={clusterHref(cluster, "overview")}>Open the cluster</LinkButton>
      </div>
      <ProblemNote error={error} dataAtMs={dataUpdatedAt} onRetry={() => refetch()} />
      {data === undefined ? (
        error === null && <PageSkeleton label="Loading the sources" />
      ) : (
        <SourceList cluster={cluster} answer={data} />
      )}
      <TokenTable cluster={cluster} />
    </div>
  );
}
