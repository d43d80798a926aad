import { CircleAlert, CircleCheck, CircleHelp, type LucideIcon, TriangleAlert } from "lucide-react";
import { RichText } from "@/components/triage/rich-text";
import styles from "@/components/triage/triage.module.css";
import { type HeadlineTone, TONE_WORDS } from "@/components/triage/triage-words";
import type { TriageAnswer } from "@/lib/api/triage";

const MARKS: Record<HeadlineTone, LucideIcon> = {
  bad: CircleAlert,
  warn: TriangleAlert,
  good: CircleCheck,
  unknown: CircleHelp,
};

/** The answer in a sentence, with a mark and a word for how bad it is. */
export function TriageHeading({ headline }: Pick<TriageAnswer, "headline">) {
  const Mark = MARKS[headline.tone];
  return (
    <div className="answer">
      <div>
        <h1 className={styles.headline}>
          <span className={styles.tone} data-tone={headline.tone}>
            <Mark size={14} aria-hidden="true" />
            {TONE_WORDS[headline.tone]}
          </span>{" "}
          <RichText text={headline.title} />
        </h1>
        <p className="lede">
          <RichText text={headline.lede} />
        </p>
      </div>
    </div>
  );
}
