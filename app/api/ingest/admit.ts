import { IngestProblem } from "@/app/api/ingest/ingest-problem";
import { intake } from "@/app/api/ingest/intake";
import { findHostFault, findOriginFault } from "@/app/api/request-guard";
import type { ClusterRoute } from "@/app/api/route-cluster";
import type { Problem } from "@/lib/api/common";
import { webDb } from "@/lib/db/web-db";
import type { SourceName } from "@/lib/model/sources";
import { findCluster } from "@/lib/queries/clusters";
import { UnknownClusterError } from "@/lib/queries/errors";
import type { TokenOwner } from "@/lib/queries/tokens";

const CONTENT_TYPES = [
  ...["application/json", "application/x-ndjson", "application/ndjson", "application/jsonlines"],
  ...["application/octet-stream", "text/plain"],
];

/**
 * The cluster a request may send events of. Throws an `IngestProblem` for everything that speaks against it, and an
 * `UnknownClusterError`; which clusters there are is told to holders of a token only.
 */
export async function admit(request: Request, route: ClusterRoute, source: SourceName): Promise<TokenOwner> {
  const fault = findHostFault(request.headers) ?? findOriginFault(request.headers);
  if (fault) throw toIngestProblem(fault);
  const token = /^Bearer +(\S{1,200})$/i.exec(request.headers.get("authorization") ?? "")?.[1];
  const owner = token === undefined ? null : await intake().tokens.verify(token);
  if (owner === null) throw unauthorized(token === undefined);
  await checkCluster((await route.params).cluster, owner);
  if (owner.sourcesOff.includes(source)) throw switchedOff(source);
  checkContentType(request.headers);
  return owner;
}

function toIngestProblem({ status, title, detail, remedy = "" }: Problem): IngestProblem {
  return new IngestProblem(status, title, { detail, remedy });
}

function unauthorized(isMissing: boolean): IngestProblem {
  return new IngestProblem(401, "No valid token", {
    detail: isMissing ? "The request has no ingest token." : "The token is not known, or it was revoked.",
    remedy:
      "Make one in the cluster's settings, or with POST /api/v1/clusters/{cluster}/tokens, and send it as the header " +
      "Authorization: Bearer etcdscope_…",
    headers: { "www-authenticate": "Bearer" },
  });
}

/** A token is good for one cluster. Its id and its name are known from the token; of others the database is asked. */
async function checkCluster(nameOrId: string, owner: TokenOwner): Promise<void> {
  if (nameOrId === String(owner.clusterId)) return;
  if (nameOrId === owner.clusterName && !/^\d+$/.test(nameOrId)) return;
  const row = await findCluster(webDb(), nameOrId);
  if (!row) throw new UnknownClusterError(nameOrId);
  if (row.id === owner.clusterId) return;
  throw new IngestProblem(403, "Token of another cluster", {
    detail: `The token is good for the cluster "${owner.clusterName}" only.`,
    remedy: "Send the events there, or make a token in this cluster's settings.",
  });
}

function switchedOff(source: SourceName): IngestProblem {
  return new IngestProblem(409, "Source switched off", {
    detail: `This cluster takes nothing from the source "${source}": it is switched off.`,
    remedy: "Switch it on in the cluster's settings, or stop sending.",
  });
}

function checkContentType(headers: Headers): void {
  const type = (headers.get("content-type") ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
  if (type === "" || CONTENT_TYPES.includes(type)) return;
  throw new IngestProblem(415, "Wrong content type", {
    detail: `A body of the type ${type.slice(0, 100)} is not taken here.`,
    remedy: "Send the header content-type: application/json or application/x-ndjson.",
  });
}
