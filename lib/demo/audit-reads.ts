import {
  type Actor,
  ARGO_CD,
  CERT_MANAGER,
  controller,
  controlPlane,
  DEVELOPER,
  EXTERNAL_SECRETS,
  INVENTORY_SYNC,
  kubelet,
  LEDGER_OPERATOR,
  PROBE,
} from "@/lib/demo/audit-actors";
import { type AuditedObject, type AuditedRequest, toAuditEvent } from "@/lib/demo/audit-event";
import type { AuditFile } from "@/lib/demo/audit-file";
import { APPLICATION_NAMESPACES, NODES } from "@/lib/demo/layout";
import type { Random } from "@/lib/demo/random";
import type { Activity } from "@/lib/demo/workload";

/**
 * What is read of such a cluster: invented, and marked so in every event. A real apiserver would answer nearly all of it
 * from its watch cache, so the demo's etcd sees nothing of it. Together about 25 requests a second.
 */
export function listReads(audit: AuditFile, random: Random): Activity[] {
  const request = (perSecond: number, name: string, make: () => Simulated): Activity => ({
    name,
    perSecond,
    run: async () => record(audit, make()),
  });
  const anyNode = () => kubelet(random.pick(NODES));
  const anyNamespace = () => random.pick(APPLICATION_NAMESPACES);
  const within = (fromMs: number, toMs: number) => fromMs + (toMs - fromMs) * random.next();
  const get = (actor: Actor, object: AuditedObject): Simulated => ({
    actor,
    verb: "get",
    object,
    tookMs: within(0.8, 6),
  });
  const watch = (actor: Actor, object: AuditedObject): Simulated => ({
    actor,
    verb: "watch",
    object,
    query: "allowWatchBookmarks=true&resourceVersion=1&timeoutSeconds=480&watch=true",
    tookMs: within(300_000, 600_000),
  });
  const page = (actor: Actor, object: AuditedObject): Simulated => ({
    actor,
    verb: "list",
    object,
    query: "limit=500&resourceVersion=0",
    tookMs: within(4, 40),
  });
  return [
    request(5, "kubelets look at their node", () => {
      const node = random.pick(NODES);
      return { ...get(kubelet(node), { ...NODE, name: node }), query: "resourceVersion=0" };
    }),
    request(2, "kubelets fetch secrets", () => get(anyNode(), { ...SECRET, namespace: anyNamespace(), name: "tls" })),
    request(2, "kubelets' watches end", () => watch(anyNode(), POD)),
    request(1.5, "kubelets' watches of ConfigMaps end", () =>
      watch(anyNode(), { ...CONFIG_MAP, namespace: anyNamespace() }),
    ),
    request(0.5, "controllers' watches end", () => watch(controller("replicaset-controller"), REPLICA_SET)),
    request(0.2, "the scheduler's watches end", () => watch(controlPlane("kube-scheduler"), POD)),
    request(0.5, "Argo CD lists applications", () => page(ARGO_CD, { ...APPLICATION, namespace: "argocd" })),
    request(1, "cert-manager gets secrets", () =>
      get(CERT_MANAGER, { ...SECRET, namespace: anyNamespace(), name: "api-tls" }),
    ),
    request(1.5, "external-secrets gets secrets", () =>
      get(EXTERNAL_SECRETS, { ...SECRET, namespace: anyNamespace(), name: "api-credentials" }),
    ),
    request(0.2, "a developer lists pods", () => page(DEVELOPER, { ...POD, namespace: "payments-prod" })),
    request(0.05, "a developer may not see secrets", () => ({
      ...page(DEVELOPER, { ...SECRET, namespace: "identity-prod" }),
      code: 403,
    })),
    request(1, "probes", () => ({ actor: PROBE, verb: "get", object: null, path: "/readyz", tookMs: within(0.2, 2) })),
    request(1 / 3, "inventory-sync lists all pods", () => ({
      actor: INVENTORY_SYNC,
      verb: "list",
      object: POD,
      tookMs: within(620, 2_400),
    })),
    request(4, "ledger-operator gets", () => get(LEDGER_OPERATOR, LEDGER)),
    request(4, "ledger-operator is refused", () => ({
      actor: LEDGER_OPERATOR,
      verb: "update",
      object: LEDGER,
      code: 409,
      tookMs: within(2, 9),
    })),
  ];
}

type Simulated = Pick<AuditedRequest, "actor" | "verb" | "object"> &
  Partial<Pick<AuditedRequest, "path" | "query" | "code">> & { tookMs: number };

const SLOW_MS = 500; // from here on an apiserver adds what a request spent its time on

function record(audit: AuditFile, { tookMs, ...request }: Simulated): void {
  const toMs = Date.now();
  const isSlow = tookMs > SLOW_MS && request.verb !== "watch";
  audit.append(
    toAuditEvent({
      code: 200,
      ...request,
      fromMs: toMs - tookMs,
      toMs,
      annotations: { "demo.etcdscope.io/simulated": "true", ...(isSlow && latencyOf(tookMs)) },
    }),
  );
}

/** Of a long list from the watch cache: nearly all of it goes into writing the answer. */
function latencyOf(tookMs: number): Record<string, string> {
  return {
    "apiserver.latency.k8s.io/total": `${tookMs.toFixed(6)}ms`,
    "apiserver.latency.k8s.io/serialize-response-object": `${(tookMs * 0.9).toFixed(6)}ms`,
    "apiserver.latency.k8s.io/apf-queue-wait": `${(tookMs * 0.02).toFixed(6)}ms`,
  };
}

const POD: AuditedObject = { group: "", version: "v1", resource: "pods" };
const NODE: AuditedObject = { group: "", version: "v1", resource: "nodes" };
const SECRET: AuditedObject = { group: "", version: "v1", resource: "secrets" };
const CONFIG_MAP: AuditedObject = { group: "", version: "v1", resource: "configmaps" };
const REPLICA_SET: AuditedObject = { group: "apps", version: "v1", resource: "replicasets" };
const APPLICATION: AuditedObject = { group: "argoproj.io", version: "v1alpha1", resource: "applications" };
const LEDGER: AuditedObject = { ...CONFIG_MAP, namespace: "payments-prod", name: "ledger-operator-state" };
