import { setTimeout as sleep } from "node:timers/promises";
import { type OpenDb, openDb } from "@/lib/db/client";
import { log } from "@/lib/log";

/** Any number will do, as long as every worker uses the same: "etcd" on a telephone's keys. */
const LOCK_ID = 3823;
const POLL_MS = 1_000;

/** The right to be the worker: a session advisory lock on a connection of its own, gone as soon as that connection is. */
export class WorkerLock {
  #open: OpenDb;

  constructor(databaseUrl: string) {
    this.#open = openDb(databaseUrl, { max: 1 });
  }

  /** Waits until no other worker holds the lock. */
  async wait(signal: AbortSignal): Promise<void> {
    for (let isFirst = true; !signal.aborted; isFirst = false) {
      const isHeld = await this.hold().catch((error) => {
        log.warn({ error: String(error) }, "Postgres does not answer, waiting");
        return false;
      });
      if (isHeld) return;
      if (isFirst) log.info("waiting for the worker lock");
      await sleep(POLL_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Whether the lock is ours; takes it again when the connection was lost and nobody else has it. */
  async hold(): Promise<boolean> {
    const [row] = await this.#open.sql<{ held: boolean }[]>`
      select exists (
        select 1 from pg_locks where locktype = 'advisory' and objid = ${LOCK_ID} and pid = pg_backend_pid()
      ) or pg_try_advisory_lock(${LOCK_ID}) as held`;
    return row?.held ?? false;
  }

  async release(): Promise<void> {
    await this.#open.close();
  }
}
