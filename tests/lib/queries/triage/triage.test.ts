import { eq } from "drizzle-orm";
import { beforeAll, describe, expect, test } from "vitest";
import { TriageAnswer } from "@/lib/api/triage";
import { cluster } from "@/lib/db/schema";
import { spike } from "@/lib/db/schema-health";
import { ParameterError } from "@/lib/queries/errors";
import { readTriage } from "@/lib/queries/triage/triage";
import { toTriageMarkdown } from "@/lib/queries/triage/triage-markdown";
import { TRIAGE_RULES } from "@/lib/rules/triage/triage-rules";
import { useTestDb } from "@/tests/support/db";
import { HOSTILE_PREFIX, MEMBERS, seedTriage } from "@/tests/support/triage-seed";
import { seedCluster } from "../seed";

const testDb = useTestDb();
const MINUTE_MS = 60_000;
const NOW_MS = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS;
const STORM = { fromMs: NOW_MS - 12 * MINUTE_MS, toMs: NOW_MS - 2 * MINUTE_MS };
const iso = (ms: number) => new Date(ms).toISOString();
let clusterId: number;

function spikeOf(fromMs: number, toMs: number | null, more: Partial<typeof spike.$inferInsert> = {}) {
  return {
    ...{ clusterId, onset: new Date(fromMs), endedAt: toMs === null ? null : new Date(toMs), label: "etcd-1" },
    ...{ signal: "fsyncP99" as const, subject: MEMBERS[0].memberId, peak: 60, peakAt: new Date(fromMs), median: 2 },
    ...{ mad: 0.1, baseline: "recent", checkedAt: new Date(toMs ?? NOW_MS), ...more },
  };
}

async function setSpikes(...spikes: (typeof spike.$inferInsert)[]): Promise<void> {
  await testDb().db.delete(spike);
  if (spikes.length > 0) await testDb().db.insert(spike).values(spikes);
}

const ask = (params = {}, id = clusterId) => readTriage(testDb().db, id, params, NOW_MS);

beforeAll(async () => {
  clusterId = await seedCluster(testDb(), "prod");
  await seedTriage(testDb().db, clusterId, { nowMs: NOW_MS, minutes: 45, storm: STORM });
});

