import { findDrain, findStorm } from "@/lib/model/pattern-bursts";
import { findCold, findLeak, findSequentialCreate } from "@/lib/model/pattern-growth";
import { Signal, WatchedTime } from "@/lib/model/pattern-signal";
import { findChurn, findHeartbeat, findHotLoop, findPeriodic } from "@/lib/model/pattern-steady";
import { keepDeepest } from "@/lib/model/pattern-tree";
import {
  type Finding,
  PATTERNS,
  type Pattern,
  type PatternMessage,
  type PatternSeries,
  type PatternSeverity,
  type PatternWindow,
} from "@/lib/model/pattern-types";
import { toSentenceParts } from "@/lib/model/pattern-words";

/** More messages than this are not read; of those that say all is as usual, fewer. */
export const MOST_MESSAGES = 8;
export const MOST_CALM_MESSAGES = 3;
/** A storm beside a period must stand out from the period's own bursts. */
const ABOVE_PERIODIC = 2;
/** A prefix and one below it with this part of its writes are one thing. */
const SAME_WRITES = 0.8;

const SEVERITIES: Record<Pattern, PatternSeverity> = {
  storm: "warning",
  "hot-loop": "warning",
  leak: "warning",
  drain: "notice",
  "sequential-create": "notice",
  churn: "info",
  periodic: "info",
  heartbeat: "info",
  cold: "info",
};

/**
 * What stands out in a window, as messages, the most important first, each thing told once. `series` holds every prefix
 * to look at; `whole` is the whole keyspace, which shares are of: the series without a parent, unless it is given. What
 * nobody watched makes no pattern.
 */
export function findPatterns(
  window: PatternWindow,
  series: readonly PatternSeries[],
  whole = series.find(({ parentId }) => parentId === null),
): PatternMessage[] {
  const time = new WatchedTime(window);
  return time.count === 0 || whole === undefined ? [] : listMessages(series, new Signal(whole, time));
}

function listMessages(series: readonly PatternSeries[], whole: Signal): PatternMessage[] {
  const { time } = whole;
  const parentOf = new Map(series.map(({ id, parentId }) => [id, parentId]));
  const findings = series.flatMap((each) => findIn(new Signal(each, time), whole));
  const kept = PATTERNS.flatMap((pattern) =>
    keepDeepest(
      findings.filter((one) => one.pattern === pattern),
      parentOf,
    ),
  );
  const messages = kept
    .map((finding) => ({ finding, message: toMessage(finding, whole) }))
    .sort((a, b) => byImportance(a.message, b.message));
  return limitCalm(dropRetold(messages, parentOf, time).map(({ message }) => message));
}

/** What is found in one series: bursts, and one word for how it is otherwise. */
function findIn(signal: Signal, whole: Signal): Finding[] {
  if (signal.series.kind === "key") return [findHotLoop(signal)].filter((finding) => finding !== null);
  if (signal.writes() === 0) return [findCold(signal, lastKnown(whole))].filter((finding) => finding !== null);
  const periodic = findPeriodic(signal);
  const steady =
    findHotLoop(signal) ??
    findLeak(signal) ??
    findSequentialCreate(signal) ??
    periodic ??
    findChurn(signal) ??
    findHeartbeat(signal);
  const drain = findDrain(signal);
  const storm = findStorm(signal);
  const isDrain = storm !== null && drain?.runs.some(({ from, to }) => storm.from < to && from < storm.to);
  const bursts = [drain, isDrain || isOfPeriod(storm, periodic) ? null : storm];
  return [...bursts, steady].filter((finding) => finding !== null);
}

function isOfPeriod(storm: Finding | null, periodic: Finding | null): boolean {
  const { writesPerSecond: burst = 0 } = storm?.figures ?? {};
  const { writesPerSecond: usual = 0 } = periodic?.figures ?? {};
  return periodic !== null && burst <= usual * ABOVE_PERIODIC;
}

