import { beforeAll, describe, expect, test } from "vitest";
import { TrafficAnswer, TrafficParams, TrafficSeriesAnswer, TrafficSeriesParams } from "@/lib/api/traffic";
import { histogramQuantile } from "@/lib/model/prometheus-histogram";
import { listTraffic } from "@/lib/queries/traffic";
import { toAuditVerb, toResourceName } from "@/lib/queries/traffic-apiserver";
import { readTrafficSeries } from "@/lib/queries/traffic-series";
import { pickSource } from "@/lib/queries/traffic-sources";
import { readAuditTruth } from "../../support/audit-books";
import { useTestDb } from "../../support/db";
import { readRecordedPage } from "../../support/recorded-pages";
import { type SeededSeries, seedMetrics, seedTraffic, trafficEvent } from "../../support/traffic-seed";
import { Books, seedCluster, seedKeyspace } from "./seed";

const MINUTE_MS = 60_000;
const MINUTES = 15;
const NOW = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS;
const FROM = NOW - MINUTES * MINUTE_MS;
const testDb = useTestDb();

const read = async (clusterId: number, params: Record<string, unknown> = {}) => {
  const answer = await listTraffic(testDb().db, clusterId, TrafficParams.parse({ range: "15m", ...params }), NOW);
  expect(TrafficAnswer.strict().safeParse(answer).error).toBeUndefined();
  return answer;
};
const series = async (clusterId: number, params: Record<string, unknown> = {}) => {
  const answer = await readTrafficSeries(
    testDb().db,
    clusterId,
    TrafficSeriesParams.parse({ range: "15m", ...params }),
    NOW,
  );
  expect(TrafficSeriesAnswer.strict().safeParse(answer).error).toBeUndefined();
  return answer;
};

/** `perMinute` in each minute, told every 30 s. */
function counter(name: string, labels: Record<string, string>, perMinute: number): SeededSeries {
  return { name, labels, values: Array.from({ length: 2 * MINUTES }, () => perMinute / 2) };
}

