import { repeat } from "@/collectors/repeat";
import { extendTimelineEvent } from "@/collectors/timeline";
import type { Db } from "@/lib/db/client";
import type { Log } from "@/lib/log";

const EXTEND_MS = 5_000;

/**
 * Does a job that costs etcd something, and has it on the timeline as our own while it runs and afterwards: whoever looks
 * at a slow cluster must see that it may be us. `describe` says what it is and how far it has come.
 */
export async function asOwnWork<Result>(
  { db, clusterId, log }: { db: Db; clusterId: number; log: Log },
  describe: () => string,
  job: () => Promise<Result>,
): Promise<Result> {
  const at = new Date();
  const ended = new AbortController();
  const note = () => extendTimelineEvent(db, clusterId, { at, kind: "own-scan", until: new Date(), text: describe() });
  const noting = repeat("own work", note, EXTEND_MS, ended.signal);
  try {
    return await job();
  } finally {
    ended.abort();
    await noting.then(note).catch((error) => log.warn({ error: String(error) }, "own work not noted"));
  }
}
