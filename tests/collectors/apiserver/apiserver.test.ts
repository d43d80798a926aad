import { and, asc, eq } from "drizzle-orm";
import { afterEach, expect, test } from "vitest";
import { openApiserverCollector } from "@/collectors/apiserver/apiserver";
import { CostLedger } from "@/collectors/cost-meter";
import { cluster, collectorState, timelineEvent } from "@/lib/db/schema";
import { metricFrame, metricTarget } from "@/lib/db/schema-metrics";
import { log } from "@/lib/log";
import { averageRate, gaugeSteps, lastGauge, listRows, sumBuckets, totalGrowth } from "@/lib/model/metric-sums";
import { listMetricTargets, readMetrics } from "@/lib/queries/metrics";
import { useTestDb } from "@/tests/support/db";
import { serveInTurn, startMetricsServer } from "@/tests/support/metrics-server";
import { growPlainly, plainKey, readPlainly, sumPlainly } from "@/tests/support/plain-metrics";
import { readRecordedPage } from "@/tests/support/recorded-pages";

const testDb = useTestDb();
const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

const FIRST = readRecordedPage("apiserver-metrics").toString();
const LATER = readRecordedPage("apiserver-metrics-later").toString();
/** Every counter of these families begins anew: at a tenth of what it was. */
const RESET = LATER.replace(
  /^((?:apiserver_request|etcd_request)\S* )(\d+)$/gm,
  (_, head, value) => `${head}${Math.floor(Number(value) / 10)}`,
);
const RESTARTED = RESET.replace(/^process_start_time_seconds .*$/m, "process_start_time_seconds 1.79524795e+09");

const LABELS = {
  apiserver_request_total: ["verb", "group", "resource", "scope", "subresource", "code"],
  apiserver_request_duration_seconds_bucket: ["verb", "group", "resource", "scope", "subresource", "le"],
  apiserver_request_duration_seconds_sum: ["verb", "group", "resource", "scope", "subresource"],
  etcd_request_duration_seconds_count: ["operation", "group", "resource"],
  apiserver_storage_list_fetched_objects_total: ["group", "resource"],
  apiserver_flowcontrol_dispatched_requests_total: ["priority_level", "flow_schema"],
} as const;
const NAMES = Object.keys(LABELS) as (keyof typeof LABELS)[];

/** The part of a page that a test looks at: whole ones take their time. */
function partOf(page: string): string {
  const kept = [...NAMES, "apiserver_resource_objects", "apiserver_storage_objects", "apiserver_longrunning_requests"];
  const names = new Set([...kept, "process_start_time_seconds", "apiserver_request_duration_seconds_count"]);
  return `${page
    .split("\n")
    .filter((line) => names.has(line.split(/[{ ]/)[0] as string))
    .join("\n")}\n`;
}

/** Runs the collector on the given servers until each has been read so often, and answers the cluster. */
async function collect(urls: string[], readings: number): Promise<number> {
  const { db } = testDb();
  const [row] = await db
    .insert(cluster)
    .values({ name: `cluster ${urls.join()}`, source: "settings", endpoints: [] })
    .returning({ id: cluster.id });
  const clusterId = row?.id as number;
  const source = { enabled: true, settings: { urls, intervalSeconds: 5 }, secrets: {} };
  const costs = new CostLedger(db, clusterId);
  const stop = new AbortController();
  const collector = openApiserverCollector({ db, clusterId, access: { endpoints: [] }, source, log, costs });
  const ended = collector.run(stop.signal);
  try {
    await expect
      .poll(
        async () =>
          Promise.all(
            (await listMetricTargets(db, clusterId, "apiserver")).map(({ targetId }) =>
              countFrames(clusterId, targetId),
            ),
          ),
        { timeout: 150_000 },
      )
      .toSatisfy((counts: number[]) => counts.length === urls.length && counts.every((count) => count >= readings));
    await expect.poll(() => readState(clusterId)).toMatchObject({ health: "ok" });
  } finally {
    stop.abort();
    await ended;
  }
  return clusterId;
}

async function listFrames(clusterId: number, targetId: number) {
  const isTarget = and(eq(metricFrame.clusterId, clusterId), eq(metricFrame.targetId, targetId));
  return testDb().db.select().from(metricFrame).where(isTarget).orderBy(asc(metricFrame.at));
}

async function countFrames(clusterId: number, targetId: number) {
  return (await listFrames(clusterId, targetId)).length;
}

async function readState(clusterId: number) {
  const [state] = await testDb().db.select().from(collectorState).where(eq(collectorState.clusterId, clusterId));
  return state;
}

async function serve(pages: string[]): Promise<string> {
  const server = await startMetricsServer(serveInTurn(pages));
  cleanUps.push(() => server.stop());
  return server.url;
}

/** What was read from an apiserver from its first reading to the one number `last`; of gauges, up to before it. */
async function readUpTo(clusterId: number, targetId: number, last: number) {
  const frames = (await listFrames(clusterId, targetId)).slice(0, last + 1);
  const [fromMs, toMs] = [frames[0]?.at.getTime() as number, frames.at(-1)?.at.getTime() as number];
  const names = [...NAMES, "apiserver_resource_objects", "apiserver_longrunning_requests"];
  const question = { source: "apiserver" as const, names, range: { fromMs, toMs }, stepMs: 1_000 };
  return { seconds: (toMs - fromMs) / 1_000, samples: await readMetrics(testDb().db, clusterId, question) };
}

