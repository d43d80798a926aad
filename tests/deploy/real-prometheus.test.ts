import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import { GET as getMetrics } from "@/app/metrics/route";
import { webSql } from "@/lib/db/web-db";
import { type HistogramBucket, histogramQuantile } from "@/lib/model/prometheus-histogram";
import { type ClusterRow, findCluster } from "@/lib/queries/clusters";
import { readMetrics } from "@/lib/queries/metrics";
import { changeSource } from "@/lib/queries/sources";
import { fillVariables, readDashboard } from "@/tests/support/dashboard";
import { useTestDb } from "@/tests/support/db";
import { startEtcd, type TestEtcd } from "@/tests/support/etcd";
import { useProduct } from "@/tests/support/product";
import { queryPrometheus, type StartedServer, startPrometheus } from "@/tests/support/prometheus";
import { TEST_SECRET_KEY } from "@/tests/support/worker";

/** A real Prometheus with our rules, on a real etcd and on what etcdscope says of it. */
const testDb = useTestDb();
const product = useProduct(testDb);
const deploy = join(import.meta.dirname, "../../deploy/prometheus");
let etcd: TestEtcd;
let exporter: Server;
let prometheus: StartedServer;
let clusterId: number;

beforeAll(async () => {
  process.env.DATABASE_URL = testDb().databaseUrl;
  process.env.ETCDSCOPE_SECRET_KEY = TEST_SECRET_KEY.toString("hex");
  etcd = await startEtcd({ extraArgs: ["--metrics", "extensive"] });
  for (let i = 0; i < 40; i++)
    await etcd.etcdctl("put", `/registry/${i % 2 ? "pods" : "events"}/default/x-${i}`, "v".repeat(200));
  clusterId = await product().addCluster("prod", etcd.endpoint);
  await changeSource(testDb().db, (await findCluster(testDb().db, "prod")) as ClusterRow, "metrics", {
    input: { intervalSeconds: 5 },
    secretKey: TEST_SECRET_KEY,
    nowMs: Date.now(),
  });
  await product().waitUntilLive(clusterId);
  exporter = createServer(async (_, response) => {
    const answer = await getMetrics(new Request("http://localhost/metrics", { headers: { host: "localhost" } }));
    response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(await answer.text());
  });
  await new Promise<void>((resolve) => exporter.listen(0, "127.0.0.1", resolve));
  const { port } = exporter.address() as AddressInfo;
  prometheus = await startPrometheus(`
global: { scrape_interval: 1s, evaluation_interval: 1s }
rule_files: ["${deploy}/etcd.rules.yml", "${deploy}/etcdscope.rules.yml"]
scrape_configs:
  - { job_name: etcdscope, static_configs: [{ targets: ["127.0.0.1:${port}"] }] }
  - { job_name: etcd, static_configs: [{ targets: ["${new URL(etcd.endpoint).host}"] }] }
`);
});
afterAll(async () => {
  await prometheus?.stop();
  exporter?.closeAllConnections();
  exporter?.close();
  await etcd?.stop();
  await webSql().end();
});

const query = (expression: string, atSeconds?: number) => queryPrometheus(prometheus.url, expression, atSeconds);

const BUCKETS = "etcd_disk_wal_fsync_duration_seconds_bucket";
/** Of a single calm member, a few seconds old, there is none of this. */
const LEGITIMATELY_EMPTY = [
  "etcd_network_peer_round_trip_time_seconds", // no peers
  "etcdscope_open_findings_by_rule", // nothing is wrong
  "etcdscope_db_size_predicted_bytes", // an hour of samples is needed
];

test("both are scraped, every rule is evaluated without a fault, and calm is calm", async () => {
  await expect.poll(async () => (await query("up == 1")).length).toBe(2);
  await expect
    .poll(async () => {
      const { data } = (await (await fetch(`${prometheus.url}/api/v1/rules`)).json()) as {
        data: { groups: { rules: { name: string; health: string; lastError?: string }[] }[] };
      };
      const rules = data.groups.flatMap((group) => group.rules);
      return { rules: rules.length, unhealthy: rules.filter(({ health }) => health !== "ok") };
    })
    .toEqual({ rules: countRules(), unhealthy: [] });
  expect(await query('ALERTS{alertstate="firing"}')).toEqual([]);
});

test("every panel of the dashboard has data, or none for a reason", async () => {
  const asked = readDashboard().panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => fillVariables(expr)));
  expect(asked.length).toBeGreaterThan(25);
  await expect
    .poll(async () => {
      const empty: string[] = [];
      for (const expression of asked) if ((await query(expression)).length === 0) empty.push(expression);
      return empty.filter((expression) => !LEGITIMATELY_EMPTY.some((name) => expression.includes(name)));
    })
    .toEqual([]);
});

