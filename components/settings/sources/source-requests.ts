import { clusterPath, sendJson } from "@/lib/api/get-json";
import type { CreatedToken, SourceInput, SourceRow } from "@/lib/api/sources";
import type { SourceName } from "@/lib/model/sources";

/** Sets a source of a cluster. Throws an `ApiError` that names the field at fault. */
export function patchSource(cluster: string, source: SourceName, input: SourceInput): Promise<SourceRow> {
  return sendJson("PATCH", clusterPath(cluster, `/sources/${source}`), input);
}

/** Makes a token; its secret is in this answer only. */
export function createToken(cluster: string, name: string): Promise<CreatedToken> {
  return sendJson("POST", clusterPath(cluster, "/tokens"), { name });
}

/** Makes a token worthless at once. */
export function revokeToken(cluster: string, id: string): Promise<void> {
  return sendJson("DELETE", clusterPath(cluster, `/tokens/${id}`));
}