test("rates equal the differences of the pages, series by series, also where counters begin anew", async () => {
  const clusterId = await collect([await serve([FIRST, LATER, RESET])], 3);
  const [target] = await listMetricTargets(testDb().db, clusterId, "apiserver");
  expect(target).toMatchObject({ failure: null, memberId: null, samples: LATER.match(/^[^#\n]/gm)?.length });
  for (const last of [1, 2]) {
    const { seconds, samples } = await readUpTo(clusterId, target?.targetId as number, last);
    for (const name of NAMES) {
      const [first, later, reset] = [FIRST, LATER, RESET].map((page) =>
        sumPlainly(readPlainly(page, [name]), LABELS[name]),
      );
      const steps = [
        growPlainly(first as Map<string, number>, later as Map<string, number>),
        growPlainly(later as Map<string, number>, reset as Map<string, number>),
      ];
      const rows = listRows(samples, name);
      expect(rows.length).toBe(later?.size);
      for (const row of rows) {
        const key = plainKey(row, LABELS[name]);
        const growth = steps.slice(0, last).reduce((sum, step) => sum + (step.get(key) as number), 0);
        expect(totalGrowth(samples, [row]), key).toBeCloseTo(growth, 5);
        expect(averageRate(samples, [row]), key).toBeCloseTo(growth / seconds, 3);
      }
    }
  }
});

test("gauges are those of the last page, old names and new ones alike", async () => {
  const oldNames = LATER.split("\n")
    .filter((line) => !/^(# \w+ )?apiserver_resource_objects/.test(line))
    .join("\n");
  const clusterId = await collect([await serve([partOf(oldNames)])], 2);
  const { samples } = await readUpTo(clusterId, 0, 1);
  const truth = sumPlainly(readPlainly(LATER, ["apiserver_resource_objects"]), ["group", "resource"]);
  const rows = listRows(samples, "apiserver_resource_objects");
  expect(new Map(rows.map((row) => [plainKey(row, ["group", "resource"]), lastGauge(samples, [row])]))).toEqual(truth);
  const watches = readPlainly(LATER, ["apiserver_longrunning_requests"]).reduce((sum, { value }) => sum + value, 0);
  expect(lastGauge(samples, listRows(samples, "apiserver_longrunning_requests"))).toBe(watches);
  expect(totalGrowth(samples, listRows(samples, "apiserver_request_total"))).toBe(0);
});

test("several apiservers: requests add up, what is stored does not", async () => {
  const pages = [partOf(FIRST), partOf(LATER)];
  const clusterId = await collect([await serve(pages), await serve(pages)], 2);
  const [one] = await listMetricTargets(testDb().db, clusterId, "apiserver");
  const frames = await testDb().db.select().from(metricFrame).where(eq(metricFrame.clusterId, clusterId));
  const atMs = frames.map(({ at }) => at.getTime());
  const range = { fromMs: Math.min(...atMs), toMs: Math.max(...atMs) + 1 };
  const names = [...NAMES, "apiserver_resource_objects"];
  const samples = await readMetrics(testDb().db, clusterId, { source: "apiserver", names, range, stepMs: 60_000 });
  expect(samples.targets).toHaveLength(2);
  const requests = (page: string) =>
    readPlainly(page, ["apiserver_request_total"]).reduce((sum, { value }) => sum + value, 0);
  const growth = requests(LATER) - requests(FIRST);
  const rows = listRows(samples, "apiserver_request_total");
  expect(totalGrowth(samples, rows)).toBe(growth * 2);
  expect(
    totalGrowth(
      samples,
      rows.filter(({ targetId }) => targetId === one?.targetId),
    ),
  ).toBe(growth);
  const pods = listRows(samples, "apiserver_resource_objects", { group: "", resource: "pods" });
  const [truth] = readPlainly(LATER, ["apiserver_resource_objects"]).filter(
    ({ labels }) => labels.resource === "pods" && labels.group === "",
  );
  expect(gaugeSteps(samples, pods).at(-1)).toBe(truth?.value);
  const [infinite] = sumBuckets(samples, listRows(samples, "apiserver_request_duration_seconds_bucket")).slice(-1);
  expect(infinite?.count).toBe(growth * 2 - notTimed() * 2);
});

/** Requests that are counted but not timed, such as watches. */
function notTimed(): number {
  const [counted, timed] = ["apiserver_request_total", "apiserver_request_duration_seconds_count"].map((name) => {
    const [first, later] = [FIRST, LATER].map((page) =>
      readPlainly(page, [name]).reduce((sum, { value }) => sum + value, 0),
    );
    return (later as number) - (first as number);
  });
  return (counted as number) - (timed as number);
}

test("a restart is on the timeline, and nothing is counted across it", async () => {
  const clusterId = await collect([await serve([partOf(FIRST), partOf(RESTARTED)])], 3);
  const { db } = testDb();
  const [target] = await db.select().from(metricTarget).where(eq(metricTarget.clusterId, clusterId));
  const frames = await listFrames(clusterId, target?.targetId as number);
  expect(frames.slice(0, 3).map(({ fromAt }) => fromAt?.getTime() ?? null)).toEqual([
    null,
    null,
    frames[1]?.at.getTime(),
  ]);
  const events = await db.select().from(timelineEvent).where(eq(timelineEvent.clusterId, clusterId));
  expect(events).toMatchObject([{ kind: "restart", memberId: "" }]);
  expect(events[0]?.text).toMatch(/^127\.0\.0\.1:\d+ was started anew, at 2026-11-21T/);
});
