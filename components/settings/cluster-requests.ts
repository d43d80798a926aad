import { toSentence } from "@/components/ui/sentence";
import type { AccessInput, ClusterInput, ClusterPatch, ClusterSummary, TestAnswer } from "@/lib/api/clusters";
import { ApiError, clusterPath, sendJson } from "@/lib/api/get-json";

/** Registers a cluster. Throws an `ApiError` that names the field at fault. */
export function addCluster(input: ClusterInput): Promise<ClusterSummary> {
  return sendJson("POST", "/api/v1/clusters", input);
}

/** Tries to read a cluster that is not registered yet. */
export function testAccess(access: AccessInput): Promise<TestAnswer> {
  return sendJson("POST", "/api/v1/clusters/test", access);
}

/** Tries to read a registered cluster with what is stored for it. */
export function testCluster(id: number): Promise<TestAnswer> {
  return sendJson("POST", clusterPath(String(id), "/test"), {});
}

/** Pauses, resumes or renames a cluster. */
export function patchCluster(id: number, patch: ClusterPatch): Promise<ClusterSummary> {
  return sendJson("PATCH", clusterPath(String(id)), patch);
}

/** Removes a cluster with everything stored about it. */
export function removeCluster(id: number): Promise<void> {
  return sendJson("DELETE", clusterPath(String(id)));
}

/** A fault of a form: the field it belongs to (`endpoints` for `endpoints.0`), and what to say there. */
export interface FieldFault {
  field: string;
  text: string;
}

/** The field an error belongs to; null when it belongs to none. */
export function toFieldFault(error: Error | null): FieldFault | null {
  if (!(error instanceof ApiError) || error.problem.field === undefined) return null;
  const { field: path, detail, remedy } = error.problem;
  // At its field, the field's name in front of the sentence says nothing more.
  const text = detail.startsWith(`${path}: `) ? detail.slice(path.length + 2) : detail;
  const sentence = toSentence(text);
  return { field: path.split(".")[0] ?? path, text: remedy === undefined ? sentence : `${sentence} ${remedy}` };
}
