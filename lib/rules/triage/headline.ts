import type { HealthSignalName } from "@/lib/model/health-signals";
import { formatDuration } from "@/lib/model/units";
import { feltLatency, isLatencyKnown } from "@/lib/rules/triage/felt-latency";
import { NEEDS } from "@/lib/rules/triage/findings";
import { known } from "@/lib/rules/triage/readings";
import type { TriageFacts } from "@/lib/rules/triage/triage-facts";
import type { JudgedFinding } from "@/lib/rules/triage/triage-rule";
import { countWords, joinWords } from "@/lib/rules/triage/triage-words";

/** The answer in a sentence, and what it rests on. */
export interface TriageHeadline {
  tone: "bad" | "warn" | "good" | "unknown";
  title: string;
  lede: string;
}

/** Moves so close together are at once. */
const AT_ONCE_MS = 15_000;
const MOST_NEEDS = 3;

/**
 * The headline of a triage: since when it is slow and why, or that nothing is wrong, or that nothing is known. Times are
 * UTC unless `formatTime` writes them otherwise.
 */
export function triageHeadline(
  facts: TriageFacts,
  judged: readonly JudgedFinding[],
  formatTime: (ms: number) => string = formatUtc,
): TriageHeadline {
  const causes = judged.filter(({ verdict }) => verdict === "likely-cause");
  const [cause] = causes;
  const onset = known(facts.onsetMs);
  if (cause && onset !== null) {
    return {
      tone: "bad",
      title: `Slow since ${formatTime(onset)} because of ${becauseOf(cause)}`,
      lede: sentences(feltLatency(facts), cause.text, leadWords(facts, cause, judged), alsoWords(causes)),
    };
  }
  if (cause) return withoutLatency(facts, cause, causes, formatTime);
  if (onset !== null) {
    return {
      tone: "bad",
      title: `Slow since ${formatTime(onset)}; no check says why`,
      lede: sentences(feltLatency(facts), contributingWords(judged), needWords(judged)),
    };
  }
  return calmHeadline(facts, judged);
}

function withoutLatency(
  facts: TriageFacts,
  cause: JudgedFinding,
  causes: readonly JudgedFinding[],
  formatTime: (ms: number) => string,
): TriageHeadline {
  const since = known(cause.startedAtMs);
  const when = since === null ? null : `It began at ${formatTime(since)}.`;
  const isFelt = isLatencyKnown(facts);
  return {
    tone: cause.isAlert ? "bad" : "warn",
    title: isFelt
      ? `Latency has not moved; what has: ${becauseOf(cause)}`
      : `How fast etcd answers is not known; what moved: ${becauseOf(cause)}`,
    lede: sentences(cause.text, when, isFelt ? feltLatency(facts) : null, alsoWords(causes)),
  };
}

function calmHeadline(facts: TriageFacts, judged: readonly JudgedFinding[]): TriageHeadline {
  const told = judged.filter(({ verdict }) => verdict !== "no-data");
  const grave = judged.find(isGrave);
  // Ours, and what is known of the members at any time, are no knowledge of this window.
  const isBlind =
    !isLatencyKnown(facts) &&
    facts.members.every(({ signals, probes }) => Object.keys(signals).length === 0 && probes === null) &&
    (facts.prefixes ?? []).length === 0;
  if (isBlind || told.length < 3) {
    return { tone: "unknown", title: "Nothing is known of this window", lede: sentences(needWords(judged)) };
  }
  if (!isCalmKnown(facts)) {
    return {
      tone: grave ? "warn" : "unknown",
      title: grave
        ? `Nothing to compare with yet; to be looked after: ${becauseOf(grave)}`
        : "Nothing to compare with yet: nobody watched the calm time",
      lede: sentences(grave?.text ?? null, feltLatency(facts), NEEDS.calm),
    };
  }
  const checks = `${countWords(told.length, "check")} had data, and none found a cause`;
  if (grave) {
    return {
      tone: "warn",
      title: isLatencyKnown(facts)
        ? `Latency has not moved; to be looked after: ${becauseOf(grave)}`
        : `No cause was found; to be looked after: ${becauseOf(grave)}`,
      lede: sentences(grave.text, feltLatency(facts), `${checks}.`),
    };
  }
  if (!isLatencyKnown(facts)) {
    return {
      tone: "unknown",
      title: "No cause was found; how fast etcd answers is not known",
      lede: sentences(`${checks}.`, needWords(judged)),
    };
  }
  return { tone: "good", title: "Nothing is wrong in this window", lede: sentences(feltLatency(facts), `${checks}.`) };
}

