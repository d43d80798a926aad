/**
 * Text from outside in Markdown: what it says stays readable, and nothing of it can become a heading, a link, a table
 * cell or a call for everybody's attention, on GitHub or in a chat.
 */

/** Controls, marks that turn the direction of what follows, and ends of lines. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]+/gu;
/** Punctuation that Markdown gives a meaning to; `-`, `+` and `.` have one only where a line begins. */
const SPECIAL = /[\\`*_{}[\]()#|~]/g;
/** Names that call whole channels. */
const CALLS = /@(?=here|channel|everyone|all|group|team)/gi;
const ZERO_WIDTH_SPACE = "\u200b";
const LONGEST = 600;

/** A sentence of the rules: what stands between backticks stays code. */
export function escapeSentence(text: string): string {
  const parts = cut(text).split("`");
  if (parts.length % 2 === 0) return escapeWords(text);
  return parts.map((part, i) => (i % 2 === 1 ? codeSpan(part) : escapeRun(part))).join("");
}

/** Words without any meaning to Markdown. */
export function escapeWords(text: string): string {
  return escapeRun(cut(text));
}

/** A name set as code. A cell of a table ends at a bar even there. */
export function codeSpan(name: string): string {
  const plain = cut(name)
    .replaceAll("`", "ˋ")
    .replaceAll("|", "¦")
    .replace(/<(?=[!@#])/g, `<${ZERO_WIDTH_SPACE}`)
    .replace(CALLS, `@${ZERO_WIDTH_SPACE}`);
  return plain.trim() === "" ? "` `" : `\`${plain}\``;
}

function escapeRun(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll("@", `@${ZERO_WIDTH_SPACE}`)
    .replace(SPECIAL, "\\$&")
    .replace(/(\bhttps?|\bftp):(?=\/\/)/gi, `$1${ZERO_WIDTH_SPACE}:`)
    .replace(/\bwww\./gi, `www${ZERO_WIDTH_SPACE}.`);
}

function cut(text: string): string {
  const plain = text.slice(0, LONGEST * 2).replace(UNSEEN, " ");
  const characters = [...plain];
  return characters.length <= LONGEST ? plain : `${characters.slice(0, LONGEST - 1).join("")}…`;
}
