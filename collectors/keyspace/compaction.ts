import { setTimeout as sleep } from "node:timers/promises";
import type { EtcdConnection } from "@/collectors/etcd/connection";
import { isCompacted, isFutureRevision } from "@/collectors/etcd/errors";

/** A key that nobody has; which one does not matter, as only the answer's error is of interest. */
const ANY_KEY = Buffer.from([0]);
const RETRY_MS = 200;

/**
 * The revision etcd was last compacted at, given that it was not below `atLeast` (0: nothing is known); 0 when it never
 * was. One count of a single key at a past revision tells whether a compaction has overtaken that revision, for the
 * compact revision itself can still be read. Only then a watch from there is opened, which etcd ends at once with the
 * revision it was compacted at.
 */
export async function findCompactRevision(
  connection: EtcdConnection,
  { atLeast, signal }: { atLeast: number; signal: AbortSignal },
): Promise<number> {
  for (let known = atLeast; ; ) {
    if (!(await isOvertaken(connection, Math.max(1, known), signal))) return known;
    const found = await askWatch(connection, Math.max(1, known), signal);
    if (found !== null && found > known) return found;
    await sleep(RETRY_MS, undefined, { signal }); // the watch reached the member before the compaction did
  }
}

async function isOvertaken(connection: EtcdConnection, revision: number, signal: AbortSignal): Promise<boolean> {
  try {
    await connection.range({ key: ANY_KEY, revision, countOnly: true, serializable: true }, () => undefined, {
      signal,
    });
    return false;
  } catch (error) {
    if (isCompacted(error)) return true;
    if (isFutureRevision(error)) return false; // a member that lags behind
    throw error;
  }
}

/** The compact revision as a watch from a compacted revision is told it; null when the watch was not refused. */
async function askWatch(
  connection: EtcdConnection,
  startRevision: number,
  signal: AbortSignal,
): Promise<number | null> {
  const stream = connection.watch({ key: ANY_KEY, startRevision, signal });
  for await (const batch of stream) {
    if (batch.kind === "canceled" && batch.compactRevision > 0) return batch.compactRevision;
    if (batch.kind === "canceled") throw new Error(`${connection.endpoint} canceled a watch: ${batch.reason}`);
    if (batch.kind !== "created") return null; // leaving the loop closes the watch
  }
  return null;
}
