import { contributing, likelyCause, NEEDS, noData, ruledOut } from "@/lib/rules/triage/findings";
import { type Grade, gradeFigure } from "@/lib/rules/triage/grade";
import { alertAt, outOfSpec, SAYS } from "@/lib/rules/triage/limits";
import { known, type Reading, readingsOf } from "@/lib/rules/triage/readings";
import type { Moved, TriageFacts } from "@/lib/rules/triage/triage-facts";
import type { TriageRule } from "@/lib/rules/triage/triage-rule";
import { besideCalm, formatFigure, plainName } from "@/lib/rules/triage/triage-words";

const LIMITS = { documentation: 0.8, alert: 0.95 };
const THRESHOLDS = [
  outOfSpec(LIMITS.documentation, "ratio", SAYS.hardware),
  alertAt(LIMITS.alert, "ratio", SAYS.ours),
] as const;

/** A member without CPU to spare is late with everything, heartbeats included. */
export const cpu: TriageRule = {
  id: "L20",
  name: "CPU_SATURATION",
  title: "A member has no CPU to spare",
  stage: "apply",
  explainedBy: ["L05", "L07", "L08", "L11", "L15", "L16", "L24", "L25", "L29", "L30", "L35"],
  isStanding: true,
  check(facts) {
    const told = readingsOf(facts, "cpuCores").flatMap((reading) => toShare(facts, reading) ?? []);
    const [busiest] = told.sort((a, b) => rank(b.grade) - rank(a.grade) || b.grade.value - a.grade.value);
    if (busiest === undefined) return unknownCpu(facts);
    const { reading, grade, cores } = busiest;
    const name = plainName(reading.name);
    const parts = {
      text: `${name} used ${formatFigure(grade.value, "ratio")} of its ${cores} CPU${cores === 1 ? "" : "s"}${besideCalm(grade.calm, grade.value, "ratio")}.`,
      because: `${name} having no CPU to spare`,
      subject: { kind: "member" as const, memberId: reading.memberId, name: reading.name },
      figure: { label: "CPU used", value: grade.value, calm: grade.calm, unit: "ratio" as const },
      thresholds: THRESHOLDS,
      chart: { kind: "signal" as const, signal: "cpuCores" as const, memberId: reading.memberId },
    };
    if (grade.standing === "in-spec" || grade.standing === "isolated") return ruledOut(parts);
    const found = {
      ...parts,
      startedAtMs: grade.startedAtMs,
      next: [
        `What else runs on the machine of ${name}? top -H, and for a pod: cat /sys/fs/cgroup/cpu.stat (throttled_usec).`,
        "Expensive ranges take CPU before all else: see that check.",
        "Give it more CPUs, and no CPU limit.",
      ],
      weight: 0.7,
      isAlert: grade.isAlert,
    };
    return grade.standing === "moved" ? likelyCause(found) : contributing(found);
  },
};

/** Of the CPUs it may use. One that tells no limit may be called busy by no one, but idle it is below 0.8 of one CPU. */
function toShare(facts: TriageFacts, reading: Reading): { reading: Reading; grade: Grade; cores: number } | null {
  const limit = known(reading.member.signals.cpuLimit?.window);
  const isLimited = limit !== null && limit > 0;
  if (!isLimited && (known(reading.moved.worst) ?? 0) > LIMITS.documentation) return null;
  const cores = isLimited ? limit : 1;
  const grade = gradeFigure(facts, divide(reading.moved, cores), LIMITS);
  return grade === null ? null : { reading, grade, cores };
}

function divide(moved: Moved, by: number): Moved {
  const share = (value: number | null) => (value === null ? null : value / by);
  return {
    ...moved,
    values: moved.values.map(share),
    ...{ calm: share(moved.calm), window: share(moved.window) },
    ...{ calmWorst: share(moved.calmWorst), worst: share(moved.worst) },
  };
}

function rank({ standing }: Grade): number {
  return standing === "moved" ? 2 : standing === "chronic" ? 1 : 0;
}

function unknownCpu(facts: TriageFacts) {
  const cores = readingsOf(facts, "cpuCores");
  const needs = facts.members.length === 0 ? NEEDS.access : NEEDS.metrics;
  if (cores.length === 0) return noData("The members' CPU is not measured.", needs, { thresholds: THRESHOLDS });
  const most = cores.reduce((a, b) => ((known(b.moved.window) ?? 0) > (known(a.moved.window) ?? 0) ? b : a));
  return noData(
    `${plainName(most.name)} used ${(known(most.moved.window) ?? 0).toFixed(1)} CPUs; of how many, its version does not tell.`,
    "Compare with the machine's CPUs (nproc); etcd built with Go 1.21 or later tells them.",
    { thresholds: THRESHOLDS },
  );
}
