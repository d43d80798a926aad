import { and, eq, isNull, sql } from "drizzle-orm";
import { beforeAll, beforeEach, expect, test } from "vitest";
import { expireBatches, expireTraffic } from "@/collectors/traffic/expire";
import { sealTrafficHours } from "@/collectors/traffic/hours";
import { TrafficIngest } from "@/collectors/traffic/ingest";
import { TrafficStore } from "@/collectors/traffic/traffic-store";
import { addCluster } from "@/lib/db/clusters";
import { insertIngestBatch } from "@/lib/db/ingest";
import { ensurePartitions } from "@/lib/db/partitions";
import { collectorState } from "@/lib/db/schema";
import { connectionSample } from "@/lib/db/schema-metrics";
import {
  ingestBatch,
  ingestFault,
  ingestToken,
  logSignal,
  trafficCell,
  trafficHour,
  trafficMinute,
} from "@/lib/db/schema-sources";
import { encodeConnectionsReport } from "@/lib/model/connections-report";
import { emptyIngestBatch, encodeIngestBatch } from "@/lib/model/ingest-batch";
import type { TrafficEvent } from "@/lib/model/traffic";
import { cellDigest } from "@/lib/model/traffic-cells";
import { countByCell, readAuditLines, readRecordedVerbs } from "@/tests/support/audit-file";
import { useTestDb } from "@/tests/support/db";
import { sendAudit, toAuditBatch } from "@/tests/support/ingest-rows";
import { countStored, listStoredCells, sumEvents } from "@/tests/support/traffic-counts";
import { TEST_SECRET_KEY } from "@/tests/support/worker";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const testDb = useTestDb();
const lines = readAuditLines(Date.now());
const truth = countByCell(lines);
let clusters = 0;
let clusterId: number;
let store: TrafficStore;
let ingest: TrafficIngest;

beforeAll(() => ensurePartitions(testDb().db, Date.now()));
beforeEach(async () => {
  const { db } = testDb();
  clusterId = await register();
  store = new TrafficStore(db);
  ingest = newIngest(store);
});

test("the plain loop counts what the recording itself says", () => {
  const byVerb = new Map<string, number>();
  for (const [cell, requests] of truth) {
    const verb = cell.split(" | ")[0] as string;
    byVerb.set(verb, (byVerb.get(verb) ?? 0) + requests);
  }
  expect(byVerb).toEqual(readRecordedVerbs());
});

test("every batch sent twice and some three times, a new worker in between: each event is counted once", async () => {
  const { db } = testDb();
  for (const some of slices(lines, 1_000)) await sendAudit(db, clusterId, some);
  for (const some of slices(lines.slice(0, 7_000), 900)) await sendAudit(db, clusterId, some);
  await takeAll(ingest);
  const restarted = newIngest(new TrafficStore(db));
  for (const some of slices(lines, 1_300)) await sendAudit(db, clusterId, some);
  await takeAll(restarted);
  expect(await countStored(db, clusterId)).toEqual(truth);
  const finished = [...truth.values()].reduce((sum, requests) => sum + requests, 0);
  expect(await sumEvents(db, clusterId)).toBe(finished);
  const sent = 2 * finished + toAuditBatch(lines.slice(0, 7_000)).events.length;
  expect(await faults()).toEqual({ duplicate: sent - finished });
});

test("latencies, flags and addresses are those of the lines", async () => {
  const { db } = testDb();
  await sendAudit(db, clusterId, lines);
  await takeAll(ingest);
  let [timed, micros, unpaged] = [0, 0, 0];
  for (const line of lines) {
    const { stage, verb, requestURI, requestReceivedTimestamp: from, stageTimestamp: to } = JSON.parse(line);
    if (stage !== "ResponseComplete") continue;
    if (verb === "list" && !/[?&](limit|continue)=/.test(requestURI)) unpaged++;
    if (verb === "watch") continue;
    timed++;
    micros += microsOf(to) - microsOf(from);
  }
  const cells = await listStoredCells(db, clusterId, { source: "audit" });
  const total = (counter: "timedRequests" | "durationMicros" | "unpagedLists") =>
    cells.reduce((sum, { figures }) => sum + figures[counter], 0);
  expect([total("timedRequests"), total("durationMicros"), total("unpagedLists")]).toEqual([timed, micros, unpaged]);
  for (const { figures } of cells) {
    expect([...figures.buckets.values()].reduce((sum, count) => sum + count, 0)).toBe(figures.timedRequests);
  }
});

