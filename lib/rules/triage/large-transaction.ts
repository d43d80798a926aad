import { formatBytes, formatCount } from "@/lib/model/units";
import { contributing, likelyCause, NEEDS, noData, ruledOut } from "@/lib/rules/triage/findings";
import { isNearOnset } from "@/lib/rules/triage/happenings";
import { alertAt, outOfSpec, SAYS } from "@/lib/rules/triage/limits";
import { firstStepAt, isTold, known, stepsOfWindow, windowSeconds } from "@/lib/rules/triage/readings";
import type { Moved, TriageFacts } from "@/lib/rules/triage/triage-facts";
import type { TriageFinding, TriageRule } from "@/lib/rules/triage/triage-rule";

const MAX_TXN_OPS = 128;
/** Near the limit: whoever fills transactions to it comes so far. */
const NEAR_OPS = 100;
const LARGE_PUT_BYTES = 512 * 1024;
const THRESHOLDS = [
  outOfSpec(NEAR_OPS, "count", SAYS.config),
  outOfSpec(LARGE_PUT_BYTES, "bytes", SAYS.limits),
  alertAt(MAX_TXN_OPS, "count", SAYS.config),
  alertAt(5_000, "milliseconds", SAYS.openshift), // p99 of Txn
] as const;
const MOVED_TIMES = 2;
const OFTEN_STEPS = 3;
const OFTEN_RATIO = 0.2;
const TXN_P99_MS = 5_000;

/** All of a transaction is applied at once, and all else waits. */
export const largeTransaction: TriageRule = {
  id: "L16",
  name: "LARGE_TXN_OR_PUT",
  title: "Large transactions or values are written",
  stage: "workload",
  explainedBy: [],
  isStanding: false,
  check(facts) {
    const { largestRevisionPuts: events, largestPutBytes: put } = facts;
    const slowMs = slowestTxnMs(facts);
    if (!isTold(events) && !isTold(put) && slowMs === null) {
      return noData("How large transactions and values are is not known.", NEEDS.keyspace, { thresholds: THRESHOLDS });
    }
    const txn = judge(facts, events, NEAR_OPS);
    const value = judge(facts, put, LARGE_PUT_BYTES);
    const isSlow = slowMs !== null && slowMs > TXN_P99_MS;
    const text = words(facts, slowMs);
    if (txn === "small" && value === "small" && !isSlow)
      return ruledOut({ text, thresholds: THRESHOLDS, figure: figureOf(facts) });
    const isTxn = txn !== "small" && (txn === "moved" || value !== "moved");
    const moved = isTxn ? events : put;
    const parts = {
      title: isTxn ? "Giant transactions" : "Large values",
      text,
      because: isTxn ? "giant transactions" : "large values",
      subject: subjectOf(facts),
      figure: figureOf(facts, isTxn ? "events" : "bytes"),
      thresholds: THRESHOLDS,
      startedAtMs: moved
        ? (firstStepAt(facts, moved, (step) => step >= (isTxn ? NEAR_OPS : LARGE_PUT_BYTES)) ?? known(moved.worstAtMs))
        : null,
      next: [
        "Split it: a few dozen operations a transaction, with a pause between.",
        "Keep large values elsewhere and their address in etcd; etcd refuses requests over 1.5 MiB by default.",
      ],
      chart: chartOf(facts),
      weight: isTxn ? 0.94 : 0.75,
    };
    return txn === "moved" || value === "moved" ? likelyCause(parts) : contributing(parts);
  },
};

function judge(facts: TriageFacts, moved: Moved | null, limit: number): "small" | "usual" | "moved" {
  const worst = known(moved?.worst) ?? known(moved?.window);
  if (moved === null || worst === null || worst < limit) return "small";
  const calm = known(moved.calmWorst) ?? known(moved.calm);
  if (calm !== null && worst < calm * MOVED_TIMES) return "usual";
  const steps = stepsOfWindow(facts, moved);
  const over = steps.filter(({ value }) => value >= limit).length;
  const isOften = over >= OFTEN_STEPS || (over > 0 && over >= steps.length * OFTEN_RATIO);
  return isOften || isNearOnset(facts, known(moved.worstAtMs)) || isLargePart(facts, moved, worst) ? "moved" : "usual";
}

/** One transaction with a fifth of all the window's writes is worth a word by itself. */
function isLargePart(facts: TriageFacts, moved: Moved, worst: number): boolean {
  const rate = known((moved === facts.largestPutBytes ? facts.writtenBytes : facts.writes)?.window);
  return rate !== null && worst >= rate * windowSeconds(facts) * OFTEN_RATIO;
}

function slowestTxnMs(facts: TriageFacts): number | null {
  const told = facts.members.flatMap(({ splitSignals }) => known(splitSignals.grpcP99?.get("Txn")?.window) ?? []);
  return told.length === 0 ? null : told.reduce((a, b) => Math.max(a, b));
}

function words({ largestRevisionPuts, largestPutBytes }: TriageFacts, slowMs: number | null): string {
  const events = known(largestRevisionPuts?.worst) ?? known(largestRevisionPuts?.window);
  const bytes = known(largestPutBytes?.worst) ?? known(largestPutBytes?.window);
  const calmEvents = known(largestRevisionPuts?.calmWorst) ?? known(largestRevisionPuts?.calm);
  const calmBytes = known(largestPutBytes?.calmWorst) ?? known(largestPutBytes?.calm);
  const parts = [
    events === null
      ? null
      : `The largest transaction put ${formatCount(events)} ${events === 1 ? "key" : "keys"}${calmEvents === null ? "" : ` (${formatCount(calmEvents)} before)`}`,
    bytes === null
      ? null
      : `the longest value put had ${formatBytes(bytes)}${calmBytes === null ? "" : ` (${formatBytes(calmBytes)} before)`}`,
    slowMs === null ? null : `transactions took ${formatCount(slowMs)} ms (p99)`,
  ].filter((part) => part !== null);
  const text = parts.join("; ");
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

function figureOf(facts: TriageFacts, what: "events" | "bytes" = "events"): TriageFinding["figure"] {
  const { largestRevisionPuts: events, largestPutBytes: put } = facts;
  const moved = what === "bytes" ? put : events;
  const value = known(moved?.worst) ?? known(moved?.window);
  if (value === null) return null;
  const calm = known(moved?.calmWorst) ?? known(moved?.calm);
  return what === "bytes"
    ? { label: "Longest value put", value, calm, unit: "bytes" }
    : { label: "Keys put by one transaction", value, calm, unit: "count" };
}

/** The prefix that is written most while it goes on, where one stands out. */
function subjectOf({ prefixes }: TriageFacts): TriageFinding["subject"] {
  const heaviest = heaviestPrefix(prefixes);
  return heaviest === null ? { kind: "cluster" } : { kind: "prefix", prefix: heaviest };
}

function chartOf({ prefixes }: TriageFacts): TriageFinding["chart"] {
  const prefix = heaviestPrefix(prefixes);
  return prefix === null ? null : { kind: "prefix", prefix, measure: "writtenBytes" };
}

function heaviestPrefix(prefixes: TriageFacts["prefixes"]): string | null {
  const [first] = (prefixes ?? [])
    .filter(({ bytesShare }) => (known(bytesShare) ?? 0) >= 0.5)
    .sort((a, b) => (known(b.bytesShare) ?? 0) - (known(a.bytesShare) ?? 0) || b.prefix.length - a.prefix.length);
  return first?.prefix ?? null;
}
