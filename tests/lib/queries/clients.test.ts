import { beforeAll, describe, expect, test } from "vitest";
import { CLIENT_PATTERNS, ClientsAnswer, ClientsParams } from "@/lib/api/clients";
import { listClients } from "@/lib/queries/clients";
import { CLIENT_RULES } from "@/lib/rules/clients/client-rules";
import { countBy, readAuditRows } from "../../support/audit-books";
import { useTestDb } from "../../support/db";
import { auditShiftMs, seedAuditFile, seedTraffic, trafficEvent } from "../../support/traffic-seed";
import { seedCluster } from "./seed";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const NOW = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS + 17_000;
const testDb = useTestDb();
const rows = readAuditRows();
let clusterId: number;

const read = async (params: Record<string, unknown> = {}) => {
  const answer = await listClients(testDb().db, clusterId, ClientsParams.parse({ range: "15m", ...params }), NOW);
  expect(ClientsAnswer.strict().safeParse(answer).error).toBeUndefined();
  return answer;
};

beforeAll(async () => {
  clusterId = await seedCluster(testDb(), "prod");
  await seedAuditFile(testDb().db, clusterId, { endMs: NOW });
});

test("there is a rule for every pattern that the API names", () => {
  expect(CLIENT_RULES.map(({ id }) => id).sort()).toEqual([...CLIENT_PATTERNS].sort());
});

