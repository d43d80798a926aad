import type { TriageAnswer, TriageCheck, TriageMover } from "@/lib/api/triage";
import { codeSpan, escapeSentence, escapeWords } from "@/lib/queries/triage/markdown-text";
import { formatFigure } from "@/lib/rules/triage/triage-words";

const MOST_CAUSES = 5;
const MOST_CONTRIBUTING = 6;
const MOST_STEPS = 3;
const MOST_MOVERS = 10;

/** The answer for the channel of an incident: short, in UTC, with the link that shows the same again. */
export function toTriageMarkdown(answer: TriageAnswer, { cluster, url }: { cluster: string; url: string }): string {
  const { headline, window, calm, items } = answer;
  const of = (verdict: TriageCheck["verdict"]) => items.filter((item) => item.verdict === verdict);
  const times = `window ${spanWords(window)} · calm ${spanWords(calm)}`;
  const blocks = [
    `**${escapeSentence(headline.title)}**`,
    escapeSentence(headline.lede),
    `Cluster ${codeSpan(cluster)} · ${times}`,
    checksBlock("Likely cause", of("likely-cause"), { most: MOST_CAUSES, withSteps: true }),
    checksBlock("Contributing", of("contributing"), { most: MOST_CONTRIBUTING, withSteps: false }),
    namesBlock("Ruled out", of("ruled-out")),
    namesBlock("No data", of("no-data")),
    moversBlock(answer.movers.slice(0, MOST_MOVERS)),
    `<${url}>`,
  ];
  return `${blocks.filter((block) => block !== "").join("\n\n")}\n`;
}

function checksBlock(
  title: string,
  checks: readonly TriageCheck[],
  { most, withSteps }: { most: number; withSteps: boolean },
): string {
  if (checks.length === 0) return "";
  const lines = checks
    .slice(0, most)
    .flatMap(({ title: name, rule, text, next }) => [
      `- **${escapeSentence(name)}** (${rule}): ${escapeSentence(text)}`,
      ...(withSteps ? next.slice(0, MOST_STEPS).map((step) => `  - Next: ${escapeSentence(step)}`) : []),
    ]);
  const left = checks.length - most;
  return [`**${title}**`, ...lines, ...(left > 0 ? [`- and ${left} more`] : [])].join("\n");
}

/** One line: what it is not matters, but not at length. */
function namesBlock(title: string, checks: readonly TriageCheck[]): string {
  if (checks.length === 0) return "";
  return `**${title}** (${checks.length}): ${checks.map(({ title: name }) => escapeSentence(name)).join(" · ")}`;
}

function moversBlock(movers: readonly TriageMover[]): string {
  if (movers.length === 0) return "";
  const rows = movers.map(({ label, subject, unit, calm, window, leadSeconds }) => {
    const cells = [
      subjectWords(subject, label),
      figureWords(calm, unit),
      figureWords(window, unit),
      leadWords(leadSeconds),
    ];
    return `| ${cells.join(" | ")} |`;
  });
  return ["| What moved | Calm | Window | Lead |", "| --- | ---: | ---: | ---: |", ...rows].join("\n");
}

function subjectWords(subject: TriageMover["subject"], label: string): string {
  const words = escapeWords(label);
  switch (subject.kind) {
    case "cluster":
      return words;
    case "prefix":
      return `${codeSpan(subject.prefix)} ${words}`;
    case "verb":
      return `${codeSpan(subject.verb)} ${words}`;
    default:
      return `${codeSpan(subject.name)} ${words}`;
  }
}

function figureWords(value: number | null, unit: TriageMover["unit"]): string {
  return value === null ? "not known" : escapeWords(formatFigure(value, unit));
}

/** Before the latency moved, or after it; a dash: it has not moved. */
function leadWords(seconds: number | null): string {
  if (seconds === null) return "–";
  return seconds < 0 ? `−${-seconds} s` : seconds === 0 ? "0" : `+${seconds} s`;
}

/** `2026-11-21 12:41:00 – 13:17:00 UTC`. */
function spanWords({ from, to }: TriageAnswer["window"]): string {
  const [fromDay, fromTime] = instantWords(from);
  const [toDay, toTime] = instantWords(to);
  return `${fromDay} ${fromTime} – ${fromDay === toDay ? "" : `${toDay} `}${toTime} UTC`;
}

function instantWords(instant: string): [day: string, time: string] {
  const iso = new Date(instant).toISOString();
  return [iso.slice(0, 10), iso.slice(11, 19)];
}
