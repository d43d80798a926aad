import { hashRatio, NODES } from "@/lib/demo/layout";

/** Who makes requests to an apiserver, as its audit log names them. */
export interface Actor {
  username: string;
  groups: string[];
  userAgent: string;
  address: string;
}

const VERSION = "v1.34.2";
const BUILD = `${VERSION} (linux/amd64) kubernetes/8cc511e`;
const CONTROL_PLANE = "10.0.0.10";
const AUTHENTICATED = "system:authenticated";

/** The kubelet of a node. */
export function kubelet(node: string): Actor {
  return {
    username: `system:node:${node}`,
    groups: ["system:nodes", AUTHENTICATED],
    userAgent: `kubelet/${BUILD}`,
    address: nodeAddress(node),
  };
}

/** The node a pod runs on: the same one for as long as the pod lives. */
export function nodeOfPod(podKey: string): string {
  return NODES[Math.floor(hashRatio(podKey) * NODES.length)] as string;
}

/** A part of kube-controller-manager, which asks under its own service account. */
export function controller(name: string): Actor {
  const actor = serviceAccount("kube-system", name, "");
  return {
    ...actor,
    userAgent: `kube-controller-manager/${BUILD}/system:serviceaccount:kube-system:${name}`,
    address: CONTROL_PLANE,
  };
}

/** A component of the control plane that asks under a name of its own. */
export function controlPlane(name: string, suffix = ""): Actor {
  return {
    username: `system:${name}`,
    groups: [AUTHENTICATED],
    userAgent: `${name}/${BUILD}${suffix}`,
    address: CONTROL_PLANE,
  };
}

/** What runs in a pod, by its service account. */
export function serviceAccount(namespace: string, name: string, userAgent: string): Actor {
  return {
    username: `system:serviceaccount:${namespace}:${name}`,
    groups: ["system:serviceaccounts", `system:serviceaccounts:${namespace}`, AUTHENTICATED],
    userAgent,
    address: podAddress(`${namespace}/${name}`),
  };
}

/** A person or a pipeline outside of the cluster. */
export function outsider(username: string, userAgent: string, address: string): Actor {
  return { username, groups: ["developers", AUTHENTICATED], userAgent, address };
}

export const AUTOSCALER = serviceAccount("kube-system", "cluster-autoscaler", `cluster-autoscaler/${BUILD}`);
export const KYVERNO = serviceAccount("kyverno", "kyverno-reports-controller", "reports-controller/v1.13.4");
export const ARGO_CD = serviceAccount(
  "argocd",
  "argocd-application-controller",
  "argocd-application-controller/v2.13.1 (linux/amd64) kubernetes/$Format",
);
export const CERT_MANAGER = serviceAccount(
  "cert-manager",
  "cert-manager",
  "cert-manager-certificates-request-manager/v1.16.2 (linux/amd64) cert-manager/1.16.2",
);
export const EXTERNAL_SECRETS = serviceAccount("kube-system", "external-secrets", "external-secrets/v0.10.7");
export const HELM = outsider("ci-deployer", "Helm/3.16.2", "10.0.8.21");
export const DEVELOPER = outsider("alice@example.com", `kubectl/${BUILD}`, "10.0.9.44");
/** Lists all pods again and again instead of watching them. */
export const INVENTORY_SYNC = serviceAccount("analytics-prod", "inventory-sync", "OpenAPI-Generator/31.0.0/python");
/** Updates an object that another replica of it has just changed, and tries again at once. */
export const LEDGER_OPERATOR = serviceAccount(
  "payments-prod",
  "ledger-operator",
  "ledger-operator/v0.4.0 (linux/amd64) kubernetes/$Format",
);
export const PROBE: Actor = {
  username: "system:anonymous",
  groups: ["system:unauthenticated"],
  userAgent: "kube-probe/1.34",
  address: CONTROL_PLANE,
};

/** Who renews a leader lease, by the lease's name. */
export function leaderOf(lease: string): Actor {
  if (lease.startsWith("kube-")) return controlPlane(lease, "/leader-election");
  return serviceAccount("kube-system", lease, `${lease}/v1.0.0 (linux/amd64) kubernetes/$Format/leader-election`);
}

function nodeAddress(node: string): string {
  const index = Math.max(0, NODES.indexOf(node));
  return `10.20.${1 + Math.floor(index / 200)}.${10 + (index % 200)}`;
}

function podAddress(name: string): string {
  const place = Math.floor(hashRatio(name) * 60_000);
  return `10.244.${Math.floor(place / 250)}.${4 + (place % 250)}`;
}