test("what Prometheus has got equals what Postgres and etcd hold", async () => {
  const keys = await etcd.etcdctl("get", "/registry/", "--prefix", "--keys-only");
  const count = keys.split("\n").filter((line) => line.startsWith("/registry/")).length;
  await expect.poll(async () => (await query("etcdscope_keyspace_keys"))[0]?.value).toBe(count);
  expect((await query("sum(etcdscope_prefix_keys)"))[0]?.value).toBe(count);
  await etcd.etcdctl("put", "/registry/pods/default/new", "v");
  await expect.poll(async () => (await query("etcdscope_keyspace_keys"))[0]?.value).toBe(count + 1);
  const rows = await testDb().sql`select sum(puts) as puts from prefix_hour where slot = 0`;
  await expect
    .poll(async () => (await query("etcdscope_keyspace_puts_total"))[0]?.value)
    .toBeGreaterThanOrEqual(Number(rows[0]?.puts));
});

/**
 * `increase()` extrapolates to the edges of its window, so both are asked at instants: the buckets as Prometheus stored
 * them at two readings, their difference through its `histogram_quantile`, against ours over the same difference.
 */
test("quantiles equal Prometheus' own over the same buckets", async () => {
  const name = BUCKETS;
  const before = Date.now() / 1_000;
  await expect.poll(async () => (await query(name, before)).length).toBeGreaterThan(5);
  for (let i = 0; i < 30; i++) await etcd.etcdctl("put", `/registry/pods/default/x-${i}`, "w".repeat(5_000));
  let after = 0;
  await expect
    .poll(async () => {
      after = Date.now() / 1_000;
      const at = (seconds: number) => query(`${name}{le="+Inf"}`, seconds).then((rows) => rows[0]?.value ?? 0);
      return (await at(after)) - (await at(before));
    })
    .toBeGreaterThan(20);
  const [first, last] = [await query(name, before), await query(name, after)];
  const buckets = last.map(({ metric, value }): HistogramBucket => {
    const began = first.find((row) => row.metric.le === metric.le)?.value ?? Number.NaN;
    return { le: toBound(metric.le), count: value - began };
  });
  for (const q of [0, 0.1, 0.5, 0.9, 0.99, 0.999, 1]) {
    const difference = `${name} @ ${after} - ${name} @ ${before}`;
    const [theirs] = await query(`histogram_quantile(${q}, ${difference})`);
    expect(histogramQuantile(q, buckets), String(q)).toBeCloseTo(theirs?.value ?? Number.NaN, 12);
  }
});

/** Both read one etcd at instants of their own: between two quiet times the same has happened for both. */
test("quantiles over what our collector stored equal those over what Prometheus scraped", async () => {
  const first = await readQuietly();
  for (let i = 0; i < 30; i++) await etcd.etcdctl("put", `/registry/pods/default/x-${i}`, "w".repeat(5_000));
  const last = await readQuietly();
  const buckets = [...last.stored].map(
    ([le, total]): HistogramBucket => ({ le: toBound(le), count: total - (first.stored.get(le) ?? 0) }),
  );
  expect(buckets.find(({ le }) => le === Number.POSITIVE_INFINITY)?.count).toBeGreaterThan(20);
  for (const q of [0.5, 0.9, 0.99]) {
    const [theirs] = await query(`histogram_quantile(${q}, ${BUCKETS} @ ${last.at} - ${BUCKETS} @ ${first.at})`);
    expect(histogramQuantile(q, buckets), String(q)).toBeCloseTo(theirs?.value ?? Number.NaN, 12);
  }
});

/** What our collector has counted in all, and an instant (seconds) at which Prometheus had read the same. */
async function readQuietly(): Promise<{ stored: Map<string, number>; at: number }> {
  const quietMs = Date.now();
  await expect
    .poll(async () => {
      const [row] = await testDb().sql`select extract(epoch from max(at)) * 1000 as at from metric_frame`;
      return Number(row?.at);
    })
    .toBeGreaterThan(quietMs + 2_000); // a reading that began when it was quiet already
  let at = 0;
  await expect
    .poll(async () => {
      const [row] = await query(`timestamp(${BUCKETS}{le="+Inf"})`);
      at = row?.value ?? 0;
      return at * 1_000;
    })
    .toBeGreaterThan(quietMs);
  const range = { fromMs: quietMs - 3_600_000, toMs: quietMs + 600_000 };
  const question = { source: "etcd", names: [BUCKETS], range, stepMs: 60_000 } as const;
  const { rows } = await readMetrics(testDb().db, clusterId, question);
  const sum = (values: readonly (number | null)[]) => values.reduce<number>((all, one) => all + (one ?? 0), 0);
  return { stored: new Map(rows.map(({ labels, values }) => [labels.le ?? "", sum(values)])), at };
}

function toBound(le = ""): number {
  return le === "+Inf" ? Number.POSITIVE_INFINITY : Number(le);
}

function countRules(): number {
  return ["etcd", "etcdscope"]
    .map((name) => parse(readFileSync(join(deploy, `${name}.rules.yml`), "utf8")) as { groups: { rules: object[] }[] })
    .flatMap(({ groups }) => groups.flatMap(({ rules }) => rules)).length;
}
