import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { runAdvisor } from "@/collectors/advisor/advisor";
import type { Standing } from "@/collectors/advisor/findings/cluster-findings";
import { cluster } from "@/lib/db/schema";
import { finding, spike } from "@/lib/db/schema-health";
import type { TriageFacts } from "@/lib/rules/triage/triage-facts";
import { useTestDb } from "@/tests/support/db";
import { addTreeCluster, TREE, writeFrameLine } from "./frames";

const testDb = useTestDb();
const FRAME_MS = 10_000;

test("looks at every cluster that is not paused, whatever another one does, until told to stop", async () => {
  const { db } = testDb();
  const nowMs = Math.floor(Date.now() / FRAME_MS) * FRAME_MS;
  const shop = TREE.indexOf("/registry/events/shop/");
  const ids: number[] = [];
  for (let i = 0; i < 3; i++) {
    const id = await addTreeCluster(db, nowMs - 24 * 3_600_000);
    await writeFrameLine(db, id, nowMs - 66 * FRAME_MS, [
      ...Array(60).fill({ [shop]: 1 }),
      ...Array(6).fill({ [shop]: 90 }),
    ]);
    ids.push(id);
  }
  const [failing, good, paused] = ids as [number, number, number];
  await db.update(cluster).set({ paused: true }).where(eq(cluster.id, paused));
  const readFacts: Standing["readFacts"] = async (_db, id) => {
    if (id === failing) throw new Error("no facts");
    return {} as TriageFacts;
  };
  const rule = { id: "L01", name: "n", title: "It is so", stage: "disk", explainedBy: [], isStanding: true } as const;
  const found = { verdict: "likely-cause", text: "It is so.", subject: { kind: "cluster" }, next: [], isAlert: true };
  const check = () => found as unknown as ReturnType<Standing["rules"][number]["check"]>;
  const stop = new AbortController();
  const running = runAdvisor(db, { readFacts, rules: [{ ...rule, check }] }, stop.signal, () => nowMs);
  const listClusters = async () => (await db.select().from(spike).orderBy(spike.clusterId)).map((row) => row.clusterId);
  await expect.poll(listClusters).toEqual([failing, good]);
  await expect.poll(async () => (await db.select().from(finding)).map((row) => row.clusterId)).toEqual([good]);
  stop.abort();
  await running;
});
