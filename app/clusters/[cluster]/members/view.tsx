"use client";

import { useQuery } from "@tanstack/react-query";
import { readRange } from "@/components/keyspace/view-search";
import { ConfigurationPanel } from "@/components/members/configuration-panel";
import { Connections } from "@/components/members/connections";
import { ConsistencyPanel } from "@/components/members/consistency-panel";
import { HealthCharts } from "@/components/members/health-charts";
import { membersLede, membersSentence } from "@/components/members/member-words";
import { SideBySide } from "@/components/members/side-by-side";
import { useUrlState } from "@/components/shell/use-url-state";
import { HappenedPanel } from "@/components/timeline/happened-panel";
import { ProblemNote } from "@/components/ui/problem-note";
import { PageSkeleton, Skeleton } from "@/components/ui/skeleton";
import type { RangeParams } from "@/lib/api/common";
import { connectionsOptions } from "@/lib/api/leases";
import { memberHealthOptions } from "@/lib/api/members";

/** The Members page: how each of them does, beside the others and over time. */
export function MembersView({ cluster }: { cluster: string }) {
  const { params } = useUrlState();
  const range = readRange(params);
  const members = useQuery(memberHealthOptions(cluster, range));
  return (
    <div className="page">
      <ProblemNote error={members.error} dataAtMs={members.dataUpdatedAt} onRetry={() => void members.refetch()} />
      {members.data === undefined ? (
        members.error === null && <PageSkeleton label="Loading the members" />
      ) : (
        <>
          <div className="answer">
            <div>
              <h1>{membersSentence(members.data.items)}</h1>
              <p className="lede">{membersLede(members.data)}</p>
            </div>
          </div>
          <SideBySide cluster={cluster} answer={members.data} range={range} />
        </>
      )}
      {members.data?.items.length !== 0 && <HealthCharts cluster={cluster} range={range} />}
      <ConsistencyPanel cluster={cluster} />
      <ConfigurationPanel cluster={cluster} />
      <HappenedPanel cluster={cluster} range={range} />
      <ConnectionsArea cluster={cluster} range={range} />
    </div>
  );
}

function ConnectionsArea({ cluster, range }: { cluster: string; range: RangeParams }) {
  const { data, error, dataUpdatedAt, refetch } = useQuery(connectionsOptions(cluster, range));
  return (
    <>
      <ProblemNote error={error} dataAtMs={dataUpdatedAt} onRetry={() => void refetch()} />
      {data === undefined ? (
        error === null && <Skeleton height={240} />
      ) : (
        <Connections cluster={cluster} answer={data} />
      )}
    </>
  );
}
