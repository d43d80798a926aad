import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { keepRunning } from "@/collectors/keep-running";
import { collectorState } from "@/lib/db/schema";
import { log } from "@/lib/log";
import { useTestDb } from "@/tests/support/db";

const testDb = useTestDb();

test("a collector that throws is reported as failed and begun again, until it ends or is told to", async () => {
  const { db } = testDb();
  let runs = 0;
  const stop = new AbortController();
  const collector = {
    name: "bad",
    run: async () => {
      if (++runs < 3) throw new Error("a mistake");
    },
  };
  await keepRunning(collector, { db, clusterId: 1, source: "metrics", log }, stop.signal);
  expect(runs).toBe(3);
  const [state] = await db.select().from(collectorState).where(eq(collectorState.clusterId, 1));
  expect(state).toMatchObject({ collector: "metrics", health: "failed", reason: expect.stringContaining("a mistake") });

  const endless = { name: "bad", run: () => Promise.reject(new Error("always")) };
  const running = keepRunning(endless, { db, clusterId: 2, source: "leases", log }, stop.signal);
  await expect.poll(() => db.$count(collectorState, eq(collectorState.clusterId, 2))).toBe(1);
  stop.abort();
  await running;
});