function toMessage(finding: Finding, whole: Signal): PatternMessage {
  const { pattern, series, from, to, figures } = finding;
  const { atMs, stepMs, endsNow, ...asked } = whole.time.window;
  const fromMs = Math.max(asked.fromMs, atMs[from] as number);
  const toMs = Math.min(asked.toMs, (atMs[to - 1] as number) + stepMs);
  const lasts = endsNow && to > (whole.time.buckets.at(-1) as number);
  const share = shareOf(finding, whole);
  const told = { pattern, fromMs, toMs, lasts, share, figures };
  const { prefix, prefixBase64, kind } = series;
  return { ...told, severity: SEVERITIES[pattern], prefix, prefixBase64, kind, sentence: toSentenceParts(told) };
}

/** Its part of the same thing in the whole keyspace. */
function shareOf({ pattern, series, from, to, amount }: Finding, whole: Signal): number {
  const own = new Signal(series, whole.time);
  const ratio = (part: number, all: number) => (all > 0 ? Math.min(1, part / all) : 0);
  if (pattern === "cold") return ratio(amount, lastKnown(whole));
  if (pattern === "leak") return ratio(lastKnown(own), lastKnown(whole));
  if (pattern === "drain") return ratio(own.sum("deletes", from, to), whole.sum("deletes", from, to));
  if (pattern === "sequential-create") return ratio(own.sum("creates"), whole.sum("creates"));
  return ratio(own.writes(from, to), whole.writes(from, to));
}

function lastKnown({ series, time }: Signal): number {
  return series.liveBytes[time.buckets.at(-1) as number] ?? Number.NaN;
}

const WEIGHTS: Record<PatternSeverity, number> = { warning: 100, notice: 10, info: 1 };

/** By severity, then by share; at last by name, so that two runs agree. */
function byImportance(left: PatternMessage, right: PatternMessage): number {
  return (
    WEIGHTS[right.severity] - WEIGHTS[left.severity] ||
    right.share - left.share ||
    PATTERNS.indexOf(left.pattern) - PATTERNS.indexOf(right.pattern) ||
    (left.prefix < right.prefix ? -1 : 1)
  );
}

interface Candidate {
  finding: Finding;
  message: PatternMessage;
}

const BURSTS: readonly Pattern[] = ["storm", "drain"];

/** One word for the same writes: a prefix above or below one that has been told says nothing new. */
function dropRetold(
  candidates: readonly Candidate[],
  parentOf: ReadonlyMap<number, number | null>,
  time: WatchedTime,
): Candidate[] {
  const told: Candidate[] = [];
  for (const candidate of candidates) {
    const isRetold = told.some((other) => isOneThing(candidate.finding, other.finding, parentOf, time));
    if (!isRetold) told.push(candidate);
  }
  return told;
}

function isOneThing(
  left: Finding,
  right: Finding,
  parentOf: ReadonlyMap<number, number | null>,
  time: WatchedTime,
): boolean {
  if (BURSTS.includes(left.pattern) || BURSTS.includes(right.pattern)) return false;
  if (!isAbove(left.series.id, right.series.id, parentOf) && !isAbove(right.series.id, left.series.id, parentOf)) {
    return false;
  }
  const [a, b] = [new Signal(left.series, time).writes(), new Signal(right.series, time).writes()];
  return Math.min(a, b) >= Math.max(a, b) * SAME_WRITES;
}

function isAbove(above: number, below: number, parentOf: ReadonlyMap<number, number | null>): boolean {
  for (let id: number | null = below; id !== null; id = parentOf.get(id) ?? null) if (id === above) return true;
  return false;
}

function limitCalm(messages: readonly PatternMessage[]): PatternMessage[] {
  const pressing = messages.filter(({ severity }) => severity !== "info");
  const calm = messages.filter(({ severity }) => severity === "info").slice(0, MOST_CALM_MESSAGES);
  return [...pressing, ...calm].slice(0, MOST_MESSAGES);
}
