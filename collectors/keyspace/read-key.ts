import type { CostMeter } from "@/collectors/cost-meter";
import type { EtcdConnection } from "@/collectors/etcd/connection";
import { isCompacted } from "@/collectors/etcd/errors";
import { openAny } from "@/collectors/etcd/failover";
import type { ClusterAccess, ListedKey, ReadKeyAnswer, ReadKeyParams } from "@/lib/model/questions";

const MAX_EARLIER = 50;

type KeyAtRevision = ListedKey & { leaseId: string | null };

/**
 * One key as etcd has it now, and its earlier revisions as far as compaction has left them: each is one read of one key
 * at one revision, which costs etcd an index look-up, so at most 50 are asked for.
 */
export async function readKey(
  access: ClusterAccess,
  params: ReadKeyParams,
  { signal, meter }: { signal: AbortSignal; meter?: CostMeter },
): Promise<ReadKeyAnswer> {
  const key = Buffer.from(params.keyBase64, "base64");
  const { connection } = await openAny(access, { meter });
  try {
    const at = new Date().toISOString();
    const { found, revision } = await readAt(connection, key, undefined, signal);
    if (found === null) return { current: null, earlier: [], earlierTruncated: false, revision, at };
    const lease = found.leaseId === null ? null : await connection.leaseTimeToLive(found.leaseId);
    const { earlier, isTruncated } = await readEarlier(connection, key, found, signal);
    const current = {
      ...found,
      leaseTtlSeconds: lease?.ttlSeconds ?? null,
      leaseGrantedSeconds: lease?.grantedTtlSeconds ?? null,
    };
    return { current, earlier, earlierTruncated: isTruncated, revision, at };
  } finally {
    connection.close();
  }
}

async function readEarlier(connection: EtcdConnection, key: Buffer, current: KeyAtRevision, signal: AbortSignal) {
  const earlier: ReadKeyAnswer["earlier"] = [];
  let newer: Pick<ListedKey, "modRevision" | "version"> = current;
  while (newer.version > 1) {
    if (earlier.length === MAX_EARLIER) return { earlier, isTruncated: true };
    try {
      const { found } = await readAt(connection, key, newer.modRevision - 1, signal);
      if (found === null) break;
      newer = found;
      earlier.push({ modRevision: found.modRevision, version: found.version, valueBytes: found.valueBytes });
    } catch (error) {
      if (isCompacted(error)) break;
      throw error;
    }
  }
  return { earlier, isTruncated: false };
}

async function readAt(connection: EtcdConnection, key: Buffer, revision: number | undefined, signal: AbortSignal) {
  let found = null as KeyAtRevision | null;
  const answer = await connection.range(
    { key, revision, serializable: true },
    (kv) => {
      found = {
        keyBase64: kv.copyKey().toString("base64"),
        keyBytes: kv.keyEnd - kv.keyStart,
        valueBytes: kv.valueBytes,
        createRevision: kv.createRevision,
        modRevision: kv.modRevision,
        version: kv.version,
        leaseId: kv.leaseId ?? null,
      };
    },
    { signal },
  );
  return { found, revision: answer.revision };
}
