import { type AccessDraft, EMPTY_DRAFT, toAccessInput } from "@/components/settings/access-draft";
import { type FieldFault, toFieldFault } from "@/components/settings/cluster-requests";
import { EMPTY_SOURCE, type SourceDraft, toDraft, toSourceInput } from "@/components/settings/sources/source-draft";
import type { ClusterInput } from "@/lib/api/clusters";
import { ApiError } from "@/lib/api/get-json";

/** The form for a new cluster: both ways to reach it, of which one is sent. */
export interface AddClusterForm {
  reach: "etcd" | "apiserver";
  /** Its name, too. */
  access: AccessDraft;
  apiserver: SourceDraft;
}

export const EMPTY_FORM: AddClusterForm = { reach: "etcd", access: EMPTY_DRAFT, apiserver: toDraft(EMPTY_SOURCE) };

/** What the API wants of the form. */
export function toClusterInput({ reach, access, apiserver }: AddClusterForm): ClusterInput {
  const name = access.name.trim();
  if (reach === "etcd") return { name, ...toAccessInput(access) };
  return { name, managed: true, endpoints: [], apiserver: toSourceInput(apiserver, EMPTY_SOURCE) };
}

/** The field an error belongs to; those of the apiservers by their own name. */
export function faultOf(error: Error | null): FieldFault | null {
  if (!(error instanceof ApiError) || !error.problem.field?.startsWith("apiserver.")) return toFieldFault(error);
  const field = error.problem.field.slice("apiserver.".length);
  return toFieldFault(
    new ApiError({ ...error.problem, field, detail: error.problem.detail.replace("apiserver.", "") }),
  );
}

/** Whether the form shows the field a fault belongs to. */
export function hasField({ reach, access, apiserver }: AddClusterForm, fault: FieldFault | null): boolean {
  if (fault === null) return false;
  return fault.field === "name" || fault.field in (reach === "etcd" ? access : apiserver);
}
