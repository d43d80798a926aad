import { beforeAll, expect, test } from "vitest";
import { writeTimelineEvent } from "@/collectors/timeline";
import * as api from "@/lib/api/timeline";
import { ensurePartitions } from "@/lib/db/partitions";
import { readTimeline } from "@/lib/queries/timeline";
import { useTestDb } from "@/tests/support/db";
import { seedCluster } from "./seed";

const NOW = Date.parse("2026-03-01T13:00:00Z");
const MINUTE_MS = 60_000;
const testDb = useTestDb();
let clusterId: number;

const ago = (minutes: number) => new Date(NOW - minutes * MINUTE_MS);
const read = (params: object = {}) => readTimeline(testDb().db, clusterId, api.TimelineParams.parse(params), NOW);

beforeAll(async () => {
  const { db } = testDb();
  await ensurePartitions(db, NOW, NOW - 2 * 86_400_000);
  clusterId = await seedCluster(testDb(), "prod");
  const other = await seedCluster(testDb(), "other");
  const write = (event: Parameters<typeof writeTimelineEvent>[2]) => writeTimelineEvent(db, clusterId, event);
  await write({ at: ago(30), kind: "compaction", text: "second" });
  await write({ at: ago(90), until: ago(55), kind: "gap", text: "lasted" });
  await write({ at: ago(90), until: ago(60), kind: "resync", text: "over before" });
  await write({ at: ago(60), kind: "alarm", memberId: "ab", text: "first" });
  await write({ at: ago(30), kind: "compaction", text: "told twice" });
  await write({ at: ago(0), kind: "drift", text: "not yet" });
  await writeTimelineEvent(db, other, { at: ago(10), kind: "drift", text: "of another" });
});

test("the events of a range come by time; what reaches into it is in it, its end is not", async () => {
  const answer = await read({ range: "1h" });
  expect(
    api.TimelineAnswer.strict()
      .parse(answer)
      .items.map(({ text }) => text),
  ).toEqual(["lasted", "first", "second"]);
  expect(answer.items[0]).toEqual({
    ...{ at: ago(90).toISOString(), until: ago(55).toISOString(), kind: "gap", memberId: null, text: "lasted" },
  });
  expect(answer.items[1]?.memberId).toBe("ab");
  expect(answer.truncated).toBe(false);
});

test("of too many the newest are told, and that there are more", async () => {
  const answer = await read({ range: "1h", limit: 2 });
  expect(answer.items.map(({ text }) => text)).toEqual(["first", "second"]);
  expect(answer.truncated).toBe(true);
});

test("of some kinds only, named in a list; an unknown one is refused", async () => {
  const kinds = (await read({ range: "1h", kinds: "gap,alarm" })).items.map(({ kind }) => kind);
  expect(kinds).toEqual(["gap", "alarm"]);
  expect(api.TimelineParams.safeParse({ kinds: "gap,toString" }).error?.issues[0]?.path).toEqual(["kinds"]);
});

test("a range turned around is refused", async () => {
  await expect(read({ from: ago(1).toISOString(), to: ago(2).toISOString() })).rejects.toThrow("must lie before to");
});
