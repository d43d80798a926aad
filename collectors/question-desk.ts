import { and, eq, isNull } from "drizzle-orm";
import type { ClusterSet, RunningCluster } from "@/collectors/cluster-set";
import { testConnection } from "@/collectors/etcd/test-connection";
import type { LiveModel } from "@/collectors/keyspace/keyspace";
import { listGroups, listKeys } from "@/collectors/keyspace/list-keys";
import { readKey } from "@/collectors/keyspace/read-key";
import { testWebhook } from "@/collectors/notify/test-webhook";
import { repeat } from "@/collectors/repeat";
import type { OpenDb } from "@/lib/db/client";
import { question } from "@/lib/db/schema";
import { openSecret } from "@/lib/db/secret-box";
import { log } from "@/lib/log";
import type {
  ListGroupsParams,
  ListKeysParams,
  ReadKeyParams,
  TestConnectionParams,
  TestWebhookParams,
} from "@/lib/model/questions";

const POLL_MS = 500;

type QuestionRow = typeof question.$inferSelect;

export interface QuestionDeskOptions extends Pick<OpenDb, "db" | "sql"> {
  secretKey: Buffer;
  clusters: ClusterSet;
  /** Where people reach etcdscope, for links; null: not known. */
  publicUrl: string | null;
}

/** A question that has no answer now; the message is a sentence for the reader. */
class NoAnswer extends Error {}

/** Answers the web's questions from the models and from etcd, as they come. */
export class QuestionDesk {
  #options: QuestionDeskOptions;
  #answering = new Set<string>();

  constructor(options: QuestionDeskOptions) {
    this.#options = options;
  }

  /** Takes open questions until told to stop; heard by NOTIFY, with a poll behind it. */
  async run(signal: AbortSignal): Promise<void> {
    const take = () => this.#takeOpen(signal);
    const listening = this.#options.sql.listen("question", () => void take().catch(logFailure));
    listening.catch(logFailure);
    await repeat("questions", take, POLL_MS, signal);
  }

  async #takeOpen(signal: AbortSignal): Promise<void> {
    const rows = await this.#options.db.select().from(question).where(isNull(question.answeredAt)).limit(50);
    for (const row of rows) {
      if (this.#answering.has(row.id)) continue;
      this.#answering.add(row.id);
      this.#answer(row, signal)
        .catch(logFailure)
        .finally(() => this.#answering.delete(row.id));
    }
  }

  async #answer(row: QuestionRow, signal: AbortSignal): Promise<void> {
    const outcome = await this.#reply(row, signal).then(
      (answer) => ({ answer, error: null }),
      (error) => {
        if (!(error instanceof NoAnswer)) log.warn({ question: row.kind, error: String(error) }, "no answer");
        return { answer: null, error: String(error instanceof Error ? error.message : error) };
      },
    );
    const open = and(eq(question.id, row.id), isNull(question.answeredAt));
    await this.#options.db
      .update(question)
      .set({ ...outcome, answeredAt: new Date() })
      .where(open);
  }

  async #reply(row: QuestionRow, signal: AbortSignal): Promise<unknown> {
    switch (row.kind) {
      case "test-connection": {
        const { accessSealedBase64 } = row.params as TestConnectionParams;
        const access = JSON.parse(openSecret(Buffer.from(accessSealedBase64, "base64"), this.#options.secretKey));
        return testConnection(access, signal);
      }
      case "test-webhook":
        return testWebhook(this.#options, row.params as TestWebhookParams, signal);
      case "list-keys":
        return this.#fromModel(row, (live) => listKeys(live.model, row.params as ListKeysParams));
      case "list-groups":
        return this.#fromModel(row, (live) => listGroups(live.model, row.params as ListGroupsParams));
      case "read-key": {
        const { access, costs } = this.#cluster(row);
        return readKey(access, row.params as ReadKeyParams, { signal, meter: costs.of("question") });
      }
      case "hash-check":
        return this.#cluster(row).consistency?.check();
      default:
        throw new NoAnswer(`this worker does not know the question "${row.kind}"; web and worker differ in version`);
    }
  }

  #fromModel<Answer>(row: QuestionRow, ask: (live: LiveModel) => Answer) {
    const live = this.#cluster(row).keyspace?.live() ?? null;
    if (live === null)
      throw new NoAnswer("the keyspace is being read for the first time or anew; ask again when it is live");
    const at = new Date(live.completeAtMs).toISOString();
    return { ...ask(live), revision: live.model.revision, at };
  }

  #cluster(row: QuestionRow): RunningCluster {
    const running = row.clusterId === null ? undefined : this.#options.clusters.get(row.clusterId);
    if (running === undefined)
      throw new NoAnswer("the cluster is paused or has been removed; resume it to ask for its keys");
    if (running.keyspace === null)
      throw new NoAnswer("the cluster is registered without endpoints of etcd, so its keys cannot be read");
    return running;
  }
}

function logFailure(error: unknown): void {
  log.warn({ error: String(error) }, "question not answered, will be tried again");
}
