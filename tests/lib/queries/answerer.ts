import { randomUUID } from "node:crypto";
import { eq } from "drizzle-orm";
import { question, worker } from "@/lib/db/schema";
import type { QuestionKind, Questions } from "@/lib/model/questions";
import type { TestDb } from "@/tests/support/db";

/** How a test's worker answers; an Error becomes the question's error. */
export type Answers = {
  [Kind in QuestionKind]?: (params: Questions[Kind]["params"]) => Questions[Kind]["answer"] | Error;
};

/** A worker for one test file: gives signs of life and answers questions from `answers`. */
export async function startAnswerer({ db, sql }: TestDb, answers: Answers) {
  const id = randomUUID();
  const asked: { kind: string; params: unknown }[] = [];
  await db.insert(worker).values({ id, pid: process.pid, startedAt: new Date(), at: new Date(Date.now() + 3_600_000) });
  const { unlisten } = await sql.listen("question", async (questionId) => {
    const [row] = await db.select().from(question).where(eq(question.id, questionId));
    const answerOf = row && (answers[row.kind as QuestionKind] as ((params: unknown) => unknown) | undefined);
    if (!row || !answerOf) return;
    asked.push({ kind: row.kind, params: row.params });
    const answer = answerOf(row.params);
    const result = answer instanceof Error ? { error: answer.message } : { answer };
    await db
      .update(question)
      .set({ ...result, answeredAt: new Date() })
      .where(eq(question.id, questionId));
  });
  return {
    asked,
    stop: async () => {
      await unlisten();
      await db.delete(worker).where(eq(worker.id, id));
    },
  };
}
