import { setTimeout as sleep } from "node:timers/promises";
import type { EtcdConnection } from "@/collectors/etcd/connection";
import { isPermissionDenied } from "@/collectors/etcd/errors";
import type { LeaseKeys } from "@/collectors/etcd/lease-calls";
import { DistributionTally } from "@/collectors/leases/distribution";
import type { LeaseDistribution } from "@/lib/model/leases";

/** One look at the leases of a cluster. */
export interface LeaseLook {
  leases: number;
  sampledLeases: number;
  distribution: LeaseDistribution;
  /** How long etcd took to list them, in milliseconds. */
  listingMs: number;
}

export const SAMPLE_LEASES = 200;
const IN_FLIGHT = 8;
/** Each of the eight waits so long between two leases: a sample takes a second or two, not a burst. */
const PAUSE_MS = 25;
/** A lease can hold as many keys as its owner likes, and etcd sends them all. */
const SAMPLE_BUDGET_BYTES = 4 * 1024 ** 2;

/**
 * Counts the leases and asks a sample of them for their time and their keys. Stops asking when the answers have become
 * 4 MiB. Throws what the connection throws, but where only the keys may not be seen, the times are still read.
 */
export async function lookAtLeases(
  connection: EtcdConnection,
  signal: AbortSignal,
  budgetBytes = SAMPLE_BUDGET_BYTES,
): Promise<LeaseLook> {
  const startedMs = performance.now();
  const { leases, sample } = await connection.leaseList(SAMPLE_LEASES, { signal });
  const listingMs = performance.now() - startedMs;
  const tally = new DistributionTally();
  const ids = sample.values();
  let receivedBytes = 0;
  const ask = async () => {
    for (const id of ids) {
      if (receivedBytes >= budgetBytes) return;
      const answer = await askLease(connection, id, signal);
      receivedBytes += answer.bytes;
      tally.add(answer);
      await sleep(PAUSE_MS, undefined, { signal });
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, ask));
  return { leases, sampledLeases: tally.leases, distribution: tally.finish(), listingMs };
}

/** Without its keys, where they may not be listed: etcd checks the permission for every key of the lease. */
async function askLease(
  connection: EtcdConnection,
  id: string,
  signal: AbortSignal,
): Promise<LeaseKeys & { bytes: number }> {
  try {
    return await connection.leaseKeys(id, true, { signal });
  } catch (error) {
    if (!isPermissionDenied(error)) throw error;
    return connection.leaseKeys(id, false, { signal });
  }
}
