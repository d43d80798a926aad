"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";
import { toFieldFault } from "@/components/settings/cluster-requests";
import { TextField } from "@/components/settings/text-field";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { ProblemNote } from "@/components/ui/problem-note";
import { Segmented } from "@/components/ui/segmented";
import { addSilence, silencesOptions } from "@/lib/api/webhooks";

const HOUR_MS = 3_600_000;
const LASTS = [
  { value: "1", label: "1 hour" },
  { value: "4", label: "4 hours" },
  { value: "24", label: "1 day" },
  { value: "168", label: "1 week" },
] as const;
type Lasts = (typeof LASTS)[number]["value"];

/** Silences a cluster, or a rule of it, for some hours. */
export function SilenceDialog({ clusters, onClose }: { clusters: readonly string[]; onClose(): void }) {
  const [cluster, setCluster] = useState(clusters[0] ?? "");
  const [rule, setRule] = useState("");
  const [reason, setReason] = useState("");
  const [lasts, setLasts] = useState<Lasts>("1");
  const [formId, clusterId] = [useId(), useId()];
  const client = useQueryClient();
  const { queryKey } = silencesOptions();
  const add = useMutation({
    mutationFn: () => {
      const until = new Date(Date.now() + Number(lasts) * HOUR_MS).toISOString();
      return addSilence(cluster, { rule: rule.trim(), reason: reason.trim(), until });
    },
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey });
      onClose();
    },
  });
  const fault = toFieldFault(add.error);
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Add a silence"
      description="What it covers is still found and shown, but nobody is told. What outlasts it is told when it ends."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" type="submit" form={formId} busy={add.isPending}>
            Silence
          </Button>
        </>
      }
    >
      <form
        id={formId}
        className="settings-form"
        onSubmit={(event) => {
          event.preventDefault();
          add.mutate();
        }}
      >
        <div className="field">
          <label htmlFor={clusterId}>Cluster</label>
          <select id={clusterId} className="input" value={cluster} onChange={(event) => setCluster(event.target.value)}>
            {clusters.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </div>
        <TextField
          label="Rule"
          placeholder="L05"
          hint="A rule, `spike` for all spikes, or empty for everything."
          value={rule}
          onChange={setRule}
          error={fault?.field === "rule" ? fault.text : null}
        />
        <Segmented<Lasts> label="For" value={lasts} options={LASTS} onChange={setLasts} />
        <TextField label="Why" placeholder="Upgrade to 3.6" value={reason} onChange={setReason} />
        {add.error !== null && fault?.field !== "rule" && <ProblemNote error={add.error} />}
      </form>
    </Dialog>
  );
}
