"use client";

import { useSyncExternalStore } from "react";
import { sourcesHref } from "@/components/settings/settings-pages";
import styles from "@/components/traffic/traffic.module.css";
import { SOURCE_WORDS } from "@/components/traffic/traffic-words";
import { LinkButton } from "@/components/ui/button";
import { Panel } from "@/components/ui/panel";
import type { TrafficSource } from "@/lib/model/traffic";

/** How each source is switched on: the exact flags, and what it will and will not tell. */
export function SourceRecipes({ cluster, only }: { cluster: string; only?: readonly TrafficSource[] }) {
  const origin = useOrigin();
  const recipes = listRecipes(`${origin}/api/v1/ingest/${encodeURIComponent(cluster)}`);
  const shown = recipes.filter(({ source }) => only === undefined || only.includes(source));
  return (
    <div className={styles.recipes}>
      {shown.map(({ source, tells, steps }) => (
        <Panel
          key={source}
          title={source === "metrics" ? "Member metrics" : SOURCE_WORDS[source]}
          actions={
            <LinkButton small href={sourcesHref(cluster)} prefetch={false}>
              Settings
            </LinkButton>
          }
        >
          <div className={styles.recipe}>
            <p>{tells}</p>
            {steps.map(({ text, code }) => (
              <div key={text} className={styles.recipe}>
                <p>
                  <b>{text}</b>
                </p>
                <pre>{code}</pre>
              </div>
            ))}
          </div>
        </Panel>
      ))}
    </div>
  );
}

interface Recipe {
  source: TrafficSource;
  tells: string;
  steps: { text: string; code: string }[];
}

function listRecipes(ingestUrl: string): Recipe[] {
  return [
    {
      source: "audit",
      tells:
        "Tells who asked for what: verb, resource, namespace, user, agent, address, code and latency of every request. Not the size of answers.",
      steps: [
        { text: "A policy: metadata is enough, and one line a request", code: AUDIT_POLICY },
        { text: "Where to send it, with a token from the settings", code: webhookConfig(`${ingestUrl}/audit`) },
        { text: "Flags of every kube-apiserver", code: AUDIT_FLAGS },
        {
          text: "Or a file the worker can read; name it in the settings",
          code: "--audit-log-path=/var/log/kubernetes/audit.log",
        },
      ],
    },
    {
      source: "apiserver",
      tells:
        "Tells rates, latency, sizes and codes by verb and resource, and how long etcd took. Not who asked. Needs its address and a token in the settings.",
      steps: [{ text: "An account that may read the metrics, and its token", code: METRICS_ACCOUNT }],
    },
    {
      source: "etcd-log",
      tells:
        "Tells which address asks etcd for which prefix, how much and how long. Not who is behind the apiserver. Lines are sampled by etcd; rates are scaled to the member metrics. Costs etcd some CPU.",
      steps: [
        { text: "Flag of every etcd, from 3.6 on", code: "--warning-unary-request-duration=0s" },
        { text: "Of etcd 3.4 and 3.5", code: "--logger=zap --log-level=debug" },
        { text: "Send the lines, or name the file in the settings", code: sendLog(`${ingestUrl}/etcd-log`) },
      ],
    },
    {
      source: "metrics",
      tells:
        "Tells how often each gRPC method was called, and how many failed. On by itself: each member’s client address is asked for /metrics. Not who asked, nor for what.",
      steps: [
        {
          text: "Where the client address is closed to etcdscope, open one for metrics and name it in the settings",
          code: "--listen-metrics-urls=http://0.0.0.0:2381",
        },
      ],
    },
  ];
}

const AUDIT_POLICY = `# /etc/kubernetes/audit-policy.yaml
apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
- level: Metadata`;

const AUDIT_FLAGS = `--audit-policy-file=/etc/kubernetes/audit-policy.yaml
--audit-webhook-config-file=/etc/kubernetes/etcdscope.yaml
--audit-webhook-batch-max-wait=5s`;

const METRICS_ACCOUNT = `kubectl -n kube-system create serviceaccount etcdscope
kubectl create clusterrole etcdscope --verb=get --non-resource-url=/metrics
kubectl create clusterrolebinding etcdscope --clusterrole=etcdscope \\
  --serviceaccount=kube-system:etcdscope
kubectl -n kube-system create token etcdscope --duration=8760h`;

function webhookConfig(url: string): string {
  return `# /etc/kubernetes/etcdscope.yaml
apiVersion: v1
kind: Config
clusters:
- name: etcdscope
  cluster:
    server: ${url}
users:
- name: kube-apiserver
  user:
    token: TOKEN
contexts:
- name: etcdscope
  context:
    cluster: etcdscope
    user: kube-apiserver
current-context: etcdscope`;
}

function sendLog(url: string): string {
  return `curl -H "Authorization: Bearer TOKEN" --data-binary @etcd.log \\
  ${url}`;
}

/** The address this page came from; a stand-in until the browser has taken over. */
function useOrigin(): string {
  return useSyncExternalStore(
    () => () => undefined,
    () => window.location.origin,
    () => "https://etcdscope.example.com",
  );
}
