import type { AuditFile } from "@/lib/demo/audit-file";
import type { KeyPool } from "@/lib/demo/key-pool";
import { namespaceOf } from "@/lib/demo/key-pool";
import type { KeyspaceWriter } from "@/lib/demo/keyspace-writer";
import {
  HOT_CONFIG_MAP,
  helmReleaseKey,
  LEADER_LEASES,
  LEDGER_CONFIG_MAP,
  NODES,
  WIDE_ENDPOINTS,
} from "@/lib/demo/layout";
import type { Random } from "@/lib/demo/random";

/** A kind of activity: how often a second, and what it does once. */
export interface Activity {
  name: string;
  perSecond: number;
  run(): Promise<void>;
}

export interface Surroundings {
  pool: KeyPool;
  writer: KeyspaceWriter;
  random: Random;
  /** Where the requests behind the writes are logged; absent: nowhere. */
  audit?: AuditFile;
}

const KEPT_REPLICA_SETS = 6;
const KEPT_HELM_REVISIONS = 10;
const MOST_CERTIFICATE_REQUESTS = 4_000; // they pile up, as forgotten ones do, but not for ever

/** What a quiet cluster of this size writes all the time: about 150 writes a second together. */
export function listActivities(around: Surroundings): Activity[] {
  const { pool, writer, random } = around;
  const putAny = (resource: string) => async () => {
    const key = pool.pick(resource, random);
    if (key !== null) await writer.put(key);
  };
  const inTurn = (keys: readonly string[]) => {
    let turn = 0;
    return () => writer.put(keys[turn++ % keys.length] as string);
  };
  return [
    {
      name: "node leases",
      perSecond: NODES.length / 10,
      run: inTurn(NODES.map((node) => `/registry/leases/kube-node-lease/${node}`)),
    },
    { name: "leader leases", perSecond: LEADER_LEASES.length / 2, run: inTurn(LEADER_LEASES) },
    { name: "hot ConfigMap", perSecond: 12, run: () => writer.put(HOT_CONFIG_MAP) },
    { name: "ledger operator", perSecond: 0.5, run: () => writer.put(LEDGER_CONFIG_MAP) },
    { name: "pod status", perSecond: 26, run: putAny("pods") },
    { name: "pod restarts", perSecond: 0.8, run: () => replacePod(around) },
    { name: "events", perSecond: 20, run: () => putEvent(around, null) },
    { name: "repeated events", perSecond: 22, run: () => repeatEvent(around) },
    { name: "node status", perSecond: 4, run: putAny("minions") },
    { name: "endpoint slices", perSecond: 8, run: putAny("endpointslices") },
    { name: "endpoints", perSecond: 3, run: putAny("services/endpoints") },
    { name: "wide endpoints", perSecond: 0.2, run: () => writer.put(WIDE_ENDPOINTS) },
    { name: "ReplicaSet status", perSecond: 4, run: putAny("replicasets") },
    { name: "Deployment status", perSecond: 3, run: putAny("deployments") },
    { name: "policy reports", perSecond: 4, run: putAny("wgpolicyk8s.io/policyreports") },
    { name: "Argo applications", perSecond: 1.5, run: putAny("argoproj.io/applications") },
    { name: "certificate requests", perSecond: 0.5, run: () => requestCertificate(around) },
    { name: "rollouts", perSecond: 1 / 15, run: () => rollOut(around) },
    { name: "jobs", perSecond: 0.2, run: () => runJob(around) },
    { name: "Helm upgrades", perSecond: 1 / 40, run: () => upgradeRelease(around) },
    { name: "service ports", perSecond: 0.1, run: () => writer.put("/registry/ranges/servicenodeports") },
    { name: "master leases", perSecond: 0.1, run: () => writer.put("/registry/masterleases/10.0.0.10") },
  ];
}

/** A burst of events about the pods of one namespace: a crash loop that nobody has noticed yet. */
export function eventStorm(around: Surroundings, namespace: string, perSecond: number): Activity[] {
  return [
    { name: "storm, new", perSecond: perSecond / 4, run: () => putEvent(around, namespace) },
    { name: "storm, repeated", perSecond: (perSecond * 3) / 4, run: () => repeatEvent(around) },
  ];
}

/** A key for a new event about a pod, of any namespace or the one given. */
export function makeEventKey(
  { pool, random }: Pick<Surroundings, "pool" | "random">,
  namespace: string | null,
): string {
  let pod = pool.pick("pods", random) ?? "/registry/pods/default/none";
  for (let tries = 0; namespace !== null && namespaceOf(pod) !== namespace && tries < 40; tries++) {
    pod = pool.pick("pods", random) ?? pod;
  }
  return `/registry/events/${namespace ?? namespaceOf(pod)}/${pod.split("/").at(-1)}.${random.hex(16)}`;
}

const RECENT_EVENTS = 400;
const recentEvents = new WeakMap<KeyPool, string[]>();

