import { setTimeout as sleep } from "node:timers/promises";
import type { EtcdConnection } from "@/collectors/etcd/connection";
import { isTooLate } from "@/collectors/etcd/errors";
import type { StatusAnswer } from "@/collectors/etcd/messages";

const LOOK_EVERY_MS = 2_000;
const RETRY_MS = 1_000;
const STATUS_DEADLINE_MS = 2_000;
const SLOW_STATUS_MS = 1_000;
/** Entries a healthy member is behind: a few. */
const MAX_UNAPPLIED = 1_000;
/** A large member defragments for minutes; one that is silent for longer is for another to replace. */
const SILENCE_PATIENCE_MS = 180_000;

export interface GateOptions {
  connection: Pick<EtcdConnection, "endpoint" | "status">;
  /** We wait because of this, or go on (null). */
  onHold(reason: string | null): void;
  signal: AbortSignal;
}

/** Holds reads back while the member is not well: it has other things to do, and reads would make it worse. */
export class MemberGate {
  #options: GateOptions;
  #lookedMs = Number.NEGATIVE_INFINITY;
  #silentSinceMs: number | null = null;
  #isHolding = false;

  constructor(options: GateOptions) {
    this.#options = options;
  }

  /** Returns when the member is well; looks every two seconds, or at once when it is `isUrgent`. */
  async pass({ isUrgent = false } = {}): Promise<void> {
    const { onHold, signal } = this.#options;
    signal.throwIfAborted();
    if (!isUrgent && performance.now() - this.#lookedMs < LOOK_EVERY_MS) return;
    for (;;) {
      const reason = await this.#look();
      if (reason === null) break;
      onHold(reason);
      this.#isHolding = true;
      await sleep(RETRY_MS, undefined, { signal });
    }
    if (this.#isHolding) onHold(null);
    this.#isHolding = false;
    this.#lookedMs = performance.now();
  }

  /** Why the member should be left alone; null while it is well. Throws when it cannot be reached at all. */
  async #look(): Promise<string | null> {
    const { connection, signal } = this.#options;
    const startedMs = performance.now();
    try {
      const status = await connection.status({ signal, deadlineMs: STATUS_DEADLINE_MS });
      this.#silentSinceMs = null;
      return findFault(status, performance.now() - startedMs, connection.endpoint);
    } catch (error) {
      if (!isTooLate(error)) throw error;
      this.#silentSinceMs ??= startedMs;
      if (performance.now() - this.#silentSinceMs > SILENCE_PATIENCE_MS) throw error;
      return `${connection.endpoint} does not answer, as while it is being defragmented`;
    }
  }
}

/** What is wrong with a member, as half a sentence; null: nothing. */
export function findFault(status: StatusAnswer, tookMs: number, endpoint: string): string | null {
  const { errors, leaderId, raftIndex, raftAppliedIndex } = status;
  if (errors.some((error) => error.includes("NOSPACE"))) return `${endpoint} has run out of its quota (alarm NOSPACE)`;
  if (leaderId === null) return `${endpoint} knows no leader`;
  const unapplied = raftIndex - raftAppliedIndex;
  if (unapplied > MAX_UNAPPLIED) return `${endpoint} is ${unapplied} entries behind in applying what was agreed`;
  if (tookMs > SLOW_STATUS_MS) return `${endpoint} took ${(tookMs / 1_000).toFixed(1)} s to tell its status`;
  return null;
}