describe("apiservers", () => {
  let clusterId: number;
  const POD = { group: "", resource: "pods", scope: "resource", subresource: "" };
  const SCALE = { group: "apps", resource: "deployments", scope: "resource", subresource: "scale" };
  const BOUNDS = ["0.1", "0.5", "+Inf"];
  const GETS = [60, 90, 100];

  beforeAll(async () => {
    clusterId = await seedCluster(testDb(), "managed", { endpoints: [] });
    const targets = ["https://a", "https://b"].map((url) => ({
      ...{ source: "apiserver" as const, url, fromMs: FROM, stepMs: 30_000 },
      series: [
        counter("apiserver_request_total", { verb: "GET", ...POD, code: "200" }, 80),
        counter("apiserver_request_total", { verb: "GET", ...POD, code: "404" }, 20),
        counter("apiserver_request_total", { verb: "POST", ...POD, code: "409" }, 6),
        counter("apiserver_request_total", { verb: "PATCH", ...SCALE, code: "200" }, 4),
        counter("apiserver_request_total", { verb: "APPLY", ...SCALE, code: "429" }, 2),
        counter("apiserver_request_total", { verb: "WATCH", ...POD, code: "200" }, 8),
        counter(
          "apiserver_request_total",
          { verb: "GET", group: "", resource: "", scope: "", subresource: "/healthz", code: "200" },
          10,
        ),
        ...BOUNDS.map((le, i) =>
          counter("apiserver_request_duration_seconds_bucket", { verb: "GET", ...POD, le }, GETS[i] as number),
        ),
        counter("apiserver_request_duration_seconds_sum", { verb: "GET", ...POD }, 20),
        counter("apiserver_request_duration_seconds_count", { verb: "GET", ...POD }, 100),
        counter("apiserver_request_duration_seconds_bucket", { verb: "WATCH", ...POD, le: "+Inf" }, 8),
        counter("apiserver_request_duration_seconds_sum", { verb: "WATCH", ...POD }, 8_000),
        counter("apiserver_response_sizes_sum", { verb: "GET", ...POD }, 4_096),
        counter("apiserver_response_sizes_count", { verb: "GET", ...POD }, 100),
      ],
    }));
    await seedMetrics(testDb().db, clusterId, targets);
  });

  test("are added up, in the words of audit", async () => {
    const { items, total, source, range } = await read(clusterId);
    expect(source).toBe("apiserver");
    expect(range.observedSeconds).toBe(MINUTES * 60);
    expect(Object.fromEntries(items.map((row) => [`${row.verb} ${row.resource}`, row.requests]))).toEqual({
      "get pods": 2 * MINUTES * 100,
      "watch pods": 2 * MINUTES * 8,
      "get /healthz": 2 * MINUTES * 10,
      "create pods": 2 * MINUTES * 6,
      "patch deployments.apps/scale": 2 * MINUTES * 6,
    });
    expect(total?.requests).toBe(2 * MINUTES * 130);
    expect(total?.requestsPerSecond).toBeCloseTo((2 * 130) / 60, 9);
    expect(total).toMatchObject({ errors: 2 * MINUTES * 28, conflicts: 2 * MINUTES * 6, throttled: 2 * MINUTES * 2 });
    expect(items.every(({ origin }) => origin === "sampled")).toBe(true);
  });

  test("tell durations as Prometheus computes them, and none of watches", async () => {
    const { items } = await read(clusterId);
    const gets = items.find(({ verb, resource }) => verb === "get" && resource === "pods");
    const buckets = BOUNDS.map((le, i) => ({
      le: le === "+Inf" ? Number.POSITIVE_INFINITY : Number(le),
      count: GETS[i] as number,
    }));
    expect(gets?.latencyP50Ms).toBeCloseTo((histogramQuantile(0.5, buckets) as number) * 1_000, 6);
    expect(gets?.latencyP99Ms).toBeCloseTo((histogramQuantile(0.99, buckets) as number) * 1_000, 6);
    expect(gets?.busySeconds).toBeCloseTo(2 * MINUTES * 20, 6);
    expect(gets?.responseBytes).toBe(2 * MINUTES * 4_096);
    const watches = items.find(({ verb }) => verb === "watch");
    expect(watches).toMatchObject({ latencyP99Ms: null, busySeconds: null, errors: 0, unpagedLists: null });
  });

  test("tell no durations by code", async () => {
    const { items } = await read(clusterId, { groupBy: "code" });
    expect(Object.fromEntries(items.map(({ code, requests }) => [code, requests]))).toEqual({
      "200": 2 * MINUTES * 102,
      "404": 2 * MINUTES * 20,
      "409": 2 * MINUTES * 6,
      "429": 2 * MINUTES * 2,
    });
    expect(items.every(({ latencyP50Ms, responseBytes }) => latencyP50Ms === null && responseBytes === null)).toBe(
      true,
    );
  });

  test("know no clients: nobody answers, and a source that is named says nothing", async () => {
    expect(await read(clusterId, { groupBy: "user" })).toMatchObject({ source: null, total: null, items: [] });
    expect(await read(clusterId, { user: "x", source: "apiserver" })).toMatchObject({ total: null, items: [] });
    const { sources } = await read(clusterId);
    const metrics = sources.find(({ source }) => source === "metrics");
    expect(metrics?.reason).toContain("known through its apiserver only");
  });

  test("over time", async () => {
    const answer = await series(clusterId, { by: "verb", top: 1 });
    expect(answer.series.map(({ name }) => name)).toEqual(["get", null]);
    const told = answer.series[0]?.values.filter((value) => value !== null) ?? [];
    expect(told).toHaveLength(MINUTES);
    for (const value of told) expect(value).toBeCloseTo((2 * 110) / 60, 9);
  });
});

test.each([
  ["POST", "resource", "create"],
  ["PUT", "resource", "update"],
  ["APPLY", "resource", "patch"],
  ["DELETE", "resource", "delete"],
  ["DELETE", "namespace", "deletecollection"],
  ["DELETE", "cluster", "deletecollection"],
  ["DELETECOLLECTION", "namespace", "deletecollection"],
  ["toString", "", "tostring"],
])("the method %s of a %s is the verb %s", (method, scope, verb) => {
  expect(toAuditVerb({ verb: method, scope })).toBe(verb);
});

