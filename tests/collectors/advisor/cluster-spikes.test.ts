import { and, eq } from "drizzle-orm";
import { describe, expect, test } from "vitest";
import { ClusterSpikes } from "@/collectors/advisor/spikes/cluster-spikes";
import { endUnwatchedSpikes } from "@/collectors/advisor/spikes/spike-rows";
import { cluster, member, timelineEvent } from "@/lib/db/schema";
import { probeMinute } from "@/lib/db/schema-health";
import { readSpikes } from "@/lib/queries/spikes";
import { useTestDb } from "@/tests/support/db";
import { seedTraffic, trafficEvent } from "@/tests/support/traffic-seed";
import { addTreeCluster, OTHER_SLOT, TREE, type Writes, writeFrameLine, writeSealedHour } from "./frames";

const testDb = useTestDb();
const FRAME_MS = 10_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const WEEK_MS = 7 * 24 * HOUR_MS;
/** A whole hour some hours ago, and half past it, when the storms begin. */
const HOUR = Math.floor(Date.now() / HOUR_MS) * HOUR_MS - 3 * HOUR_MS;
const STORM = HOUR + 30 * MINUTE_MS;

const slotOf = (name: (typeof TREE)[number]) => TREE.indexOf(name);
const SHOP = slotOf("/registry/events/shop/");
const CALM: Writes = { [SHOP]: 1, [slotOf("/registry/events/other/")]: 2, [slotOf("/registry/pods/")]: 3 };

const addCluster = () => addTreeCluster(testDb().db, HOUR - 3 * WEEK_MS);
const lines = (count: number, writes: Writes | null) => Array<Writes | null>(count).fill(writes);

/** What is stored, the oldest first: what it is of, and its begin and end in seconds after the storm's. */
async function listFound(clusterId: number) {
  const params = { from: new Date(HOUR - HOUR_MS).toISOString(), to: new Date(HOUR + 3 * HOUR_MS).toISOString() };
  const { items } = await readSpikes(testDb().db, clusterId, { ...params, limit: 500 }, Date.now());
  const seconds = (at: string | null) => (at === null ? null : (Date.parse(at) - STORM) / 1_000);
  return items.reverse().map((item) => ({ ...item, begin: seconds(item.onset), end: seconds(item.endedAt) }));
}

