import { contributing, likelyCause, NEEDS, noData, ruledOut } from "@/lib/rules/triage/findings";
import { logLines } from "@/lib/rules/triage/happenings";
import { alertAt, outOfSpec, SAYS } from "@/lib/rules/triage/limits";
import { known, readingsOf } from "@/lib/rules/triage/readings";
import type { TriageFacts } from "@/lib/rules/triage/triage-facts";
import type { TriageRule } from "@/lib/rules/triage/triage-rule";
import { countWords, formatFigure, formatMilliseconds } from "@/lib/rules/triage/triage-words";
import { countTrouble } from "@/lib/rules/triage/trouble-count";

const THRESHOLDS = [outOfSpec(0, "count", SAYS.etcdIssues), alertAt(5, "count", SAYS.etcdIssues)] as const;

/** A linearizable read asks the leader, and the leader a majority, before it reads. Serializable ones do not. */
export const readIndex: TriageRule = {
  id: "L17",
  name: "READ_INDEX",
  title: "Reads wait for the leader's word",
  stage: "apply",
  explainedBy: [
    ...["L01", "L02", "L04", "L05", "L07", "L08", "L09", "L11", "L12", "L15", "L16"],
    ...["L20", "L24", "L25", "L30", "L35"],
  ],
  isStanding: false,
  check(facts) {
    const counted = countTrouble(facts, "slowReadIndexesPerSecond", "failedReadIndexesPerSecond");
    const log = logLines(facts, "slow-request");
    const failedReads = facts.members.reduce((sum, { probes }) => sum + (known(probes?.linearizableFailed) ?? 0), 0);
    const pair = probePair(facts);
    if (counted === null && log === null && pair === null) {
      return noData(
        "Reads that wait for the leader are not counted.",
        facts.members.length === 0 ? NEEDS.access : NEEDS.metrics,
        {
          thresholds: THRESHOLDS,
        },
      );
    }
    const count = Math.round(Math.max(counted?.count ?? 0, log?.windowLines ?? 0));
    const calm = counted?.calm ?? log?.calmLines ?? null;
    const failed = failedReads > 0 ? ` ${countWords(failedReads, "linearizable read")} of the probe failed.` : "";
    const parts = {
      text: `${count === 0 ? "No read" : countWords(count, "read")} waited long for the leader's word${pair === null ? "" : `; ${pair}`}.${failed}`,
      because: "reads that wait for the leader",
      figure: { label: "Slow or failed read indexes", value: count, calm, unit: "count" as const },
      thresholds: THRESHOLDS,
      chart: { kind: "signal" as const, signal: "probeLinearizable" as const, memberId: null },
    };
    if (count === 0 && failedReads < 2) return ruledOut(parts);
    const found = {
      ...parts,
      startedAtMs: counted?.startedAtMs ?? null,
      next: [
        "The leader is slow or cut off: look at its disk (WAL fsync) and at the round trip between members.",
        "Serializable reads do not wait: where they are as slow, it is the member and not the quorum.",
      ],
      weight: 0.62,
    };
    const hasMoved = counted?.hasMoved === true || (failedReads >= 2 && (calm ?? 0) < 1);
    if (hasMoved && known(facts.onsetMs) !== null) return likelyCause(found);
    return hasMoved || count >= 2 ? contributing(found) : ruledOut(parts);
  },
};

/** Both reads of the probe side by side, of the member where the linearizable one is slowest. */
function probePair(facts: TriageFacts): string | null {
  const [slowest] = readingsOf(facts, "probeLinearizable").sort(
    (a, b) => (known(b.moved.window) ?? 0) - (known(a.moved.window) ?? 0),
  );
  const linearizable = known(slowest?.moved.window);
  const serializable = known(slowest?.member.signals.probeSerializable?.window);
  if (linearizable === null) return null;
  const pair = serializable === null ? "" : `, serializable ones ${formatMilliseconds(serializable)}`;
  return `linearizable reads took ${formatFigure(linearizable, "milliseconds")}${pair}`;
}
