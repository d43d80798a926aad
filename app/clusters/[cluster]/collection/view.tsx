"use client";

import { useQuery } from "@tanstack/react-query";
import { CollectionFacts } from "@/components/cost/collection-facts";
import { CostControls } from "@/components/cost/cost-controls";
import { CostPanel } from "@/components/cost/cost-panel";
import { costQuery } from "@/components/cost/cost-search";
import { costSentence } from "@/components/cost/cost-words";
import { useUrlState } from "@/components/shell/use-url-state";
import { ProblemNote } from "@/components/ui/problem-note";
import { PageSkeleton } from "@/components/ui/skeleton";
import { clusterOptions } from "@/lib/api/clusters";
import { costOptions } from "@/lib/api/cost";

/** The Collection page. */
export function CollectionView({ cluster }: { cluster: string }) {
  const { params: search } = useUrlState();
  const params = costQuery(search);
  const { data, error, dataUpdatedAt, refetch } = useQuery(costOptions(cluster, params));
  const { data: summary } = useQuery(clusterOptions(cluster));
  return (
    <div className="page">
      <ProblemNote error={error} dataAtMs={dataUpdatedAt} onRetry={refetch} />
      {data === undefined && error === null && <PageSkeleton label="Loading what reading the cluster costs" />}
      {data !== undefined && (
        <>
          <div className="answer">
            <div>
              <h1>{costSentence(data)}</h1>
              <p className="lede">
                {data.settings.paused
                  ? "Collection is stopped."
                  : "Requests, answers and time are counted as they happen, by what they were for."}
              </p>
            </div>
          </div>
          <CollectionFacts summary={summary} answer={data} />
          <CostPanel cluster={cluster} params={params} answer={data} />
          {summary !== undefined && <CostControls cluster={cluster} id={summary.id} settings={data.settings} />}
        </>
      )}
    </div>
  );
}
