import { expect, test } from "vitest";
import { toKubernetesPlace } from "@/lib/model/kubernetes";

test.each([
  { text: "/registry/minions/", resource: "nodes", words: "all nodes" },
  { text: "/registry/pods/", resource: "pods", words: "pods of all namespaces" },
  { text: "/registry/pods/shop/", resource: "pods", namespace: "shop", words: "pods in namespace shop" },
  {
    text: "/registry/pods/shop/web-7f",
    resource: "pods",
    namespace: "shop",
    name: "web-7f",
    words: "pods/web-7f in namespace shop",
  },
  {
    text: "/registry/minions/node-1.example",
    resource: "nodes",
    name: "node-1.example",
    words: "nodes/node-1.example",
  },
  { text: "/registry/argoproj.io/", words: "resources of the API group argoproj.io" },
  {
    text: "/registry/argoproj.io/workflows/",
    resource: "workflows.argoproj.io",
    words: "workflows.argoproj.io of all namespaces",
  },
  {
    text: "/registry/argoproj.io/workflows/ci/",
    resource: "workflows.argoproj.io",
    namespace: "ci",
    words: "workflows.argoproj.io in namespace ci",
  },
  { text: "/registry/services/", words: "services and their endpoints" },
  { text: "/registry/services/specs/", resource: "services", words: "services of all namespaces" },
  {
    text: "/registry/services/endpoints/kube-system/",
    resource: "endpoints",
    namespace: "kube-system",
    words: "endpoints in namespace kube-system",
  },
  {
    text: "/registry/leases/kube-node-lease/",
    resource: "leases.coordination.k8s.io",
    namespace: "kube-node-lease",
    words: "the heartbeat leases of the nodes",
  },
  {
    text: "/registry/apiextensions.k8s.io/customresourcedefinitions/",
    resource: "customresourcedefinitions.apiextensions.k8s.io",
    words: "all customresourcedefinitions.apiextensions.k8s.io",
  },
  {
    text: "/registry/secrets/shop/sh.helm.release.v1.cart.v12",
    resource: "secrets",
    namespace: "shop",
    name: "sh.helm.release.v1.cart.v12",
    words: "revision 12 of the Helm release cart in namespace shop",
  },
  { text: "/registry/masterleases/10.0.0.1", words: "the leases by which apiservers announce their addresses" },
  { text: "/registry/", words: "everything the Kubernetes apiserver stores" },
  { text: "/kubernetes.io/deployments/", resource: "deployments.apps", words: "deployments.apps of all namespaces" },
  { text: "compact_rev_key", words: "the apiserver's compaction clock; its version counts the rounds" },
])("$text is $words", ({ text, resource = null, namespace = null, name = null, words }) => {
  expect(toKubernetesPlace(text)).toEqual({ resource, namespace, name, words });
});

test.each(["", "/", "config.app.name", "/my/app/", "/registry", "/registry/pods/a/b/c/", "/registry/po"])(
  "nothing is said of %j",
  (text) => expect(toKubernetesPlace(text)).toBeNull(),
);
