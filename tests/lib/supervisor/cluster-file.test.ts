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