test("a minute is observed where requests ended, and between those that are at most two minutes apart", async () => {
  const startMs = toMinute(Date.now()) - HOUR_MS;
  const at = (seconds: number) => startMs + seconds * 1_000;
  await send([at(10), at(70)]);
  await send([at(200), at(600)]); // 130 s of silence before, 400 s within
  await takeAll(ingest);
  expect(await observed(startMs)).toEqual({ 0: 50_000, 1: 11_000, 3: 1_000, 10: 1_000 });
  await send([at(75), at(150)]); // late, and between them a stretch
  await takeAll(ingest);
  expect(await observed(startMs)).toEqual({ 0: 50_000, 1: 11_000 + 45_000, 2: 31_000, 3: 1_000, 10: 1_000 });
  // A worker that has just started knows until when the source was heard.
  ingest = newIngest(new TrafficStore(testDb().db));
  await send([at(610)]);
  await takeAll(ingest);
  expect((await observed(startMs))[10]).toBe(11_000);
});

test("too old, in the future: not counted, but noted; a fortnight back still is", async () => {
  const nowMs = Date.now();
  await send([nowMs - 15 * DAY_MS, nowMs - 13 * DAY_MS, nowMs, nowMs + 10 * MINUTE_MS, Date.UTC(9999, 11, 31)]);
  await takeAll(ingest);
  expect(await sumEvents(testDb().db, clusterId)).toBe(2);
  expect(await faults()).toEqual({ "too-old": 1, "in-the-future": 2 });
});

test("log signals add up by minute and kind; the worst line is the example", async () => {
  const { db } = testDb();
  const atMs = toMinute(Date.now()) - HOUR_MS;
  const kind = "slow-fdatasync" as const;
  const signal = (micros: number | null, example: string) => ({ kind, micros, atMs: atMs + 1_000, example });
  await sendLog([signal(2_000, "two"), signal(null, "none")]);
  await takeAll(ingest);
  await sendLog([signal(5_000, "five"), signal(1_000, "one")]);
  await takeAll(ingest);
  const rows = await db.select().from(logSignal).where(eq(logSignal.clusterId, clusterId));
  expect(rows).toEqual([
    { clusterId, at: new Date(atMs), kind, lines: 4, worstMicros: 5_000, totalMicros: 8_000, example: "five" },
  ]);
});

test("of a report of connections the thousand largest clients are kept apart, and it counts once", async () => {
  const { db } = testDb();
  const clients = Array.from({ length: 1_200 }, (_, index) => ({ address: `10.0.0.${index}`, connections: index + 1 }));
  const report = encodeConnectionsReport({ reporter: "m1", at: new Date().toISOString(), clients });
  await insertIngestBatch(db, clusterId, "connections", report);
  await insertIngestBatch(db, clusterId, "connections", report);
  await takeAll(ingest);
  const rows = await db.select().from(connectionSample).where(eq(connectionSample.clusterId, clusterId));
  const figures = rows.map((row) => [row.connections, row.clients.length, row.otherConnections]);
  expect(figures).toEqual([[(1_200 * 1_201) / 2, 1_000, (200 * 201) / 2]]);
  expect(rows[0]?.clients[0]).toEqual({ address: "10.0.0.1199", connections: 1_200 });
});

