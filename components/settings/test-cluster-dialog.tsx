"use client";

import { useQuery } from "@tanstack/react-query";
import { testCluster } from "@/components/settings/cluster-requests";
import { TestResult } from "@/components/settings/test-result";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { ProblemNote } from "@/components/ui/problem-note";
import type { ClusterSummary } from "@/lib/api/clusters";

/** Tries to read a registered cluster, at once when it opens. */
export function TestClusterDialog({ cluster, onClose }: { cluster: ClusterSummary; onClose(): void }) {
  const test = useQuery({
    queryKey: ["test-cluster", cluster.id],
    queryFn: () => testCluster(cluster.id),
    retry: false,
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Connection to ${cluster.name}`}
      description={cluster.endpoints.join(", ")}
      footer={
        <>
          <Button busy={test.isFetching} onClick={() => test.refetch()}>
            Test again
          </Button>
          <Button kind="primary" onClick={onClose}>
            Done
          </Button>
        </>
      }
    >
      {test.isPending && <p className="muted">Trying every endpoint…</p>}
      <ProblemNote error={test.error} />
      {test.data !== undefined && <TestResult answer={test.data} />}
    </Dialog>
  );
}
