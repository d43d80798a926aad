import { describe, expect, test } from "vitest";
import { ETCD_FAMILIES } from "@/collectors/metrics/catalogue";
import { CounterMemory } from "@/collectors/metrics/delta";
import { PageReader, toCatalogue } from "@/collectors/metrics/page-reader";
import { SeriesDictionary } from "@/collectors/metrics/series-dictionary";
import { findTarget, writeReading } from "@/collectors/metrics/write";
import { ensurePartitions } from "@/lib/db/partitions";
import { cluster, member, memberSample } from "@/lib/db/schema";
import { probeMinute } from "@/lib/db/schema-health";
import { metricTarget } from "@/lib/db/schema-metrics";
import { HEALTH_SIGNAL_NAMES, type HealthSignalName } from "@/lib/model/health-signals";
import { findLine, readHealthSeries, readHealthTotals } from "@/lib/queries/health-series";
import { useTestDb } from "@/tests/support/db";
import { type PlainSample, readPlainly } from "@/tests/support/plain-metrics";
import { type RecordedPage, readRecordedPage } from "@/tests/support/recorded-pages";

const testDb = useTestDb();
const MINUTE_MS = 60_000;
/** A whole minute some time ago. */
const START_MS = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS - 30 * MINUTE_MS;
const range = { fromMs: START_MS, toMs: START_MS + 10 * MINUTE_MS };
const catalogue = toCatalogue(ETCD_FAMILIES);
let clusters = 0;

async function addCluster(): Promise<number> {
  const { db } = testDb();
  await ensurePartitions(db, Date.now());
  const [row] = await db
    .insert(cluster)
    .values({ name: `cluster ${++clusters}`, source: "settings", endpoints: [] })
    .returning({ id: cluster.id });
  return row?.id as number;
}

async function addMember(clusterId: number, memberId: string, more: Partial<typeof member.$inferInsert> = {}) {
  const empty = { clientUrls: [], peerUrls: [], alarms: [], errors: [], isLearner: false, isLeader: false };
  await testDb()
    .db.insert(member)
    .values({ clusterId, memberId, name: `m-${memberId}`, checkedAt: new Date(), ...empty, ...more });
}

/** All counters of a page twice as high: each has grown by what it stood at. */
function doubled(page: string): string {
  return page
    .split("\n")
    .map((line) => {
      const space = line.lastIndexOf(" ");
      if (line.startsWith("#") || space < 0 || line.startsWith("process_start_time")) return line;
      return `${line.slice(0, space)} ${Number(line.slice(space + 1)) * 2}`;
    })
    .join("\n");
}

/** Writes a page as two readings of a member, the second with everything doubled, ten seconds later. */
async function tellPages(clusterId: number, memberId: string, page: string, secondAtMs: number) {
  const { db } = testDb();
  const dictionary = new SeriesDictionary(db, clusterId, "etcd");
  const { targetId } = await findTarget(db, clusterId, { source: "etcd", url: `http://${memberId}.test:2379/metrics` });
  const memory = new CounterMemory();
  for (const [text, atMs] of [
    [page, secondAtMs - 10_000],
    [doubled(page), secondAtMs],
  ] as const) {
    const reader = new PageReader(catalogue);
    reader.push(Buffer.from(text));
    const read = { page: reader.finish(), at: new Date(atMs), tookMs: 1, bodyBytes: 1, clock: null };
    const reading = memory.compare(read.page, atMs, MINUTE_MS);
    await writeReading(db, clusterId, dictionary, {
      targetId,
      scrape: read,
      reading,
      memberId,
      subject: memberId,
      clockAhead: null,
    });
    memory.keep(read.page, reading);
  }
}

const pageOf = (name: RecordedPage) => readRecordedPage(name).toString();
const samplesOf = (page: string, name: string) => readPlainly(page, [name]);

