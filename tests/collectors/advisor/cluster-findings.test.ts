import { eq } from "drizzle-orm";
import { describe, expect, test } from "vitest";
import { ClusterFindings, type Standing } from "@/collectors/advisor/findings/cluster-findings";
import { deleteOldFindings, endUnwatchedFindings } from "@/collectors/advisor/findings/finding-rows";
import { STANDING } from "@/collectors/advisor/standing";
import { cluster, member } from "@/lib/db/schema";
import { finding } from "@/lib/db/schema-health";
import { readFindings } from "@/lib/queries/findings";
import type { TriageFacts } from "@/lib/rules/triage/triage-facts";
import type { TriageFinding, TriageRule } from "@/lib/rules/triage/triage-rule";
import { useTestDb } from "@/tests/support/db";

const testDb = useTestDb();
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const START = Math.floor(Date.now() / HOUR_MS) * HOUR_MS - 3 * HOUR_MS;
let clusters = 0;

async function addCluster(): Promise<number> {
  const row = { name: `cluster ${++clusters}`, source: "settings" as const, endpoints: [] };
  const [added] = await testDb().db.insert(cluster).values(row).returning({ id: cluster.id });
  return added?.id as number;
}

const QUIET: TriageFinding = {
  ...{ verdict: "ruled-out", text: "All is well.", subject: { kind: "cluster" }, figure: null, thresholds: [] },
  ...{ startedAtMs: null, next: [], needs: null, chart: null, weight: 0, isAlert: false },
};
const ALERT: TriageFinding = { ...QUIET, verdict: "likely-cause", text: "It is slow.", isAlert: true, next: ["Look."] };
const ofMember = (memberId: string): TriageFinding => ({ ...ALERT, subject: { kind: "member", memberId, name: "m" } });

/** A rule that says what it is told to say, minute by minute. */
function ruleOf(id: string, say: () => TriageFinding, isStanding = true): TriageRule {
  return { id, name: id, title: `Title of ${id}`, stage: "disk", explainedBy: [], isStanding, check: () => say() };
}

const readNothing: Standing["readFacts"] = async () => ({}) as TriageFacts;

async function listAll(clusterId: number, state: "open" | "all" = "all") {
  const params = { from: new Date(START - HOUR_MS).toISOString(), to: new Date(START + 3 * HOUR_MS).toISOString() };
  return readFindings(testDb().db, clusterId, { ...params, state, limit: 100 }, Date.now());
}