describe("Which times are looked at", () => {
  test("nothing asked and no spike: the last ten minutes beside the ten before", async () => {
    await setSpikes();
    const { window, calm, picked, spike: found } = await ask();
    expect({ window, calm, picked, found }).toEqual({
      window: { from: iso(NOW_MS - 10 * MINUTE_MS), to: iso(NOW_MS) },
      calm: { from: iso(NOW_MS - 20 * MINUTE_MS), to: iso(NOW_MS - 10 * MINUTE_MS) },
      ...{ picked: "recent", found: null },
    });
  });

  test("of a cluster that has just been registered, the later half of what is known beside the earlier", async () => {
    await setSpikes();
    const young = await seedCluster(testDb(), "young");
    await testDb()
      .db.update(cluster)
      .set({ createdAt: new Date(NOW_MS - 8 * MINUTE_MS) })
      .where(eq(cluster.id, young));
    const { window, calm } = await ask({}, young);
    expect(window).toEqual({ from: iso(NOW_MS - 4 * MINUTE_MS), to: iso(NOW_MS) });
    expect(calm).toEqual({ from: iso(NOW_MS - 8 * MINUTE_MS), to: iso(NOW_MS - 4 * MINUTE_MS) });
  });

  test("a spike that was over more than an hour ago is offered, and not looked at by itself", async () => {
    await setSpikes(spikeOf(NOW_MS - 80 * MINUTE_MS, NOW_MS - 70 * MINUTE_MS));
    expect((await ask()).picked).toBe("recent");
    await setSpikes(spikeOf(NOW_MS - 80 * MINUTE_MS, NOW_MS - 59 * MINUTE_MS));
    expect((await ask()).picked).toBe("spike");
    await setSpikes();
  });

  test("the newest latency spike, from a little before it; a spike of a rate is none", async () => {
    await setSpikes(
      spikeOf(STORM.fromMs, STORM.toMs),
      spikeOf(STORM.fromMs - 9 * MINUTE_MS, STORM.fromMs - 8 * MINUTE_MS, { signal: "prefixWrites", subject: "6" }),
    );
    const { window, calm, picked, spike: found, spikes } = await ask();
    expect(window).toEqual({ from: iso(STORM.fromMs - 30_000), to: iso(STORM.toMs) });
    expect(Date.parse(calm.to)).toBe(STORM.fromMs - 30_000);
    expect(Date.parse(calm.to) - Date.parse(calm.from)).toBe(10.5 * MINUTE_MS);
    expect(picked).toBe("spike");
    expect(found).toMatchObject({ signal: "fsyncP99", subjectKind: "member", isLatency: true });
    expect(spikes).toHaveLength(2);
  });

  test("one that goes on comes first, with all that began with it, for an hour at most", async () => {
    const open = NOW_MS - 100 * MINUTE_MS;
    await setSpikes(
      spikeOf(STORM.fromMs, STORM.toMs, { subject: MEMBERS[1].memberId }),
      spikeOf(open + MINUTE_MS, null),
      spikeOf(open, open + 2 * MINUTE_MS, { subject: MEMBERS[2].memberId }),
    );
    const { window } = await ask();
    expect(window).toEqual({ from: iso(open - 30_000), to: iso(open - 30_000 + 60 * MINUTE_MS) });
  });

  test("one that nobody has looked at lately is over; one that has just begun still has two minutes", async () => {
    await setSpikes(spikeOf(NOW_MS - 50 * MINUTE_MS, null, { checkedAt: new Date(NOW_MS - 45 * MINUTE_MS) }));
    expect((await ask()).window.to).toBe(iso(NOW_MS - 45 * MINUTE_MS));
    await setSpikes(spikeOf(NOW_MS - 10_000, null));
    expect((await ask()).window).toEqual({ from: iso(NOW_MS - 2 * MINUTE_MS), to: iso(NOW_MS) });
  });

  test("the calm steps back past other spikes, and gives up after six hours", async () => {
    const other = spikeOf(STORM.fromMs - 5 * MINUTE_MS, STORM.fromMs - 4 * MINUTE_MS);
    await setSpikes(spikeOf(STORM.fromMs, STORM.toMs, { subject: MEMBERS[1].memberId }), other);
    const { calm } = await ask();
    expect(Date.parse(calm.to)).toBe(other.onset.getTime() - 30_000);
    await setSpikes(
      spikeOf(STORM.fromMs, STORM.toMs),
      spikeOf(STORM.fromMs - 9 * 60 * MINUTE_MS, STORM.fromMs - MINUTE_MS),
    );
    expect(Date.parse((await ask()).calm.to)).toBe(STORM.fromMs - 30_000);
    await setSpikes();
  });

  test.each([
    [{ from: iso(NOW_MS), to: iso(NOW_MS - 1) }, "from"],
    [{ from: iso(NOW_MS + MINUTE_MS) }, "from"],
    [{ from: iso(NOW_MS - 25 * 60 * MINUTE_MS), to: iso(NOW_MS) }, "from"],
    [{ baselineFrom: iso(NOW_MS - 5 * MINUTE_MS), baselineTo: iso(NOW_MS - MINUTE_MS) }, "baselineTo"],
    [{ baselineFrom: iso(NOW_MS - 60 * MINUTE_MS), baselineTo: iso(NOW_MS - 70 * MINUTE_MS) }, "baselineFrom"],
    [{ baselineFrom: iso(NOW_MS - 60 * 60 * MINUTE_MS), baselineTo: iso(NOW_MS - 30 * MINUTE_MS) }, "baselineFrom"],
  ])("%j is refused, naming %s", async (params, field) => {
    const refused = await ask(params).catch((error) => error);
    expect(refused).toBeInstanceOf(ParameterError);
    expect(refused.field).toBe(field);
  });
});

const STORM_PARAMS = { from: iso(STORM.fromMs - 30_000), to: iso(STORM.toMs) };

