import type { HealthUnit } from "@/lib/model/health-signals";
import type { TriageThreshold } from "@/lib/rules/triage/triage-rule";

/** Who says what is healthy, with the page that says so. */
export const SAYS = {
  faq: { source: "etcd FAQ", sourceUrl: "https://etcd.io/docs/v3.5/faq/" },
  mixin: {
    source: "etcd mixin",
    sourceUrl: "https://github.com/etcd-io/etcd/blob/main/contrib/mixin/mixin.libsonnet",
  },
  hardware: { source: "etcd hardware guide", sourceUrl: "https://etcd.io/docs/v3.5/op-guide/hardware/" },
  tuning: { source: "etcd tuning guide", sourceUrl: "https://etcd.io/docs/v3.5/tuning/" },
  maintenance: { source: "etcd maintenance guide", sourceUrl: "https://etcd.io/docs/v3.5/op-guide/maintenance/" },
  corruption: {
    source: "etcd data corruption guide",
    sourceUrl: "https://etcd.io/docs/v3.5/op-guide/data_corruption/",
  },
  metrics: { source: "etcd metrics", sourceUrl: "https://etcd.io/docs/v3.5/metrics/" },
  limits: { source: "etcd limits", sourceUrl: "https://etcd.io/docs/v3.5/dev-guide/limit/" },
  config: {
    source: "etcd defaults",
    sourceUrl: "https://github.com/etcd-io/etcd/blob/main/server/embed/config.go",
  },
  server: {
    source: "etcd server",
    sourceUrl: "https://github.com/etcd-io/etcd/blob/main/server/etcdserver/v3_server.go",
  },
  etcdIssues: { source: "etcd-issues", sourceUrl: "https://github.com/ahrtr/etcd-issues" },
  aro: { source: "Azure Red Hat OpenShift", sourceUrl: null },
  openshift: { source: "OpenShift", sourceUrl: null },
  article: { source: "Tencent TKE article", sourceUrl: null },
  ours: { source: "etcdscope", sourceUrl: null },
} as const;

/** An issue or pull request of etcd. */
export function etcdIssue(number: number) {
  return { source: `etcd #${number}`, sourceUrl: `https://github.com/etcd-io/etcd/issues/${number}` };
}

/** An issue or pull request of Kubernetes. */
export function kubernetesIssue(number: number) {
  return { source: `kubernetes #${number}`, sourceUrl: `https://github.com/kubernetes/kubernetes/issues/${number}` };
}

type Says = Pick<TriageThreshold, "source" | "sourceUrl">;

/** Above it, a figure is not what etcd's documentation calls healthy. */
export function outOfSpec(value: number, unit: HealthUnit, says: Says): TriageThreshold {
  return { tier: "documentation", value, unit, source: says.source, sourceUrl: says.sourceUrl };
}

/** Above it, etcd's mixin or the operators of large fleets alert. */
export function alertAt(value: number, unit: HealthUnit, says: Says): TriageThreshold {
  return { tier: "alert", value, unit, source: says.source, sourceUrl: says.sourceUrl };
}
