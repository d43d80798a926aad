import { and, eq, gte, lt, sql } from "drizzle-orm";
import { beforeAll, expect, test } from "vitest";
import { sealTrafficHours } from "@/collectors/traffic/hours";
import { TrafficStore } from "@/collectors/traffic/traffic-store";
import { TrafficParams, TrafficSeriesParams } from "@/lib/api/traffic";
import { trafficHour, trafficMinute } from "@/lib/db/schema-sources";
import type { TrafficEvent } from "@/lib/model/traffic";
import { listTraffic } from "@/lib/queries/traffic";
import { readBlocks } from "@/lib/queries/traffic-blocks";
import { readTrafficSeries } from "@/lib/queries/traffic-series";
import { useTestDb } from "../../support/db";
import { seedTraffic, trafficEvent } from "../../support/traffic-seed";
import { seedCluster } from "./seed";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const NOW = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS;
const FIRST_HOUR = Math.floor(NOW / HOUR_MS) * HOUR_MS - 5 * HOUR_MS;
const testDb = useTestDb();
let clusterId: number;
const events: TrafficEvent[] = [];

beforeAll(async () => {
  clusterId = await seedCluster(testDb(), "prod");
  let n = 0;
  for (let atMs = FIRST_HOUR; atMs < NOW; atMs += 7_000, n++) {
    const verb = ["get", "list", "update"][n % 3] as string;
    events.push(
      trafficEvent({
        atMs,
        verb,
        resource: `res-${n % 5}`,
        durationMicros: 1_000 * (1 + (n % 50)),
        code: n % 11 ? 200 : 500,
      }),
    );
  }
  await seedTraffic(testDb().db, clusterId, { source: "audit", events });
  await sealTrafficHours(new TrafficStore(testDb().db), NOW);
});

const read = (fromMs: number, toMs: number) => {
  const range = { from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() };
  return listTraffic(testDb().db, clusterId, TrafficParams.parse(range), NOW);
};
const count = (fromMs: number, toMs: number) => events.filter(({ atMs }) => atMs >= fromMs && atMs < toMs).length;

test.each([1, 5, 15, 60, 120])("blocks of %i minutes hold what happened", async (minutes) => {
  const range = { fromMs: FIRST_HOUR + 7 * MINUTE_MS, toMs: FIRST_HOUR + 4 * HOUR_MS + 11 * MINUTE_MS };
  const question = { source: "audit" as const, range, blockMs: minutes * MINUTE_MS };
  const blocks = await readBlocks(testDb().db, clusterId, question);
  expect(Math.max(...blocks.map(({ fromMs, toMs }) => toMs - fromMs))).toBe(minutes * MINUTE_MS);
  for (const { fromMs, toMs, events: told, block } of blocks) {
    expect(told).toBe(count(fromMs, toMs));
    let requests = 0;
    for (let i = 0; i < block.cellIds.length; i++) requests += block.counters[i * 11] as number;
    expect(requests).toBe(told);
  }
  expect(blocks[0]?.fromMs).toBe(range.fromMs);
  expect(blocks.at(-1)?.toMs).toBe(range.toMs);
  for (const [i, { fromMs }] of blocks.slice(1).entries()) expect(fromMs).toBe(blocks[i]?.toMs);
});

test("a range over sealed hours and minutes counts everything once, latency and errors, too", async () => {
  const [from, to] = [FIRST_HOUR + 30 * MINUTE_MS, FIRST_HOUR + 4 * HOUR_MS + 30 * MINUTE_MS];
  const { total, range } = await read(from, to);
  const own = events.filter(({ atMs }) => atMs >= from && atMs < to);
  expect(total?.requests).toBe(own.length);
  expect(total?.errors).toBe(own.filter(({ code }) => code === 500).length);
  expect(total?.busySeconds).toBeCloseTo(
    own.reduce((sum, { durationMicros }) => sum + (durationMicros ?? 0), 0) / 1e6,
    6,
  );
  expect(range.observedSeconds).toBe((to - from) / 1_000);
});

test("an answer from memory is that from the disk", async () => {
  const first = await read(FIRST_HOUR, NOW);
  expect(await read(FIRST_HOUR, NOW)).toEqual(first);
});

test("what comes late is counted before its hour is sealed anew", async () => {
  const before = (await read(FIRST_HOUR, FIRST_HOUR + 2 * HOUR_MS)).total?.requests ?? 0;
  const late = trafficEvent({ atMs: FIRST_HOUR + 90 * MINUTE_MS + 1, verb: "patch", resource: "late" });
  events.push(late);
  await seedTraffic(testDb().db, clusterId, { source: "audit", events: [late] });
  expect((await read(FIRST_HOUR, FIRST_HOUR + 2 * HOUR_MS)).total?.requests).toBe(before + 1);
  await sealTrafficHours(new TrafficStore(testDb().db), NOW);
  expect((await read(FIRST_HOUR, FIRST_HOUR + 2 * HOUR_MS)).total?.requests).toBe(before + 1);
});