async function putEvent(around: Surroundings, namespace: string | null): Promise<void> {
  const key = makeEventKey(around, namespace);
  const recent = recentEvents.get(around.pool) ?? [];
  recentEvents.set(around.pool, recent);
  recent.push(key);
  if (recent.length > RECENT_EVENTS) recent.shift();
  await around.writer.putExpiring(key, "create");
}

/** Counts one of the last events up, as for a container that fails again and again. */
async function repeatEvent(around: Surroundings): Promise<void> {
  const recent = recentEvents.get(around.pool);
  if (recent && recent.length > 0) await around.writer.putExpiring(around.random.pick(recent), "update");
}

async function replacePod({ pool, writer, random }: Surroundings): Promise<void> {
  const key = pool.pick("pods", random);
  if (key === null) return;
  pool.takeAll("pods", key);
  await writer.delete(key);
  const next = `${key.slice(0, key.lastIndexOf("-"))}-${random.suffix(5)}`;
  pool.add(next);
  await writer.create(next);
}

/** A new ReplicaSet, all pods of the Deployment replaced, the oldest ReplicaSet dropped. */
async function rollOut({ pool, writer, random }: Surroundings): Promise<void> {
  const deployment = pool.pick("deployments", random);
  if (deployment === null || deployment.endsWith("/search-prod/api")) return; // 240 pods at once would be a storm
  const [namespace, name] = deployment.split("/").slice(-2) as [string, string];
  const replicaSets = pool
    .takeAll("replicasets", `/registry/replicasets/${namespace}/${name}-`)
    .filter((key) => isOwnedBy(key, name, 1));
  const replicaSet = `/registry/replicasets/${namespace}/${name}-${random.suffix(10)}`;
  for (const key of [...replicaSets, replicaSet].slice(-KEPT_REPLICA_SETS)) pool.add(key);
  await writer.put(deployment);
  await writer.create(replicaSet);
  for (const key of replicaSets.slice(0, Math.max(0, replicaSets.length + 1 - KEPT_REPLICA_SETS)))
    await writer.delete(key);
  for (const pod of pool
    .of("pods")
    .filter((key) => key.startsWith(`/registry/pods/${namespace}/${name}-`) && isOwnedBy(key, name, 2))) {
    pool.takeAll("pods", pod);
    await writer.delete(pod);
    const next = `/registry/pods/${namespace}/${replicaSet.split("/").at(-1)}-${random.suffix(5)}`;
    pool.add(next);
    await writer.create(next);
  }
}

/** `api-canary-x` begins like a pod of `api`, too: the number of suffixes decides. */
function isOwnedBy(key: string, deployment: string, suffixes: number): boolean {
  const rest = (key.split("/").at(-1) ?? "").slice(deployment.length + 1);
  return rest.split("-").length === suffixes;
}

async function runJob({ pool, writer, random }: Surroundings): Promise<void> {
  const key = `/registry/jobs/batch-jobs/nightly-${Math.floor(Date.now() / 1_000)}${random.integer(10)}`;
  pool.add(key);
  await writer.create(key);
  const oldest = pool.takeOldest("jobs");
  if (oldest !== null) await writer.delete(oldest);
}

async function requestCertificate({ pool, writer, random }: Surroundings): Promise<void> {
  const certificate = pool.pick("cert-manager.io/certificates", random);
  if (certificate === null) return;
  const [namespace, name] = certificate.split("/").slice(-2);
  const key = `/registry/cert-manager.io/certificaterequests/${namespace}/${name}-${random.suffix(8)}`;
  pool.add(key);
  await writer.create(key);
  if (pool.of("cert-manager.io/certificaterequests").length <= MOST_CERTIFICATE_REQUESTS) return;
  const oldest = pool.takeOldest("cert-manager.io/certificaterequests");
  if (oldest !== null) await writer.delete(oldest);
}

/** The next revision of a Helm release; Helm keeps the last ten. */
async function upgradeRelease({ pool, writer, random }: Surroundings): Promise<void> {
  const releases = pool.of("secrets").filter((key) => key.includes("/sh.helm.release.v1."));
  if (releases.length === 0) return;
  const one = random.pick(releases);
  const release = one.slice(one.indexOf(".v1.") + 4, one.lastIndexOf(".v"));
  const revisions = releases
    .filter((key) => key.startsWith(one.slice(0, one.lastIndexOf(".v") + 2)))
    .map((key) => Number(key.slice(key.lastIndexOf(".v") + 2)))
    .sort((left, right) => left - right);
  const next = helmReleaseKey(namespaceOf(one), release, (revisions.at(-1) ?? 0) + 1);
  pool.add(next);
  await writer.create(next);
  for (const revision of revisions.slice(0, Math.max(0, revisions.length + 1 - KEPT_HELM_REVISIONS))) {
    const old = helmReleaseKey(namespaceOf(one), release, revision);
    pool.takeAll("secrets", old);
    await writer.delete(old);
  }
}