describe("a storm of writes", () => {
  test("is told of the deepest prefix that carries it, from its first step to its last", async () => {
    const { db } = testDb();
    const clusterId = await addCluster();
    const storm = { ...CALM, [SHOP]: 100 };
    await writeFrameLine(db, clusterId, HOUR, [...lines(180, CALM), ...lines(6, storm), ...lines(30, CALM)]);
    const spikes = new ClusterSpikes(db, clusterId);
    for (let ms = STORM; ms <= STORM + 5 * MINUTE_MS; ms += FRAME_MS) await spikes.pass(ms);
    const found = await listFound(clusterId);
    expect(found.map(({ signal, label, begin, end }) => ({ signal, label, begin, end }))).toEqual([
      { signal: "prefixWrites", label: "/registry/events/shop/", begin: 0, end: 60 },
    ]);
    expect(found[0]).toMatchObject({
      ...{ peak: 100, median: 1, mad: 0, baseline: "recent", unit: "perSecond", subjectKind: "prefix" },
      ...{ subject: String(SHOP), isLatency: false },
    });
  });

  test("is told in bytes too, where it is heavy", async () => {
    const { db } = testDb();
    const clusterId = await addCluster();
    await writeFrameLine(db, clusterId, HOUR, [...lines(180, CALM), ...lines(6, { [SHOP]: 5_000 })]);
    await new ClusterSpikes(db, clusterId).pass(STORM + MINUTE_MS);
    expect((await listFound(clusterId)).map(({ signal, label }) => `${signal} ${label}`).sort()).toEqual([
      "prefixBytes /registry/events/shop/",
      "prefixWrites /registry/events/shop/",
    ]);
  });

  test("on what has no node of its own is told of the prefix above", async () => {
    const { db } = testDb();
    const clusterId = await addCluster();
    await writeFrameLine(db, clusterId, HOUR, [...lines(180, CALM), ...lines(6, { ...CALM, [OTHER_SLOT]: 80 })]);
    await new ClusterSpikes(db, clusterId).pass(STORM + MINUTE_MS);
    expect((await listFound(clusterId)).map(({ label }) => label)).toEqual(["/registry/leases/"]);
  });

  test("that is usual at this hour of the week is none", async () => {
    const { db } = testDb();
    const clusterId = await addCluster();
    const storm = { ...CALM, [SHOP]: 100 };
    await writeFrameLine(db, clusterId, HOUR, [...lines(180, CALM), ...lines(6, storm)]);
    for (const weeks of [1, 2]) await writeSealedHour(db, clusterId, HOUR - weeks * WEEK_MS, storm);
    await new ClusterSpikes(db, clusterId).pass(STORM + MINUTE_MS);
    expect(await listFound(clusterId)).toEqual([]);
  });

  test("that is not usual at this hour of the day is told by what is", async () => {
    const { db } = testDb();
    const clusterId = await addCluster();
    await writeFrameLine(db, clusterId, HOUR, [...lines(180, CALM), ...lines(6, { [SHOP]: 500 })]);
    for (const days of [1, 2]) await writeSealedHour(db, clusterId, HOUR - (days * WEEK_MS) / 7, { [SHOP]: 60 });
    await new ClusterSpikes(db, clusterId).pass(STORM + MINUTE_MS);
    expect(await listFound(clusterId)).toMatchObject([
      { label: "/registry/events/shop/", baseline: "hour-of-day", median: 60, peak: 500 },
    ]);
  });

  test("of very many at once, the strongest are told", async () => {
    const { db } = testDb();
    const clusterId = await addCluster();
    const quiet = Array.from({ length: 30 }, (_, i) => trafficEvent({ atMs: HOUR + i * MINUTE_MS, userAgent: "calm" }));
    const busy = [0, 1].flatMap((minute) =>
      Array.from({ length: 120 }, (_, client) => {
        const event = trafficEvent({ atMs: STORM + minute * MINUTE_MS, userAgent: `client ${client}` });
        return Array<typeof event>(310 + client).fill(event);
      }),
    );
    const last = trafficEvent({ atMs: STORM + 3 * MINUTE_MS, userAgent: "calm" });
    await seedTraffic(db, clusterId, { source: "audit", events: [...quiet, ...busy.flat(), last] });
    const spikes = new ClusterSpikes(db, clusterId);
    await spikes.pass(STORM);
    await spikes.pass(STORM + 3 * MINUTE_MS);
    const found = await listFound(clusterId);
    const clients = found.filter(({ signal }) => signal === "clientRequests").map(({ label }) => label);
    const strongest = Array.from({ length: 60 }, (_, i) => `client ${60 + i}`); // five places are kept for each other signal
    expect(clients.sort()).toEqual(strongest.sort());
    expect(found.map(({ signal }) => signal)).toContain("verbRequests");
  });
});

describe("after a restart", () => {
  test("a spike goes on as the same", async () => {
    const { db } = testDb();
    const clusterId = await addCluster();
    const storm = { ...CALM, [SHOP]: 100 };
    await writeFrameLine(db, clusterId, HOUR, [...lines(180, CALM), ...lines(12, storm)]);
    await new ClusterSpikes(db, clusterId).pass(STORM + 2 * MINUTE_MS);
    expect(await listFound(clusterId)).toMatchObject([{ begin: 0, end: null, peak: 100 }]);
    const later = [...lines(6, { ...CALM, [SHOP]: 200 }), ...lines(10, CALM)];
    await writeFrameLine(db, clusterId, STORM + 2 * MINUTE_MS, later);
    await new ClusterSpikes(db, clusterId).pass(STORM + 3 * MINUTE_MS);
    expect(await listFound(clusterId)).toMatchObject([{ begin: 0, end: null, peak: 200 }]);
    await new ClusterSpikes(db, clusterId).pass(STORM + 5 * MINUTE_MS);
    expect(await listFound(clusterId)).toMatchObject([
      { label: "/registry/events/shop/", begin: 0, end: 180, peak: 200, median: 1 },
    ]);
  });

  test("what went on when it stopped has ended then", async () => {
    const { db } = testDb();
    const clusterId = await addCluster();
    const storm = { ...CALM, [SHOP]: 100 };
    await writeFrameLine(db, clusterId, HOUR, [...lines(180, CALM), ...lines(12, storm)]);
    await new ClusterSpikes(db, clusterId).pass(STORM + 2 * MINUTE_MS);
    await writeFrameLine(db, clusterId, STORM + 20 * MINUTE_MS, lines(12, storm));
    await new ClusterSpikes(db, clusterId).pass(STORM + 22 * MINUTE_MS);
    expect(await listFound(clusterId)).toMatchObject([
      { begin: 0, end: 120 },
      { begin: 1_200, end: null },
    ]);
  });

  test("so has what a paused cluster showed", async () => {
    const { db } = testDb();
    const clusterId = await addCluster();
    await writeFrameLine(db, clusterId, HOUR, [...lines(180, CALM), ...lines(12, { [SHOP]: 100 })]);
    await new ClusterSpikes(db, clusterId).pass(STORM + 2 * MINUTE_MS);
    await endUnwatchedSpikes(db);
    expect(await listFound(clusterId)).toMatchObject([{ end: null }]);
    await db.update(cluster).set({ paused: true }).where(eq(cluster.id, clusterId));
    await endUnwatchedSpikes(db);
    expect(await listFound(clusterId)).toMatchObject([{ begin: 0, end: 120 }]);
  });
});

