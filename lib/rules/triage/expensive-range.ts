import { type ExpensiveReader, listExpensiveReaders } from "@/lib/rules/triage/expensive-readers";
import { contributing, likelyCause, NEEDS, noData, ruledOut } from "@/lib/rules/triage/findings";
import { logLines } from "@/lib/rules/triage/happenings";
import { alertAt, outOfSpec, SAYS } from "@/lib/rules/triage/limits";
import { type LoggedRange, readLoggedRange } from "@/lib/rules/triage/logged-range";
import { readerSteps } from "@/lib/rules/triage/reader-steps";
import { countInWindow, known, readingsOf, sumMoved } from "@/lib/rules/triage/readings";
import type { TriageFacts } from "@/lib/rules/triage/triage-facts";
import type { TriageFinding, TriageRule } from "@/lib/rules/triage/triage-rule";
import { codeName, countWords, formatFigure, formatMilliseconds, plainName } from "@/lib/rules/triage/triage-words";

const KEYS = 500;
const BYTES = 1_048_576;
const THRESHOLDS = [
  outOfSpec(KEYS, "count", SAYS.faq), // "several hundred keys" in one answer
  outOfSpec(BYTES, "bytes", SAYS.ours),
  alertAt(300, "milliseconds", SAYS.config), // etcd's own warning of a slow request
  alertAt(3_000, "milliseconds", SAYS.openshift), // p99 of ranges
] as const;
const RANGE_P99_MS = 3_000;
const QUICK_RANGE_MS = 100;
/** Lines of the log against the calm time. */
const MOVED_TIMES = 3;
const FEW_LINES = 3;
/** What is sent to clients may rise so far before somebody must be reading a lot. */
const SENT_TIMES = 3;

/** Ranges over many keys without a limit: each costs CPU and memory, and the writers wait. */
export const expensiveRange: TriageRule = {
  id: "L15",
  name: "EXPENSIVE_RANGE",
  title: "Expensive reads",
  stage: "workload",
  explainedBy: ["L35"],
  isStanding: false,
  check(facts) {
    const readers = listExpensiveReaders(facts);
    const moved = readers.find(({ hasMoved }) => hasMoved);
    const log = logLines(facts, "apply-took-too-long");
    const logged = log === null || log.windowLines === 0 ? null : readLoggedRange(log.example);
    if (moved) return likelyCause(tellReader(moved, logged));
    const slowMs = slowestRangeMs(facts);
    const isLoggedLarge = logged !== null && ((logged.keys ?? 0) > KEYS || (logged.bytes ?? 0) > BYTES);
    // Under load any read is slow, ours too: such lines say who reads much only when more is sent than before.
    const isMoreSent = hasSentMore(facts);
    if (log && logged && isLoggedLarge && isMoreSent !== false) {
      const isMore = log.windowLines >= FEW_LINES && log.windowLines >= log.calmLines * MOVED_TIMES;
      const isFelt = isMoreSent === true || known(facts.onsetMs) !== null;
      const finding = tellLogged(logged, log, facts);
      return isMore && isFelt ? likelyCause(finding) : contributing(finding);
    }
    if (slowMs !== null && slowMs > RANGE_P99_MS) return contributing(tellSlow(slowMs));
    const usual = readers.find(({ isFelt }) => isFelt);
    if (usual) return contributing(tellReader(usual, logged));
    return isToldEnough(facts, slowMs)
      ? ruledOut({ text: quietWords(facts, slowMs), thresholds: THRESHOLDS })
      : noData("Nothing tells which ranges are asked.", NEEDS.log, { thresholds: THRESHOLDS });
  },
};

function tellReader({ client, answerBytes, busyRatio }: ExpensiveReader, logged: LoggedRange | null): Told {
  const what =
    client.resource === null
      ? "ranges"
      : `${client.verb === "list" ? "lists" : "ranges"} of ${codeName(client.resource)}`;
  const size = answerBytes === null ? "" : `, ${formatFigure(answerBytes, "bytes")} each`;
  const took = client.latencyP99Ms === null ? "" : `, up to ${formatMilliseconds(client.latencyP99Ms)}`;
  const unpaged = client.unpagedLists > 0 ? "unpaged " : "";
  const range = logged?.key == null ? "" : ` The log names ${codeName(logged.key)}.`;
  return {
    text: `${plainName(client.name)} asks ${unpaged}${what}${size}${took}: ${formatFigure(known(client.requests.window) ?? 0, "perSecond")}, ${formatFigure(known(client.requests.calm) ?? 0, "perSecond")} before.${range}`,
    because: "expensive reads of one client",
    subject: {
      ...{ kind: "client" as const, name: client.name, userAgent: client.userAgent },
      ...{ user: client.user, sourceAddress: client.sourceAddress },
    },
    figure:
      answerBytes === null
        ? {
            label: "Requests",
            value: known(client.requests.window) ?? 0,
            calm: known(client.requests.calm),
            unit: "perSecond",
          }
        : { label: "Mean answer", value: answerBytes, calm: null, unit: "bytes" },
    thresholds: THRESHOLDS,
    startedAtMs: known(client.requests.movedAtMs) ?? known(client.requests.worstAtMs),
    next: readerSteps(client, logged),
    chart: { kind: "client", name: client.name },
    weight: 0.9 + 0.05 * Math.min(1, busyRatio),
  };
}

