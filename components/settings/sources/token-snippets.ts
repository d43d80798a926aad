/** For whom a snippet is made. `origin`: where this etcdscope is reached, `https://etcdscope.example.com`. */
export interface SnippetFacts {
  cluster: string;
  origin: string;
  /** The secret, or a word in its place. */
  token: string;
}

/** A file or a command to be copied, and what to do with it. */
export interface Snippet {
  label: string;
  text: string;
}

/** What has to be set up for a sender, step by step. */
export interface SnippetSet {
  id: "audit" | "etcd-log" | "agent";
  name: string;
  lede: string;
  snippets: readonly Snippet[];
}

/** Everything a token is good for, ready to be copied. */
export function listSnippets(facts: SnippetFacts): readonly SnippetSet[] {
  return [
    {
      id: "audit",
      name: "Audit webhook",
      lede: "On every control plane node: two files, and four flags of kube-apiserver. The policy asks for metadata only, which holds no content of any object.",
      snippets: [
        { label: "/etc/kubernetes/etcdscope/webhook.yaml", text: webhookConfig(facts) },
        { label: "/etc/kubernetes/etcdscope/audit-policy.yaml", text: AUDIT_POLICY },
        { label: "Flags of kube-apiserver", text: APISERVER_FLAGS },
      ],
    },
    {
      id: "etcd-log",
      name: "etcd log",
      lede: "Lines of etcd's log as JSON, one a line, in batches of up to a few megabytes. A log shipper does this for good; by hand it is one command.",
      snippets: [{ label: "Send a log", text: logCommand(facts) }],
    },
    {
      id: "agent",
      name: "Agent",
      lede: "Beside every member, in its host's or its own network namespace, under the member's name.",
      snippets: [{ label: "Agent command", text: agentCommand(facts) }],
    },
  ];
}

/** The command that reports a member's connections. */
export function agentCommand({ cluster, origin, token }: SnippetFacts): string {
  return [
    `ETCDSCOPE_TOKEN='${token}' npm start -- agent \\`,
    `  --url ${origin} \\`,
    `  --cluster ${cluster} \\`,
    `  --member "$(hostname)"`,
  ].join("\n");
}

function ingestUrl({ cluster, origin }: SnippetFacts, kind: "audit" | "etcd-log"): string {
  return `${origin}/api/v1/ingest/${encodeURIComponent(cluster)}/${kind}`;
}

function webhookConfig(facts: SnippetFacts): string {
  return `apiVersion: v1
kind: Config
clusters:
  - name: etcdscope
    cluster:
      server: ${ingestUrl(facts, "audit")}
      # Who signs etcdscope's certificate, where the machine does not trust it yet:
      # certificate-authority: /etc/kubernetes/etcdscope/ca.crt
users:
  - name: kube-apiserver
    user:
      token: ${facts.token}
contexts:
  - name: etcdscope
    context:
      cluster: etcdscope
      user: kube-apiserver
current-context: etcdscope
`;
}

const AUDIT_POLICY = `apiVersion: audit.k8s.io/v1
kind: Policy
omitStages:
  - RequestReceived
  - ResponseStarted
rules:
  - level: None
    nonResourceURLs: ["/healthz*", "/livez*", "/readyz*"]
  - level: Metadata
`;

const APISERVER_FLAGS = `--audit-policy-file=/etc/kubernetes/etcdscope/audit-policy.yaml
--audit-webhook-config-file=/etc/kubernetes/etcdscope/webhook.yaml
--audit-webhook-batch-max-wait=5s
--audit-webhook-batch-max-size=400
`;

function logCommand(facts: SnippetFacts): string {
  return [
    "curl --fail-with-body \\",
    `  -H 'Authorization: Bearer ${facts.token}' \\`,
    "  -H 'Content-Type: application/x-ndjson' \\",
    `  --data-binary @etcd.log \\`,
    `  ${ingestUrl(facts, "etcd-log")}`,
  ].join("\n");
}
