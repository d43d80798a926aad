import { and, eq, isNull, notInArray } from "drizzle-orm";
import { listMemberEvents } from "@/collectors/members/events";
import type { MembersPoll, PolledMember } from "@/collectors/members/poll";
import { writeTimelineEvent } from "@/collectors/timeline";
import type { Db } from "@/lib/db/client";
import { cluster, member, memberSample } from "@/lib/db/schema";

/** The endpoints lead to another etcd cluster than when the cluster was registered. */
export class OtherClusterError extends Error {
  override name = "OtherClusterError";
  constructor(
    readonly knownClusterId: string,
    readonly foundClusterId: string,
  ) {
    super(`cluster ${foundClusterId} in place of ${knownClusterId}`);
  }
}

/**
 * Writes what a poll has found, in one transaction: the members as they are, a sample of each that answered, what has
 * changed since the poll before onto the timeline, and the cluster's id when it was not known. Throws an OtherClusterError, and writes nothing, when it is another.
 */
export async function writeMembers(db: Db, clusterId: number, poll: MembersPoll): Promise<void> {
  await db.transaction(async (tx) => {
    await keepClusterId(tx, clusterId, poll.clusterId);
    const before = await tx.select().from(member).where(eq(member.clusterId, clusterId));
    for (const event of listMemberEvents(before, poll)) await writeTimelineEvent(tx, clusterId, event);
    const memberIds = poll.members.map(({ memberId }) => memberId);
    await tx.delete(member).where(and(eq(member.clusterId, clusterId), notInArray(member.memberId, memberIds)));
    for (const polled of poll.members) await writeMember(tx, clusterId, poll.at, polled);
    const samples = poll.members.flatMap((polled) => toSample(clusterId, poll.at, polled));
    if (samples.length > 0) await tx.insert(memberSample).values(samples);
  });
}

async function keepClusterId(tx: Db, clusterId: number, etcdClusterId: string): Promise<void> {
  const [row] = await tx.select({ known: cluster.etcdClusterId }).from(cluster).where(eq(cluster.id, clusterId));
  if (row?.known === etcdClusterId) return;
  if (typeof row?.known === "string") throw new OtherClusterError(row.known, etcdClusterId);
  await tx
    .update(cluster)
    .set({ etcdClusterId })
    .where(and(eq(cluster.id, clusterId), isNull(cluster.etcdClusterId)));
}

/** A member that did not answer keeps the figures of its last answer, with the time they were read at. */
async function writeMember(tx: Db, clusterId: number, at: Date, polled: PolledMember): Promise<void> {
  const { memberId, name, clientUrls, peerUrls, isLearner, isLeader, alarms, failure } = polled;
  const { revisionsBehind, raftBehind } = polled.behind ?? UNKNOWN_PLACE;
  const standing = { isLearner, isLeader, revisionsBehind, raftBehind };
  const known = { name, clientUrls, peerUrls, ...standing, alarms, failure, checkedAt: at };
  const figures = polled.status === null ? {} : toFigures(polled, at);
  await tx
    .insert(member)
    .values({ clusterId, memberId, errors: [], ...known, ...figures })
    .onConflictDoUpdate({ target: [member.clusterId, member.memberId], set: { ...known, ...figures } });
}

function toFigures({ status, statusMs }: PolledMember, at: Date) {
  if (status === null) return {};
  const { version, dbSizeBytes, dbSizeInUseBytes, quotaBackendBytes, revision, raftIndex, raftTerm, errors } = status;
  const { raftAppliedIndex } = status;
  const sizes = { dbSizeBytes, dbSizeInUseBytes, quotaBackendBytes };
  return { version, ...sizes, revision, raftIndex, raftAppliedIndex, raftTerm, errors, statusMs, at };
}

const UNKNOWN_PLACE = { revisionsBehind: null, raftBehind: null };

function toSample(clusterId: number, at: Date, polled: PolledMember) {
  const { memberId, isLeader, status, statusMs, behind } = polled;
  if (status === null || statusMs === null) return [];
  const { dbSizeBytes, dbSizeInUseBytes, revision, raftIndex, raftAppliedIndex } = status;
  const figures = { dbSizeBytes, dbSizeInUseBytes, revision, raftIndex, raftAppliedIndex };
  return [{ clusterId, at, memberId, isLeader, statusMs, ...figures, ...(behind ?? UNKNOWN_PLACE) }];
}
