"use client";

import type { AddClusterForm } from "@/components/settings/add-cluster-form";
import type { FieldFault } from "@/components/settings/cluster-requests";
import { EMPTY_SOURCE } from "@/components/settings/sources/source-draft";
import { SourceFields } from "@/components/settings/sources/source-fields";
import { TextField } from "@/components/settings/text-field";

/** The fields of a cluster whose etcd is run by someone else. */
export function ManagedFields(props: {
  form: AddClusterForm;
  onChange(form: AddClusterForm): void;
  fault: FieldFault | null;
}) {
  const { form, onChange, fault } = props;
  const { access } = form;
  return (
    <>
      <p className="muted">
        For EKS, GKE, AKS and others that run etcd themselves. Requests, latencies and object counts are known through
        the apiservers' metrics; who asks, once their audit events come. Keys, sizes and members stay unknown.
      </p>
      <TextField
        label="Name"
        placeholder="prod-eks-1"
        required
        hint="As it appears everywhere, also in URLs."
        value={access.name}
        onChange={(name) => onChange({ ...form, access: { ...access, name } })}
        error={fault?.field === "name" ? fault.text : null}
      />
      <SourceFields
        row={EMPTY_SOURCE}
        draft={form.apiserver}
        onChange={(apiserver) => onChange({ ...form, apiserver })}
        fault={fault}
      />
    </>
  );
}
