import { Fragment } from "react";
import styles from "@/components/triage/triage.module.css";
import { shownText } from "@/components/triage/triage-words";

const LONGEST_TEXT = 1_000;
/** Between backticks, or a key or prefix as it stands in a sentence. */
const CODE = /`([^`]+)`|((?<=^|[\s(“"])\/[^\s,;]{3,})/g;

/** A run of a sentence; `isCode` ones are set in monospace. */
export interface TextRun {
  text: string;
  isCode: boolean;
}

/** Cuts a sentence into words, and into what is code in it. */
export function toTextRuns(text: string): TextRun[] {
  const runs: TextRun[] = [];
  let from = 0;
  for (const match of text.matchAll(CODE)) {
    const [whole, quoted, path = ""] = match;
    // The full stop after a prefix ends the sentence.
    const code = quoted ?? path.replace(/[.:)”"]+$/, "");
    if (match.index > from) runs.push({ text: text.slice(from, match.index), isCode: false });
    runs.push({ text: code, isCode: true });
    from = match.index + (quoted === undefined ? code.length : whole.length);
  }
  if (from < text.length) runs.push({ text: text.slice(from), isCode: false });
  return runs;
}

/** A sentence of the rules: what is code or a key in it is set as such, what cannot be seen is shown. */
export function RichText({ text }: { text: string }) {
  // Made visible before it is cut: a space is unseen at the end of a text only, not at the end of a run.
  return toTextRuns(shownText(text, LONGEST_TEXT)).map(({ text: run, isCode }, place) =>
    isCode ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: a run has no identity but its place
      <bdi key={place} className={styles.inlineCode}>
        {run}
      </bdi>
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: a run has no identity but its place
      <Fragment key={place}>{run}</Fragment>
    ),
  );
}
