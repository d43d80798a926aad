import { Etcd3 } from "etcd3";
import { afterAll, beforeAll, expect, test } from "vitest";
import { CostLedger } from "@/collectors/cost-meter";
import { EtcdConnection } from "@/collectors/etcd/connection";
import { openAny } from "@/collectors/etcd/failover";
import { ensurePartitions } from "@/lib/db/partitions";
import { readCost } from "@/lib/queries/cost";
import { useTestDb } from "../support/db";
import { startEtcd, type TestEtcd } from "../support/etcd";

const HOUR_MS = 3_600_000;
const testDb = useTestDb();
let etcd: TestEtcd;
let client: Etcd3;

beforeAll(async () => {
  for (const ago of [0, 48 * HOUR_MS]) await ensurePartitions(testDb().db, Date.now() - ago);
  etcd = await startEtcd();
  client = new Etcd3({ hosts: etcd.endpoint });
});

afterAll(async () => {
  client?.close();
  await etcd?.stop();
});

/** What is written about a cluster, all hours together, by purpose. */
async function booked(clusterId: number) {
  const rows = await testDb().sql`
    select purpose, sum(requests)::int as requests, sum(keys)::int as keys, sum(received_bytes)::int as bytes,
      sum(request_seconds)::float as seconds, sum(events)::int as events
    from collector_cost where cluster_id = ${clusterId} group by purpose`;
  return Object.fromEntries(rows.map(({ purpose, ...figures }) => [purpose, figures]));
}

test("what is booked is what was asked: calls, keys, bytes and events", async () => {
  const access = { endpoints: [etcd.endpoint] };
  const ledger = new CostLedger(testDb().db, 101);
  for (let i = 0; i < 25; i++) await client.put(`/cost/${i}`).value("v".repeat(100));
  const scan = EtcdConnection.open(etcd.endpoint, access, ledger.of("scan"));
  let bytes = 0;
  for (let i = 0; i < 3; i++) {
    const answer = await scan.range({ key: Buffer.from("/cost/"), rangeEnd: Buffer.from("/cost0") }, () => undefined);
    bytes += answer.bytes;
  }
  await expect(scan.leaseTimeToLive("zz")).rejects.toThrow(); // never sent
  await ledger.flush();
  expect(await booked(101)).toMatchObject({ scan: { requests: 3, keys: 75, bytes, events: 0 } });
  expect((await booked(101)).scan.seconds).toBeGreaterThan(0);

  const { connection: members } = await openAny(access, { meter: ledger.of("members") }); // asks for the status once
  await members.memberList();
  await ledger.flush();
  expect(await booked(101)).toMatchObject({
    scan: { requests: 3, keys: 75, bytes },
    members: { requests: 2, keys: 0, events: 0 },
  });
  scan.close();
  members.close();

  const watching = EtcdConnection.open(etcd.endpoint, access, ledger.of("watch"));
  const stream = watching.watch({ key: Buffer.from("/cost/"), rangeEnd: Buffer.from("/cost0") });
  const write = async () => {
    for (let i = 0; i < 10; i++) await client.put(`/cost/${i}`).value("w");
    await client.delete().key("/cost/0").exec();
  };
  let writing: Promise<void> | undefined;
  let events = 0;
  for await (const batch of stream) {
    if (batch.kind === "created") writing = write(); // what comes before, the watch does not tell
    if (batch.kind === "events") events += batch.events;
    if (events === 11) break;
  }
  await writing;
  watching.close();
  await ledger.flush();
  expect(await booked(101)).toMatchObject({ watch: { requests: 1, keys: 0, events: 11 } });
});

test("what Postgres did not take is booked later, once", async () => {
  const { db, sql } = testDb();
  const ledger = new CostLedger(db, 102);
  const meter = ledger.of("check");
  meter.addRequest(500, 1_000);
  await sql`alter table collector_cost rename to collector_cost_away`;
  try {
    await expect(ledger.flush()).rejects.toThrow();
    meter.addRequest(250, 24);
    meter.addKeys(7);
  } finally {
    await sql`alter table collector_cost_away rename to collector_cost`;
  }
  await Promise.all([ledger.flush(), ledger.flush()]);
  await ledger.flush();
  expect(await booked(102)).toEqual({ check: { requests: 2, keys: 7, bytes: 1_024, seconds: 0.75, events: 0 } });
});

test("the ledger writes once more when it is stopped", async () => {
  const ledger = new CostLedger(testDb().db, 103);
  const stop = new AbortController();
  const running = ledger.run(stop.signal);
  ledger.of("members").addRequest(1, 10);
  stop.abort();
  await running;
  expect(await booked(103)).toMatchObject({ members: { requests: 1, bytes: 10 } });
});

test("the answer adds up by purpose and hour, and averages over the hours since the first", async () => {
  const { db, sql } = testDb();
  const nowMs = Math.floor(Date.now() / HOUR_MS) * HOUR_MS + HOUR_MS / 2;
  const [row] =
    await sql`insert into cluster (name, source, endpoints) values ('cost', 'settings', '{x}') returning id`;
  const id = Number(row?.id);
  const hour = (ago: number) => new Date(Math.floor(nowMs / HOUR_MS) * HOUR_MS - ago * HOUR_MS).toISOString();
  const book = (ago: number, purpose: string, requests: number) => sql`
    insert into collector_cost (cluster_id, hour, purpose, requests, keys, received_bytes, request_seconds, events)
    values (${id}, ${hour(ago)}, ${purpose}, ${requests}, ${requests * 2}, ${requests * 10}, ${requests / 4}, 0)`;
  await book(0, "scan", 100);
  await book(1, "scan", 300);
  await book(1, "watch", 4);
  await book(3, "scan", 300);
  await book(40, "scan", 9_999); // before the range
  await sql`insert into scan_boundary (cluster_id, at, keys, format, payload) values (${id}, ${hour(2)}, 5000, 1, '')`;
  const answer = await readCost(db, id, { range: "24h" }, nowMs);
  const [scan, watch] = answer.items;
  expect(scan).toMatchObject({
    purpose: "scan",
    requests: 700,
    keys: 1_400,
    receivedBytes: 7_000,
    requestSeconds: 175,
  });
  expect(scan?.perHour).toMatchObject({ requests: 200, requestSeconds: 50 }); // three and a half hours
  expect(watch).toMatchObject({ purpose: "watch", requests: 4 });
  const purposes = ["scan", "watch", "check", "members", "probe", "hash", "leases", "metrics", "apiserver", "question"];
  expect(answer.items.map(({ purpose }) => purpose)).toEqual(purposes);
  expect(answer.hours).toHaveLength(4);
  expect(answer.recent).toMatchObject({ requests: 404, requestSeconds: 101, from: hour(1) });
  expect(answer.range).toEqual({ from: hour(3), to: new Date(nowMs).toISOString(), hours: 3.5 });
  expect(answer.settings).toEqual({ paused: false, scanShare: 0.25, frameSeconds: 10 });
  expect(answer.boundaries).toEqual({ at: hour(2), keys: 5_000 });
  expect(answer.modelBytes).toBeNull();
});
