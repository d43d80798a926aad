import { expect, test } from "vitest";
import { parse } from "yaml";
import { EMPTY_FORM, faultOf, hasField, toClusterInput } from "@/components/settings/add-cluster-form";
import { EMPTY_SOURCE, toDraft, toSourceInput } from "@/components/settings/sources/source-draft";
import { sourcesSentence } from "@/components/settings/sources/source-words";
import { listSnippets } from "@/components/settings/sources/token-snippets";
import { ClusterInput } from "@/lib/api/clusters";
import { ApiError } from "@/lib/api/get-json";
import { SourceInput, type SourcesAnswer } from "@/lib/api/sources";

const SET = {
  ...EMPTY_SOURCE,
  urls: ["https://a:6443"],
  intervalSeconds: 30,
  hasBearerToken: true,
  hasCa: true,
  hasCertificate: true,
};

test("an untouched form changes nothing", () => {
  expect(toSourceInput(toDraft(SET), SET)).toEqual({});
});

test("only what was changed is sent; lists are split, secrets left empty stay", () => {
  const draft = { ...toDraft(SET), urls: "https://a:6443\n https://b:6443 ,", intervalSeconds: "60" };
  expect(toSourceInput(draft, SET)).toEqual({ urls: ["https://a:6443", "https://b:6443"], intervalSeconds: 60 });
});

test("what is removed is sent as empty, unless something new is given in its place", () => {
  const removed = { bearerToken: true, caPem: true, certificate: true };
  expect(toSourceInput({ ...toDraft(SET), removed }, SET)).toEqual({
    bearerToken: "",
    caPem: "",
    certPem: "",
    keyPem: "",
  });
  expect(toSourceInput({ ...toDraft(SET), removed, bearerToken: "new" }, SET).bearerToken).toBe("new");
});

test("what the form sends is what the API takes", () => {
  const draft = { ...toDraft(SET), urls: "https://b:6443", bearerToken: "t", serverName: "s", intervalSeconds: "5" };
  expect(SourceInput.safeParse(toSourceInput(draft, SET)).error).toBeUndefined();
});

test("a cluster is sent with its etcd or with its apiservers, never both", () => {
  const access = { ...EMPTY_FORM.access, name: " prod ", endpoints: "http://a:2379" };
  const apiserver = { ...EMPTY_FORM.apiserver, urls: "https://b:6443", bearerToken: "t" };
  const form = { ...EMPTY_FORM, access, apiserver };
  expect(toClusterInput(form)).toEqual({ name: "prod", endpoints: ["http://a:2379"] });
  const managed = toClusterInput({ ...form, reach: "apiserver" });
  expect(managed).toEqual({
    name: "prod",
    managed: true,
    endpoints: [],
    apiserver: { urls: ["https://b:6443"], bearerToken: "t" },
  });
  expect(ClusterInput.safeParse(managed).error).toBeUndefined();
});

test("a fault of the apiservers stands at its field", () => {
  const problem = { type: "", title: "", status: 400, field: "apiserver.urls.0", detail: "apiserver.urls.0: no URL" };
  const fault = faultOf(new ApiError(problem));
  expect(fault).toEqual({ field: "urls", text: "No URL." });
  expect(hasField({ ...EMPTY_FORM, reach: "apiserver" }, fault)).toBe(true);
  expect(hasField(EMPTY_FORM, fault)).toBe(false);
});

test("the snippets name the cluster's endpoint and carry the token, and the files are valid", () => {
  const sets = listSnippets({ cluster: "prod eu", origin: "https://scope", token: "etcdscope_x" });
  const text = (id: string, at: number) => sets.find((set) => set.id === id)?.snippets[at]?.text ?? "";
  const webhook = parse(text("audit", 0)) as {
    clusters: { cluster: { server: string } }[];
    users: { user: { token: string } }[];
  };
  expect(webhook.clusters[0]?.cluster.server).toBe("https://scope/api/v1/ingest/prod%20eu/audit");
  expect(webhook.users[0]?.user.token).toBe("etcdscope_x");
  expect(parse(text("audit", 1))).toMatchObject({ kind: "Policy", rules: [{ level: "None" }, { level: "Metadata" }] });
  expect(text("audit", 2)).toMatch(/--audit-policy-file=\S+\n--audit-webhook-config-file=\S+/);
  expect(text("etcd-log", 0)).toContain("https://scope/api/v1/ingest/prod%20eu/etcd-log");
  expect(text("agent", 0)).toContain("etcdscope_x");
});

test.each([
  { healths: ["ok", "degraded", "off"], title: "2 of 3 sources tell about prod", lede: /^The keyspace says/ },
  { healths: ["ok", "failed"], title: "1 of 2 sources tell about prod", lede: /^Member metrics cannot be read/ },
])("$title", ({ healths, title, lede }) => {
  const items = healths.map((health) => ({ source: "metrics", health }));
  const sentence = sourcesSentence("prod", { items } as unknown as SourcesAnswer);
  expect(sentence.title).toBe(title);
  expect(sentence.lede).toMatch(lede);
});
