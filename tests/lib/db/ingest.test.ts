import { expect, test } from "vitest";
import { INGEST_CHANNEL, insertIngestBatches } from "@/lib/db/ingest";
import { ingestBatch } from "@/lib/db/schema-sources";
import { emptyIngestBatch, encodeIngestBatch } from "@/lib/model/ingest-batch";
import { isInboxFull } from "@/lib/queries/ingest-writes";
import { useTestDb } from "@/tests/support/db";

const testDb = useTestDb();
const encoded = encodeIngestBatch(emptyIngestBatch());

test("the batches of a request are kept together and told to the worker once", async () => {
  const told: string[] = [];
  const { unlisten } = await testDb().sql.listen(INGEST_CHANNEL, (payload) => told.push(payload));
  await insertIngestBatches(testDb().db, 5, "audit", [encoded, encoded, encoded]);
  await insertIngestBatches(testDb().db, 5, "audit", []);
  await expect.poll(() => told).toEqual(["5"]);
  const rows = await testDb().db.select().from(ingestBatch);
  expect(rows.map(({ clusterId, kind, takenAt }) => [clusterId, kind, takenAt])).toEqual(
    Array.from({ length: 3 }, () => [5, "audit", null]),
  );
  await unlisten();
});

test("an inbox is full when so many batches of that cluster are open", async () => {
  expect(await isInboxFull(testDb().db, 5, 3)).toBe(true);
  expect(await isInboxFull(testDb().db, 5, 4)).toBe(false);
  expect(await isInboxFull(testDb().db, 6, 1)).toBe(false);
  await testDb().db.update(ingestBatch).set({ takenAt: new Date() });
  expect(await isInboxFull(testDb().db, 5, 1)).toBe(false);
});
