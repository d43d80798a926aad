import { contributing, likelyCause, ruledOut } from "@/lib/rules/triage/findings";
import { LEAD_MS } from "@/lib/rules/triage/happenings";
import { known } from "@/lib/rules/triage/readings";
import type { TriageFacts } from "@/lib/rules/triage/triage-facts";
import type { TriageRule } from "@/lib/rules/triage/triage-rule";
import { countWords, plainSentence } from "@/lib/rules/triage/triage-words";

/** Latency is measured in steps: work that began up to so long after the first slow step may have been within it. */
const SLACK_MS = 10_000;

/** What we did ourselves. It is asked first, and answered honestly. */
export const ownWork: TriageRule = {
  id: "L35",
  name: "OUR_OWN_SCAN",
  title: "etcdscope's own reading",
  stage: "own-work",
  explainedBy: [],
  isStanding: false,
  check(facts) {
    const done = worksOfWindow(facts);
    const [first] = done;
    if (first === undefined) {
      const text =
        facts.ownWork.length === 0 ? "etcdscope read nothing large." : "etcdscope's own reading lay before the window.";
      return ruledOut({ text });
    }
    const onset = known(facts.onsetMs);
    const atOnset = done.find(
      ({ atMs, untilMs }) => onset !== null && atMs <= onset + SLACK_MS && untilMs >= onset - SLACK_MS,
    );
    // Work that had been going on for long without harm is not why it is slow now.
    const isCause = atOnset !== undefined && onset !== null && atOnset.atMs >= onset - LEAD_MS;
    const told = atOnset ?? first;
    const parts = {
      text: tell(told, { more: done.length - 1, isCause, hasOnset: onset !== null }),
      because: "etcdscope's own reading",
      startedAtMs: told.atMs,
      next: [
        "Switch the collector off for a while and see whether latency falls: Settings › Clusters.",
        "Give our reading a smaller share: Settings › Clusters, scan share.",
      ],
      weight: isCause ? 0.95 : 0.3,
    };
    if (isCause) return likelyCause(parts);
    return onset === null || atOnset !== undefined || told.atMs < onset
      ? contributing(parts)
      : ruledOut({ ...parts, next: [] });
  },
};

function worksOfWindow({ ownWork: works, window }: TriageFacts): { atMs: number; untilMs: number; what: string }[] {
  return works
    .filter(({ atMs, untilMs }) => known(atMs) !== null && known(untilMs) !== null)
    .filter(({ atMs, untilMs }) => untilMs >= window.fromMs && atMs < window.toMs)
    .sort((a, b) => a.atMs - b.atMs);
}

function tell(
  { what, atMs, untilMs }: { what: string; atMs: number; untilMs: number },
  { more, isCause, hasOnset }: { more: number; isCause: boolean; hasOnset: boolean },
): string {
  const seconds = Math.max(1, Math.round((untilMs - atMs) / 1_000));
  const besides = more > 0 ? ` ${countWords(more, "other piece")} of our own work lay in the window as well.` : "";
  const sentence = plainSentence(what, 160).replace(/\.+$/, "");
  const said = `Our own work: ${sentence}. It went on for ${countWords(seconds, "second")}`;
  if (isCause) return `${said}, as latency rose. Suspect us first.${besides}`;
  if (!hasOnset) return `${said}; latency did not rise.${besides}`;
  return `${said}; latency did not rise with it.${besides}`;
}
