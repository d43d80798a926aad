/** Where a member stood when it was asked. */
export interface PlaceSample {
  memberId: string;
  revision: number;
  raftIndex: number;
}

/** At least so far behind the leader. */
export interface Behind {
  revisionsBehind: number;
  raftBehind: number;
}

/**
 * How far members are behind the leader, from samples in the order they were taken in, one after the other. A member
 * that was asked after the leader and stood below where the leader had stood earlier is really behind by that much; what
 * the leader has done since explains nothing away. Of several such pairs the least counts: the member was at least that
 * far behind all the time. Members that were never asked after the leader are not in it.
 */
export function judgeBehind(samples: readonly PlaceSample[], leaderId: string): Map<string, Behind> {
  const behind = new Map<string, Behind>();
  let leader: PlaceSample | null = null;
  for (const sample of samples) {
    if (sample.memberId === leaderId) {
      leader = sample;
      behind.set(leaderId, { revisionsBehind: 0, raftBehind: 0 });
    } else if (leader !== null) {
      const found = {
        revisionsBehind: Math.max(0, leader.revision - sample.revision),
        raftBehind: Math.max(0, leader.raftIndex - sample.raftIndex),
      };
      behind.set(sample.memberId, least(behind.get(sample.memberId), found));
    }
  }
  return behind;
}

function least(one: Behind | undefined, other: Behind): Behind {
  if (one === undefined) return other;
  return {
    revisionsBehind: Math.min(one.revisionsBehind, other.revisionsBehind),
    raftBehind: Math.min(one.raftBehind, other.raftBehind),
  };
}
