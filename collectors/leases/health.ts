import { EtcdError, isPermissionDenied } from "@/collectors/etcd/errors";
import { explainFailure } from "@/collectors/etcd/explain";
import { status } from "@/collectors/etcd/grpc-status";
import type { LeaseLook } from "@/collectors/leases/look";
import type { CollectorReport } from "@/collectors/report-state";
import type { ClusterAccess } from "@/lib/model/questions";
import { formatCount } from "@/lib/model/units";

/** What a look says about the source itself. */
export function judgeLook({ distribution, sampledLeases }: LeaseLook, { username }: ClusterAccess): CollectorReport {
  const withheld = distribution.withheld ?? 0;
  if (withheld === 0) return { health: "ok" };
  return {
    health: "degraded",
    reason: `Of ${formatCount(sampledLeases)} leases asked for, ${formatCount(withheld)} ${withheld === 1 ? "holds" : "hold"} keys that ${userWords(username)} may not read: how many is not known.`,
    remedy: readRole(username),
  };
}

/** Why the leases could not be read at all. */
export async function judgeLeaseFailure(error: unknown, access: ClusterAccess): Promise<CollectorReport> {
  if (isPermissionDenied(error)) {
    return {
      health: "failed",
      reason: `${capital(userWords(access.username))} may not list the leases: etcd lets only those see them who may read every key attached to one.`,
      remedy: readRole(access.username),
    };
  }
  if (error instanceof EtcdError && error.code === status.UNIMPLEMENTED) {
    return {
      health: "failed",
      reason: `${error.endpoint} does not know ${error.method}: listing leases came with etcd 3.3.`,
      remedy: "Upgrade etcd, or switch the source Leases off in Settings.",
    };
  }
  const { reason, remedy } = await explainFailure(error, { endpoint: access.endpoints.join(", "), access });
  return { health: "failed", reason, remedy };
}

function readRole(username = "USER"): string {
  return `Grant it: etcdctl role add etcdscope; etcdctl role grant-permission etcdscope --prefix=true read ""; etcdctl user grant-role ${username} etcdscope.`;
}

function userWords(username: string | undefined): string {
  return username === undefined ? "the client certificate's user" : `user "${username}"`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