/** A quantile in milliseconds as `histogram_quantile` defines it, by a plain walk over the page's own buckets. */
function plainQuantile(buckets: readonly PlainSample[], q: number): number | null {
  const counts = new Map<number, number>();
  for (const { labels, value } of buckets) {
    const le = labels.le === "+Inf" ? Number.POSITIVE_INFINITY : Number(labels.le);
    counts.set(le, (counts.get(le) ?? 0) + value);
  }
  const bounds = [...counts.keys()].sort((a, b) => a - b);
  const total = counts.get(Number.POSITIVE_INFINITY) ?? 0;
  if (total === 0) return null;
  let [low, below] = [0, 0];
  for (const bound of bounds) {
    const count = counts.get(bound) as number;
    if (count >= q * total) {
      if (bound === Number.POSITIVE_INFINITY) return low * 1_000;
      return (low + ((bound - low) * (q * total - below)) / (count - below)) * 1_000;
    }
    [low, below] = [bound, count];
  }
  return null;
}

const read = (clusterId: number, names: readonly HealthSignalName[], stepMs = MINUTE_MS) =>
  readHealthSeries(testDb().db, clusterId, { names, range, stepMs, withTotals: true });

describe.each(["etcd-3.4-metrics", "etcd-3.5-metrics", "etcd-3.6-metrics"] as const)("%s", (name) => {
  test("quantiles, rates and gauges are those of the page", async () => {
    const clusterId = await addCluster();
    await addMember(clusterId, "00000000000000aa");
    const page = pageOf(name);
    await tellPages(clusterId, "00000000000000aa", page, START_MS + 30_000);
    const series = await read(clusterId, HEALTH_SIGNAL_NAMES);
    const line = (signal: HealthSignalName) => findLine(series, signal, "00000000000000aa");

    const fsync = samplesOf(page, "etcd_disk_wal_fsync_duration_seconds_bucket");
    expect(line("fsyncP99")?.values[0]).toBeCloseTo(plainQuantile(fsync, 0.99) as number, 6);
    expect(line("fsyncP99")?.over(range)).toBeCloseTo(plainQuantile(fsync, 0.99) as number, 6);
    expect(line("fsyncP99")?.values.slice(1)).toEqual(Array(9).fill(null));
    const commit = samplesOf(page, "etcd_disk_backend_commit_duration_seconds_bucket");
    expect(line("commitP99")?.over(range)).toBeCloseTo(plainQuantile(commit, 0.99) as number, 6);

    // Of a member that has always been there, puts have one name; 3.4 tells it under another one as well.
    const puts = samplesOf(page, "etcd_mvcc_put_total").reduce((sum, { value }) => sum + value, 0);
    expect(puts).toBeGreaterThan(0);
    expect(line("putsPerSecond")?.over(range)).toBeCloseTo(puts / 10, 3);
    const started = samplesOf(page, "grpc_server_started_total");
    const ranges = started.filter(({ labels }) => labels.grpc_method === "Range");
    const rangeCalls = series.lines.find(
      ({ signal, split, memberId }) => signal === "requestsPerSecond" && split === "Range" && memberId !== "",
    );
    expect(rangeCalls?.over(range)).toBeCloseTo(ranges.reduce((sum, { value }) => sum + value, 0) / 10, 3);
    const calls = started.reduce((sum, { value }) => sum + value, 0);
    expect(line("requestsPerSecond")?.over(range)).toBeCloseTo(calls / 10, 3);

    const [watchers] = samplesOf(page, "etcd_debugging_mvcc_watcher_total");
    expect(line("watchers")?.values[0]).toBe((watchers as PlainSample).value * 2);
    const isTold = samplesOf(page, "etcd_server_range_duration_seconds_bucket").length > 0;
    expect(line("rangeP99") !== undefined).toBe(isTold);
  });
});