describe("what is found", () => {
  test("is open while it holds, and closes after three checks without it", async () => {
    const clusterId = await addCluster();
    let now: TriageFinding = ALERT;
    const standing = { readFacts: readNothing, rules: [ruleOf("L01", () => now)] };
    const findings = new ClusterFindings(testDb().db, clusterId, standing);
    await findings.pass(START);
    now = { ...ALERT, text: "It is slower." };
    await findings.pass(START + MINUTE_MS);
    expect((await listAll(clusterId)).items).toMatchObject([
      {
        ...{ rule: "L01", scope: "", severity: "warning", title: "Title of L01", text: "It is slower.", next: "Look." },
        ...{ openedAt: new Date(START).toISOString(), checkedAt: new Date(START + MINUTE_MS).toISOString() },
        closedAt: null,
      },
    ]);
    now = QUIET;
    for (const minute of [2, 3]) await findings.pass(START + minute * MINUTE_MS);
    expect((await listAll(clusterId, "open")).items).toHaveLength(1);
    await findings.pass(START + 4 * MINUTE_MS);
    expect((await listAll(clusterId, "open")).items).toEqual([]);
    expect((await listAll(clusterId)).items).toMatchObject([
      { closedAt: new Date(START + 4 * MINUTE_MS).toISOString(), checkedAt: new Date(START + MINUTE_MS).toISOString() },
    ]);
  });

  test("stays the same when it is missed twice, and after a restart; is new after it closed", async () => {
    const clusterId = await addCluster();
    let now: TriageFinding = ALERT;
    const standing = { readFacts: readNothing, rules: [ruleOf("L01", () => now)] };
    let minute = 0;
    const look = (findings: ClusterFindings) => findings.pass(START + minute++ * MINUTE_MS);
    const first = new ClusterFindings(testDb().db, clusterId, standing);
    await look(first);
    now = QUIET;
    for (let i = 0; i < 2; i++) await look(first);
    now = ALERT;
    await look(first);
    now = QUIET;
    for (let i = 0; i < 2; i++) await look(first);
    const second = new ClusterFindings(testDb().db, clusterId, standing);
    now = ALERT;
    await look(second);
    expect((await listAll(clusterId)).items).toHaveLength(1);
    now = QUIET;
    for (let i = 0; i < 3; i++) await look(second);
    now = ALERT;
    await look(second);
    const { items, open } = await listAll(clusterId);
    expect(items.map(({ closedAt }) => closedAt === null)).toEqual([true, false]);
    expect(open).toBe(1);
  });

  test("is told of each thing it is about, the worst first", async () => {
    const clusterId = await addCluster();
    let about = ofMember("a1");
    const rules = [ruleOf("L01", () => about), ruleOf("L06", () => ALERT), ruleOf("L02", () => ALERT, false)];
    const findings = new ClusterFindings(testDb().db, clusterId, { readFacts: readNothing, rules });
    await findings.pass(START);
    about = ofMember("b2");
    await findings.pass(START + MINUTE_MS);
    const { items } = await listAll(clusterId, "open");
    expect(items.map(({ rule, scope, severity }) => `${rule} ${scope} ${severity}`)).toEqual([
      "L06  critical",
      "L01 b2 warning",
      "L01 a1 warning",
    ]);
  });

  test.each([
    { up: 2, down: 1, severity: "warning" },
    { up: 1, down: 2, severity: "critical" },
    { up: 2, down: 2, severity: "critical" },
    { up: 0, down: 1, severity: "critical" },
  ])("of $down members down and $up up is $severity", async ({ up, down, severity }) => {
    const clusterId = await addCluster();
    const members = [...Array(up).fill(false), ...Array(down).fill(true)].map((isDown) => ({
      isLearner: false,
      isDown,
    }));
    const readFacts: Standing["readFacts"] = async () => ({ members }) as unknown as TriageFacts;
    const standing = { readFacts, rules: [ruleOf("L05", () => ALERT)] };
    await new ClusterFindings(testDb().db, clusterId, standing).pass(START);
    expect((await listAll(clusterId)).items).toMatchObject([{ rule: "L05", severity }]);
  });

  test("of leaders that change is the same, whoever leads", async () => {
    const clusterId = await addCluster();
    let leader = ofMember("a1");
    const standing = { readFacts: readNothing, rules: [ruleOf("L04", () => leader)] };
    const findings = new ClusterFindings(testDb().db, clusterId, standing);
    await findings.pass(START);
    leader = { ...ofMember("b2"), title: "There is no leader" };
    await findings.pass(START + MINUTE_MS);
    expect((await listAll(clusterId)).items).toMatchObject([{ rule: "L04", scope: "", title: "There is no leader" }]);
  });

  test.each(["L04", "L06", "L32"])("of %s is critical", async (id) => {
    const clusterId = await addCluster();
    const standing = { readFacts: readNothing, rules: [ruleOf(id, () => ALERT)] };
    await new ClusterFindings(testDb().db, clusterId, standing).pass(START);
    expect((await listAll(clusterId)).items).toMatchObject([{ rule: id, severity: "critical" }]);
  });
});

