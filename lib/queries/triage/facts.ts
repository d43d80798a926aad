import type { Db } from "@/lib/db/client";
import type { HealthSignalName } from "@/lib/model/health-signals";
import type { TimeRange } from "@/lib/model/time-range";
import { readApiserverFacts } from "@/lib/queries/triage/facts-apiserver";
import { readClientFacts } from "@/lib/queries/triage/facts-clients";
import { readGrowth, readLeaseFacts } from "@/lib/queries/triage/facts-growth";
import { readHappened, readLastHashCheck, readOwnWork } from "@/lib/queries/triage/facts-happened";
import { readLargestFacts } from "@/lib/queries/triage/facts-largest";
import { readLogFacts } from "@/lib/queries/triage/facts-log";
import { readMembersFacts } from "@/lib/queries/triage/facts-members";
import { readKeyspaceFacts } from "@/lib/queries/triage/facts-prefixes";
import { axisRange, readTriageTimes } from "@/lib/queries/triage/times";
import type { MemberFacts, TriageFacts } from "@/lib/rules/triage/triage-facts";

/**
 * Everything the triage rules look at, of a window and the calm time it is compared with. Figures are of the window and
 * the calm in whole steps of the axis. What no source tells is null.
 */
export async function readTriageFacts(
  db: Db,
  clusterId: number,
  { window, calm }: { window: TimeRange; calm: TimeRange },
  nowMs: number,
): Promise<TriageFacts> {
  const times = await readTriageTimes(db, clusterId, { window, calm });
  const range = axisRange(times.axis);
  const [members, happened, keyspace, largest, clients, log, apiserver, leases, lastHashCheck, growthBytesPerSecond] =
    await Promise.all([
      readMembersFacts(db, clusterId, { times, window, nowMs }),
      readHappened(db, clusterId, range),
      readKeyspaceFacts(db, clusterId, { times, nowMs }),
      readLargestFacts(db, clusterId, times),
      readClientFacts(db, clusterId, times),
      readLogFacts(db, clusterId, { window, calm }),
      readApiserverFacts(db, clusterId, times),
      readLeaseFacts(db, clusterId, window.toMs),
      readLastHashCheck(db, clusterId, window.toMs),
      readGrowth(db, clusterId, window.toMs),
    ]);
  const { failingSinceMs, ...ofMembers } = members;
  return {
    ...{ window, calm, axis: times.axis },
    onsetMs: findOnset(members.members, failingSinceMs),
    ...ofMembers,
    ...happened,
    ...keyspace,
    ...largest,
    ...{ clients, log, apiserver, leases, lastHashCheck, growthBytesPerSecond },
    ownWork: await readOwnWork(db, clusterId, { range, timeline: happened.timeline, nowMs }),
  };
}

/** What users of etcd feel, then what makes them feel it. */
const FELT: readonly HealthSignalName[] = ["probeLinearizable", "probeSerializable"];
const BEHIND_IT: readonly HealthSignalName[] = ["fsyncP99", "commitP99", "grpcP99", "applyP99"];

/** The first of the probe's reads that slowed down or failed; where none did, the first of the other latencies. */
function findOnset(members: readonly MemberFacts[], failingSinceMs: number | null): number | null {
  const movesOf = (names: readonly HealthSignalName[]) =>
    members.flatMap(({ signals }) => names.flatMap((name) => signals[name]?.movedAtMs ?? []));
  const felt = [...movesOf(FELT), ...(failingSinceMs === null ? [] : [failingSinceMs])];
  const moves = felt.length > 0 ? felt : movesOf(BEHIND_IT);
  return moves.length === 0 ? null : Math.min(...moves);
}