test("what is no resource is its path", () => {
  expect(toResourceName({ resource: "leases", group: "coordination.k8s.io" })).toBe("leases.coordination.k8s.io");
  expect(toResourceName({ subresource: "/readyz" })).toBe("/readyz");
  expect(toResourceName({})).toBeNull();
});

describe("etcd's own", () => {
  let clusterId: number;
  const grpc = (method: string, grpc_code: string, perMinute: number) =>
    counter(
      "grpc_server_handled_total",
      { grpc_service: "etcdserverpb.KV", grpc_method: method, grpc_type: "unary", grpc_code },
      perMinute,
    );
  const books = new Books(3);

  beforeAll(async () => {
    const { db } = testDb();
    clusterId = await seedCluster(testDb(), "plain");
    for (let atMs = FROM; atMs < NOW; atMs += 5_000) books.write(atMs);
    await seedKeyspace(testDb(), clusterId, books, { fromMs: FROM, nowMs: NOW });
    const member = { source: "etcd" as const, url: "http://m1", fromMs: FROM, stepMs: 30_000 };
    const own = [
      grpc("Range", "OK", 600),
      grpc("Range", "Unavailable", 6),
      grpc("Put", "OK", 60),
      grpc("DeleteRange", "OK", 6),
    ];
    await seedMetrics(db, clusterId, [{ ...member, series: own }]);
    // One line in ten of the ranges, all of the puts.
    const lines = Array.from({ length: MINUTES * 60 }, (_, i) => [
      trafficEvent({
        ...LINE,
        atMs: FROM + i * 1_000,
        verb: "range",
        resource: "/app/",
        durationMicros: 2_000,
        responseBytes: 100,
      }),
      trafficEvent({ ...LINE, atMs: FROM + i * 1_000, verb: "put", resource: "/app/", sourceAddress: "10.0.0.2" }),
    ]).flat();
    await seedTraffic(db, clusterId, { source: "etcd-log", events: lines });
  });
  const LINE = { user: null, userAgent: null, namespace: null, code: null };

  test("methods are counted by the metrics, with gRPC's own codes", async () => {
    const { items, total, source } = await read(clusterId, { groupBy: "verb" });
    expect(source).toBe("metrics");
    expect(Object.fromEntries(items.map(({ verb, requests }) => [verb, requests]))).toEqual({
      range: MINUTES * 606,
      put: MINUTES * 60,
      "delete-range": MINUTES * 6,
    });
    expect(total).toMatchObject({ errors: MINUTES * 6, throttled: null, latencyP99Ms: null });
  });

  test("lines are scaled method by method to what the metrics counted, and the factor is told", async () => {
    const { items, total, sources } = await read(clusterId, { groupBy: "verb,resource", source: "etcd-log" });
    const byVerb = new Map(items.map((row) => [row.verb, row]));
    expect(byVerb.get("range")?.requests).toBeCloseTo(MINUTES * 606, 6);
    expect(byVerb.get("put")?.requests).toBeCloseTo(MINUTES * 60, 6);
    expect(byVerb.get("range")).toMatchObject({ origin: "estimated", errors: null, unpagedLists: 0 });
    expect(byVerb.get("range")?.responseBytes).toBeCloseTo(MINUTES * 606 * 100, 3);
    expect(byVerb.get("range")?.latencyP50Ms).toBeGreaterThan(1.95);
    const state = sources.find(({ source }) => source === "etcd-log");
    expect(state?.scaleFactor).toBeCloseTo((606 + 60) / 120, 6);
    expect(state?.origin).toBe("estimated");
    expect(total?.requests).toBeCloseTo(MINUTES * 666, 6);
  });

  test("only the log knows addresses", async () => {
    const { items, source } = await read(clusterId, { groupBy: "sourceAddress" });
    expect(source).toBe("etcd-log");
    expect(items.map(({ sourceAddress }) => sourceAddress)).toEqual(["10.0.0.1", "10.0.0.2"]);
  });

  test("writes by prefix come from the keyspace, exact; what is read is not known", async () => {
    const { items, total } = await read(clusterId, { groupBy: "verb,resource", source: "metrics" });
    const counted = new Map(items.map((row) => [`${row.verb} ${row.resource}`, row]));
    const range = { fromMs: FROM, toMs: NOW };
    for (const [resource, slot] of [
      ["pods", 2],
      ["leases.coordination.k8s.io", 5],
    ] as const) {
      expect(counted.get(`put ${resource}`)).toMatchObject({
        requests: books.counts(slot, range).puts,
        origin: "exact",
      });
    }
    const all = books.counts(0, range);
    const sum = (verb: string) =>
      items.filter((row) => row.verb === verb).reduce((total, row) => total + row.requests, 0);
    expect(sum("put")).toBe(all.puts);
    expect(sum("delete-range")).toBe(all.deletes);
    expect(counted.get("range null")).toMatchObject({ requests: MINUTES * 606, origin: "sampled" });
    expect(total?.requests).toBe(items.reduce((total, row) => total + row.requests, 0));
  });

  test("a first reading tells of no time: audit that was heard as long is preferred", async () => {
    const both = await seedCluster(testDb(), "just-started");
    const sinceMs = NOW - 120_000;
    const handled = { ...grpc("Range", "OK", 60), values: [30, 30, 30, 30] };
    await seedMetrics(testDb().db, both, [
      { source: "etcd", url: "http://m1", fromMs: sinceMs, stepMs: 30_000, series: [handled] },
    ]);
    const events = Array.from({ length: 120 }, (_, i) => trafficEvent({ atMs: sinceMs + i * 1_000 }));
    await seedTraffic(testDb().db, both, { source: "audit", events });
    const { source, sources } = await read(both, { groupBy: "verb,resource" });
    expect(source).toBe("audit");
    expect(sources.find(({ source }) => source === "metrics")?.observedSeconds).toBeLessThanOrEqual(120);
  });

  test("too few lines to be a sample are left as they are", async () => {
    const few = await seedCluster(testDb(), "slow-only");
    const handled = [grpc("Range", "OK", 6_000_000)];
    await seedMetrics(testDb().db, few, [
      { source: "etcd", url: "http://m1", fromMs: FROM, stepMs: 30_000, series: handled },
    ]);
    const events = Array.from({ length: 30 }, (_, i) =>
      trafficEvent({ ...LINE, atMs: FROM + i * 30_000, verb: "range" }),
    );
    await seedTraffic(testDb().db, few, { source: "etcd-log", events });
    const { total, sources } = await read(few, { groupBy: "verb", source: "etcd-log" });
    expect(total?.requests).toBe(30);
    expect(sources.find(({ source }) => source === "etcd-log")).toMatchObject({ scaleFactor: null, origin: "sampled" });
  });

  test.each(["requestsPerSecond", "latencyP99Ms", "responseBytesPerSecond", "errorsPerSecond"] as const)(
    "%s over time",
    async (measure) => {
      const answer = await series(clusterId, { by: "verb", measure, source: "etcd-log" });
      const told = (name: string) => answer.series.find((one) => one.name === name)?.values[3] ?? null;
      if (measure === "errorsPerSecond")
        expect(answer.series).toEqual([{ name: null, values: expect.arrayContaining([null]) }]);
      else if (measure === "latencyP99Ms") expect(told("range")).toBeCloseTo(2, 1);
      else if (measure === "requestsPerSecond") expect(told("range")).toBeCloseTo(10.1, 6);
      else expect(told("range")).toBeCloseTo(1_010, 3);
    },
  );
});

