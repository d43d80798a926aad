"use client";

import { useQuery } from "@tanstack/react-query";
import { MembersTable } from "@/app/clusters/[cluster]/members-table";
import { readRange } from "@/components/keyspace/view-search";
import { Connections } from "@/components/members/connections";
import { membersSentence } from "@/components/members/member-words";
import { useUrlState } from "@/components/shell/use-url-state";
import { ProblemNote } from "@/components/ui/problem-note";
import { PageSkeleton, Skeleton } from "@/components/ui/skeleton";
import { connectionsOptions } from "@/lib/api/leases";
import { membersOptions } from "@/lib/api/members";

/** The Members page. */
export function MembersView({ cluster }: { cluster: string }) {
  const { params } = useUrlState();
  const members = useQuery(membersOptions(cluster));
  const connections = useQuery(connectionsOptions(cluster, readRange(params)));
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
              <p className="lede">
                {connections.data?.imbalance ?? "Members are asked for their status every ten seconds."}
              </p>
            </div>
          </div>
          <MembersTable members={members.data.items} />
        </>
      )}
      <ProblemNote
        error={connections.error}
        dataAtMs={connections.dataUpdatedAt}
        onRetry={() => void connections.refetch()}
      />
      {connections.data === undefined ? (
        connections.error === null && <Skeleton height={240} />
      ) : (
        <Connections cluster={cluster} answer={connections.data} />
      )}
    </div>
  );
}
