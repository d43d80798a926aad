import { CircleAlert, CircleCheck, CircleDashed, type LucideIcon, TriangleAlert } from "lucide-react";
import styles from "@/components/triage/triage.module.css";
import { VERDICT_WORDS, type Verdict } from "@/components/triage/triage-words";

const MARKS: Record<Verdict, { icon: LucideIcon; tone: "bad" | "warn" | "good" | "unknown" }> = {
  "likely-cause": { icon: CircleAlert, tone: "bad" },
  contributing: { icon: TriangleAlert, tone: "warn" },
  "ruled-out": { icon: CircleCheck, tone: "good" },
  "no-data": { icon: CircleDashed, tone: "unknown" },
};

/** A verdict by mark, word and colour. */
export function VerdictMark({ verdict }: { verdict: Verdict }) {
  const { icon: Icon, tone } = MARKS[verdict];
  return (
    <span className={styles.tone} data-tone={tone}>
      <Icon size={12} aria-hidden="true" />
      {VERDICT_WORDS[verdict]}
    </span>
  );
}
