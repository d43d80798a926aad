import { formatChartValue } from "@/components/charts/chart-data";
import { formatInstant } from "@/components/ui/format-instant";
import { toVisibleText } from "@/components/ui/visible-text";
import type { TriageAnswer, TriageCheck, TriageMover, TriageSubjectItem, TriageUnit } from "@/lib/api/triage";

export type Verdict = TriageCheck["verdict"];
export type HeadlineTone = TriageAnswer["headline"]["tone"];

/** A verdict as a reader calls it. */
export const VERDICT_WORDS: Record<Verdict, string> = {
  "likely-cause": "Likely cause",
  contributing: "Contributing",
  "ruled-out": "Ruled out",
  "no-data": "No data",
};

/** What the mark beside the headline says. */
export const TONE_WORDS: Record<HeadlineTone, string> = {
  bad: "Trouble",
  warn: "Not well",
  good: "Calm",
  unknown: "Not known",
};

/** A tier of a threshold as a reader calls it. */
export const TIER_WORDS: Record<TriageCheck["thresholds"][number]["tier"], string> = {
  documentation: "out of spec above",
  alert: "alert above",
};

/** Where the window comes from. */
export const PICKED_WORDS: Record<TriageAnswer["picked"], string> = {
  asked: "chosen",
  spike: "the newest spike",
  recent: "the last minutes",
};

const LONGEST_NAME = 160;

/** How many checks came to what: `35 checks · 1 cause · 2 contributing · 27 ruled out · 5 no data`. */
export function countsWords({ likelyCause, contributing, ruledOut, noData }: TriageAnswer["counts"]): string {
  return [
    `${likelyCause + contributing + ruledOut + noData} checks`,
    likelyCause === 1 ? "1 cause" : `${likelyCause} causes`,
    `${contributing} contributing`,
    `${ruledOut} ruled out`,
    `${noData} no data`,
  ].join(" · ");
}

/** A figure of triage with its unit: `41 ms`, `421 /s`, `1.5 MiB/s`. */
export function formatFigure(value: number, unit: TriageUnit): string {
  return value < 0 ? `−${formatChartValue(-value, unit)}` : formatChartValue(value, unit);
}

/** When a suspect moved, against the latency: `−40 s` is before it, `0 s` with it. */
export function leadWords(leadSeconds: number): string {
  const rounded = Math.round(leadSeconds);
  if (rounded === 0) return "0 s";
  return `${rounded < 0 ? "−" : "+"}${Math.abs(rounded)} s`;
}

/** How often as much as in the calm time: `140 ×`; null where that says nothing. */
export function timesWords({ calm, window }: Pick<TriageMover, "calm" | "window">): string | null {
  if (calm === null || window === null || calm <= 0) return null;
  const times = window / calm;
  return `${times >= 9.95 ? Math.round(times).toLocaleString("en-US") : times.toFixed(1)} ×`;
}

/** The name of what a check or a mover is about; the cluster has none. */
export function subjectName(subject: TriageSubjectItem): string | null {
  switch (subject.kind) {
    case "cluster":
      return null;
    case "prefix":
      return subject.prefix;
    case "verb":
      return subject.verb;
    default:
      return subject.name;
  }
}

/** Text of others as it can be shown: nothing unseen in it, and not without an end. */
export function shownText(text: string, longest = LONGEST_NAME): string {
  return toVisibleText(text.length > longest ? `${text.slice(0, longest - 1)}…` : text);
}

/** `12:41–13:17`; with the day where it is not one day, with seconds where it is short. */
export function spanWords({ from, to }: { from: string; to: string }, zone: string): string {
  const [fromMs, toMs] = [Date.parse(from), Date.parse(to)];
  const style = toMs - fromMs < 300_000 ? "time" : "clock";
  const clock = (atMs: number) => formatInstant(atMs, zone, style).split(" ")[0] ?? "";
  const day = (atMs: number) => formatInstant(atMs, zone, "minute").split(",")[0] ?? "";
  if (day(fromMs) === day(toMs)) return `${clock(fromMs)}–${clock(toMs)}`;
  return `${day(fromMs)} ${clock(fromMs)} – ${day(toMs)} ${clock(toMs)}`;
}
