import { beforeAll, describe, expect, test } from "vitest";
import { LedgerAnswer, type LedgerRow } from "@/lib/api/ledger";
import { member } from "@/lib/db/schema";
import { readLedger } from "@/lib/queries/ledger";
import { useTestDb } from "@/tests/support/db";
import { Books, historyOf, NOT_MEASURED, seedCluster, seedKeyspace } from "./seed";

const FROM = Date.parse("2026-03-01T12:40:00Z");
const NOW = Date.parse("2026-03-01T13:00:00Z");
const COMPACTED = 1_100;

const testDb = useTestDb();
const books = new Books(11);

beforeAll(() => {
  for (let atMs = FROM; atMs < NOW; atMs += 3_000) books.write(atMs);
});

async function addCluster(name: string, compactRevision?: number): Promise<number> {
  const id = await seedCluster(testDb(), name);
  const history = compactRevision === undefined ? {} : { compactRevision };
  await seedKeyspace(testDb(), id, books, { fromMs: FROM, nowMs: NOW, ...history });
  return id;
}

async function addMember(clusterId: number, memberId: string, more: Partial<typeof member.$inferInsert> = {}) {
  const at = new Date(NOW - 3_000);
  await testDb()
    .db.insert(member)
    .values({
      ...{ clusterId, memberId, name: `etcd-${memberId}`, clientUrls: [], peerUrls: [], isLearner: false },
      ...{ isLeader: false, version: "3.6.1", alarms: [], errors: [], at, checkedAt: at, ...more },
    });
}

const read = (clusterId: number) => readLedger(testDb().db, clusterId, NOW);
const sumOf = ({ parts }: LedgerRow) => parts.reduce((sum, { bytes }) => sum + bytes, 0);

describe("the ledger", () => {
  test("of every member adds up to its own file, with the cluster's live and history bytes", async () => {
    const id = await addCluster("prod", COMPACTED);
    const { keys, keyBytes, valueBytes } = books.gauge(0, NOW);
    const liveBytes = keyBytes + valueBytes;
    const { historyBytes, historyRevisions } = historyOf(books, { slot: 0 }, COMPACTED);
    const heldBytes = liveBytes + historyBytes;
    await addMember(id, "a", { isLeader: true, dbSizeBytes: heldBytes * 2, dbSizeInUseBytes: heldBytes + 5_000 });
    await addMember(id, "b", { dbSizeBytes: heldBytes * 3, dbSizeInUseBytes: heldBytes + 9_000, quotaBackendBytes: 1 });
    const answer = LedgerAnswer.strict().parse(await read(id));
    expect(answer).toMatchObject({ state: "live", revision: books.revision, historyReason: null });
    const [first, second] = answer.items as [LedgerRow, LedgerRow];
    for (const row of [first, second]) {
      expect(sumOf(row)).toBe(row.dbSizeBytes);
      expect(row).toMatchObject({ liveBytes, historyBytes, notes: [] });
      expect(row.parts.map(({ covers }) => covers)).toEqual([["live"], ["history"], ["overhead"], ["free"]]);
    }
    expect(first).toMatchObject({ overheadBytes: 5_000, freeBytes: heldBytes - 5_000, isLeader: true });
    expect(second).toMatchObject({ overheadBytes: 9_000, quotaBackendBytes: 1 });
    const expectedBytes = heldBytes + 80 * (keys + historyRevisions);
    expect(first.factor).toBeCloseTo((heldBytes + 5_000) / expectedBytes, 12);
  });

  test("without history has it in one with the overhead, and no factor", async () => {
    const id = await addCluster("unmeasured");
    await addMember(id, "a", { dbSizeBytes: 10_000_000, dbSizeInUseBytes: 9_000_000 });
    const { items, historyReason } = await read(id);
    expect(historyReason).toBe(NOT_MEASURED);
    expect(items[0]).toMatchObject({ historyBytes: null, overheadBytes: null, freeBytes: 1_000_000, factor: null });
    expect(items[0]?.parts.map(({ covers }) => covers.join("+"))).toEqual(["live", "history+overhead", "free"]);
    expect(sumOf(items[0] as LedgerRow)).toBe(10_000_000);
  });

  test("says when its readings do not belong together, or are not to be trusted", async () => {
    const id = await addCluster("odd", COMPACTED);
    const at = new Date(NOW - 600_000);
    await addMember(id, "behind", { dbSizeBytes: 50, dbSizeInUseBytes: 40, at });
    await addMember(id, "bloated", { dbSizeBytes: 2_000_000_000, dbSizeInUseBytes: 1_000_000_000 });
    await addMember(id, "silent", { at: null, failure: "refused" });
    await addMember(id, "old", { dbSizeBytes: 1_000, dbSizeInUseBytes: 0, version: "3.3.0" });
    const rows = new Map((await read(id)).items.map((row) => [row.memberId, row]));
    expect(rows.get("behind")?.notes).toEqual([
      expect.stringContaining("10 min apart"),
      expect.stringContaining("more than the file was said to have in use"),
    ]);
    expect(rows.get("behind")?.overheadBytes).toBeLessThan(0);
    expect(sumOf(rows.get("behind") as LedgerRow)).toBe(50);
    expect(rows.get("bloated")?.notes).toEqual([expect.stringContaining("not to be trusted")]);
    expect(rows.get("silent")).toMatchObject({ parts: [], dbSizeBytes: null, failure: "refused" });
    expect(rows.get("old")).toMatchObject({ dbSizeInUseBytes: null, freeBytes: null, factor: null });
  });

  test("of a cluster that was never read knows the file alone", async () => {
    const id = await seedCluster(testDb(), "new");
    await addMember(id, "a", { dbSizeBytes: 100, dbSizeInUseBytes: 60 });
    const { items, revision } = await read(id);
    expect(revision).toBeNull();
    expect(items[0]).toMatchObject({ liveBytes: null, freeBytes: 40, factor: null });
    expect(sumOf(items[0] as LedgerRow)).toBe(100);
  });
});
