import { beforeAll, describe, expect, test } from "vitest";
import { ChurnAnswer, ChurnParams } from "@/lib/api/churn";
import { readChurn } from "@/lib/queries/churn";
import { useTestDb } from "@/tests/support/db";
import { Books, HOUR_MS, seedCluster, seedKeyspace } from "./seed";

const FROM = Date.parse("2026-03-01T11:20:00Z");
const NOW = Date.parse("2026-03-01T13:00:00Z");
const GAP = { fromMs: Date.parse("2026-03-01T12:10:00Z"), toMs: Date.parse("2026-03-01T12:20:00Z") };
const testDb = useTestDb();
const books = new Books(23);
let clusterId: number;

beforeAll(async () => {
  for (let atMs = FROM; atMs < NOW; atMs += 6_000) if (atMs < GAP.fromMs || atMs >= GAP.toMs) books.write(atMs);
  clusterId = await seedCluster(testDb(), "prod");
  await seedCluster(testDb(), "unread");
  await seedKeyspace(testDb(), clusterId, books, { fromMs: FROM, nowMs: NOW, gap: GAP });
});

const read = async (params: object = {}) =>
  ChurnAnswer.strict().parse(await readChurn(testDb().db, clusterId, ChurnParams.parse(params), NOW));

/** What the books say of a slot in the last hour, ten minutes of which nobody watched. */
function expected(slot: number) {
  const counts = books.counts(slot, { fromMs: NOW - HOUR_MS, toMs: NOW });
  const gauge = books.gauge(slot, NOW);
  return {
    keys: gauge.keys,
    liveBytes: gauge.keyBytes + gauge.valueBytes,
    writtenBytesPerSecond: counts.writtenBytes / 3_000,
    writesPerSecond: (counts.puts + counts.deletes) / 3_000,
  };
}

describe("the resources of the keyspace", () => {
  test("stand for themselves, below the etcd prefix they all share", async () => {
    const { items, parent, range } = await read();
    expect(items.map(({ prefix, kind }) => [prefix, kind]).sort()).toEqual([
      ["", "rest"],
      ["/registry/leases/", "prefix"],
      ["/registry/pods/", "prefix"],
    ]);
    for (const [prefix, slot] of [
      ["/registry/pods/", 2],
      ["/registry/leases/", 5],
    ] as const) {
      expect(items.find((item) => item.prefix === prefix)).toMatchObject(expected(slot));
    }
    expect(parent).toMatchObject(expected(0));
    expect(range.observedSeconds).toBe(3_000);
  });

  test("add up to the whole", async () => {
    for (const parent of ["", "/registry/", "/registry/pods/"]) {
      const { items, parent: whole } = await read({ parent });
      for (const figure of ["keys", "liveBytes", "writtenBytesPerSecond", "writesPerSecond", "growthBytes"] as const) {
        const sum = items.reduce((all, item) => all + (item[figure] ?? Number.NaN), 0);
        expect(sum, `${figure} of "${parent}"`).toBeCloseTo(whole?.[figure] ?? Number.NaN, 6);
      }
      const [live, written] = [
        (item: { liveShare: number }) => item.liveShare,
        (item: { writtenShare: number | null }) => item.writtenShare ?? 0,
      ];
      expect(items.reduce((all, item) => all + live(item), 0)).toBeCloseTo(1, 9);
      expect(items.reduce((all, item) => all + written(item), 0)).toBeCloseTo(1, 9);
    }
  });
});

test("below a resource its namespaces are compared, with the other ones and the keys between", async () => {
  const { items } = await read({ parent: "/registry/pods/" });
  expect(items.map(({ prefix, kind }) => [prefix, kind]).sort()).toEqual([
    ["/registry/pods/", "other"],
    ["/registry/pods/", "rest"],
    ["/registry/pods/ns-1/", "prefix"],
    ["/registry/pods/ns-2/", "prefix"],
  ]);
  expect(items.find(({ prefix }) => prefix.endsWith("ns-1/"))).toMatchObject({ ...expected(3), hasChildren: false });
  expect(items.find(({ kind }) => kind === "other")).toMatchObject(expected(6));
});

test("where nobody watched, rates are not known and sizes are", async () => {
  const { items } = await read({ from: "2026-03-01T12:12:00Z", to: "2026-03-01T12:18:00Z" });
  expect(items.length).toBeGreaterThan(0);
  for (const item of items) {
    expect(item).toMatchObject({ writtenBytesPerSecond: null, writesPerSecond: null, writtenShare: null });
    expect(item.liveBytes).toBeGreaterThan(0);
  }
});

test("a prefix the tree does not know, and a cluster never read, have nothing", async () => {
  expect(await read({ parent: "/nothing/" })).toMatchObject({ parent: null, items: [], state: "live" });
  const unread = await readChurn(testDb().db, clusterId + 1, ChurnParams.parse({}), NOW);
  expect(unread).toMatchObject({ parent: null, items: [], state: "unknown" });
});

test("false parameters are refused by name", async () => {
  await expect(read({ parentBase64: "*" })).rejects.toMatchObject({ field: "parentBase64" });
  await expect(read({ from: "2026-03-02T00:00:00Z" })).rejects.toMatchObject({ field: "from" });
});