describe("a member", () => {
  /** Half an hour of calm probes, then two minutes of others, then calm ones again; looks every ten seconds. */
  async function probe(micros: { serializable: number; linearizable: number }) {
    const { db } = testDb();
    const clusterId = await addCluster();
    const empty = { clientUrls: [], peerUrls: [], alarms: [], errors: [], isLearner: false, isLeader: false };
    await db.insert(member).values({ clusterId, memberId: "ab12", name: "etcd-1", checkedAt: new Date(), ...empty });
    for (let minute = 0; minute < 36; minute++) {
      const isBad = minute >= 30 && minute < 32;
      await db.insert(probeMinute).values({
        ...{ clusterId, minute: new Date(HOUR + minute * MINUTE_MS), memberId: "ab12", failures: [] },
        serializableMicros: Array(12).fill(isBad ? micros.serializable : 800),
        linearizableMicros: Array(12).fill(isBad ? micros.linearizable : 1_200),
      });
    }
    const spikes = new ClusterSpikes(db, clusterId);
    for (let ms = STORM; ms <= STORM + 6 * MINUTE_MS; ms += FRAME_MS) await spikes.pass(ms);
    const isSpike = and(eq(timelineEvent.clusterId, clusterId), eq(timelineEvent.kind, "spike"));
    const events = await db.select().from(timelineEvent).where(isSpike);
    return { found: await listFound(clusterId), events };
  }

  test("that is slow is told, and put on the timeline", async () => {
    const { found, events } = await probe({ serializable: 800, linearizable: 48_000 });
    expect(found).toMatchObject([
      { signal: "probeLinearizable", subject: "ab12", label: "etcd-1", begin: 0, end: 120, median: 1.2, peak: 48 },
    ]);
    const [at, until] = [new Date(STORM), new Date(STORM + 2 * MINUTE_MS)];
    const text = "Linearizable reads of etcd-1 went from 1.2 ms to 48 ms.";
    expect(events).toMatchObject([{ at, until, memberId: "ab12", text }]);
  });

  test("that does not answer is told as one that takes longer than one waits", async () => {
    const { found, events } = await probe({ serializable: 900, linearizable: -1 });
    expect(found).toMatchObject([{ signal: "probeLinearizable", begin: 0, end: 120, median: 1.2, peak: 4_000 }]);
    expect(events.map(({ text }) => text)).toEqual([
      "Linearizable reads of etcd-1 failed or took longer than 4.0 s; 1.2 ms is usual.",
    ]);
  });
});

test("a client that asks a hundred times as much is told, and the verb", async () => {
  const { db } = testDb();
  const clusterId = await addCluster();
  const events = Array.from({ length: 35 }, (_, minute) => {
    const event = trafficEvent({ atMs: HOUR + minute * MINUTE_MS + 1_000, verb: "list", userAgent: "greedy/v1" });
    const other = trafficEvent({ atMs: HOUR + minute * MINUTE_MS + 1_000, userAgent: "calm/v1" });
    const isStorm = minute >= 30 && minute < 32;
    return [...Array<typeof event>(isStorm ? 1_200 : 12).fill(event), ...Array<typeof other>(20).fill(other)];
  }).flat();
  await seedTraffic(db, clusterId, { source: "audit", events });
  const spikes = new ClusterSpikes(db, clusterId);
  for (let ms = STORM; ms <= STORM + 5 * MINUTE_MS; ms += FRAME_MS) await spikes.pass(ms);
  const found = await listFound(clusterId);
  expect(
    found.map(({ signal, label, begin, end, median, peak }) => ({ signal, label, begin, end, median, peak })),
  ).toEqual([
    { signal: "verbRequests", label: "list", begin: 0, end: 120, median: 0.2, peak: 20 },
    { signal: "clientRequests", label: "greedy/v1", begin: 0, end: 120, median: 0.2, peak: 20 },
  ]);
  expect(JSON.parse(found[1]?.subject as string)).toMatchObject({ userAgent: "greedy/v1" });
});
