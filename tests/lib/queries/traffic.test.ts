import { beforeAll, describe, expect, test } from "vitest";
import { TrafficAnswer, TrafficParams, type TrafficRow } from "@/lib/api/traffic";
import { TRAFFIC_DIMENSIONS, type TrafficDimension } from "@/lib/model/traffic";
import { listTraffic } from "@/lib/queries/traffic";
import { type AuditRow, countBy, exactQuantile, readAuditRows, readAuditTruth } from "../../support/audit-books";
import { useTestDb } from "../../support/db";
import { auditShiftMs, seedAuditFile } from "../../support/traffic-seed";
import { seedCluster } from "./seed";

const MINUTE_MS = 60_000;
const NOW = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS + 17_000;
const testDb = useTestDb();
const rows = readAuditRows();
const truth = readAuditTruth();
let clusterId: number;

const read = async (params: Record<string, unknown> = {}) => {
  const answer = await listTraffic(testDb().db, clusterId, TrafficParams.parse({ range: "15m", ...params }), NOW);
  expect(TrafficAnswer.strict().safeParse(answer).error).toBeUndefined();
  return answer;
};

beforeAll(async () => {
  clusterId = await seedCluster(testDb(), "prod");
  await seedAuditFile(testDb().db, clusterId, { endMs: NOW });
});

/** The rows of an answer by the dimensions they were grouped by. */
function byName(items: readonly TrafficRow[], fields: readonly TrafficDimension[]): Map<string, number> {
  return new Map(items.map((row) => [JSON.stringify(fields.map((field) => row[field])), row.requests]));
}

describe("the recorded audit file", () => {
  test("has as many requests as were counted when it was recorded", async () => {
    const { total, source, range } = await read();
    expect(total?.requests).toBe(truth.finished_requests);
    expect(rows).toHaveLength(truth.finished_requests);
    expect(source).toBe("audit");
    const heard = new Set(rows.map(({ endMs }) => Math.floor(endMs / 1_000)));
    const span = Math.max(...heard) - Math.min(...heard) + 1;
    expect(range.observedSeconds).toBe(span);
    expect(total?.requestsPerSecond).toBeCloseTo(truth.finished_requests / span, 6);
  });

  test.each([
    [["verb"]],
    [["resource"]],
    [["user"]],
    [["sourceAddress"]],
    [["namespace"]],
    [["code"]],
    [["userAgent"]],
    [["verb", "resource"]],
    [["verb", "resource", "userAgent"]],
    [[...TRAFFIC_DIMENSIONS]],
  ] as TrafficDimension[][][])("every count by %s is that of a plain loop", async (fields) => {
    const { items, total } = await read({ groupBy: fields.join(","), limit: 5_000 });
    expect(items.every(({ isOther }) => !isOther)).toBe(true);
    expect(byName(items, fields)).toEqual(countBy(rows, ...fields));
    expect(items.reduce((sum, { requests }) => sum + requests, 0)).toBe(total?.requests);
    expect(new Set(items.map(({ origin }) => origin))).toEqual(new Set(["exact"]));
  });

  test("and those that were written down with it", async () => {
    const counts = (list: [string | string[], number][]) =>
      new Map(list.map(([name, count]) => [JSON.stringify([name].flat()), count]));
    const of = async (...fields: TrafficDimension[]) =>
      byName((await read({ groupBy: fields.join(",") })).items, fields);
    const told = truth as unknown as Record<string, [string | string[], number][]>;
    expect(await of("verb")).toEqual(counts(told.by_verb ?? []));
    expect(await of("user")).toEqual(counts(told.by_user ?? []));
    expect(await of("sourceAddress")).toEqual(counts(told.by_source_ip ?? []));
    const resources = await of("resource");
    for (const [name, count] of told.by_resource ?? []) {
      if (name !== "non-resource") expect(resources.get(JSON.stringify([name])), String(name)).toBe(count);
    }
  });

  test("errors, conflicts and lists are those of a plain loop", async () => {
    const { items } = await read({ groupBy: "userAgent,verb", limit: 5_000 });
    for (const row of items) {
      const own = rows.filter(({ userAgent, verb }) => userAgent === row.userAgent && verb === row.verb);
      expect(row.errors).toBe(own.filter(({ code }) => code >= 400).length);
      expect(row.conflicts).toBe(own.filter(({ code }) => code === 409).length);
      expect(row.throttled).toBe(0);
      expect(row.unpagedLists).toBe(own.filter(({ isUnpaged }) => isUnpaged).length);
      expect(row.uncachedLists).toBe(own.filter(({ isUncached }) => isUncached).length);
      expect(row.responseBytes).toBeNull();
    }
  });

  test("latency lies within the width of a bucket of the exact quantile", async () => {
    const { items } = await read({ groupBy: "verb,resource", limit: 5_000 });
    for (const row of items) {
      const own = rows.filter(({ verb, resource }) => verb === row.verb && resource === row.resource);
      const micros = own.flatMap((one) => one.micros ?? []);
      for (const [q, told] of [
        [0.5, row.latencyP50Ms],
        [0.99, row.latencyP99Ms],
      ] as const) {
        const exact = exactQuantile(micros, q);
        if (exact === null) expect(told).toBeNull();
        else expect(Math.abs((told as number) * 1_000 - exact) / exact).toBeLessThanOrEqual(0.0251);
      }
      const busy = micros.reduce((sum, one) => sum + one, 0) / 1e6;
      if (micros.length === 0) expect(row.busySeconds).toBeNull();
      else expect(row.busySeconds).toBeCloseTo(busy, 3);
    }
  });
});

