import type { CostMeter } from "@/collectors/cost-meter";
import { EtcdConnection } from "@/collectors/etcd/connection";
import type { StatusAnswer } from "@/collectors/etcd/messages";
import { AccessError } from "@/lib/model/endpoint";
import type { ClusterAccess } from "@/lib/model/questions";

export interface EndpointFailure {
  endpoint: string;
  error: unknown;
}

/** A member that has answered, and the endpoints that did not. */
export interface OpenedMember {
  connection: EtcdConnection;
  status: StatusAnswer;
  failures: EndpointFailure[];
}

/** Not one of the endpoints answered. */
export class NoEndpointError extends Error {
  override name = "NoEndpointError";
  constructor(readonly failures: EndpointFailure[]) {
    super(failures.map(({ endpoint, error }) => `${endpoint}: ${String(error)}`).join("; "));
  }
}

/** The endpoints belong to different etcd clusters, so their figures must not be put together. */
export class MixedClustersError extends Error {
  override name = "MixedClustersError";
  constructor(readonly clusters: { clusterId: string; endpoints: string[] }[]) {
    super(clusters.map(({ clusterId, endpoints }) => `${endpoints.join(", ")}: cluster ${clusterId}`).join("; "));
  }
}

const STATUS_DEADLINE_MS = 3_000;
const LATECOMER_MS = 300; // what a better member may take longer than the first to answer

interface Candidate {
  connection: EtcdConnection;
  status: StatusAnswer;
}

/**
 * Opens the member to read from: of those that answer in time a follower, to spare the leader; a learner last, because
 * etcd lets it serve neither watch nor member list. Throws a NoEndpointError, a MixedClustersError or an AccessError.
 */
export async function openAny(
  access: ClusterAccess,
  { signal, meter }: { signal?: AbortSignal; meter?: CostMeter } = {},
): Promise<OpenedMember> {
  const endpoints = distinctEndpoints(access);
  const answered: Candidate[] = [];
  const failures: EndpointFailure[] = [];
  const unanswered = new Set<EtcdConnection>();
  const tries = endpoints.map(async (endpoint) => {
    let connection: EtcdConnection | undefined;
    try {
      connection = EtcdConnection.open(endpoint, access, meter);
      unanswered.add(connection);
      answered.push({ connection, status: await connection.status({ signal, deadlineMs: STATUS_DEADLINE_MS }) });
      unanswered.delete(connection);
    } catch (error) {
      connection?.close();
      failures.push({ endpoint, error });
      throw error;
    }
  });
  const all = Promise.allSettled(tries);
  await Promise.any(tries).catch(() => undefined);
  await Promise.race([all, delay(LATECOMER_MS)]);
  for (const connection of unanswered) connection.close();
  signal?.throwIfAborted();
  return choose(answered, failures);
}

/** The endpoints without repetitions. Throws an AccessError when there is none. */
export function distinctEndpoints(access: ClusterAccess): string[] {
  const endpoints = [...new Set(access.endpoints.map((endpoint) => endpoint.trim()).filter((text) => text !== ""))];
  if (endpoints.length > 0) return endpoints;
  throw new AccessError("The cluster has no endpoint.", "Give at least one, such as https://host:2379.");
}

/** Throws a MixedClustersError when the answers come from different clusters. */
export function requireOneCluster(answers: readonly { endpoint: string; clusterId: string }[]): void {
  const byCluster = new Map<string, string[]>();
  for (const { endpoint, clusterId } of answers) {
    byCluster.set(clusterId, [...(byCluster.get(clusterId) ?? []), endpoint]);
  }
  if (byCluster.size < 2) return;
  throw new MixedClustersError([...byCluster].map(([clusterId, endpoints]) => ({ clusterId, endpoints })));
}

function choose(answered: Candidate[], failures: EndpointFailure[]): OpenedMember {
  const [best, ...others] = [...answered].sort((a, b) => rank(a.status) - rank(b.status));
  if (best === undefined) throw new NoEndpointError(failures);
  for (const { connection } of others) connection.close();
  try {
    requireOneCluster(
      answered.map(({ connection, status }) => ({ endpoint: connection.endpoint, clusterId: status.clusterId })),
    );
  } catch (error) {
    best.connection.close();
    throw error;
  }
  return { ...best, failures: [...failures] }; // those still to come are of connections closed by us
}

/** Smaller is better. */
function rank({ isLearner, leaderId, memberId, errors }: StatusAnswer): number {
  const role = isLearner ? 20 : leaderId === memberId ? 1 : 0;
  const isIll = leaderId === null || errors.some((error) => error.includes("CORRUPT"));
  return isIll ? role + 10 : role;
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
