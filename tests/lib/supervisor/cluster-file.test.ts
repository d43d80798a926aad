import { expect, test } from "vitest";
import { parseClusterFile } from "@/lib/supervisor/cluster-file";
import { StartError } from "@/lib/supervisor/start-error";

test("every field is read", () => {
  const [cluster] = parse(`
clusters:
  - name: prod
    endpoints: ["https://a:2379", "https://b:2379"]
    cacert: ca.pem
    cert: cert.pem
    key: key.pem
    serverName: etcd
    username: root
    password: 0123
  - name: lab
    endpoints: http://c:2379
`);
  expect(cluster).toMatchObject({
    name: "prod",
    written: {
      endpoints: ["https://a:2379", "https://b:2379"],
      cacert: "ca.pem",
      cert: "cert.pem",
      key: "key.pem",
      serverName: "etcd",
      username: "root",
      password: "0123",
    },
  });
  expect(cluster?.origin("cert")).toBe("etcdscope.yaml, cluster prod: cert");
});

test("an empty list is a file that declares nothing", () => {
  expect(parse("clusters: []")).toEqual([]);
});

test.each([
  { text: "clusters:\n  - name: [a\n", fault: /^etcdscope\.yaml, line \d+: not valid YAML/ },
  { text: "\tclusters: x", fault: /not valid YAML/ },
  { text: "", fault: /must hold "clusters:"/ },
  { text: "- a", fault: /line 1: must hold "clusters:"/ },
  { text: "clusters: []\ncluster: []", fault: /line 2: unknown key "cluster"; known are clusters/ },
  { text: "clusters:\n  prod: {}", fault: /line 2: "clusters" must be a list/ },
  { text: "clusters:\n  - prod", fault: /line 2: a cluster must be written as/ },
  { text: "clusters:\n  - endpoints: [a]", fault: /line 2: the cluster has no "name"/ },
  { text: "clusters:\n  - name: a", fault: /line 2: the cluster has no "endpoints"/ },
  {
    text: "clusters:\n  - name: a\n    endpoints: [a]\n    caCert: x",
    fault: /line 4: unknown key "caCert" of a cluster; known are/,
  },
  { text: "clusters:\n  - name: a\n    endpoints: [a]\n    cacert: [x]", fault: /line 4: "cacert" must be text/ },
  { text: "clusters:\n  - name: a\n    endpoints: [{a: b}]", fault: /line 3: "endpoints" must be a list of URLs/ },
  {
    text: "clusters:\n  - name: a\n    endpoints: [a]\n  - name: a\n    endpoints: [b]",
    fault: /line 4: the name "a" is used twice/,
  },
  { text: "clusters:\n  - name: a\n    name: b\n    endpoints: [a]", fault: /line 3: not valid YAML/ },
])("$fault", ({ text, fault }) => {
  expect(() => parse(text)).toThrow(StartError);
  expect(() => parse(text)).toThrow(fault);
});

function parse(text: string) {
  return parseClusterFile(text, "etcdscope.yaml");
}

test("sources are read with their fields; what is written down is on unless it says otherwise", () => {
  const [cluster] = parse(`
clusters:
  - name: prod
    endpoints: [https://a:2379]
    metrics: {urls: ["https://a:2381/metrics"], intervalSeconds: 15, cacert: ca.pem}
    apiserver:
      urls: [https://b:6443, https://c:6443]
      tokenFile: token
    audit: {files: [/var/log/audit/*.log]}
    etcdLog: {files: /var/log/etcd.log}
    leases: {enabled: false}
`);
  expect(cluster?.sources).toMatchObject([
    { source: "metrics", enabled: true, urls: ["https://a:2381/metrics"], intervalSeconds: 15, cacert: "ca.pem" },
    { source: "apiserver", enabled: true, urls: ["https://b:6443", "https://c:6443"], tokenFile: "token" },
    { source: "audit", enabled: true, files: ["/var/log/audit/*.log"] },
    { source: "etcd-log", enabled: true, files: ["/var/log/etcd.log"] },
    { source: "leases", enabled: false },
  ]);
  expect(cluster?.sources[1]?.origin("tokenFile")).toBe("etcdscope.yaml, cluster prod: apiserver.tokenFile");
});

test("a managed cluster has no endpoints", () => {
  const [cluster] = parse("clusters:\n  - name: eks\n    managed: true\n    apiserver: {urls: [https://a]}");
  expect(cluster).toMatchObject({ isManaged: true, written: { endpoints: [] }, sources: [{ source: "apiserver" }] });
});

test.each([
  { text: "    metrics: {url: [https://a]}", fault: /line 4: unknown key "url" of metrics; known are enabled, urls/ },
  { text: "    audit: {urls: [https://a]}", fault: /line 4: unknown key "urls" of audit; known are enabled, files/ },
  { text: "    metrics: {urls: [a:2379]}", fault: /line 4: "a:2379" is no URL/ },
  {
    text: "    metrics: {intervalSeconds: 2}",
    fault: /line 4: "intervalSeconds" must be a whole number from 5 to 600/,
  },
  { text: "    audit: [/var/log/audit.log]", fault: /line 4: "audit" must hold keys and values/ },
  { text: "    audit:\n      files: [{a: b}]", fault: /line 5: "files" must be a list of paths/ },
  { text: "    apiserver: {tokenFile: token}", fault: /line 4: the apiserver has no "urls"/ },
  { text: "    leases: {enabled: maybe}", fault: /line 4: "enabled" must be true or false/ },
  { text: "    managed: true", fault: /line 3: "endpoints" says how to reach etcd/ },
])("$fault", ({ text, fault }) => {
  expect(() => parse(`clusters:\n  - name: a\n    endpoints: [https://a:2379]\n${text}`)).toThrow(fault);
});

test("a managed cluster refuses what needs etcd", () => {
  const text = "clusters:\n  - name: a\n    managed: true\n    metrics: {urls: [https://a]}";
  expect(() => parse(text)).toThrow(/line 4: "metrics" needs etcd/);
});
