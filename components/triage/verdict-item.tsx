"use client";

import { clsx } from "clsx";
import { ChevronDown, ChevronRight } from "lucide-react";
import { useId } from "react";
import { StepLine } from "@/components/triage/next-steps";
import { RichText } from "@/components/triage/rich-text";
import { formatFigure, shownText } from "@/components/triage/triage-words";
import { VerdictDetails } from "@/components/triage/verdict-details";
import { VerdictMark } from "@/components/triage/verdict-mark";
import styles from "@/components/triage/verdicts.module.css";
import type { TriageAnswer, TriageCheck } from "@/lib/api/triage";

export interface VerdictItemProps {
  cluster: string;
  answer: TriageAnswer;
  check: TriageCheck;
  isOpen: boolean;
  onToggle(): void;
}

/** A verdict that matters: what it is, its sentence, the first thing to do; opened, all of it. */
export function VerdictItem(props: VerdictItemProps) {
  const { check, isOpen, onToggle } = props;
  const id = useId();
  const [first] = check.next;
  return (
    <li className={styles.verdict} data-verdict={check.verdict}>
      <VerdictMark verdict={check.verdict} />
      <div className={styles.verdictBody}>
        <h3>
          <button type="button" className={styles.toggle} aria-expanded={isOpen} aria-controls={id} onClick={onToggle}>
            {check.title}
            <Chevron isOpen={isOpen} />
          </button>
        </h3>
        <p className={styles.verdictText}>
          <RichText text={check.text} />
        </p>
        {!isOpen && check.verdict === "likely-cause" && first !== undefined && (
          <p className={clsx(styles.verdictText, styles.next)}>
            Next: <StepLine step={first} />
          </p>
        )}
        <div id={id}>{isOpen && <VerdictDetails {...props} />}</div>
      </div>
    </li>
  );
}

/** A verdict in a line of the list of what it is not: its name and its number. */
export function RuledOutItem(props: VerdictItemProps) {
  const { check, isOpen, onToggle } = props;
  const id = useId();
  return (
    <li className={styles.ruledOut} data-open={isOpen || undefined}>
      <button
        type="button"
        className={clsx(styles.toggle, styles.line)}
        aria-expanded={isOpen}
        aria-controls={id}
        title={shownText(check.text, 300)}
        onClick={onToggle}
      >
        <span className={styles.lineTitle}>{check.title}</span>
        <span className={styles.readout}>{ruledOutFigure(check)}</span>
        <Chevron isOpen={isOpen} />
      </button>
      <div id={id}>
        {isOpen && (
          <>
            <p className={styles.lineText}>
              <RichText text={check.text} />
            </p>
            <VerdictDetails {...props} />
          </>
        )}
      </div>
    </li>
  );
}

/** The number that rules it out; an event that did not happen has none. */
function ruledOutFigure({ figure }: TriageCheck): string {
  return figure === null ? "no sign" : formatFigure(figure.value, figure.unit);
}

function Chevron({ isOpen }: { isOpen: boolean }) {
  const Icon = isOpen ? ChevronDown : ChevronRight;
  return <Icon size={13} aria-hidden="true" />;
}
