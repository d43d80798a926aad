import { isCompacted, isPermissionDenied } from "@/collectors/etcd/errors";
import { explainFailure } from "@/collectors/etcd/explain";
import type { FoundMember, MemberWays, WantedMember } from "@/collectors/members/member-ways";
import { type HashOutcome, type HashResult, judgeHashes } from "@/lib/model/consistency";
import type { ClusterAccess } from "@/lib/model/questions";

/** A member whose hash is wanted. */
export interface HashedMember extends WantedMember {
  isLearner: boolean;
  isLeader: boolean;
}

export interface HashCheckOptions {
  access: ClusterAccess;
  ways: MemberWays;
  members: readonly HashedMember[];
  signal: AbortSignal;
}

const TRIES = 3;
const OPEN_DEADLINE_MS = 5_000;

/**
 * Compares the members' hashes at the lowest revision they all have, one member after the other, the leader last: each
 * reads its whole db, and one that does is slow for its clients. When a compaction comes between it is tried again, three
 * times in all. Throws only when `signal` says stop.
 */
export async function checkHashes(options: HashCheckOptions): Promise<HashOutcome> {
  let outcome: HashOutcome | null = null;
  for (let tries = 0; tries < TRIES; tries++) {
    const found = await findAll(options);
    try {
      const { outcome: latest, isDisturbed } = await hashAll(options, found);
      outcome = latest;
      if (!isDisturbed) break;
    } finally {
      for (const one of found.values()) if (!(one instanceof Error)) one.connection.close();
    }
  }
  return outcome as HashOutcome;
}

type Found = Map<string, FoundMember | Error>;

/** Those that can be reached, and why others cannot. Learners are left out: etcd has them answer no HashKV. */
async function findAll({ members, ways, signal }: HashCheckOptions): Promise<Found> {
  const asked = members
    .filter(({ isLearner }) => !isLearner)
    .map(async (member) => {
      const found = await ways.open(member, { signal, deadlineMs: OPEN_DEADLINE_MS }).catch(toError);
      return [member.memberId, found] as const;
    });
  const found = new Map(await Promise.all(asked));
  signal.throwIfAborted();
  return found;
}

async function hashAll(
  { members, access, signal }: HashCheckOptions,
  found: Found,
): Promise<{ outcome: HashOutcome; isDisturbed: boolean }> {
  const reached = [...found.values()].flatMap((one) => (one instanceof Error ? [] : [one]));
  const revision = Math.min(...reached.map(({ status }) => status.revision));
  const results: HashResult[] = [];
  let isDisturbed = false;
  for (const member of [...members].sort((a, b) => Number(a.isLeader) - Number(b.isLeader))) {
    const one = found.get(member.memberId);
    const result = await hashOf(member, one, { revision, access, signal });
    results.push(result.result);
    isDisturbed ||= result.isCompacted;
  }
  const compacted = new Set(results.flatMap(({ hash, compactRevision }) => (hash === null ? [] : [compactRevision])));
  const outcome = { revision: reached.length === 0 ? 0 : revision, verdict: judgeHashes(results), results };
  return { outcome, isDisturbed: isDisturbed || compacted.size > 1 };
}

async function hashOf(
  { memberId, name, isLearner }: HashedMember,
  found: FoundMember | Error | undefined,
  { revision, access, signal }: { revision: number; access: ClusterAccess; signal: AbortSignal },
): Promise<{ result: HashResult; isCompacted: boolean }> {
  const base = { memberId, name: name || memberId, hash: null, compactRevision: null, tookMs: null };
  const failed = async (error: unknown) => ({
    result: { ...base, failure: await explainHash(error, access) },
    isCompacted: isCompacted(error),
  });
  if (isLearner) {
    return { result: { ...base, failure: "A learner does not tell its hash to clients." }, isCompacted: false };
  }
  if (found === undefined || found instanceof Error) return failed(found);
  const startedMs = performance.now();
  try {
    const { hash, compactRevision } = await found.connection.hashKv(revision, { signal });
    const tookMs = Math.round(performance.now() - startedMs);
    return { result: { ...base, hash, compactRevision, tookMs, failure: null }, isCompacted: false };
  } catch (error) {
    signal.throwIfAborted();
    return failed(error);
  }
}

async function explainHash(error: unknown, access: ClusterAccess): Promise<string> {
  // Both spellings are etcd's: maintenance calls ask for the root role, whatever may be read.
  if (isPermissionDenied(error) || /auth: permission denied/.test(String(error))) {
    const user = access.username === undefined ? "the client certificate's user" : `user "${access.username}"`;
    return `etcd lets only a user with the root role ask for hashes, and ${user} has not got it.`;
  }
  return (await explainFailure(error, { endpoint: access.endpoints.join(", "), access })).reason;
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
