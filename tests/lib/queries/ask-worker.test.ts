import { sql } from "drizzle-orm";
import { afterEach, expect, test } from "vitest";
import { question } from "@/lib/db/schema";
import { askWorker } from "@/lib/queries/ask-worker";
import { useTestDb } from "@/tests/support/db";
import { type Answers, startAnswerer } from "./answerer";

const testDb = useTestDb();
let answerer: Awaited<ReturnType<typeof startAnswerer>> | undefined;
afterEach(() => answerer?.stop());

const group = { prefixBase64: "YQ==", isKey: false, keys: 1, keyBytes: 1, valueBytes: 2, largestValueBytes: 2 };
const answer = { groups: [group], total: group, revision: 5, at: "2026-03-01T12:00:00Z" };
const start = async (answers: Answers) => {
  answerer = await startAnswerer(testDb(), answers);
};
const ask = (prefixBase64: string, timeoutMs?: number) =>
  askWorker(testDb().db, 1, "list-groups", { prefixBase64, limit: 10 }, { timeoutMs });

/** Dates the questions asked so far `seconds` ago; they are of the last second or not, however slow the test is. */
const age = (seconds: number) =>
  testDb()
    .db.update(question)
    .set({ askedAt: sql`now() - make_interval(secs => ${seconds})` });

test("gets the worker's answer", async () => {
  await start({ "list-groups": () => answer });
  expect(await ask("YQ==")).toEqual(answer);
});

test("questions that are word for word the same share a row for a second, and no longer", async () => {
  await start({ "list-groups": () => answer });
  await ask("Yg==");
  await age(-60);
  await Promise.all([ask("Yg=="), ask("Yg=="), ask("Yw==")]);
  expect(answerer?.asked).toHaveLength(2);
  await age(1);
  await ask("Yg==");
  expect(answerer?.asked).toHaveLength(3);
});

test("a question the worker cannot answer fails with its sentence, and is not shared", async () => {
  await start({ "list-groups": () => new Error("permission denied on /secret/") });
  await expect(ask("ZA==")).rejects.toMatchObject({
    name: "WorkerAnswerError",
    message: "permission denied on /secret/",
  });
  await expect(ask("ZA==")).rejects.toThrow("permission denied");
  expect(answerer?.asked).toHaveLength(2);
});

test("without a worker it fails at once and says what to do", async () => {
  await answerer?.stop();
  await expect(ask("ZQ==")).rejects.toMatchObject({
    ...{
      name: "WorkerAbsentError",
      message: "The worker is not running.",
      remedy: expect.stringContaining("npm start"),
    },
  });
});

test("a worker that lives but stays silent is waited for no longer than asked", async () => {
  await start({});
  await expect(ask("Zg==", 300)).rejects.toThrow("did not answer within");
});

test("an answer is found by polling where LISTEN is not to be had", async () => {
  await start({ "list-groups": () => answer });
  const { db } = testDb();
  const found = await db.transaction(async (tx) => {
    const [row] = await db
      .insert(question)
      .values({
        ...{ clusterId: 1, kind: "list-groups", params: { prefixBase64: "Zw==", limit: 10 } },
        askedAt: sql`now() + interval '1 minute'`, // a question in the transaction would be heard by nobody
      })
      .returning();
    expect(row).toBeDefined();
    return askWorker(tx, 1, "list-groups", { prefixBase64: "Zw==", limit: 10 });
  });
  expect(found).toEqual(answer);
});
