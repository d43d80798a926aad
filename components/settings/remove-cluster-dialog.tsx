"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";
import { removeCluster } from "@/components/settings/cluster-requests";
import { TextField } from "@/components/settings/text-field";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { ProblemNote } from "@/components/ui/problem-note";
import { type ClusterSummary, clustersOptions } from "@/lib/api/clusters";

/** Removes a cluster with its data, once its name has been typed. */
export function RemoveClusterDialog({ cluster, onClose }: { cluster: ClusterSummary; onClose(): void }) {
  const [typed, setTyped] = useState("");
  const formId = useId();
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: () => removeCluster(cluster.id),
    onSuccess: async () => {
      client.removeQueries({ predicate: ({ queryKey }) => queryKey[1] === cluster.name });
      await client.invalidateQueries({ queryKey: clustersOptions().queryKey });
      onClose();
    },
  });
  const isConfirmed = typed.trim() === cluster.name;
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Remove ${cluster.name}?`}
      description="Everything etcdscope has stored about it goes: sizes, writes, history. It cannot be brought back. The etcd cluster itself is not touched."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" danger type="submit" form={formId} disabled={!isConfirmed} busy={remove.isPending}>
            Remove the cluster and its data
          </Button>
        </>
      }
    >
      <form
        id={formId}
        className="settings-form"
        onSubmit={(event) => {
          event.preventDefault();
          if (isConfirmed) remove.mutate();
        }}
      >
        <TextField label={`Type ${cluster.name} to confirm`} value={typed} onChange={setTyped} mono />
        <ProblemNote error={remove.error} />
      </form>
    </Dialog>
  );
}
