import { setTimeout as sleep } from "node:timers/promises";
import { and, eq, sql } from "drizzle-orm";
import type postgres from "postgres";
import type { Db } from "@/lib/db/client";
import { question } from "@/lib/db/schema";
import type { QuestionKind, Questions } from "@/lib/model/questions";
import { WorkerAbsentError, WorkerAnswerError } from "@/lib/queries/errors";
import { isWorkerAlive } from "@/lib/queries/worker-life";

/** NOTIFY may be lost with a connection; then this finds the answer. */
const POLL_MS = 250;
/** A worker silent for so long is not asked. Longer than a busy one stays silent. */
const SILENT_MS = 15_000;

/**
 * Asks the worker and waits for its answer. Questions that are word for word the same, of the last second, share one
 * row. Throws a `WorkerAbsentError` when none answers and a `WorkerAnswerError` with the worker's own sentence.
 */
export async function askWorker<Kind extends QuestionKind>(
  db: Db,
  clusterId: number | null,
  kind: Kind,
  params: Questions[Kind]["params"],
  { timeoutMs = 10_000 }: { timeoutMs?: number } = {},
): Promise<Questions[Kind]["answer"]> {
  if (!(await isWorkerAlive(db, SILENT_MS))) throw new WorkerAbsentError(false, timeoutMs);
  // Listening begins before the question is put, so that no answer can be missed.
  const listener = await Promise.race([answerListener(db), sleep(POLL_MS, null)]);
  const id = (await findSameQuestion(db, clusterId, kind, params)) ?? (await putQuestion(db, clusterId, kind, params));
  const deadlineMs = performance.now() + timeoutMs;
  for (;;) {
    const answered = await readAnswer(db, id);
    if (answered?.error) throw new WorkerAnswerError(answered.error);
    if (answered) return answered.answer as Questions[Kind]["answer"];
    const leftMs = deadlineMs - performance.now();
    if (leftMs <= 0) throw new WorkerAbsentError(await isWorkerAlive(db, SILENT_MS), timeoutMs);
    await waitForAnswer(listener, id, Math.min(POLL_MS, leftMs));
  }
}

async function findSameQuestion(db: Db, clusterId: number | null, kind: string, params: unknown) {
  const [row] = await db
    .select({ id: question.id })
    .from(question)
    .where(
      and(
        sql`${question.clusterId} is not distinct from ${clusterId}`,
        eq(question.kind, kind),
        sql`${question.params}::text = ${JSON.stringify(params)}`,
        sql`${question.askedAt} > now() - interval '1 second'`,
        sql`${question.error} is null`,
      ),
    )
    .orderBy(sql`${question.askedAt} desc`, question.id)
    .limit(1);
  return row?.id;
}

async function putQuestion(db: Db, clusterId: number | null, kind: string, params: unknown): Promise<string> {
  const [row] = await db.insert(question).values({ clusterId, kind, params }).returning({ id: question.id });
  if (!row) throw new Error("Postgres did not answer the id of a question");
  return row.id;
}

async function readAnswer(db: Db, id: string) {
  const [row] = await db
    .select({ answer: question.answer, error: question.error })
    .from(question)
    .where(and(eq(question.id, id), sql`${question.answeredAt} is not null`));
  return row;
}

/** Who waits for which question, on one LISTEN connection of a pool. */
type Waiting = Map<string, Set<() => void>>;
const listeners = new WeakMap<object, Promise<Waiting | null>>();

/** The pool's listener; null where `db` is a transaction or LISTEN fails: polling is enough then. */
function answerListener(db: Db): Promise<Waiting | null> {
  const pool = "$client" in db ? (db.$client as postgres.Sql) : null;
  if (!pool) return Promise.resolve(null);
  let listener = listeners.get(pool);
  if (!listener) {
    listener = listen(pool);
    listeners.set(pool, listener);
    listener.then((waiting) => waiting ?? listeners.delete(pool));
  }
  return listener;
}

async function listen(pool: postgres.Sql): Promise<Waiting | null> {
  const waiting: Waiting = new Map();
  try {
    await pool.listen("answer", (id) => {
      for (const wake of waiting.get(id) ?? []) wake();
    });
    return waiting;
  } catch {
    return null;
  }
}

function waitForAnswer(waiting: Waiting | null, id: string, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const wakers = waiting?.get(id) ?? new Set<() => void>();
    const wake = () => {
      clearTimeout(timer);
      wakers.delete(wake);
      if (wakers.size === 0) waiting?.delete(id);
      resolve();
    };
    const timer = setTimeout(wake, ms);
    wakers.add(wake);
    waiting?.set(id, wakers);
  });
}
