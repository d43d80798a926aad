import { setTimeout as sleep } from "node:timers/promises";
import { RequestCounts } from "@/collectors/capture/captured-requests";
import { CapturedWrites } from "@/collectors/capture/captured-writes";
import type { KeyspaceCollector } from "@/collectors/keyspace/keyspace";
import type { PrefixTree } from "@/collectors/keyspace/prefix-tree";
import type { EventObservers } from "@/collectors/traffic/event-observers";

/** A read of etcd's revision that takes longer is done without. */
const HEAD_PATIENCE_MS = 5_000;
const HEAD_PAUSE_MS = 250;
/** A watch that lags may need so long after the end to tell what was written before it. */
const CATCH_UP_PATIENCE_MS = 30_000;

/** What of a cluster's keyspace collector a session needs. */
export type CapturedKeyspace = Pick<KeyspaceCollector, "live" | "tap" | "readHeadRevision">;

export interface SessionOptions {
  keyspace: CapturedKeyspace;
  clusterId: number;
  observers: EventObservers;
  seconds: number;
  /** Ends it early, with what there is. */
  signal: AbortSignal;
}

/** What a session has counted. Its requests may still come in; they are heard until `closeRequests`. */
export interface EndedSession {
  tree: PrefixTree;
  writes: CapturedWrites;
  requests: RequestCounts;
  startMs: number;
  endMs: number;
  /** Why it ended early or may not be whole; null: it is whole. */
  interruption: string | null;
  closeRequests(): void;
}

/** Thrown where a session cannot begin now; the message is a sentence for the reader. */
export class NotLiveError extends Error {}

/**
 * One exact session on the watch that the model lives by: everything that was committed between its start and its end,
 * revision by revision. etcd is asked twice for its revision, and for nothing else.
 */
export async function runSession(options: SessionOptions): Promise<EndedSession> {
  const { keyspace, clusterId, observers, seconds, signal } = options;
  const { writes, startMs, tree } = await beginSession(options);
  const requests = new RequestCounts({ fromMs: startMs, toMs: startMs + seconds * 1_000 });
  observers.add(clusterId, requests);
  try {
    await Promise.race([writes.over(), pause(startMs + seconds * 1_000 - Date.now(), signal)]);
    const endMs = Math.min(Date.now(), startMs + seconds * 1_000);
    requests.endAt(endMs);
    const interruption = await endSession(keyspace, writes, signal);
    const closeRequests = () => observers.remove(clusterId, requests);
    return { tree, writes, requests, startMs, endMs, interruption, closeRequests };
  } catch (error) {
    observers.remove(clusterId, requests);
    throw error;
  } finally {
    keyspace.tap.remove(writes);
  }
}

async function beginSession({ keyspace, seconds, signal }: SessionOptions) {
  requireLive(keyspace);
  // Without etcd's word the session begins where the model stands, which may be a moment behind.
  const head = await keyspace.readHeadRevision({ signal, deadlineMs: HEAD_PATIENCE_MS }).catch(() => 0);
  const model = requireLive(keyspace); // it may have started anew meanwhile
  const startMs = Date.now();
  const afterRevision = Math.max(head, model.revision);
  const writes = new CapturedWrites({ tree: model.tree, afterRevision, atMs: startMs, seconds });
  keyspace.tap.add(writes);
  return { writes, startMs, tree: model.tree };
}

/** Waits for what etcd had committed before now. Answers why something may be missing; null: nothing is. */
async function endSession(
  keyspace: CapturedKeyspace,
  writes: CapturedWrites,
  signal: AbortSignal,
): Promise<string | null> {
  if (writes.endReason !== null) return `It ended early: ${lowerFirst(writes.endReason)}`;
  if (signal.aborted) return "It ended early: the worker was stopped.";
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(CATCH_UP_PATIENCE_MS)]);
  const head = await confirmHead(keyspace, deadline);
  writes.stopAt(Math.max(head ?? 0, writes.revision));
  await Promise.race([writes.over(), aborted(deadline)]);
  if (head === null) return "etcd did not confirm the end: what was written last may be missing.";
  if (writes.revision >= head) return null;
  const why = writes.endReason === null ? "the watch did not catch up" : lowerFirst(writes.endReason);
  return `What was written last is missing: ${why.replace(/\.$/, "")}.`;
}

/** Where etcd stands; asked again while it does not answer, as the member may be changed just now. Null: in vain. */
async function confirmHead(keyspace: CapturedKeyspace, signal: AbortSignal): Promise<number | null> {
  while (!signal.aborted) {
    try {
      return await keyspace.readHeadRevision({ signal, deadlineMs: HEAD_PATIENCE_MS });
    } catch {
      await pause(HEAD_PAUSE_MS, signal);
    }
  }
  return null;
}

function requireLive(keyspace: CapturedKeyspace) {
  const live = keyspace.live();
  if (live === null) throw new NotLiveError("The keyspace is being read for the first time or anew.");
  return live.model;
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(Math.max(0, ms), undefined, { signal }).catch(() => undefined);
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