test("a batch that is damaged is noted and set aside; what is behind it is counted", async () => {
  const { db } = testDb();
  await insertIngestBatch(db, clusterId, "audit", {
    ...{ format: 1, events: 7, payload: Buffer.from("no deflate"), eventIds: Buffer.alloc(0) },
  });
  await insertIngestBatch(db, clusterId, "connections", {
    ...{ format: 9, events: 1, payload: Buffer.alloc(0), eventIds: Buffer.alloc(0) },
  });
  await send([Date.now()]);
  await takeAll(ingest);
  expect(await sumEvents(db, clusterId)).toBe(1);
  const noted = await db.select().from(ingestFault).where(eq(ingestFault.clusterId, clusterId));
  expect(noted.map(({ source, fault, events }) => [source, fault, events]).sort()).toEqual([
    ["audit", "not-an-event", 7],
    ["connections", "not-an-event", 1],
  ]);
});

test("what Postgres will not take is tried again, then set aside, and holds up no other cluster", async () => {
  const { db } = testDb();
  const other = await register();
  const batch = emptyIngestBatch();
  batch.events.push({ ...eventAt(Date.now()), code: 70_000 }); // beyond a smallint
  await insertIngestBatch(db, clusterId, "audit", encodeIngestBatch(batch));
  await send([Date.now()]);
  await send([Date.now()], other);
  await ingest.round();
  expect(await sumEvents(db, other)).toBe(1);
  for (let round = 0; round < 10; round++) await ingest.round();
  expect(await sumEvents(db, clusterId)).toBe(1);
  expect(await faults()).toEqual({ "not-an-event": 1 });
});

test("a flood of one cluster: another's batch is taken in the same round", async () => {
  const { db } = testDb();
  const quiet = await register();
  for (let index = 0; index < 200; index++) await send([Date.now()]);
  await send([Date.now()], quiet);
  expect(await ingest.round()).toBe(true);
  expect(await sumEvents(db, quiet)).toBe(1);
  expect(await sumEvents(db, clusterId)).toBe(64);
});

test("more identities than a minute keeps: bounded, folded, and by verb, resource and code still exact", async () => {
  const { db } = testDb();
  const atMs = toMinute(Date.now()) - HOUR_MS;
  for (let batch = 0; batch < 6; batch++) {
    const events: TrafficEvent[] = Array.from({ length: 1_500 }, (_, index) => ({
      ...eventAt(atMs + index),
      userAgent: `agent-${batch}-${index}`,
      code: index % 3 === 0 ? 404 : 200,
    }));
    for (let index = 0; index < 20; index++) events.push({ ...eventAt(atMs), userAgent: "loud" });
    await insertIngestBatch(db, clusterId, "audit", encodeIngestBatch({ ...emptyIngestBatch(), events }));
    await ingest.round();
  }
  const cells = await listStoredCells(db, clusterId, { source: "audit" });
  expect(cells.length).toBeLessThanOrEqual(2_000);
  const sum = (some: typeof cells) => some.reduce((all, { figures }) => all + figures.requests, 0);
  expect(sum(cells.filter(({ cell }) => cell.code === 404))).toBe(6 * 500);
  expect(sum(cells.filter(({ cell }) => cell.code === 200))).toBe(6 * 1_020);
  expect(sum(cells.filter(({ cell }) => cell.userAgent === "loud"))).toBe(120);
  const [minute] = await db.select().from(trafficMinute).where(eq(trafficMinute.clusterId, clusterId));
  expect(minute?.events).toBe(6 * 1_520);
  expect(minute?.foldedCells).toBeGreaterThan(6_000);
});

