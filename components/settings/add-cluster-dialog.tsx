"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { type FormEvent, type ReactNode, useId, useState } from "react";
import { EMPTY_DRAFT, toAccessInput } from "@/components/settings/access-draft";
import { AccessFields } from "@/components/settings/access-fields";
import { addCluster, testAccess, toFieldFault } from "@/components/settings/cluster-requests";
import { TestResult } from "@/components/settings/test-result";
import { clusterHref } from "@/components/shell/cluster-href";
import { Banner } from "@/components/ui/banner";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { ProblemNote } from "@/components/ui/problem-note";
import { type ClusterSummary, clustersOptions } from "@/lib/api/clusters";

/** Registers a cluster; the connection can be tried first. */
export function AddClusterDialog({ clusters, onClose }: { clusters: readonly ClusterSummary[]; onClose(): void }) {
  const [draft, setDraft] = useState(EMPTY_DRAFT);
  const formId = useId();
  const router = useRouter();
  const client = useQueryClient();
  const test = useMutation({ mutationFn: testAccess });
  const add = useMutation({
    mutationFn: addCluster,
    onSuccess: async (cluster) => {
      await client.invalidateQueries({ queryKey: clustersOptions().queryKey });
      router.push(clusterHref(cluster.name, "overview"));
    },
  });
  const error = add.error ?? test.error;
  const fault = toFieldFault(error);
  const isAtField = fault !== null && fault.field in draft;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    test.reset();
    add.mutate({ name: draft.name.trim(), ...toAccessInput(draft) });
  };
  const tryConnection = () => {
    add.reset();
    test.mutate(toAccessInput(draft));
  };
  return (
    <Dialog
      open
      wide
      onOpenChange={(open) => !open && onClose()}
      title="Add a cluster"
      description="etcdscope reads it and never writes to it; values are never looked at."
      footer={
        <>
          <Button
            busy={test.isPending}
            disabled={draft.endpoints.trim() === "" || add.isPending}
            onClick={tryConnection}
          >
            Test the connection
          </Button>
          <span className="grow" />
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" type="submit" form={formId} busy={add.isPending || add.isSuccess}>
            Add the cluster
          </Button>
        </>
      }
    >
      <form id={formId} className="settings-form" onSubmit={submit}>
        <AccessFields draft={draft} onChange={setDraft} fault={fault} />
        {clusters.some((cluster) => cluster.isDemo) && (
          <Banner tone="info">The demo and its data go away when your cluster is added.</Banner>
        )}
        {!isAtField && error !== null && (
          <InSight>
            <ProblemNote error={error} />
          </InSight>
        )}
        {test.data !== undefined && (
          <InSight key={test.submittedAt}>
            <TestResult answer={test.data} />
          </InSight>
        )}
      </form>
    </Dialog>
  );
}

/** Scrolls to what has just come: it may lie below a long form. */
function InSight({ children }: { children: ReactNode }) {
  return (
    <div ref={scrollTo} className="in-sight">
      {children}
    </div>
  );
}

function scrollTo(element: HTMLElement | null): void {
  element?.scrollIntoView({ block: "nearest" });
}
