import { expect, test } from "vitest";
import { dropUnnamedHotKeys } from "@/lib/db/partitions";
import { hotKey, hotMinute } from "@/lib/db/schema";
import { useTestDb } from "@/tests/support/db";

const testDb = useTestDb();

test("a hot key that no minute names any more leaves the dictionary, per cluster", async () => {
  const { db } = testDb();
  const key = Buffer.from("/a");
  await db.insert(hotKey).values([
    { clusterId: 1, keyId: 0, key },
    { clusterId: 1, keyId: 1, key: Buffer.from("/b") },
    { clusterId: 2, keyId: 0, key },
  ]);
  const counts = { observedMs: 60_000, writes: [3], writtenBytes: [9], unlistedWrites: 0 };
  await db.insert(hotMinute).values({ clusterId: 1, minute: new Date(), keyIds: [1], ...counts });
  await dropUnnamedHotKeys(db);
  const left = await db.select({ clusterId: hotKey.clusterId, keyId: hotKey.keyId }).from(hotKey);
  expect(left).toEqual([{ clusterId: 1, keyId: 1 }]);
});