describe("the choice of a source", () => {
  const state = (source: "audit" | "apiserver" | "etcd-log" | "metrics", observedSeconds: number) => ({
    ...{ source, observedSeconds, origin: "sampled" as const, reason: null, remedy: null, at: null },
    ...{ scaleFactor: null, foldedCells: 0 },
    knows: {
      audit: ["verb", "resource", "namespace", "user", "userAgent", "sourceAddress", "code"] as const,
      apiserver: ["verb", "resource", "code"] as const,
      "etcd-log": ["verb", "resource", "namespace", "sourceAddress"] as const,
      metrics: ["verb", "resource", "code"] as const,
    }[source].slice() as never[],
  });
  const all = (audit: number, apiserver: number, log: number, metrics: number) => [
    ...[state("audit", audit), state("apiserver", apiserver), state("etcd-log", log), state("metrics", metrics)],
  ];
  test.each([
    { of: all(900, 900, 900, 900), groupBy: ["verb", "resource"], picked: "audit" },
    { of: all(100, 900, 900, 900), groupBy: ["verb", "resource"], picked: "apiserver" },
    { of: all(100, 900, 0, 0), groupBy: ["user"], picked: "audit" },
    { of: all(720, 900, 0, 0), groupBy: ["verb"], picked: "audit" },
    { of: all(719, 900, 0, 0), groupBy: ["verb"], picked: "apiserver" },
    { of: all(0, 0, 900, 900), groupBy: ["verb"], picked: "metrics" },
    { of: all(0, 0, 900, 900), groupBy: ["verb", "resource"], picked: "etcd-log" },
    { of: all(0, 900, 0, 900), groupBy: ["user"], picked: null },
    { of: all(0, 900, 500, 900), groupBy: ["verb", "sourceAddress"], picked: "etcd-log" },
    { of: all(0, 0, 0, 0), groupBy: ["verb"], picked: null },
  ] as const)("$groupBy: $picked", ({ of, groupBy, picked }) => {
    expect(pickSource(of, { groupBy, filter: [] })).toBe(picked);
  });

  test("a filter must be known, however much else is", () => {
    expect(pickSource(all(0, 900, 10, 900), { groupBy: ["verb", "code"], filter: ["namespace"] })).toBe("etcd-log");
    expect(pickSource(all(0, 900, 0, 900), { groupBy: ["verb"], filter: ["user"] })).toBeNull();
  });
});