describe("what nobody can tell any more", () => {
  test("holds for an hour", async () => {
    const clusterId = await addCluster();
    let now: TriageFinding = ALERT;
    const standing = { readFacts: readNothing, rules: [ruleOf("L01", () => now)] };
    const findings = new ClusterFindings(testDb().db, clusterId, standing);
    await findings.pass(START);
    now = { ...QUIET, verdict: "no-data" };
    for (let minute = 1; minute < 60; minute++) await findings.pass(START + minute * MINUTE_MS);
    expect((await listAll(clusterId)).open).toBe(1);
    for (let minute = 60; minute < 63; minute++) await findings.pass(START + minute * MINUTE_MS);
    expect((await listAll(clusterId)).open).toBe(0);
  });

  test("because the cluster is paused is closed when it was last found", async () => {
    const clusterId = await addCluster();
    const { db } = testDb();
    const standing = { readFacts: readNothing, rules: [ruleOf("L01", () => ALERT)] };
    await new ClusterFindings(db, clusterId, standing).pass(START);
    await endUnwatchedFindings(db);
    expect((await listAll(clusterId)).open).toBe(1);
    await db.update(cluster).set({ paused: true }).where(eq(cluster.id, clusterId));
    await endUnwatchedFindings(db);
    expect((await listAll(clusterId)).items).toMatchObject([{ closedAt: new Date(START).toISOString() }]);
  });
});

test("a rule that fails takes no other down", async () => {
  const clusterId = await addCluster();
  const failing = ruleOf("L01", () => {
    throw new Error("no such figure");
  });
  const standing = { readFacts: readNothing, rules: [failing, ruleOf("L02", () => ALERT)] };
  await new ClusterFindings(testDb().db, clusterId, standing).pass(START);
  expect((await listAll(clusterId)).items).toMatchObject([{ rule: "L02" }]);
});

test("facts are of the last five minutes and the hour before", async () => {
  const clusterId = await addCluster();
  const asked: unknown[] = [];
  const readFacts: Standing["readFacts"] = async (_db, id, times) => {
    asked.push([id, times]);
    return {} as TriageFacts;
  };
  await new ClusterFindings(testDb().db, clusterId, { readFacts, rules: [] }).pass(START + 3_456);
  const window = { fromMs: START - 5 * MINUTE_MS, toMs: START };
  expect(asked).toEqual([[clusterId, { window, calm: { fromMs: window.fromMs - HOUR_MS, toMs: window.fromMs } }]]);
});

test("findings that closed longer ago than hours are kept are deleted", async () => {
  const clusterId = await addCluster();
  const { db } = testDb();
  const old = { severity: "warning" as const, title: "t", text: "t", next: "", scope: "", clusterId };
  const at = new Date(START);
  await db.insert(finding).values({ ...old, rule: "L01", openedAt: at, checkedAt: at, closedAt: at });
  await db.insert(finding).values({ ...old, rule: "L02", openedAt: at, checkedAt: at });
  await deleteOldFindings(db, START + 300 * 24 * HOUR_MS);
  expect((await listAll(clusterId)).items).toHaveLength(2);
  await deleteOldFindings(db, START + 500 * 24 * HOUR_MS);
  expect((await listAll(clusterId)).items).toMatchObject([{ rule: "L02" }]);
});

describe("the rules that stand", () => {
  const empty = { clientUrls: [], peerUrls: [], errors: [], isLearner: false, isLeader: true, at: new Date(START) };

  test("find nothing in a cluster of which nothing is known", async () => {
    const clusterId = await addCluster();
    await new ClusterFindings(testDb().db, clusterId, STANDING).pass(START);
    expect((await listAll(clusterId)).items).toEqual([]);
  });

  test("find an alarm, and that it is gone", async () => {
    const clusterId = await addCluster();
    const { db } = testDb();
    const row = {
      ...empty,
      clusterId,
      memberId: "ab12",
      name: "etcd-1",
      version: "3.5.21",
      checkedAt: new Date(START),
    };
    await db.insert(member).values({ ...row, alarms: ["NOSPACE"] });
    const findings = new ClusterFindings(db, clusterId, STANDING);
    await findings.pass(START);
    const { items } = await listAll(clusterId, "open");
    expect(items.filter(({ severity }) => severity === "critical")).toMatchObject([{ rule: "L06" }]);
    await db.update(member).set({ alarms: [] }).where(eq(member.clusterId, clusterId));
    for (const minute of [1, 2, 3]) await findings.pass(START + minute * MINUTE_MS);
    expect((await listAll(clusterId, "open")).items.map(({ rule }) => rule)).not.toContain("L06");
  });
});
