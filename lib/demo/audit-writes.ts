import {
  type Actor,
  ARGO_CD,
  AUTOSCALER,
  CERT_MANAGER,
  controller,
  HELM,
  KYVERNO,
  kubelet,
  LEDGER_OPERATOR,
  leaderOf,
  nodeOfPod,
} from "@/lib/demo/audit-actors";
import type { AuditedObject, AuditedRequest } from "@/lib/demo/audit-event";
import { resourceOf } from "@/lib/demo/key-pool";
import { HOT_CONFIG_MAP, LEDGER_CONFIG_MAP } from "@/lib/demo/layout";

/** A write that the demo's etcd has taken. */
export interface DemoWrite {
  key: string;
  operation: "create" | "update" | "delete";
  tookMs: number;
}

type Who = Pick<AuditedRequest, "actor" | "verb"> & { subresource?: string };

/**
 * The request to an apiserver that would have made a write, ending now. Null where an apiserver writes by itself, without
 * a request: its own address leases and its books of node ports.
 */
export function toAuditedRequest({ key, operation, tookMs }: DemoWrite, nowMs: number): AuditedRequest | null {
  const resource = resourceOf(key);
  const kind = KINDS[resource];
  if (kind === undefined) return null;
  const [namespace, name] = key.split("/").slice(-2) as [string, string];
  const { actor, verb, subresource } = whoWrites(resource, { key, operation, namespace, name });
  const object: AuditedObject = { ...kind, namespace: resource === "minions" ? "" : namespace, name };
  if (subresource !== undefined) object.subresource = subresource;
  const code = verb === "create" ? 201 : 200;
  return { actor, verb, object, code, fromMs: nowMs - tookMs, toMs: nowMs };
}

const KINDS: Record<string, Pick<AuditedObject, "group" | "version" | "resource">> = {
  pods: { group: "", version: "v1", resource: "pods" },
  events: { group: "", version: "v1", resource: "events" },
  minions: { group: "", version: "v1", resource: "nodes" },
  secrets: { group: "", version: "v1", resource: "secrets" },
  configmaps: { group: "", version: "v1", resource: "configmaps" },
  "services/endpoints": { group: "", version: "v1", resource: "endpoints" },
  leases: { group: "coordination.k8s.io", version: "v1", resource: "leases" },
  endpointslices: { group: "discovery.k8s.io", version: "v1", resource: "endpointslices" },
  replicasets: { group: "apps", version: "v1", resource: "replicasets" },
  deployments: { group: "apps", version: "v1", resource: "deployments" },
  jobs: { group: "batch", version: "v1", resource: "jobs" },
  "wgpolicyk8s.io/policyreports": { group: "wgpolicyk8s.io", version: "v1alpha2", resource: "policyreports" },
  "argoproj.io/applications": { group: "argoproj.io", version: "v1alpha1", resource: "applications" },
  "cert-manager.io/certificaterequests": { group: "cert-manager.io", version: "v1", resource: "certificaterequests" },
};

interface Written {
  key: string;
  operation: DemoWrite["operation"];
  namespace: string;
  name: string;
}

function whoWrites(resource: string, written: Written): Who {
  const { key, operation, namespace, name } = written;
  switch (resource) {
    case "pods":
      return whoWritesPod(key, operation);
    case "events": {
      const pod = `/registry/pods/${namespace}/${name.slice(0, name.lastIndexOf("."))}`;
      return { actor: kubelet(nodeOfPod(pod)), verb: operation === "create" ? "create" : "patch" };
    }
    case "minions":
      return { actor: kubelet(name), verb: "patch", subresource: "status" };
    case "leases":
      return { actor: namespace === "kube-node-lease" ? kubelet(name) : leaderOf(name), verb: "update" };
    case "configmaps":
      return { actor: CONFIG_MAP_OWNERS.get(key) ?? HELM, verb: operation };
    case "replicasets":
      if (operation === "update") return { actor: REPLICA_SETS, verb: "update", subresource: "status" };
      return { actor: DEPLOYMENTS, verb: operation };
    case "deployments":
      return { actor: DEPLOYMENTS, verb: "update", subresource: "status" };
    case "jobs":
      return {
        actor: controller(operation === "delete" ? "ttl-after-finished-controller" : "cronjob-controller"),
        verb: operation,
      };
    case "argoproj.io/applications":
      return { actor: ARGO_CD, verb: "patch" };
    default:
      return { actor: OWNERS[resource] ?? HELM, verb: operation };
  }
}

function whoWritesPod(key: string, operation: DemoWrite["operation"]): Who {
  if (operation === "create") return { actor: REPLICA_SETS, verb: "create" };
  // A kubelet reports a pod's state, and takes it away when its containers have ended.
  const actor = kubelet(nodeOfPod(key));
  return operation === "delete" ? { actor, verb: "delete" } : { actor, verb: "patch", subresource: "status" };
}

const REPLICA_SETS = controller("replicaset-controller");
const DEPLOYMENTS = controller("deployment-controller");
const CONFIG_MAP_OWNERS = new Map([
  [HOT_CONFIG_MAP, AUTOSCALER],
  [LEDGER_CONFIG_MAP, LEDGER_OPERATOR],
]);
const OWNERS: Record<string, Actor> = {
  endpointslices: controller("endpointslice-controller"),
  "services/endpoints": controller("endpoint-controller"),
  "wgpolicyk8s.io/policyreports": KYVERNO,
  "cert-manager.io/certificaterequests": CERT_MANAGER,
};
