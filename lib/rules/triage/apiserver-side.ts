import { contributing, likelyCause, NEEDS, noData, ruledOut } from "@/lib/rules/triage/findings";
import { excessWeight, gradeFigure } from "@/lib/rules/triage/grade";
import { outOfSpec, SAYS } from "@/lib/rules/triage/limits";
import { known, readingsOf } from "@/lib/rules/triage/readings";
import type { TriageFacts } from "@/lib/rules/triage/triage-facts";
import type { TriageRule } from "@/lib/rules/triage/triage-rule";
import { codeName, formatFigure, formatMilliseconds, plainName, wentFrom } from "@/lib/rules/triage/triage-words";

const LIMITS = { documentation: 500, alert: 1_000 };
const THRESHOLDS = [outOfSpec(LIMITS.documentation, "milliseconds", SAYS.ours)] as const;
const MIN_REQUESTS_PER_SECOND = 0.1;
/** A read of the probe within it: etcd itself is quick. */
const QUICK_PROBE_MS = 100;

/** etcd is quick, and yet the apiserver waits for it: what lies between them, or the objects themselves. */
export const apiserverSide: TriageRule = {
  id: "L33",
  name: "APISERVER_SIDE",
  title: "The apiserver waits for etcd",
  stage: "clients",
  explainedBy: [
    ...["L01", "L02", "L04", "L05", "L06", "L07", "L08", "L09", "L11", "L12", "L13", "L14"],
    ...["L15", "L16", "L17", "L20", "L24", "L25", "L29", "L30", "L35"],
  ],
  isStanding: false,
  check(facts) {
    if (facts.apiserver === null) {
      return noData("What the apiserver sees of etcd is not known.", NEEDS.apiserver, { thresholds: THRESHOLDS });
    }
    const graded = facts.apiserver.flatMap(({ p99Ms, requests, ...call }) => {
      const isAsked = (known(requests.window) ?? 0) >= MIN_REQUESTS_PER_SECOND;
      const grade = isAsked ? gradeFigure(facts, p99Ms, LIMITS) : null;
      return grade === null ? [] : [{ ...call, grade }];
    });
    graded.sort((a, b) => rank(b.grade.standing) - rank(a.grade.standing) || b.grade.value - a.grade.value);
    const [slowest] = graded;
    if (slowest === undefined)
      return ruledOut({ text: "The apiserver asked etcd for hardly anything.", thresholds: THRESHOLDS });
    const { operation, resource, grade } = slowest;
    const call = `${plainName(operation)} of ${codeName(resource)}`;
    const parts = {
      text: `The apiserver's slowest call, ${call}, takes ${formatMilliseconds(grade.value)} (p99).`,
      figure: { label: "etcd request p99", value: grade.value, calm: grade.calm, unit: "milliseconds" as const },
      thresholds: THRESHOLDS,
    };
    if (grade.standing === "in-spec" || grade.standing === "isolated") return ruledOut(parts);
    const probe = quickProbe(facts);
    const slowCalls = graded.filter(({ grade: other }) => rank(other.standing) > 0).length;
    const found = {
      ...parts,
      text: `The apiserver's ${call} ${wentFrom(grade.calm, grade.value, "milliseconds")} (p99)${slowCalls > 1 ? `, and ${slowCalls - 1} other kinds of call are slow` : ""}${probe === null ? "" : `; etcd itself answers in ${formatFigure(probe, "milliseconds")}`}.`,
      because: `slow calls of the apiserver (${call})`,
      startedAtMs: grade.startedAtMs,
      next: [
        "etcd quick and the apiserver slow: look at the network between them and at the apiserver's CPU.",
        `One resource alone: look at how large its objects are, and at encryption at rest (the Keyspace page, ${codeName(resource)}).`,
      ],
      weight: excessWeight(grade.value, LIMITS.documentation) - 0.1,
    };
    const isElsewhere = facts.members.length === 0 || probe !== null;
    return grade.standing === "moved" && isElsewhere ? likelyCause(found) : contributing(found);
  },
};

/** The slowest linearizable read of the probe, where that was quick all the same; null: it was not, or is not known. */
function quickProbe(facts: TriageFacts): number | null {
  const told = readingsOf(facts, "probeLinearizable").map(
    ({ moved }) => known(moved.window) ?? Number.POSITIVE_INFINITY,
  );
  const slowest = told.reduce((a, b) => Math.max(a, b), 0);
  return told.length > 0 && slowest <= QUICK_PROBE_MS ? slowest : null;
}

function rank(standing: string): number {
  return standing === "moved" ? 2 : standing === "chronic" ? 1 : 0;
}
