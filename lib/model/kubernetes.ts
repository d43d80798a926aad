/**
 * What a key or prefix is in Kubernetes' words. Works on the text form of keys below the prefixes that apiservers use by
 * default (`/registry/`, and OpenShift's); of anything else it knows nothing and says null.
 */

/** Where a key or prefix lies in the Kubernetes API. */
export interface KubernetesPlace {
  /** As kubectl writes it: `nodes`, `leases.coordination.k8s.io`, `workflows.argoproj.io`. Null above a resource. */
  resource: string | null;
  namespace: string | null;
  /** The object's name, of a key. */
  name: string | null;
  /** A clause that reads on after "holds" or "is": `pods in namespace shop`. */
  words: string;
}

const ETCD_PREFIXES = ["/registry/", "/kubernetes.io/", "/openshift.io/"] as const;

/** The place of `text`, which is a prefix when it ends in `/` and else a key. Null when it is not Kubernetes' own. */
export function toKubernetesPlace(text: string): KubernetesPlace | null {
  if (text === "compact_rev_key") return thing("the apiserver's compaction clock; its version counts the rounds");
  const etcdPrefix = ETCD_PREFIXES.find((candidate) => text.startsWith(candidate));
  if (etcdPrefix === undefined) return null;
  const isPrefix = text.endsWith("/");
  const parts = text.slice(etcdPrefix.length).split("/");
  if (isPrefix) parts.pop();
  return parts.length === 0 ? thing("everything the Kubernetes apiserver stores") : toPlace(parts, isPrefix);
}

function toPlace(parts: string[], isPrefix: boolean): KubernetesPlace | null {
  const first = parts[0] as string;
  const special = SPECIAL[first];
  if (special !== undefined) return thing(special);
  if (first === "services" && parts.length === 1) return thing("services and their endpoints");
  if (isGroup(first) && parts.length === 1) return isPrefix ? thing(`resources of the API group ${first}`) : null;
  const { resource, rest } = readResource(parts);
  if (rest.length === 0) return isPrefix ? ofResource(resource) : null;
  return isPrefix ? inNamespace(resource, rest) : toObject(resource, rest);
}

/** A dot in the first part and more parts behind it: group and plural. Node names hold dots too, so only there. */
function readResource(parts: string[]): { resource: string; rest: string[] } {
  const [first = "", second = "", ...others] = parts;
  if (isGroup(first)) return { resource: `${second}.${first}`, rest: others };
  if (first === "services" && second === "specs") return { resource: "services", rest: others };
  if (first === "services" && second === "endpoints") return { resource: "endpoints", rest: others };
  return { resource: RENAMED[first] ?? withGroup(first), rest: parts.slice(1) };
}

function ofResource(resource: string): KubernetesPlace {
  const words = CLUSTER_SCOPED.has(resource) ? `all ${resource}` : `${resource} of all namespaces`;
  return { resource, namespace: null, name: null, words };
}

function inNamespace(resource: string, rest: string[]): KubernetesPlace | null {
  if (rest.length > 1) return null;
  const namespace = rest[0] as string;
  const isNodeLeases = resource === "leases.coordination.k8s.io" && namespace === "kube-node-lease";
  const words = isNodeLeases ? "the heartbeat leases of the nodes" : `${resource} in namespace ${namespace}`;
  return { resource, namespace, name: null, words };
}

function toObject(resource: string, rest: string[]): KubernetesPlace | null {
  if (rest.length > 2) return null;
  const name = rest.at(-1) as string;
  const namespace = rest.length === 2 ? (rest[0] as string) : null;
  const release = resource === "secrets" ? /^sh\.helm\.release\.v1\.(.+)\.v(\d+)$/.exec(name) : null;
  const subject = release ? `revision ${release[2]} of the Helm release ${release[1]}` : `${resource}/${name}`;
  return { resource, namespace, name, words: namespace === null ? subject : `${subject} in namespace ${namespace}` };
}

function thing(words: string): KubernetesPlace {
  return { resource: null, namespace: null, name: null, words };
}

function isGroup(part: string): boolean {
  return part.includes(".");
}

function withGroup(plural: string): string {
  const group = GROUP_OF[plural];
  return group === undefined ? plural : `${plural}.${group}`;
}

/** Not objects of the API. */
const SPECIAL: Record<string, string> = {
  masterleases: "the leases by which apiservers announce their addresses",
  peerserverleases: "the leases by which apiservers find each other",
  ranges: "the books of handed-out service addresses and node ports",
};

/** Directories that are not called after their resource. */
const RENAMED: Record<string, string> = {
  minions: "nodes",
  controllers: "replicationcontrollers",
  ingress: "ingresses.networking.k8s.io",
  podsecuritypolicy: "podsecuritypolicies.policy",
};

/** Built-in resources lie in etcd without their API group. */
const GROUP_OF: Record<string, string> = Object.fromEntries(
  Object.entries({
    apps: ["deployments", "replicasets", "statefulsets", "daemonsets", "controllerrevisions"],
    batch: ["jobs", "cronjobs"],
    autoscaling: ["horizontalpodautoscalers"],
    policy: ["poddisruptionbudgets"],
    "coordination.k8s.io": ["leases", "leasecandidates"],
    "discovery.k8s.io": ["endpointslices"],
    "networking.k8s.io": ["ingressclasses", "networkpolicies", "ipaddresses", "servicecidrs"],
    "rbac.authorization.k8s.io": ["roles", "rolebindings", "clusterroles", "clusterrolebindings"],
    "storage.k8s.io": ["storageclasses", "volumeattachments", "csidrivers", "csinodes", "csistoragecapacities"],
    "scheduling.k8s.io": ["priorityclasses"],
    "node.k8s.io": ["runtimeclasses"],
    "certificates.k8s.io": ["certificatesigningrequests"],
    "resource.k8s.io": ["resourceclaims", "resourceclaimtemplates", "resourceslices", "deviceclasses"],
    "flowcontrol.apiserver.k8s.io": ["flowschemas", "prioritylevelconfigurations"],
    "admissionregistration.k8s.io": [
      "mutatingwebhookconfigurations",
      "validatingwebhookconfigurations",
      "validatingadmissionpolicies",
      "validatingadmissionpolicybindings",
    ],
  }).flatMap(([group, plurals]) => plurals.map((plural) => [plural, group])),
);

const CLUSTER_SCOPED = new Set([
  ...["nodes", "namespaces", "persistentvolumes", "podsecuritypolicies.policy"],
  ...["customresourcedefinitions.apiextensions.k8s.io", "apiservices.apiregistration.k8s.io"],
  ...["clusterroles", "clusterrolebindings", "storageclasses", "volumeattachments", "csidrivers", "csinodes"].map(
    withGroup,
  ),
  ...["priorityclasses", "runtimeclasses", "certificatesigningrequests", "ingressclasses"].map(withGroup),
  ...["ipaddresses", "servicecidrs", "flowschemas", "prioritylevelconfigurations"].map(withGroup),
  ...["resourceslices", "deviceclasses", "validatingadmissionpolicies", "validatingadmissionpolicybindings"].map(
    withGroup,
  ),
  ...["mutatingwebhookconfigurations", "validatingwebhookconfigurations"].map(withGroup),
]);