describe("The answer", () => {
  let answer: TriageAnswer;
  beforeAll(async () => {
    answer = await ask(STORM_PARAMS);
  });

  test("is as the API documents it, with every rule of the catalogue once", () => {
    expect(TriageAnswer.strict().safeParse(answer).error).toBeUndefined();
    expect(answer.items.map(({ rule }) => rule).sort()).toEqual(TRIAGE_RULES.map(({ id }) => id).sort());
    const { likelyCause, contributing, ruledOut, noData } = answer.counts;
    expect(likelyCause + contributing + ruledOut + noData).toBe(answer.items.length);
    expect(answer.onset).toBe(iso(STORM.fromMs));
  });

  test("names the storm as a likely cause", () => {
    const cause = answer.items.find(({ rule }) => rule === "L24");
    expect(cause).toMatchObject({ verdict: "likely-cause", subject: { prefix: "/registry/events/ci-build/" } });
    expect(answer.headline.tone).toBe("bad");
  });

  test("what moved comes by time, with its lead on the latency; then what did not move", () => {
    const moved = answer.movers.filter(({ leadSeconds }) => leadSeconds !== null);
    const leads = moved.map(({ leadSeconds }) => leadSeconds as number);
    expect(leads).toEqual([...leads].sort((a, b) => a - b));
    const still = answer.movers.slice(moved.length);
    expect(still.every(({ leadSeconds }) => leadSeconds === null)).toBe(true);
    expect(still.map(({ label }) => label)).toContain("Ranges");
    const storm = moved.find(({ label, subject }) => subject.kind === "prefix" && label === "Writes");
    expect(storm?.leadSeconds).toBe(0);
  });

  test("every line has the axis' steps, and every row and check its line", () => {
    const ids = new Set(answer.series.map(({ id }) => id));
    expect(ids.size).toBe(answer.series.length);
    for (const { values } of [...answer.series, ...answer.heatStrip])
      expect(values).toHaveLength(answer.axis.atMs.length);
    for (const { seriesId } of [...answer.movers, ...answer.items])
      if (seriesId !== null) expect(ids).toContain(seriesId);
    expect(answer.series[0]).toMatchObject({ role: "latency", label: "Linearizable read" });
    expect(answer.series[1]).toMatchObject({ role: "latency", label: "WAL fsync p99", of: "etcd-1" });
    expect(answer.series[1]?.limits[0]).toMatchObject({ value: 10 });
    expect(answer.series.map(({ role }) => role).lastIndexOf("latency")).toBeLessThan(
      answer.series.findIndex(({ role }) => role === "suspect"),
    );
    expect(answer.heatStrip[0]?.prefix).toBe("/registry/events/ci-build/");
  });

  test("sources that told nothing say why", () => {
    const heard = answer.sources.filter(({ isHeard }) => isHeard).map(({ name }) => name);
    expect(heard).toEqual(["metrics", "probe", "keyspace"]);
    for (const { isHeard, reason } of answer.sources) expect(reason === null).toBe(isHeard);
  });

  test("as Markdown it is short and says the times in UTC; the hostile prefix stays a name", () => {
    const url = "http://localhost:3000/clusters/prod/triage?from=x";
    const text = toTriageMarkdown(answer, { cluster: "prod|`x`", url });
    expect(text.startsWith("**")).toBe(true);
    expect(text).toContain(`window ${iso(STORM.fromMs - 30_000).slice(0, 10)}`);
    expect(text).toContain("UTC");
    expect(text).toContain("**Likely cause**");
    expect(text).toContain("| What moved | Calm | Window | Lead |");
    expect(text).toContain(`<${url}>`);
    expect(text).not.toMatch(/@here|<!channel>|^# /m);
    expect(answer.movers.some(({ subject }) => subject.kind === "prefix" && subject.prefix === HOSTILE_PREFIX)).toBe(
      true,
    );
    const table = text.split("\n").filter((line) => line.startsWith("| "));
    for (const row of table) expect(row.replaceAll("\\|", "").split("|")).toHaveLength(6);
    expect(text.length).toBeLessThan(9_000);
  });
});

describe("Where little is known", () => {
  test("an empty cluster: no data, and no cause", async () => {
    const id = await seedCluster(testDb(), "empty");
    const answer = await ask({}, id);
    expect(TriageAnswer.strict().safeParse(answer).error).toBeUndefined();
    expect(answer.counts.likelyCause).toBe(0);
    expect(answer).toMatchObject({ movers: [], series: [], heatStrip: [], onset: null });
    expect(answer.headline.tone).toBe("unknown");
    expect(toTriageMarkdown(answer, { cluster: "empty", url: "http://localhost/" })).toContain("**No data**");
  });

  test("a managed cluster says that etcd is not reached", async () => {
    const id = await seedCluster(testDb(), "managed", { endpoints: [] });
    const answer = await ask({}, id);
    const reasons = answer.sources.filter(({ name }) => ["metrics", "probe", "keyspace"].includes(name));
    for (const { reason } of reasons) expect(reason).toContain("through its apiserver only");
  });

  test("a calm time: no cause is found", async () => {
    const from = iso(NOW_MS - 25 * MINUTE_MS);
    const answer = await ask({ from, to: iso(NOW_MS - 15 * MINUTE_MS) });
    expect(answer.items.filter(({ verdict }) => verdict === "likely-cause").map(({ text }) => text)).toEqual([]);
    expect(answer.movers.every(({ leadSeconds }) => leadSeconds === null)).toBe(true);
  });
});
