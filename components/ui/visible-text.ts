/** A run of a key's text; `isMark` runs stand for something that cannot be seen as it is. */
export interface VisibleRun {
  text: string;
  isMark: boolean;
}

/**
 * What a screen cannot show, or would obey rather than show: controls, formats (every bidi control among them), spaces
 * but the plain one within, line separators, and what a font may ignore. `\xNN` is an escaped byte.
 */
const UNSEEN = /^ +| +$|\\x[0-9a-fA-F]{2}|(?! )[\p{Cc}\p{Cf}\p{Z}\p{Default_Ignorable_Code_Point}]/gu;

/** Cuts a key's text into what is shown as it is and what is shown by a mark. */
export function toVisibleRuns(text: string): VisibleRun[] {
  const runs: VisibleRun[] = [];
  let from = 0;
  for (const match of text.matchAll(UNSEEN)) {
    if (match.index > from) runs.push({ text: text.slice(from, match.index), isMark: false });
    runs.push({ text: toMark(match[0]), isMark: true });
    from = match.index + match[0].length;
  }
  if (from < text.length) runs.push({ text: text.slice(from), isMark: false });
  return runs;
}

/** The same as plain text, for titles and labels. */
export function toVisibleText(text: string): string {
  return text.replace(UNSEEN, toMark);
}

/** `␀` for NUL, `␊` for a newline, `⟨202E⟩` for what has no picture; an escaped byte stays as written. */
function toMark(unseen: string): string {
  if (unseen.startsWith("\\x")) return unseen;
  if (unseen.startsWith(" ")) return "␣".repeat(unseen.length);
  const code = unseen.codePointAt(0) as number;
  if (code < 0x20) return String.fromCodePoint(0x2400 + code);
  if (code === 0x7f) return "␡";
  return `⟨${code.toString(16).toUpperCase().padStart(4, "0")}⟩`;
}
