import { beforeAll, describe, expect, test } from "vitest";
import { CompareAnswer, CompareParams, type CompareRow } from "@/lib/api/compare";
import { comparePrefixes } from "@/lib/queries/compare";
import { useTestDb } from "@/tests/support/db";
import { Books, HOUR_MS, NODES, seedCluster, seedKeyspace } from "./seed";

const FROM = Date.parse("2026-03-01T09:20:00Z");
const NOW = Date.parse("2026-03-01T13:05:30Z");
const GAP = { fromMs: Date.parse("2026-03-01T11:10:00Z"), toMs: Date.parse("2026-03-01T11:25:00Z") };
/** Pods come late: most of the tree is new after this. */
const EARLY = Date.parse("2026-03-01T09:22:00Z");

const testDb = useTestDb();
const books = new Books(21);
let clusterId: number;

beforeAll(async () => {
  for (let atMs = FROM; atMs < NOW; atMs += 11_000) if (atMs < GAP.fromMs || atMs >= GAP.toMs) books.write(atMs);
  clusterId = await seedCluster(testDb(), "prod");
  await seedKeyspace(testDb(), clusterId, books, { fromMs: FROM, nowMs: NOW, gap: GAP });
});

const compare = async (params: object) =>
  CompareAnswer.strict().parse(await comparePrefixes(testDb().db, clusterId, CompareParams.parse(params), NOW));

/** What the books say of a node at an instant. */
function held(slot: number, atMs: number) {
  const { keys, keyBytes, valueBytes } = books.gauge(slot, atMs);
  return { keys, liveBytes: keyBytes + valueBytes };
}

function slotOf({ prefix, kind }: CompareRow): number | undefined {
  return NODES.find((node) => node.prefix === prefix && node.isOther === (kind === "other"))?.slot;
}

describe("two instants", () => {
  test.each([
    { title: "an hour ago and now", params: { with: "1h" }, beforeMs: NOW - HOUR_MS, afterMs: NOW },
    {
      title: "the first minutes and now",
      params: { with: new Date(EARLY).toISOString() },
      beforeMs: EARLY,
      afterMs: NOW,
    },
    {
      title: "two instants of the past",
      params: { at: "2026-03-01T12:00:00Z", with: "2026-03-01T10:00:00.000Z" },
      beforeMs: Date.parse("2026-03-01T10:00:00Z"),
      afterMs: Date.parse("2026-03-01T12:00:00Z"),
    },
  ])("$title: every row is what the books say, and the changes add up", async ({ params, beforeMs, afterMs }) => {
    for (const parent of ["", "/registry/", "/registry/pods/"]) {
      const { parent: whole, items, totals, before, after } = await compare({ ...params, parent });
      expect(before).toMatchObject({ askedAt: new Date(beforeMs).toISOString(), reason: null });
      expect(Math.abs(Date.parse(before.at as string) - beforeMs)).toBeLessThanOrEqual(60_000);
      expect(after.reason).toBeNull();
      const [beforeAtMs, afterAtMs] = [Date.parse(before.at as string), Date.parse(after.at as string)];
      const slot = NODES.find((node) => node.prefix === parent && !node.isOther)?.slot as number;
      expect(whole).toMatchObject({ before: held(slot, beforeAtMs), after: held(slot, Math.max(afterAtMs, afterMs)) });
      for (const row of items.filter(({ kind }) => kind !== "direct")) {
        const own = slotOf(row) as number;
        expect(row).toMatchObject({ before: held(own, beforeAtMs), after: held(own, Math.max(afterAtMs, afterMs)) });
        expect(row.changeBytes).toBe(row.after.liveBytes - row.before.liveBytes);
      }
      for (const figure of ["changeBytes", "changeKeys"] as const) {
        expect(items.reduce((sum, row) => sum + row[figure], 0)).toBe(whole?.[figure]);
        expect(Object.values(totals).reduce((sum, total) => sum + total[figure], 0)).toBe(whole?.[figure]);
      }
      expect(items.map(({ changeBytes }) => Math.abs(changeBytes))).toEqual(
        items.map(({ changeBytes }) => Math.abs(changeBytes)).toSorted((a, b) => b - a),
      );
    }
  });

  test("a status is that of the live bytes; new and gone go by the keys", async () => {
    const forward = await compare({ parent: "/registry/pods/", with: new Date(EARLY).toISOString() });
    for (const { status, before, after, changeBytes } of forward.items) {
      if (before.keys === 0) expect(status).toBe("new");
      else if (after.keys === 0) expect(status).toBe("gone");
      else if (changeBytes !== 0) expect(status).toBe(changeBytes > 0 ? "grown" : "shrunk");
    }
    expect(forward.items.map(({ status }) => status)).toContain("new");
  });

  test("keys right below a prefix have a row of their own, which its children do not hold", async () => {
    const { items } = await compare({ parent: "/registry/pods/", with: "1h" });
    const direct = items.find(({ kind }) => kind === "direct");
    expect(direct?.after.keys).toBe(books.keys().filter(({ slot }) => slot === 2).length);
    expect(direct).toMatchObject({ prefix: "/registry/pods/", hasChildren: false });
  });

  test("what a limit leaves out is one row, so that it still adds up; a status narrows the list", async () => {
    const whole = await compare({ parent: "/registry/pods/", with: "1h" });
    const first = await compare({ parent: "/registry/pods/", with: "1h", limit: 1 });
    expect(first.items.map(({ kind }) => kind).at(-1)).toBe("rest");
    expect(first.items).toHaveLength(2);
    expect(first.items.reduce((sum, { changeBytes }) => sum + changeBytes, 0)).toBe(whole.parent?.changeBytes);
    expect(first.totals).toEqual(whole.totals);
    const shrunk = await compare({ parent: "/registry/pods/", with: "1h", status: "shrunk" });
    expect(shrunk.items).toEqual(whole.items.filter(({ status }) => status === "shrunk"));
  });
});

describe("what is not known is said", () => {
  test("nobody watched then", async () => {
    const { parent, items, before } = await compare({ with: "2026-03-01T11:20:00Z" });
    expect({ parent, items }).toEqual({ parent: null, items: [] });
    expect(before).toMatchObject({ at: null, reason: "not-watched", askedAt: "2026-03-01T11:20:00.000Z" });
  });

  test("the records begin later", async () => {
    const { parent, before, recordsSince } = await compare({ with: "7d" });
    expect(parent).toBeNull();
    expect(before).toMatchObject({ at: null, reason: "before-records" });
    expect(Date.parse(recordsSince as string)).toBe(FROM + 60_000); // the end of the first sample
  });

  test("a raw byte prefix is not recorded", async () => {
    expect(await compare({ parent: "/registry/po", with: "1h" })).toMatchObject({ parent: null, isRecorded: false });
  });

  test("before the first baseline there is no now", async () => {
    const other = await seedCluster(testDb(), "new");
    const answer = await comparePrefixes(testDb().db, other, CompareParams.parse({}), NOW);
    expect(answer).toMatchObject({ parent: null, after: { at: null }, recordsSince: null });
  });

  test.each([
    { with: "2026-03-02T00:00:00Z" },
    { at: "2026-03-01T10:00:00Z", with: "2026-03-01T10:00:00Z" },
    { with: "0000-01-01T00:00:00Z" },
  ])("an earlier instant that is not earlier is refused", async (params) => {
    await expect(compare(params)).rejects.toMatchObject({ name: "ParameterError", field: "with" });
  });
});