test("two recorded scrapes of an apiserver lie within what its audit log allows, row by row", async () => {
  const kept = ["verb", "group", "resource", "scope", "subresource", "code"];
  const totals = (page: "apiserver-metrics" | "apiserver-metrics-later") => {
    const sums = new Map<string, number>();
    const text = readRecordedPage(page).toString("utf8");
    for (const [, labels = "", value] of text.matchAll(/^apiserver_request_total\{(.*)\} (\S+)$/gm)) {
      const told = Object.fromEntries([...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, text]) => [name, text]));
      const name = JSON.stringify(kept.map((label) => told[label]));
      sums.set(name, (sums.get(name) ?? 0) + Number(value));
    }
    return sums;
  };
  const [before, after] = [totals("apiserver-metrics"), totals("apiserver-metrics-later")];
  const series = [...after].map(([name, value]): SeededSeries => {
    const labels = Object.fromEntries((JSON.parse(name) as string[]).map((text, i) => [kept[i] as string, text]));
    return { name: "apiserver_request_total", labels, values: [value - (before.get(name) ?? 0)] };
  });
  const clusterId = await seedCluster(testDb(), "recorded");
  const target = {
    source: "apiserver" as const,
    url: "https://a",
    fromMs: NOW - 3 * MINUTE_MS,
    stepMs: 66_000,
    series,
  };
  await seedMetrics(testDb().db, clusterId, [target]);
  const { items, total } = await read(clusterId, { groupBy: "verb,resource,code", limit: 5_000 });
  expect(total?.requests).toBe(series.reduce((sum, { values }) => sum + (values[0] as number), 0));
  const told = new Map(items.map((row) => [`${row.verb} ${row.resource} ${row.code}`, row.requests]));
  const truth = readAuditTruth() as unknown as {
    between_scrapes: { rows_verb_resource_code_low_high: [string, string, string, number, number][] };
  };
  const rows = truth.between_scrapes.rows_verb_resource_code_low_high.filter(
    ([verb, resource]) => resource !== "non-resource" && verb !== "watch",
  );
  expect(rows.length).toBeGreaterThan(80);
  for (const [verb, resource, code, low, high] of rows) {
    const requests = told.get(`${verb} ${resource} ${code}`) ?? 0;
    // What authorization refuses is not among the apiserver's metrics.
    if (code !== "403") expect(requests, `${verb} ${resource} ${code}`).toBeGreaterThanOrEqual(low);
    expect(requests, `${verb} ${resource} ${code}`).toBeLessThanOrEqual(high);
  }
});
