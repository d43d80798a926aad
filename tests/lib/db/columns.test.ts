import { expect, test } from "vitest";
import { probeMinute } from "@/lib/db/schema-health";
import { useTestDb } from "@/tests/support/db";

const testDb = useTestDb();

test("what is not known comes back as it went", async () => {
  const { db } = testDb();
  const micros = [null, 1, -1, null, 2_147_483_647];
  const row = { clusterId: 1, minute: new Date(), memberId: "a", failures: [] };
  await db.insert(probeMinute).values({ ...row, serializableMicros: micros, linearizableMicros: [] });
  expect(await db.select().from(probeMinute)).toMatchObject([{ serializableMicros: micros, linearizableMicros: [] }]);
});
