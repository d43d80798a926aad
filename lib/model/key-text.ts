/**
 * Keys are bytes; people and URLs want text. A key that is valid UTF-8 is shown as that text. Every byte that is not
 * becomes `\xNN`, and so does a backslash that would itself read as such an escape, so text always leads back to the
 * same bytes.
 */

/** A key or prefix as the API carries it. `base64` is set only where `text` had to be escaped. */
export interface KeyText {
  text: string;
  base64: string | null;
}

const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const ESCAPE = /\\x([0-9a-fA-F]{2})/g;

/** The text of a key, and its base64 where the text holds escapes. */
export function toKeyText(key: Uint8Array): KeyText {
  const plain = decodeUtf8(key);
  if (plain !== null && !plain.includes("\\x")) return { text: plain, base64: null };
  const text = plain === null ? escapeInvalid(key) : plain.replace(ESCAPE, "\\x5cx$1");
  return { text, base64: text === plain ? null : Buffer.from(key).toString("base64") };
}

/** The bytes a text from `toKeyText` stands for. */
export function parseKeyText(text: string): Buffer {
  if (!text.includes("\\x")) return Buffer.from(text, "utf8");
  const parts: Buffer[] = [];
  let from = 0;
  for (const match of text.matchAll(ESCAPE)) {
    parts.push(Buffer.from(text.slice(from, match.index), "utf8"), Buffer.from(match[1] as string, "hex"));
    from = match.index + match[0].length;
  }
  parts.push(Buffer.from(text.slice(from), "utf8"));
  return Buffer.concat(parts);
}

function decodeUtf8(key: Uint8Array): string | null {
  try {
    return strictUtf8.decode(key);
  } catch {
    return null;
  }
}

/** Longest valid runs as text, every other byte as `\xNN`. */
function escapeInvalid(key: Uint8Array): string {
  let text = "";
  for (let at = 0; at < key.length; ) {
    const length = validSequenceLength(key, at);
    text +=
      length === 0
        ? `\\x${(key[at] as number).toString(16).padStart(2, "0")}`
        : strictUtf8.decode(key.subarray(at, at + length)).replace("\\", "\\x5c");
    at += Math.max(1, length);
  }
  return text;
}

/** Bytes of the UTF-8 character that starts at `at`, or 0 when none does. */
function validSequenceLength(key: Uint8Array, at: number): number {
  const lead = key[at] as number;
  const length = lead < 0x80 ? 1 : lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc2 ? 2 : 0;
  return length > 0 && at + length <= key.length && decodeUtf8(key.subarray(at, at + length)) !== null ? length : 0;
}
