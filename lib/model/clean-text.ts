/** What Postgres refuses in text (NUL), and halves of characters that UTF-8 cannot write. */
const UNSTORABLE = /[\0\ud800-\udfff]/;
const BROKEN = /\0|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/**
 * A text from outside as it may be kept: at most `maxCharacters` long, every character storable. Null when it is no
 * text or empty.
 */
export function cleanText(text: unknown, maxCharacters: number): string | null {
  if (typeof text !== "string" || text === "") return null;
  const cut = text.length > maxCharacters ? text.slice(0, maxCharacters) : text;
  return UNSTORABLE.test(cut) ? cut.replace(BROKEN, "\ufffd") : cut;
}