test("over time, each step has its own", async () => {
  const range = { from: new Date(FIRST_HOUR).toISOString(), to: new Date(FIRST_HOUR + 4 * HOUR_MS).toISOString() };
  const answer = await readTrafficSeries(
    testDb().db,
    clusterId,
    TrafficSeriesParams.parse({ ...range, by: "verb", top: 2 }),
    NOW,
  );
  const stepMs = answer.stepSeconds * 1_000;
  const names = answer.series.map(({ name }) => name);
  expect(names.at(-1)).toBeNull();
  for (const { name, values } of answer.series) {
    for (const [i, value] of values.entries()) {
      const fromMs = answer.atMs[i] as number;
      const own = events.filter(
        ({ atMs, verb }) =>
          atMs >= fromMs && atMs < fromMs + stepMs && (name === null ? !names.includes(verb) : verb === name),
      );
      expect(value).toBeCloseTo(own.length / answer.stepSeconds, 9);
    }
  }
});

test("where the minutes are no longer kept the sealed hours answer, and the range says so", async () => {
  const { db } = testDb();
  const before = FIRST_HOUR + 2 * HOUR_MS;
  await db
    .delete(trafficMinute)
    .where(and(eq(trafficMinute.clusterId, clusterId), lt(trafficMinute.at, new Date(before))));
  const { range, total } = await read(FIRST_HOUR + 20 * MINUTE_MS, FIRST_HOUR + 3 * HOUR_MS + 20 * MINUTE_MS);
  expect(range.from).toBe(new Date(FIRST_HOUR).toISOString());
  expect(range.to).toBe(new Date(FIRST_HOUR + 3 * HOUR_MS + 20 * MINUTE_MS).toISOString());
  expect(total?.requests).toBe(count(FIRST_HOUR, FIRST_HOUR + 3 * HOUR_MS + 20 * MINUTE_MS));
});

test("a damaged row costs what is in it, and not the answer", async () => {
  const { db } = testDb();
  const hourMs = FIRST_HOUR + 3 * HOUR_MS;
  await db.delete(trafficHour).where(and(eq(trafficHour.clusterId, clusterId), gte(trafficHour.at, new Date(hourMs))));
  await db
    .update(trafficMinute)
    .set({ payload: sql`substring(${trafficMinute.payload} from 1 for 9)` })
    .where(and(eq(trafficMinute.clusterId, clusterId), eq(trafficMinute.at, new Date(hourMs))));
  const { total, range } = await read(hourMs, hourMs + 10 * MINUTE_MS);
  expect(range.observedSeconds).toBe(9 * 60);
  expect(total?.requests).toBe(count(hourMs + MINUTE_MS, hourMs + 10 * MINUTE_MS));
});

test("what had no room of its own stands under other, and everything adds up", async () => {
  const folded = await seedCluster(testDb(), "folded");
  const many = Array.from({ length: 2_500 }, (_, i) =>
    trafficEvent({
      atMs: NOW - 2 * MINUTE_MS + i,
      sourceAddress: `10.1.${i >> 8}.${i & 255}`,
      user: "one",
      verb: i % 2 ? "get" : "list",
    }),
  );
  await seedTraffic(testDb().db, folded, { source: "audit", events: many });
  const ask = (groupBy: string) =>
    listTraffic(testDb().db, folded, TrafficParams.parse({ range: "15m", groupBy, limit: 5_000 }), NOW);
  const byAddress = await ask("sourceAddress");
  const other = byAddress.items.find(({ isOther }) => isOther);
  expect(other?.requests).toBeGreaterThan(500);
  expect(byAddress.items.filter(({ isOther }) => !isOther).every(({ requests }) => requests === 1)).toBe(true);
  expect(byAddress.items.reduce((sum, { requests }) => sum + requests, 0)).toBe(2_500);
  const byVerb = await ask("verb");
  expect(byVerb.items.map(({ verb, requests, isOther }) => [verb, requests, isOther])).toEqual([
    ["get", 1_250, false],
    ["list", 1_250, false],
  ]);
  const audit = byVerb.sources.find(({ source }) => source === "audit");
  expect(audit?.foldedCells).toBeGreaterThan(500);
  expect(audit?.reason).toContain("no room of their own");
});