describe("the recorded audit file", () => {
  test("clients are those of a plain loop, with their largest verbs and resources", async () => {
    const { items, total } = await read();
    const counted = countBy(rows, "userAgent", "user", "sourceAddress");
    expect(
      new Map(items.map((row) => [JSON.stringify([row.userAgent, row.user, row.sourceAddress]), row.requests])),
    ).toEqual(counted);
    expect(total?.requests).toBe(rows.length);
    for (const row of items) {
      const own = rows.filter(
        ({ userAgent, user, sourceAddress }) =>
          userAgent === row.userAgent && user === row.user && sourceAddress === row.sourceAddress,
      );
      for (const [field, slices] of [
        ["verb", row.topVerbs],
        ["resource", row.topResources],
      ] as const) {
        const largest = [...countBy(own, field).values()].sort((a, b) => b - a).slice(0, 5);
        expect(slices.map(({ requests }) => requests)).toEqual(largest);
      }
    }
  });

  test("the planted offenders are named, with what they do", async () => {
    const { items } = await read();
    const found = new Map(
      items
        .filter(({ findings }) => findings.length > 0)
        .map((row) => [
          row.userAgent?.split("/")[0],
          row.findings.map(({ pattern, verb, resource }) => `${pattern} ${verb} ${resource}`),
        ]),
    );
    expect(Object.fromEntries(found)).toEqual({
      "inventory-sync": ["unpaged-lists list pods", "relist-loop list pods", "uncached-lists list pods"],
      "config-reloader": [
        "unpaged-lists list configmaps",
        expect.stringMatching(/^uncached-lists list (configmaps|secrets)$/),
      ],
      "Go-http-client": ["tight-get-loop get widgets.acme.example.com", "denied-storm list secrets"],
      "terraform-provider-kubernetes": ["conflict-storm update widgets.acme.example.com"],
      "external-secrets": ["tight-get-loop get secrets"],
      "nginx-ingress-controller": ["tight-update-loop update configmaps"],
    });
  });

  test("trouble comes first, each with its numbers and what helps", async () => {
    const { items } = await read();
    const troubled = items.filter(({ findings }) => findings.length > 0).length;
    expect(items.slice(0, troubled).every(({ findings }) => findings.length > 0)).toBe(true);
    const sync = items.find(({ userAgent }) => userAgent?.startsWith("inventory-sync"));
    expect(sync?.findings[0]?.title).toBe("lists all pods 20 times a minute, unpaged");
    expect(sync?.findings[0]?.evidence).toContain("30 lists of all pods without a limit");
    for (const { findings } of items) {
      for (const finding of findings) expect(finding.sourceUrl).toMatch(/^https:\/\/(kubernetes\.io|github\.com)\//);
    }
  });

  test("who a user is comes from its name; an address that several nodes share says nothing", async () => {
    const { items } = await read();
    const names = new Map(items.map((row) => [row.user, row.resolvedName]));
    expect(names.get("system:serviceaccount:ops-tools:inventory-sync")).toBe(
      "service account ops-tools/inventory-sync",
    );
    expect(names.get("system:node:ip-10-20-1-30.pool-b")).toBe("node ip-10-20-1-30.pool-b");
    expect(names.get("system:kube-scheduler")).toBeNull();
    const { items: addresses } = await read({ groupBy: "sourceAddress" });
    const byAddress = new Map(addresses.map((row) => [row.sourceAddress, row.resolvedName]));
    const kubelet = rows.find(({ user }) => user === "system:node:ip-10-20-1-30.pool-b");
    expect(byAddress.get(kubelet?.sourceAddress ?? "")).toBe("node ip-10-20-1-30.pool-b");
    expect(byAddress.get("127.0.0.1")).toBeNull();
  });

  test("the line over the range adds up to the requests", async () => {
    const { items } = await read();
    const sync = items.find(({ userAgent }) => userAgent?.startsWith("inventory-sync"));
    const told = sync?.perMinute.filter((rate) => rate !== null) ?? [];
    expect(told).toHaveLength(2);
    const byMinute = countBy(
      rows
        .filter(({ userAgent }) => userAgent.startsWith("inventory-sync"))
        .map((row) => ({ ...row, endMs: Math.floor(row.endMs / MINUTE_MS) })),
      "endMs",
    );
    const counts = [...byMinute].sort().map(([, count]) => count);
    expect(told[0]).toBeCloseTo((counts[0] as number) / 30, 3);
    expect(told[1]).toBeCloseTo((counts[1] as number) / 60, 3);
    expect(sync?.lastSeenAt).toBe(new Date(Date.parse("2026-11-21T08:01:00Z") + auditShiftMs(NOW)).toISOString());
  });
});

describe("compared with the range before", () => {
  const before = NOW - 90 * MINUTE_MS;
  const now = NOW - 30 * MINUTE_MS;
  const atEach = (fromMs: number, seconds: number, userAgent: string) =>
    Array.from({ length: 1_800 / seconds }, (_, i) => trafficEvent({ atMs: fromMs + i * seconds * 1_000, userAgent }));
  let compared: number;

  beforeAll(async () => {
    compared = await seedCluster(testDb(), "compared");
    const events = [
      ...atEach(before, 10, "steady"),
      ...atEach(now, 10, "steady"),
      ...atEach(before, 60, "louder"),
      ...atEach(now, 0.5, "louder"),
      ...atEach(now, 30, "newcomer"),
      ...atEach(before, 30, "gone"),
    ];
    await seedTraffic(testDb().db, compared, { source: "audit", events });
  });

  test("who is new and who is suddenly louder comes first", async () => {
    const params = ClientsParams.parse({ range: "1h", groupBy: "userAgent" });
    const answer = await listClients(testDb().db, compared, params, NOW);
    const byAgent = new Map(answer.items.map((row) => [row.userAgent, row]));
    expect(answer.items.map(({ userAgent }) => userAgent).slice(-1)).toEqual(["steady"]);
    expect(byAgent.get("newcomer")).toMatchObject({ isNew: true, requestsPerSecondBefore: 0 });
    expect(byAgent.get("steady")).toMatchObject({ isNew: false });
    expect(byAgent.get("louder")?.isNew).toBe(false);
    const seconds = answer.before?.observedSeconds ?? 0;
    expect(byAgent.get("louder")?.requestsPerSecondBefore).toBeCloseTo(30 / seconds, 6);
    expect(Date.parse(byAgent.get("steady")?.firstSeenAt ?? "")).toBeLessThan(now);
    expect(byAgent.has("gone")).toBe(false);
    const { items } = await listClients(testDb().db, compared, { ...params, sort: "change" }, NOW);
    expect(items[0]?.userAgent).toBe("louder");
  });

  test("nobody is new where nobody was heard before", async () => {
    const from = new Date(before - HOUR_MS).toISOString();
    const params = ClientsParams.parse({ from, to: new Date(NOW).toISOString() });
    const answer = await listClients(testDb().db, compared, params, NOW);
    expect(answer.before).toBeNull();
    expect(answer.items.every(({ isNew, requestsPerSecondBefore }) => !isNew && requestsPerSecondBefore === null)).toBe(
      true,
    );
  });

  test("beyond the limit they are one row, and all add up", async () => {
    const params = ClientsParams.parse({ range: "1h", groupBy: "userAgent", limit: 1 });
    const { items, total } = await listClients(testDb().db, compared, params, NOW);
    expect(items).toHaveLength(2);
    expect(items[1]).toMatchObject({ isOther: true, userAgent: null, findings: [] });
    expect(items.reduce((sum, { requests }) => sum + requests, 0)).toBe(total?.requests);
  });
});