test("two members together are their buckets together, not the mean of their quantiles", async () => {
  const clusterId = await addCluster();
  const pages = { "00000000000000aa": pageOf("etcd-3.4-metrics"), "00000000000000bb": pageOf("etcd-3.6-metrics") };
  for (const [memberId, page] of Object.entries(pages)) {
    await addMember(clusterId, memberId);
    await tellPages(clusterId, memberId, page, START_MS + 30_000);
  }
  const buckets = Object.values(pages).map((page) => samplesOf(page, "etcd_disk_wal_fsync_duration_seconds_bucket"));
  const each = buckets.map((own) => plainQuantile(own, 0.99) as number);
  const truth = plainQuantile(buckets.flat(), 0.99) as number;
  expect(Math.abs(truth - ((each[0] as number) + (each[1] as number)) / 2)).toBeGreaterThan(0.001);

  const series = await read(clusterId, ["fsyncP99", "putsPerSecond", "requestsPerSecond"]);
  expect(Object.keys(pages).map((id) => findLine(series, "fsyncP99", id)?.over(range))).toEqual(
    each.map((value) => expect.closeTo(value, 6)),
  );
  expect(findLine(series, "fsyncP99", "")?.over(range)).toBeCloseTo(truth, 6);
  const totals = await readHealthTotals(testDb().db, clusterId, { names: ["fsyncP99"], range, stepMs: MINUTE_MS });
  expect(totals.lines.map(({ memberId, values }) => [memberId, values[0]])).toEqual([["", expect.closeTo(truth, 6)]]);
  // A call is made at one member; a put is told by every one of them.
  const calls = Object.values(pages).map((page) =>
    samplesOf(page, "grpc_server_started_total").reduce((sum, { value }) => sum + value, 0),
  );
  expect(findLine(series, "requestsPerSecond", "")?.over(range)).toBeCloseTo(
    calls.reduce((sum, value) => sum + value / 10, 0),
    3,
  );
  const puts = Object.keys(pages).map((id) => findLine(series, "putsPerSecond", id)?.over(range) as number);
  expect(puts).toContain(findLine(series, "putsPerSecond", "")?.over(range));
});

test("steps are added up before a quantile is computed, and a part of them is a question of its own", async () => {
  const clusterId = await addCluster();
  await addMember(clusterId, "00000000000000aa");
  const [old, recent] = [pageOf("etcd-3.4-metrics"), pageOf("etcd-3.6-metrics")];
  await tellPages(clusterId, "00000000000000aa", old, START_MS + 30_000);
  await tellPages(clusterId, "00000000000000aa", recent, START_MS + 3 * MINUTE_MS + 30_000);
  const buckets = [old, recent].map((page) => samplesOf(page, "etcd_disk_wal_fsync_duration_seconds_bucket"));
  const line = findLine(await read(clusterId, ["fsyncP99"]), "fsyncP99", "00000000000000aa");
  expect(line?.over(range)).toBeCloseTo(plainQuantile(buckets.flat(), 0.99) as number, 6);
  expect(line?.over({ fromMs: START_MS, toMs: START_MS + 2 * MINUTE_MS })).toBeCloseTo(
    plainQuantile(buckets[0] as PlainSample[], 0.99) as number,
    6,
  );
  expect(line?.over({ fromMs: START_MS + MINUTE_MS, toMs: START_MS + 2 * MINUTE_MS })).toBeNull();
});

test("a target that does not tell whose it is belongs to the member with its client URL", async () => {
  const clusterId = await addCluster();
  await addMember(clusterId, "00000000000000cc", { clientUrls: ["http://known.test:2379"] });
  const anonymous = pageOf("etcd-3.5-metrics").replaceAll(/^etcd_server_id.*\n/gm, "");
  await tellPages(clusterId, "known", anonymous, START_MS + 30_000);
  await tellPages(clusterId, "other", anonymous, START_MS + 30_000);
  await testDb().db.update(metricTarget).set({ memberId: null });
  const series = await read(clusterId, ["watchers"]);
  expect(series.lines.filter(({ memberId }) => memberId !== "").map(({ memberId }) => memberId)).toEqual([
    "00000000000000cc",
  ]);
});

