import { Random } from "@/lib/demo/random";

/** How the keyspace of the demo looks at first: a middling Kubernetes cluster, about 30,000 keys with its events. */

export const NODES = Array.from({ length: 300 }, (_, i) => `worker-${"abc"[i % 3]}-${String(i).padStart(3, "0")}`);

const TEAMS = ["payments", "checkout", "catalog", "search", "identity", "shipping", "analytics", "media"];
export const NAMESPACES = [
  ...[
    "default",
    "kube-system",
    "kube-public",
    "kube-node-lease",
    "ingress-nginx",
    "cert-manager",
    "monitoring",
    "argocd",
  ],
  ...TEAMS.flatMap((team) => ["prod", "staging", "dev"].map((stage) => `${team}-${stage}`)),
  ...["batch-jobs", "ml-training", "sandbox"],
];
/** Where applications run. */
export const APPLICATION_NAMESPACES = NAMESPACES.slice(4);
const SERVICES = ["api", "web", "worker", "cache", "gateway", "scheduler", "ingest", "report", "auth", "proxy"];
const ROLES = ["", "-canary", "-internal", "-batch"];

export const HOT_CONFIG_MAP = "/registry/configmaps/kube-system/cluster-autoscaler-status";
/** Two replicas of an operator write it past each other. */
export const LEDGER_CONFIG_MAP = "/registry/configmaps/payments-prod/ledger-operator-state";
export const LARGE_CONFIG_MAP = "/registry/configmaps/monitoring/grafana-dashboard-cluster-overview";
export const LARGE_VALUE_BYTES = 900 * 1024;
export const WIDE_ENDPOINTS = "/registry/services/endpoints/search-prod/api";
/** Where each controller keeps its leader lease, renewed every 2 s. */
export const LEADER_LEASES = [
  ...[
    "kube-controller-manager",
    "kube-scheduler",
    "cloud-controller-manager",
    "cluster-autoscaler",
    "snapshot-controller",
  ],
  ...["cert-manager-controller", "cert-manager-cainjector", "ingress-nginx-leader", "argocd-controller", "kyverno"],
].map((name) => `/registry/leases/kube-system/${name}`);

/** Mean value size of a resource, by the part of its key that names it; about half of what large clusters have. */
const MEAN_BYTES: Record<string, number> = {
  pods: 3_600,
  minions: 4_800,
  replicasets: 3_000,
  deployments: 3_100,
  jobs: 2_800,
  events: 660,
  endpointslices: 1_900,
  leases: 340,
  secrets: 1_800,
  configmaps: 1_500,
  specs: 900,
  endpoints: 900,
  applications: 9_000,
  policyreports: 3_200,
  certificates: 2_400,
  certificaterequests: 3_600,
  customresourcedefinitions: 26_000,
};
const HELM_RELEASE_BYTES = 22_000;

/** The value size that a key has in the demo: its resource's mean, spread by the key itself, so that it stays the same. */
export function valueBytesOf(key: string): number {
  if (key === LARGE_CONFIG_MAP) return LARGE_VALUE_BYTES;
  if (key === WIDE_ENDPOINTS) return 40_000;
  if (key === HOT_CONFIG_MAP) return 670;
  const spread = 0.6 + 0.8 * hashRatio(key);
  if (key.includes("/sh.helm.release.v1.")) return Math.round(HELM_RELEASE_BYTES * spread);
  const parts = key.split("/");
  const mean = MEAN_BYTES[parts[3] ?? ""] ?? MEAN_BYTES[parts[2] ?? ""] ?? 420;
  return Math.round(mean * spread);
}

/** FNV-1a of the text, as a ratio. */
export function hashRatio(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash >>> 0) / 4_294_967_296;
}

/** Every key of the first keyspace but events, which have leases, in the order a cluster would have made them. */
export function listSeedKeys(): string[] {
  const random = new Random(7);
  const keys = new Set([
    ...listClusterKeys(random),
    ...NAMESPACES.flatMap((namespace) => listNamespaceKeys(namespace, random)),
    ...APPLICATION_NAMESPACES.flatMap((namespace) => listWorkloadKeys(namespace, random)),
    LARGE_CONFIG_MAP,
  ]);
  return [...keys]; // a transaction may name a key once only
}

