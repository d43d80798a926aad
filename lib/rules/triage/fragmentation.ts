import { listDbFills } from "@/lib/rules/triage/db-fill";
import { contributing, NEEDS, noData, ruledOut } from "@/lib/rules/triage/findings";
import { alertAt, outOfSpec, SAYS } from "@/lib/rules/triage/limits";
import type { TriageRule } from "@/lib/rules/triage/triage-rule";
import { formatFigure, plainName } from "@/lib/rules/triage/triage-words";

const IN_USE_RATIO = 0.5;
const MIN_IN_USE_BYTES = 100 * 1024 ** 2;
const THRESHOLDS = [
  outOfSpec(IN_USE_RATIO, "ratio", SAYS.maintenance),
  alertAt(IN_USE_RATIO, "ratio", SAYS.mixin), // below it, with 100 MiB or more in use
] as const;

/** Free pages in the file. They cost space; time hardly ever. */
export const fragmentation: TriageRule = {
  id: "L28",
  name: "FRAGMENTATION",
  title: "Free pages in the db file",
  stage: "configuration",
  explainedBy: ["L11"],
  isStanding: true,
  check(facts) {
    const fills = listDbFills(facts).flatMap(({ inUseBytes, ...fill }) =>
      inUseBytes === null || fill.sizeBytes <= 0 ? [] : [{ ...fill, inUseBytes, ratio: inUseBytes / fill.sizeBytes }],
    );
    const [emptiest] = fills.sort((a, b) => rank(b) - rank(a) || a.ratio - b.ratio);
    if (emptiest === undefined) {
      return noData("How much of the db file is in use is not known.", NEEDS.access, { thresholds: THRESHOLDS });
    }
    const { inUseBytes, sizeBytes, ratio, memberId } = emptiest;
    const parts = {
      text: `${formatFigure(inUseBytes, "bytes")} of the ${formatFigure(sizeBytes, "bytes")} db file of ${plainName(emptiest.name)} are in use. Free pages are rarely why etcd is slow.`,
      because: "free pages in the db file",
      figure: { label: "Of the file in use", value: ratio, calm: null, unit: "ratio" as const },
      thresholds: THRESHOLDS,
      chart: { kind: "signal" as const, signal: "dbSizeInUse" as const, memberId },
    };
    if (rank(emptiest) === 0) return ruledOut(parts);
    return contributing({
      ...parts,
      title: "Much of the db file is free",
      subject: { kind: "member", memberId, name: emptiest.name },
      next: ["Defragment the members one at a time, the leader last: etcdctl defrag --endpoints=<one member>"],
      weight: 0.15,
      isAlert: true,
    });
  },
};

function rank({ ratio, inUseBytes }: { ratio: number; inUseBytes: number }): number {
  return ratio < IN_USE_RATIO && inUseBytes > MIN_IN_USE_BYTES ? 1 : 0;
}
