/**
 * What etcd's log says of a request: protobuf text such as `key:"/registry/pods/" range_end:"/registry/pods0" limit:500`,
 * nested with `<>` or `{}`. It may be cut anywhere, and its strings may hold anything. Values are not in it, and would be
 * stepped over.
 */

/** One field, its string unescaped to bytes; `isCut` when the text ended within it. */
export interface ProtoField {
  name: string;
  word: string;
  bytes: Buffer | null;
  isCut: boolean;
}

const MAX_CHARACTERS = 8_192;
const MAX_FIELDS = 200;
const NAME = /([a-z_]{1,40}):\s*(?=["<{]|[^\s<>{}":]{1,64}(?:[\s<>{}]|$))/y;
const WORD = /[^\s<>{}"]{1,64}/y;

/** The fields that carry something, in their order, whatever they are nested in. Bounded, for any input. */
export function listProtoFields(text: string): ProtoField[] {
  const source = text.slice(0, MAX_CHARACTERS);
  const fields: ProtoField[] = [];
  for (let at = 0; at < source.length && fields.length < MAX_FIELDS; ) {
    NAME.lastIndex = at;
    const name = NAME.exec(source);
    if (name === null) {
      at = source[at] === '"' ? readString(source, at).end : at + 1;
      continue;
    }
    at = NAME.lastIndex;
    const next = source[at];
    if (next === "<" || next === "{") continue;
    const { field, end } = readField(source, at, name[1] as string);
    fields.push(field);
    at = end;
  }
  return fields;
}

function readField(source: string, at: number, name: string): { field: ProtoField; end: number } {
  if (source[at] === '"') {
    const { bytes, end, isCut } = readString(source, at);
    return { field: { name, word: "", bytes, isCut }, end };
  }
  WORD.lastIndex = at;
  const word = WORD.exec(source)?.[0] ?? "";
  return { field: { name, word, bytes: null, isCut: false }, end: at + Math.max(1, word.length) };
}

const ESCAPES: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, a: 7, b: 8, f: 12, v: 11 };

/** A quoted string with C's escapes: `\000` is a byte in octal, `\x00` in hexadecimal. */
function readString(source: string, start: number): { bytes: Buffer; end: number; isCut: boolean } {
  const parts: Buffer[] = [];
  let from = start + 1;
  let at = from;
  while (at < source.length && source[at] !== '"') {
    if (source[at] !== "\\") {
      at++;
      continue;
    }
    parts.push(Buffer.from(source.slice(from, at), "utf8"));
    const { byte, length } = readEscape(source, at + 1);
    parts.push(Buffer.of(byte));
    at += 1 + length;
    from = at;
  }
  parts.push(Buffer.from(source.slice(from, at), "utf8"));
  return { bytes: Buffer.concat(parts), end: at + 1, isCut: at >= source.length };
}

const OCTAL = /[0-7]{1,3}/y;
const HEX = /x[0-9a-fA-F]{2}/y;

function readEscape(source: string, at: number): { byte: number; length: number } {
  OCTAL.lastIndex = at;
  const octal = OCTAL.exec(source)?.[0];
  if (octal !== undefined) return { byte: Number.parseInt(octal, 8) & 0xff, length: octal.length };
  HEX.lastIndex = at;
  const hex = HEX.exec(source)?.[0];
  if (hex !== undefined) return { byte: Number.parseInt(hex.slice(1), 16), length: hex.length };
  const character = source[at] ?? "";
  return {
    byte: ESCAPES[character] ?? (character.charCodeAt(0) & 0x7f || 0x3f),
    length: Math.max(1, character.length),
  };
}