test("a dictionary that is full takes no more identities: they are counted by verb, resource and code", async () => {
  const { db } = testDb();
  await fillDictionary(5_000);
  store = new TrafficStore(db, { dictionaryCells: 5_000 });
  ingest = newIngest(store);
  const atMs = toMinute(Date.now()) - HOUR_MS;
  const events = Array.from({ length: 900 }, (_, index) => ({ ...eventAt(atMs + index), user: `new-${index}` }));
  const known = { ...eventAt(atMs), user: "user-7" };
  await insertIngestBatch(
    db,
    clusterId,
    "audit",
    encodeIngestBatch({ ...emptyIngestBatch(), events: [...events, known] }),
  );
  await takeAll(ingest);
  const cells = await listStoredCells(db, clusterId, { source: "audit" });
  const requests = cells.map(({ cell, figures }) => [cell.user, cell.verb, cell.isFolded, figures.requests]);
  expect(requests).toEqual(
    expect.arrayContaining([
      ["user-7", "get", false, 1],
      [null, "get", true, 900],
    ]),
  );
  const [row] = await db.execute<{ cells: number }>(
    sql`select count(*)::int as cells from traffic_cell where cluster_id = ${clusterId}`,
  );
  expect(row?.cells).toBe(5_001);
  // Then what no minute and no hour has named for long goes, and what is named stays.
  await sealTrafficHours(store, Date.now() + HOUR_MS);
  await db.update(trafficCell).set({ lastSeenAt: new Date(Date.now() - 20 * DAY_MS) });
  await expireTraffic(store, Date.now());
  const left = await db.select().from(trafficCell).where(eq(trafficCell.clusterId, clusterId));
  expect(left.map(({ user }) => user).sort()).toEqual(["user-7", null].sort());
});

test("batches go when nobody can repeat them any more, tokens 90 days after they were revoked", async () => {
  const { db } = testDb();
  await send([Date.now()]);
  await takeAll(ingest);
  await expireBatches(db, Date.now() + 14 * MINUTE_MS);
  const batches = () => db.select().from(ingestBatch).where(eq(ingestBatch.clusterId, clusterId));
  expect(await batches()).toHaveLength(1);
  await expireBatches(db, Date.now() + 16 * MINUTE_MS);
  expect(await batches()).toEqual([]);
  const token = (name: string, ago: number | null) => ({
    ...{ clusterId, name, secretSha256: Buffer.from(name) },
    revokedAt: ago === null ? null : new Date(Date.now() - ago * DAY_MS),
  });
  await db.insert(ingestToken).values([token("used", null), token("fresh", 80), token("gone", 100)]);
  await expireTraffic(store, Date.now());
  const left = await db.select().from(ingestToken).where(eq(ingestToken.clusterId, clusterId));
  expect(left.map(({ name }) => name).sort()).toEqual(["fresh", "used"]);
});

test("an hour that is over is sealed from its minutes, and again when a late one comes", async () => {
  const { db } = testDb();
  const hourMs = Math.floor(Date.now() / HOUR_MS) * HOUR_MS - 5 * HOUR_MS;
  await send([hourMs, hourMs + 1_000, hourMs + 30 * MINUTE_MS]);
  await takeAll(ingest);
  await sealTrafficHours(store, Date.now());
  const read = () => db.select().from(trafficHour).where(eq(trafficHour.clusterId, clusterId));
  expect((await read()).map(({ at, events, observedMs }) => [at.getTime(), events, observedMs])).toEqual([
    [hourMs, 3, 3_000],
  ]);
  await send([hourMs + 40 * MINUTE_MS, Date.now()]);
  await takeAll(ingest);
  await sealTrafficHours(store, Date.now());
  expect((await read()).map(({ events, observedMs }) => [events, observedMs])).toEqual([[4, 4_000]]);
  const [cell] = await listStoredCells(db, clusterId, { source: "audit", from: trafficHour });
  expect(cell?.figures.requests).toBe(4);
  // Minutes that have been dropped take nothing from an hour.
  await db.delete(trafficMinute).where(eq(trafficMinute.at, new Date(hourMs)));
  await sealTrafficHours(new TrafficStore(db), Date.now());
  expect((await read()).map(({ events }) => events)).toEqual([4]);
});

test("the state of a source whose events are sent says that it does well; a followed one speaks for itself", async () => {
  const { db } = testDb();
  await send([Date.now()]);
  await takeAll(ingest);
  const states = () => db.select().from(collectorState).where(eq(collectorState.clusterId, clusterId));
  expect((await states()).map(({ collector, health }) => [collector, health])).toEqual([["audit", "ok"]]);
  await db.delete(collectorState);
  const following = new TrafficIngest({ ...testDb(), store, isFollowed: () => true });
  await send([Date.now()]);
  await takeAll(following);
  expect(await states()).toEqual([]);
});

