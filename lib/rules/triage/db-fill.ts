import { known, nameOf, type Reading, readingsOf } from "@/lib/rules/triage/readings";
import type { TriageFacts } from "@/lib/rules/triage/triage-facts";

/** How full the db file of a member is. */
export interface DbFill {
  memberId: string;
  name: string;
  sizeBytes: number;
  calmBytes: number | null;
  /** Null: its version does not tell. */
  quotaBytes: number | null;
  inUseBytes: number | null;
}

/** etcd's quota where none is set. */
const DEFAULT_QUOTA_BYTES = 2 * 1024 ** 3;

/** The members' db files, as far as they are told. */
export function listDbFills(facts: TriageFacts): DbFill[] {
  return readingsOf(facts, "dbSize").flatMap((reading) => {
    const sizeBytes = known(reading.moved.worst) ?? known(reading.moved.window);
    if (sizeBytes === null) return [];
    const { memberId, member, moved } = reading;
    const inUseBytes = known(member.signals.dbSizeInUse?.window);
    return [
      {
        memberId,
        name: nameOf(member),
        sizeBytes,
        calmBytes: known(moved.calm),
        quotaBytes: quotaOf(reading),
        inUseBytes,
      },
    ];
  });
}

/** Status tells the quota since 3.6, metrics before. 0 stands for the default. */
function quotaOf({ member }: Reading): number | null {
  const told = known(member.quotaBytes) ?? known(member.signals.quota?.window) ?? known(member.signals.quota?.worst);
  if (told === null || told < 0) return null;
  return told === 0 ? DEFAULT_QUOTA_BYTES : told;
}
