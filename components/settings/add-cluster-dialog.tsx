"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { type FormEvent, type ReactNode, useId, useState } from "react";
import { toAccessInput } from "@/components/settings/access-draft";
import { AccessFields } from "@/components/settings/access-fields";
import { EMPTY_FORM, faultOf, hasField, toClusterInput } from "@/components/settings/add-cluster-form";
import { addCluster, testAccess } from "@/components/settings/cluster-requests";
import { ManagedFields } from "@/components/settings/managed-fields";
import { TestResult } from "@/components/settings/test-result";
import { clusterHref } from "@/components/shell/cluster-href";
import { Banner } from "@/components/ui/banner";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { ProblemNote } from "@/components/ui/problem-note";
import { Segmented } from "@/components/ui/segmented";
import { type ClusterSummary, clustersOptions } from "@/lib/api/clusters";

const REACHES = [
  { value: "etcd", label: "etcd itself" },
  { value: "apiserver", label: "Only its apiservers" },
] as const;

/** Registers a cluster; the connection to its etcd can be tried first. */
export function AddClusterDialog({ clusters, onClose }: { clusters: readonly ClusterSummary[]; onClose(): void }) {
  const [form, setForm] = useState(EMPTY_FORM);
  const formId = useId();
  const router = useRouter();
  const client = useQueryClient();
  const test = useMutation({ mutationFn: testAccess });
  const add = useMutation({
    mutationFn: addCluster,
    onSuccess: async (cluster) => {
      await client.invalidateQueries({ queryKey: clustersOptions().queryKey });
      router.push(clusterHref(cluster.name, cluster.isManaged ? "traffic" : "overview"));
    },
  });
  const error = add.error ?? test.error;
  const fault = faultOf(error);
  const { access, reach } = form;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    test.reset();
    add.mutate(toClusterInput(form));
  };
  const tryConnection = () => {
    add.reset();
    test.mutate(toAccessInput(access));
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
          {reach === "etcd" && (
            <Button
              busy={test.isPending}
              disabled={access.endpoints.trim() === "" || add.isPending}
              onClick={tryConnection}
            >
              Test the connection
            </Button>
          )}
          <span className="grow" />
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" type="submit" form={formId} busy={add.isPending || add.isSuccess}>
            Add the cluster
          </Button>
        </>
      }
    >
      <form id={formId} className="settings-form" onSubmit={submit}>
        <Segmented
          label="What can be reached"
          value={reach}
          options={REACHES}
          onChange={(chosen) => setForm({ ...form, reach: chosen })}
        />
        {reach === "etcd" ? (
          <AccessFields draft={access} onChange={(draft) => setForm({ ...form, access: draft })} fault={fault} />
        ) : (
          <ManagedFields form={form} onChange={setForm} fault={fault} />
        )}
        {clusters.some((cluster) => cluster.isDemo) && (
          <Banner tone="info">The demo and its data go away when your cluster is added.</Banner>
        )}
        {!hasField(form, fault) && error !== null && (
          <InSight>
            <ProblemNote error={error} />
          </InSight>
        )}
        {test.data !== undefined && reach === "etcd" && (
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