type Told = Omit<TriageFinding, "verdict" | "needs" | "isAlert">;

function tellLogged(
  logged: LoggedRange,
  log: { windowLines: number; calmLines: number; worstMs: number | null },
  facts: TriageFacts,
): Told {
  const keys = logged.keys === null ? "" : ` for ${countWords(logged.keys, "key")}`;
  const longest = log.worstMs === null ? "" : `, the longest ${formatMilliseconds(log.worstMs)}`;
  const where = logged.key === null ? "" : ` of ${codeName(logged.key)}`;
  return {
    text: `etcd logged ${countWords(log.windowLines, "slow request")}${longest}, such as a range${where}${keys}; ${log.calmLines} in the calm time.`,
    because: "expensive reads",
    subject: logged.key === null ? { kind: "cluster" } : { kind: "prefix", prefix: logged.key },
    figure: { label: "Slow requests logged", value: log.windowLines, calm: log.calmLines, unit: "count" },
    thresholds: THRESHOLDS,
    startedAtMs: sent(facts)?.movedAtMs ?? null,
    next: readerSteps(null, logged),
    chart: { kind: "signal", signal: "sentBytesPerSecond", memberId: null },
    weight: 0.86,
  };
}

function tellSlow(slowMs: number): Told {
  return {
    text: `Ranges take up to ${formatMilliseconds(slowMs)} (p99).`,
    because: "slow reads",
    subject: { kind: "cluster" },
    figure: { label: "Range p99", value: slowMs, calm: null, unit: "milliseconds" },
    thresholds: THRESHOLDS,
    startedAtMs: null,
    next: ["Send etcd's log lines: they name the range and who asked."],
    chart: { kind: "signal", signal: "rangeP99", memberId: null },
    weight: 0.6,
  };
}

function slowestRangeMs(facts: TriageFacts): number | null {
  const told = facts.members.flatMap(({ signals, splitSignals }) => [
    ...[known(signals.rangeP99?.window), known(splitSignals.grpcP99?.get("Range")?.window)].filter((ms) => ms !== null),
  ]);
  return told.length === 0 ? null : told.reduce((a, b) => Math.max(a, b));
}

function sent(facts: TriageFacts) {
  return sumMoved(readingsOf(facts, "sentBytesPerSecond").map(({ moved }) => moved));
}

/** Null: not known. */
function hasSentMore(facts: TriageFacts): boolean | null {
  const out = sent(facts);
  if (out === null || out.calm === null) return null;
  return out.window >= out.calm * SENT_TIMES && out.window >= BYTES;
}

/** The log names what is slow. Without it, that nothing was slow and no more is sent says as much. */
function isToldEnough(facts: TriageFacts, slowMs: number | null): boolean {
  if (facts.log !== null) return true;
  if (slowMs !== null && slowMs <= QUICK_RANGE_MS) return true;
  const slow = readingsOf(facts, "slowAppliesPerSecond");
  const isSlow = slow.some(({ moved }) => (countInWindow(facts, moved) ?? 0) >= 1);
  const out = sent(facts);
  return slow.length > 0 && !isSlow && out !== null && out.window <= Math.max(BYTES, (out.calm ?? 0) * SENT_TIMES);
}

function quietWords(facts: TriageFacts, slowMs: number | null): string {
  const out = sent(facts);
  const parts = [
    facts.log === null ? "No request took more than 100 ms to apply" : "etcd logged no range over 500 keys or 1 MiB",
    slowMs === null ? null : `ranges take ${formatMilliseconds(slowMs)} (p99)`,
    out === null ? null : `${formatFigure(out.window, "bytesPerSecond")} are sent to clients`,
  ].filter((part) => part !== null);
  return `${parts.join("; ")}.`;
}
