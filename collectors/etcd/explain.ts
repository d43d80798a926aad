import { diagnose, type Explanation } from "@/collectors/etcd/diagnose";
import { EtcdError, isCompacted, isTokenRefused } from "@/collectors/etcd/errors";
import { MixedClustersError, NoEndpointError } from "@/collectors/etcd/failover";
import { status } from "@/collectors/etcd/grpc-status";
import { WireError } from "@/collectors/etcd/wire";
import { AccessError } from "@/lib/model/endpoint";
import type { ClusterAccess } from "@/lib/model/questions";

/** Where and how a failing call went. `endpoint` is used for errors that do not name theirs. */
export interface Attempt {
  endpoint: string;
  access: ClusterAccess;
}

/**
 * Says in plain words why a call to etcd failed and what to do. Where gRPC's own error is too vague it probes the
 * endpoint, which can take some seconds. Never throws.
 */
export async function explainFailure(error: unknown, { endpoint, access }: Attempt): Promise<Explanation> {
  if (error instanceof AccessError) return { reason: error.reason, remedy: error.remedy };
  if (error instanceof MixedClustersError) return explainMixedClusters(error);
  if (error instanceof NoEndpointError) return explainAllEndpoints(error, access);
  if (error instanceof EtcdError) return explainEtcdError(error, access);
  if (error instanceof WireError) {
    return {
      reason: `${endpoint} sent an answer that is not etcd's: ${error.message}.`,
      remedy: "Check that the endpoint leads to etcd itself.",
    };
  }
  return {
    reason: `Reading ${endpoint} failed: ${causeOf(error)}.`,
    remedy: "The log of the worker has the details; it is tried again.",
  };
}

async function explainEtcdError(error: EtcdError, access: ClusterAccess): Promise<Explanation> {
  const known = explainAccess(error, access) ?? explainServer(error);
  if (known) return known;
  if (!PROBED_CODES.has(error.code) && !error.details.startsWith("Received HTTP status code")) {
    return explainUnknown(error);
  }
  try {
    return (await diagnose(error.endpoint, access)) ?? explainSilence(error);
  } catch (fault) {
    return fault instanceof AccessError ? { reason: fault.reason, remedy: fault.remedy } : explainUnknown(error);
  }
}

/** Codes that a lost way and servers that are no etcd give for very different troubles. */
const PROBED_CODES = new Set<number>([
  status.UNAVAILABLE,
  status.DEADLINE_EXCEEDED,
  status.UNIMPLEMENTED,
  status.INTERNAL,
  status.UNKNOWN,
  status.CANCELLED,
]);

const READ_ROLE_REMEDY =
  'Grant it: etcdctl role add etcdscope; etcdctl role grant-permission etcdscope --prefix=true read ""; etcdctl user grant-role USER etcdscope.';

function explainAccess(error: EtcdError, { username }: ClusterAccess): Explanation | null {
  const { endpoint, details } = error;
  const user = username === undefined ? "The client certificate's user" : `User "${username}"`;
  if (details.includes("authentication failed, invalid user ID or password")) {
    return {
      reason: `${endpoint} refuses user "${username}": the name or the password is wrong.`,
      remedy: "Correct the user name and the password.",
    };
  }
  if (details.includes("user name is empty") || details.includes("user name not found")) {
    return {
      reason: `${endpoint} has authentication enabled, and ${username === undefined ? "no user is given" : `user "${username}" is not known there`}.`,
      remedy: "Give the name and password of an etcd user that may read all keys.",
    };
  }
  if (details.includes("permission denied")) {
    return {
      reason: `${user} may not read the whole keyspace of ${endpoint} (permission denied).`,
      remedy: READ_ROLE_REMEDY.replace("USER", username ?? "USER"),
    };
  }
  if (isTokenRefused(error)) {
    return {
      reason: `${endpoint} refuses the token that it had given ${user.toLowerCase()} (${details}).`,
      remedy: "It is asked for a new one; if this stays, check that the members' clocks and --auth-token agree.",
    };
  }
  return null;
}

