/** Longer names would not be pasted into a shell by anyone. */
const MAX_CHARACTERS = 1_000;
const PLAIN = /^[A-Za-z0-9_@%+=:,./][A-Za-z0-9_@%+=:,./-]*$/;
/** What a terminal would act on, show turned round, or not show. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;
const KEY_ESCAPE = /\\x[0-9a-fA-F]{2}/;

/**
 * A name from outside as one word of a POSIX shell, whatever is in it; with controls in it, of bash. Null when it is too
 * long to be pasted.
 */
export function shellWord(name: string): string | null {
  if (name.length > MAX_CHARACTERS) return null;
  if (PLAIN.test(name)) return name;
  return UNSEEN.test(name) ? ansiWord(name, false) : `'${name.replaceAll("'", "'\\''")}'`;
}

/** A key or prefix in its text form (`lib/model/key-text.ts`): its `\xNN` stand for bytes. */
export function shellKey(text: string): string | null {
  if (text.length > MAX_CHARACTERS) return null;
  return KEY_ESCAPE.test(text) ? ansiWord(text, true) : shellWord(text);
}

/** What follows a flag: `--prefix` of a name that begins with a dash would be read as another flag. */
export function shellArgument(name: string): string | null {
  const word = shellWord(name);
  return word === null || name.startsWith("-") ? null : word;
}

/** The command with its words put in; null when one of them cannot be. */
export function command(parts: TemplateStringsArray, ...words: readonly (string | null)[]): string | null {
  if (words.includes(null)) return null;
  return parts.reduce((text, part, at) => `${text}${words[at - 1]}${part}`);
}

/** What of these can be said. */
export function steps(...texts: readonly (string | null | false | undefined)[]): string[] {
  return texts.filter((text): text is string => typeof text === "string" && text !== "");
}

/** `$'…'`, as bash and zsh read it. */
function ansiWord(text: string, keepsEscapes: boolean): string {
  const escaped = [...text].map((character, at, all) => {
    if (character === "'") return "\\'";
    if (character === "\\") return keepsEscapes && isEscapeAt(all, at) ? "\\" : "\\\\";
    if (!UNSEEN.test(character)) return character;
    const code = character.codePointAt(0) as number;
    if (code < 0x80) return `\\x${code.toString(16).padStart(2, "0")}`;
    return code > 0xffff ? `\\U${code.toString(16).padStart(8, "0")}` : `\\u${code.toString(16).padStart(4, "0")}`;
  });
  return `$'${escaped.join("")}'`;
}

function isEscapeAt(characters: readonly string[], at: number): boolean {
  return KEY_ESCAPE.test(characters.slice(at, at + 4).join(""));
}
