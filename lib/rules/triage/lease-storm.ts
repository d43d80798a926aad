import { likelyCause, NEEDS, noData, ruledOut } from "@/lib/rules/triage/findings";
import { alertAt, outOfSpec, SAYS } from "@/lib/rules/triage/limits";
import { known, readingsOf, sumMoved } from "@/lib/rules/triage/readings";
import type { TriageRule } from "@/lib/rules/triage/triage-rule";
import { formatFigure, wentFrom } from "@/lib/rules/triage/triage-words";

const MOVED_TIMES = 3;
const FLOOR_PER_SECOND = 5;
const THRESHOLDS = [
  outOfSpec(MOVED_TIMES, "count", SAYS.ours), // times the calm rate
  alertAt(FLOOR_PER_SECOND, "perSecond", SAYS.ours),
] as const;

/** Leases that end together take their keys with them, each lease in one transaction. */
export const leaseStorm: TriageRule = {
  id: "L29",
  name: "LEASE_STORM",
  title: "Leases ended in a storm",
  stage: "workload",
  explainedBy: [],
  isStanding: false,
  check(facts) {
    const expired = sumMoved(readingsOf(facts, "leasesExpiredPerSecond").map(({ moved }) => moved));
    const revoked = readingsOf(facts, "leasesRevokedPerSecond").map(({ moved }) => moved);
    // Every member counts every revoke; only the leader counts what expires.
    const most = revoked.reduce<(typeof revoked)[number] | null>(
      (best, moved) => (best === null || (known(moved.window) ?? 0) > (known(best.window) ?? 0) ? moved : best),
      null,
    );
    const ended = most === null ? expired : sumMoved([most]);
    if (ended === null) {
      return noData("Leases that end are not counted.", facts.members.length === 0 ? NEEDS.access : NEEDS.leases, {
        thresholds: THRESHOLDS,
      });
    }
    const deletes = readingsOf(facts, "deletesPerSecond").map(({ moved }) => known(moved.window) ?? 0);
    const deleted = deletes.length === 0 ? null : deletes.reduce((a, b) => Math.max(a, b));
    const hasMoved =
      ended.calm !== null && ended.window >= ended.calm * MOVED_TIMES && ended.window - ended.calm >= FLOOR_PER_SECOND;
    const with_ = deleted === null ? "" : `; ${formatFigure(deleted, "perSecond")} keys were deleted`;
    const parts = {
      text: `Leases that end: the rate ${wentFrom(ended.calm, ended.window, "perSecond")}${with_}.`,
      because: "leases that ended together",
      figure: { label: "Leases ended", value: ended.window, calm: ended.calm, unit: "perSecond" as const },
      thresholds: THRESHOLDS,
      chart: { kind: "signal" as const, signal: "leasesRevokedPerSecond" as const, memberId: null },
    };
    if (!hasMoved) return ruledOut(parts);
    return likelyCause({
      ...parts,
      startedAtMs: ended.movedAtMs,
      next: [
        "Who held them? A client that stopped, or lost its way to etcd, ends all its leases at once.",
        "Share one lease among keys of the same lifetime, and give lifetimes some jitter.",
        "See what is left: etcdctl lease list | wc -l",
      ],
      weight: 0.82,
    });
  },
};