describe("rows", () => {
  test("beyond the limit come as one, and all add up", async () => {
    const whole = await read({ groupBy: "verb,resource", limit: 5_000 });
    const cut = await read({ groupBy: "verb,resource", limit: 10 });
    expect(cut.items).toHaveLength(11);
    expect(cut.items.slice(0, 10)).toEqual(whole.items.slice(0, 10));
    const other = cut.items.at(-1);
    expect(other).toMatchObject({ isOther: true, verb: null, resource: null });
    expect(cut.items.reduce((sum, { requests }) => sum + requests, 0)).toBe(truth.finished_requests);
    expect(cut.items.reduce((sum, { errors }) => sum + (errors ?? 0), 0)).toBe(whole.total?.errors);
    expect(cut.items.reduce((sum, { share }) => sum + (share ?? 0), 0)).toBeCloseTo(1, 9);
  });

  test.each(["requests", "errors", "latencyP99Ms", "busySeconds"] as const)("are sorted by %s", async (sort) => {
    const { items } = await read({ groupBy: "userAgent", sort });
    const values = items.map((row) => row[sort] ?? -1);
    expect(values).toEqual([...values].sort((a, b) => b - a));
  });

  test.each([
    { verb: "list", resource: "pods" },
    { namespace: "kube-system", code: 200 },
    { namespace: "" },
    { userAgent: "Go-http-client/2.0" },
    { user: "nobody" },
  ])("pass the filter %j", async (filter) => {
    const { items, total } = await read({ ...filter, groupBy: "verb,resource", limit: 5_000 });
    const passing = rows.filter((row) =>
      Object.entries(filter).every(([name, value]) => row[name as keyof AuditRow] === value),
    );
    expect(byName(items, ["verb", "resource"])).toEqual(countBy(passing, "verb", "resource"));
    expect(total?.requests).toBe(passing.length);
  });
});

describe("the range", () => {
  test("is cut to whole minutes and says so", async () => {
    const secondMinuteMs = Date.parse("2026-11-21T08:01:00Z") + auditShiftMs(NOW);
    const from = new Date(secondMinuteMs + 10_000).toISOString();
    const { range, total } = await read({
      from,
      to: new Date(secondMinuteMs + 20_000).toISOString(),
      range: undefined,
    });
    expect(range.from).toBe(new Date(secondMinuteMs).toISOString());
    expect(range.to).toBe(new Date(secondMinuteMs + MINUTE_MS).toISOString());
    expect(total?.requests).toBe(rows.filter(({ endMs }) => endMs >= Date.parse("2026-11-21T08:01:00Z")).length);
  });

  test("in which nobody was heard is answered by none", async () => {
    const answer = await read({ range: undefined, from: "2026-01-01T00:00:00Z", to: "2026-01-01T01:00:00Z" });
    expect(answer).toMatchObject({ items: [], total: null, source: null });
    expect(answer.sources.map(({ source, reason }) => [source, reason !== null])).toEqual([
      ["audit", true],
      ["apiserver", true],
      ["etcd-log", true],
      ["metrics", true],
    ]);
  });
});