async function register(): Promise<number> {
  const declared = { name: `c${++clusters}`, source: "settings" as const, access: { endpoints: [] } };
  return addCluster(testDb().db, declared, TEST_SECRET_KEY);
}

function newIngest(shared: TrafficStore): TrafficIngest {
  return new TrafficIngest({ ...testDb(), store: shared, isFollowed: () => false });
}

async function takeAll(by: TrafficIngest): Promise<void> {
  while (await by.round());
  const open = await testDb().db.select().from(ingestBatch).where(isNull(ingestBatch.takenAt));
  expect(open).toEqual([]);
}

async function send(instants: readonly number[], to = clusterId): Promise<void> {
  const batch = { ...emptyIngestBatch(), events: instants.map(eventAt) };
  await insertIngestBatch(testDb().db, to, "audit", encodeIngestBatch(batch));
}

async function sendLog(signals: ReturnType<typeof emptyIngestBatch>["signals"]): Promise<void> {
  const batch = { ...emptyIngestBatch(), signals };
  await insertIngestBatch(testDb().db, clusterId, "etcd-log", encodeIngestBatch(batch));
}

function eventAt(atMs: number): TrafficEvent {
  return {
    ...{ atMs, verb: "get", resource: "pods", namespace: "default", user: "u", userAgent: "a", sourceAddress: "::1" },
    ...{ code: 200, durationMicros: 1_000, responseBytes: null, etcdMicros: null, queueMicros: null },
    ...{ isUnpaged: false, isUncached: false, isClusterWide: false },
  };
}

/** Cells of users that came an hour ago; those of the ids asked for are known by their digests. */
async function fillDictionary(cells: number): Promise<void> {
  const { db } = testDb();
  await db.execute(sql`
    insert into traffic_cell (cluster_id, cell_id, source, verb, is_folded, first_seen_at, last_seen_at, digest, user_name)
    select ${clusterId}, id, 'audit', 'get', false, now(), now(), sha256(('u' || id)::bytea), 'user-' || id
    from generate_series(1, ${cells}::int) as series(id)`);
  const { atMs: _, durationMicros: __, ...identity } = { ...eventAt(0), user: "user-7" };
  const digest = cellDigest("audit", identity, false);
  await db
    .update(trafficCell)
    .set({ digest, resource: "pods" })
    .where(and(eq(trafficCell.clusterId, clusterId), eq(trafficCell.cellId, 7)));
}

async function faults(): Promise<Record<string, number>> {
  const events = sql`sum(${ingestFault.events})`.mapWith(Number);
  const rows = await testDb()
    .db.select({ fault: ingestFault.fault, events })
    .from(ingestFault)
    .where(eq(ingestFault.clusterId, clusterId))
    .groupBy(ingestFault.fault);
  return Object.fromEntries(rows.map((row) => [row.fault, row.events]));
}

/** Milliseconds observed by minute since `startMs`. */
async function observed(startMs: number): Promise<Record<number, number>> {
  const rows = await testDb().db.select().from(trafficMinute).where(eq(trafficMinute.clusterId, clusterId));
  return Object.fromEntries(rows.map(({ at, observedMs }) => [(at.getTime() - startMs) / MINUTE_MS, observedMs]));
}

function slices<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, index) =>
    all.slice(index * size, (index + 1) * size),
  );
}

function toMinute(atMs: number): number {
  return Math.floor(atMs / MINUTE_MS) * MINUTE_MS;
}

function microsOf(timestamp: string): number {
  const micros = /\.(\d+)Z$/.exec(timestamp)?.[1]?.padEnd(6, "0").slice(0, 6) ?? "0";
  return Math.floor(Date.parse(timestamp) / 1_000) * 1_000_000 + Number(micros);
}