function explainServer(error: EtcdError): Explanation | null {
  const { endpoint, details } = error;
  if (isCompacted(error)) {
    return {
      reason: `The revision asked of ${endpoint} has been compacted meanwhile.`,
      remedy: "Nothing to do: the keyspace is read again at the present revision.",
    };
  }
  if (details.includes("not supported for learner")) {
    return {
      reason: `${endpoint} is a learner, which does not serve this call.`,
      remedy: "Add the endpoint of a voting member.",
    };
  }
  if (details.includes("no leader") || details.includes("request timed out") || details.includes("leader changed")) {
    return {
      reason: `The cluster behind ${endpoint} has no leader at the moment (${details}).`,
      remedy: "Check that a majority of its members is running and that they reach each other.",
    };
  }
  if (details.includes("corrupt")) {
    return {
      reason: `${endpoint} reports corrupt data and refuses to be read (${details}).`,
      remedy: "Replace the corrupt member, then disarm the CORRUPT alarm (etcdctl alarm disarm).",
    };
  }
  return null;
}

/** The probe has found nothing wrong. */
function explainSilence(error: EtcdError): Explanation {
  const { endpoint, code, details, method } = error;
  if (code === status.DEADLINE_EXCEEDED) {
    return {
      reason: `${endpoint} accepts connections but did not answer ${method} in time.`,
      remedy: "Look at the member's load and disk latency; it is tried again.",
    };
  }
  if (code !== status.UNAVAILABLE && code !== status.CANCELLED) return explainUnknown(error);
  return {
    reason: `The connection to ${endpoint} was lost (${plain(details)}), though it can be reached again.`,
    remedy: "Nothing to do if this passes; if it stays, check what lies between etcdscope and etcd.",
  };
}

function explainUnknown({ endpoint, method, details }: EtcdError): Explanation {
  return {
    reason: `${endpoint} answered ${method} with an error: ${plain(details)}.`,
    remedy: "The log of that member has the details; it is tried again.",
  };
}

export function explainMixedClusters({ clusters }: MixedClustersError): Explanation {
  const parts = clusters.map(({ clusterId, endpoints }) => `${endpoints.join(", ")} (cluster ${clusterId})`);
  return {
    reason: `The endpoints belong to ${clusters.length} different etcd clusters: ${parts.join("; ")}.`,
    remedy: "Register each cluster on its own, with the endpoints of its own members only.",
  };
}

async function explainAllEndpoints({ failures }: NoEndpointError, access: ClusterAccess): Promise<Explanation> {
  const explained = await Promise.all(
    failures.map(({ endpoint, error }) => explainFailure(error, { endpoint, access })),
  );
  const [first] = explained;
  if (first === undefined || explained.length === 1) return first ?? { reason: "No endpoint answered.", remedy: "" };
  const remedies = [...new Set(explained.map(({ remedy }) => remedy))];
  return {
    reason: `None of the ${failures.length} endpoints can be read. ${explained.map(({ reason }) => reason).join(" ")}`,
    remedy: remedies.join(" "),
  };
}

/** Drizzle wraps what the database said; its own message repeats the SQL. */
function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { message } = error.cause instanceof Error ? error.cause : error;
  return message.replace(/\.$/, "");
}

/** Without the instants and addresses that Node and OpenSSL add, so that the same failure reads the same. */
function plain(details: string): string {
  return details
    .replace(/\s*\(\d{4}-\d\d-\d\dT[^)]*\)/g, "")
    .replace(/\. Resolution note:.*$/, "")
    .replace(/[0-9A-F]{8,16}:error:[0-9A-F]+:[^:]*:[^:]*:([^:]*):\S+( alert number \d+)?/g, "$1")
    .trim()
    .replace(/\.$/, "");
}