test("Status tells sizes and who lags, the largest of a step; without the leader's answer nobody is known to lag", async () => {
  const clusterId = await addCluster();
  const ids = ["00000000000000aa", "00000000000000bb"];
  for (const id of ids) await addMember(clusterId, id);
  const polls = [
    { atMs: START_MS + 1_000, indexes: [100, 90], leads: 0 },
    { atMs: START_MS + 11_000, indexes: [200, 150], leads: 0 },
    { atMs: START_MS + 21_000, indexes: [260, 262], leads: 0 }, // asked a moment later
    { atMs: START_MS + MINUTE_MS, indexes: [300, 100], leads: null },
  ];
  await testDb()
    .db.insert(memberSample)
    .values(
      polls.flatMap(({ atMs, indexes, leads }) =>
        indexes.map((raftIndex, i) => ({
          clusterId,
          at: new Date(atMs),
          memberId: ids[i] as string,
          dbSizeBytes: raftIndex * 10,
          dbSizeInUseBytes: raftIndex,
          revision: raftIndex,
          raftIndex,
          raftAppliedIndex: raftIndex - i * 3,
          isLeader: leads === i,
          statusMs: 1 + i,
        })),
      ),
    );
  const names = ["dbSize", "raftBehind", "raftLag", "statusMs"] as const;
  const series = await read(clusterId, names);
  const valuesOf = (signal: HealthSignalName) =>
    ["", ...ids].map((id) => findLine(series, signal, id)?.values.slice(0, 3));
  expect(valuesOf("raftBehind")).toEqual([
    [50, null, null],
    [0, null, null],
    [50, null, null],
  ]);
  expect(valuesOf("dbSize").slice(1)).toEqual([
    [2_600, 3_000, null],
    [2_620, 1_000, null],
  ]);
  expect(valuesOf("raftLag").slice(1)).toEqual([
    [0, 0, null],
    [3, 3, null],
  ]);
  expect(findLine(series, "statusMs", ids[1] as string)?.over(range)).toBe(2);
  expect(findLine(series, "dbSize", ids[0] as string)?.over(range)).toBe(2_800); // the median of 2,600 and 3,000
});

test("the probe tells the slowest good read of a step; what failed or was not asked has no duration", async () => {
  const clusterId = await addCluster();
  await addMember(clusterId, "00000000000000aa");
  const slots = (...values: (number | null)[]) => [...values, ...Array(12 - values.length).fill(null)];
  const rows = [
    { minuteMs: START_MS, serializable: slots(1_000, 3_000, -1, 2_000), linearizable: slots(-1, -1) },
    { minuteMs: START_MS + MINUTE_MS, serializable: slots(null, 9_000), linearizable: slots(5_000) },
  ];
  await testDb()
    .db.insert(probeMinute)
    .values(
      rows.map(({ minuteMs, serializable, linearizable }) => ({
        clusterId,
        minute: new Date(minuteMs),
        memberId: "00000000000000aa",
        serializableMicros: serializable,
        linearizableMicros: linearizable,
        failures: [],
      })),
    );
  const names = ["probeSerializable", "probeLinearizable"] as const;
  const fine = await read(clusterId, names, 10_000);
  const valuesOf = (signal: HealthSignalName) => findLine(fine, signal, "00000000000000aa")?.values.slice(0, 8);
  expect(valuesOf("probeSerializable")).toEqual([3, 2, null, null, null, null, 9, null]);
  expect(valuesOf("probeLinearizable")).toEqual([null, null, null, null, null, null, 5, null]);
  const coarse = findLine(await read(clusterId, names), "probeSerializable", "");
  expect(coarse?.values.slice(0, 3)).toEqual([3, 9, null]);
  expect(coarse?.over({ fromMs: START_MS, toMs: START_MS + MINUTE_MS })).toBe(3);
});