function listClusterKeys(random: Random): string[] {
  const crds = ["applications.argoproj.io", "certificates.cert-manager.io", "policyreports.wgpolicyk8s.io"];
  for (let i = 0; i < 77; i++) crds.push(`${random.pick(SERVICES)}${i}s.${random.pick(TEAMS)}.example.com`);
  const roles = Array.from({ length: 160 }, (_, i) => `system:controller:${random.pick(SERVICES)}-${i}`);
  return [
    ...NAMESPACES.map((name) => `/registry/namespaces/${name}`),
    ...NODES.flatMap((node) => [`/registry/minions/${node}`, `/registry/leases/kube-node-lease/${node}`]),
    ...LEADER_LEASES,
    ...roles.flatMap((role) => [`/registry/clusterroles/${role}`, `/registry/clusterrolebindings/${role}`]),
    ...crds.map((name) => `/registry/apiextensions.k8s.io/customresourcedefinitions/${name}`),
    ...["v1.", "v1.apps", "v1.batch", "v1beta1.metrics.k8s.io"].map(
      (name) => `/registry/apiregistration.k8s.io/apiservices/${name}`,
    ),
    "/registry/ranges/servicenodeports",
    "/registry/masterleases/10.0.0.10",
    "/registry/servicecidrs/kubernetes",
    HOT_CONFIG_MAP,
  ];
}

function listNamespaceKeys(namespace: string, random: Random): string[] {
  const keys = [`/registry/configmaps/${namespace}/kube-root-ca.crt`];
  for (let i = 0; i < 26; i++) keys.push(`/registry/serviceaccounts/${namespace}/${random.pick(SERVICES)}-${i}`);
  for (let i = 0; i < 38; i++)
    keys.push(`/registry/configmaps/${namespace}/${random.pick(SERVICES)}-config-${random.suffix(5)}`);
  for (let i = 0; i < 36; i++)
    keys.push(`/registry/secrets/${namespace}/${random.pick(SERVICES)}-credentials-${random.suffix(5)}`);
  for (let i = 0; i < 60; i++)
    keys.push(`/registry/wgpolicyk8s.io/policyreports/${namespace}/${random.hex(8)}-${random.hex(4)}`);
  return keys;
}

function listWorkloadKeys(namespace: string, random: Random): string[] {
  const keys: string[] = [];
  const isProduction = namespace.endsWith("-prod");
  for (const service of SERVICES) {
    for (const role of ROLES.slice(0, isProduction ? 4 : 2)) {
      const name = service + role;
      const hash = random.suffix(10);
      keys.push(`/registry/deployments/${namespace}/${name}`, `/registry/services/specs/${namespace}/${name}`);
      keys.push(
        `/registry/services/endpoints/${namespace}/${name}`,
        `/registry/endpointslices/${namespace}/${name}-${random.suffix(5)}`,
      );
      keys.push(`/registry/ipaddresses/10.96.${random.integer(256)}.${random.integer(256)}`);
      for (let i = 0; i < 3; i++) keys.push(`/registry/replicasets/${namespace}/${name}-${random.suffix(10)}`);
      keys.push(`/registry/replicasets/${namespace}/${name}-${hash}`);
      const replicas = namespace === "search-prod" && name === "api" ? 240 : isProduction ? 8 : 3 + random.integer(3);
      for (let i = 0; i < replicas; i++) keys.push(`/registry/pods/${namespace}/${name}-${hash}-${random.suffix(5)}`);
      if (role === "") keys.push(`/registry/cert-manager.io/certificates/${namespace}/${name}-tls`);
    }
    if (!isProduction) continue;
    keys.push(`/registry/argoproj.io/applications/argocd/${namespace}-${service}`);
    for (let revision = 1; revision <= 8; revision++) keys.push(helmReleaseKey(namespace, service, revision));
  }
  for (let i = 0; i < 30; i++)
    keys.push(`/registry/cert-manager.io/certificaterequests/${namespace}/${random.pick(SERVICES)}-tls-${i}`);
  if (namespace === "batch-jobs")
    for (let i = 0; i < 300; i++) keys.push(`/registry/jobs/${namespace}/nightly-${29_000_000 + i}`);
  return keys;
}

/** Where Helm keeps one revision of a release. */
export function helmReleaseKey(namespace: string, release: string, revision: number): string {
  return `/registry/secrets/${namespace}/sh.helm.release.v1.${release}.v${revision}`;
}
