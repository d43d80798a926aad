import type { KeyAnswer, KeyParams } from "@/lib/api/keys";
import type { Db } from "@/lib/db/client";
import { toKeyText } from "@/lib/model/key-text";
import type { ReadKeyAnswer } from "@/lib/model/questions";
import { askWorker } from "@/lib/queries/ask-worker";
import { ParameterError } from "@/lib/queries/errors";
import { toKeyBytes } from "@/lib/queries/key-bytes";
import { readRevisionClock } from "@/lib/queries/revision-clock";

/**
 * One key as etcd has it now, asked of the worker. Its value is not read, only measured. Throws a `ParameterError`
 * without a key, and what `askWorker` throws.
 */
export async function readKey(db: Db, clusterId: number, params: KeyParams): Promise<KeyAnswer> {
  const bytes = toKeyBytes("key", params.key, params.keyBase64);
  if (bytes.length === 0) throw new ParameterError("key", "must name a key: etcd has none that is empty");
  const answer = await askWorker(db, clusterId, "read-key", { keyBase64: bytes.toString("base64") });
  const { current, earlier } = answer;
  const revisions = current ? [current, ...earlier] : earlier;
  const dated = [...revisions.map(({ modRevision }) => modRevision), ...(current ? [current.createRevision] : [])];
  const clock = await readRevisionClock(db, clusterId, dated, Date.parse(answer.at));
  const { text, base64 } = toKeyText(bytes);
  return {
    key: text,
    keyBase64: base64,
    exists: current !== null,
    keyBytes: bytes.length,
    valueBytes: current?.valueBytes ?? null,
    version: current?.version ?? null,
    createRevision: current?.createRevision ?? null,
    modRevision: current?.modRevision ?? null,
    createdAt: current && clock.at(current.createRevision),
    modifiedAt: current && clock.at(current.modRevision),
    clockSince: clock.since,
    leaseId: current?.leaseId ?? null,
    leaseTtlSeconds: current?.leaseTtlSeconds ?? null,
    leaseGrantedSeconds: current?.leaseGrantedSeconds ?? null,
    ...toHistory(bytes.length, answer),
    revisions: revisions.map(({ modRevision, version, valueBytes }) => ({
      modRevision,
      version,
      valueBytes,
      at: clock.at(modRevision),
    })),
    revisionsTruncated: answer.earlierTruncated,
    revision: answer.revision,
    at: answer.at,
    origin: "exact",
  };
}

/** What the key holds besides its current revision: as the model has it, else the sum of what etcd listed, if all. */
function toHistory(keyBytes: number, { current, earlier, earlierTruncated }: ReadKeyAnswer) {
  if (typeof current?.historyBytes === "number") {
    return { historyBytes: current.historyBytes, historyRevisions: current.historyRevisions ?? null };
  }
  if (earlierTruncated) return { historyBytes: null, historyRevisions: null };
  const historyBytes = earlier.reduce((sum, { valueBytes }) => sum + keyBytes + valueBytes, 0);
  return { historyBytes, historyRevisions: earlier.length };
}