/** Stages whose findings are measured, and out of spec when they contribute. */
const MEASURED: ReadonlySet<string> = new Set(["quorum", "alarms", "disk", "network", "apply"]);

/** Out of spec, though no worse than before. */
function isGrave({ verdict, isAlert, figure, rule }: JudgedFinding): boolean {
  return verdict === "contributing" && (isAlert || (figure !== null && MEASURED.has(rule.stage)));
}

/** Whether anything was measured in the calm time. */
function isCalmKnown({ members, writes }: TriageFacts): boolean {
  const signals = members.flatMap(({ signals }) => Object.values(signals));
  return known(writes?.calm ?? null) !== null || signals.some(({ calm }) => known(calm) !== null);
}

function becauseOf({ because, rule }: JudgedFinding): string {
  return because ?? lowerFirst(rule.title);
}

/** "It began 40 s earlier; nothing else moved before it." */
function leadWords(facts: TriageFacts, cause: JudgedFinding, judged: readonly JudgedFinding[]): string | null {
  const onset = known(facts.onsetMs);
  const began = known(cause.startedAtMs);
  if (onset === null || began === null) return null;
  const ahead = onset - began;
  const when =
    Math.abs(ahead) < AT_ONCE_MS
      ? "It began as latency rose"
      : `It began ${formatDuration(Math.abs(ahead))} ${ahead > 0 ? "earlier" : "after latency rose"}`;
  return `${when}${movedBefore(facts, began, cause, judged) ? "" : "; nothing else moved before it"}.`;
}

const MOVERS: readonly HealthSignalName[] = [
  "fsyncP99",
  "commitP99",
  "peerRttP99",
  "clientRequestsPerSecond",
  "sentBytesPerSecond",
];

function movedBefore(
  facts: TriageFacts,
  began: number,
  cause: JudgedFinding,
  judged: readonly JudgedFinding[],
): boolean {
  const times = [
    ...judged
      .filter((other) => other !== cause && (other.verdict === "likely-cause" || other.verdict === "contributing"))
      .map(({ startedAtMs }) => startedAtMs),
    ...(facts.prefixes ?? []).map(({ writes }) => writes.movedAtMs),
    ...(facts.clients ?? []).map(({ requests }) => requests.movedAtMs),
    ...facts.members.flatMap(({ signals }) => MOVERS.map((signal) => signals[signal]?.movedAtMs)),
  ];
  return times.some((time) => (known(time) ?? Number.POSITIVE_INFINITY) < began - AT_ONCE_MS);
}

function alsoWords([, ...others]: readonly JudgedFinding[]): string | null {
  if (others.length === 0) return null;
  return `Also likely: ${joinWords(others.slice(0, 3).map(becauseOf))}.`;
}

function contributingWords(judged: readonly JudgedFinding[]): string | null {
  const found = judged.filter(({ verdict }) => verdict === "contributing").slice(0, 2);
  return found.length === 0 ? "Every check that has data is in spec." : sentences(...found.map(({ text }) => text));
}

/** What would tell more, the most asked for first. */
function needWords(judged: readonly JudgedFinding[]): string | null {
  const counts = new Map<string, number>();
  for (const { needs } of judged) if (needs !== null) counts.set(needs, (counts.get(needs) ?? 0) + 1);
  const wanted = [...counts].sort((a, b) => b[1] - a[1]).map(([needs]) => needs);
  return wanted.length === 0 ? null : `To know more: ${wanted.slice(0, MOST_NEEDS).join(" ")}`;
}

function sentences(...parts: readonly (string | null)[]): string {
  return parts.filter((part) => part !== null && part !== "").join(" ");
}

function lowerFirst(text: string): string {
  return /^[A-Z][a-z ]/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;
}

function formatUtc(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? "an unknown time" : `${date.toISOString().slice(11, 16)} UTC`;
}
