/** One step of the way to a prefix. */
export interface PrefixPart {
  /** The segment itself, its separator included: `pods/`. */
  label: string;
  /** Everything up to and including it: `/registry/pods/`. */
  prefix: string;
}

/**
 * The steps that lead to a key or prefix, in its text form, the outermost first. Follows `lib/model/segments.ts`: the
 * key's own separator (`/`, else `:`, else `.`), a leading run of which belongs to the first segment.
 */
export function listPrefixParts(text: string): PrefixPart[] {
  const separator = ["/", ":", "."].find((candidate) => text.includes(candidate));
  const parts: PrefixPart[] = [];
  for (let from = 0; from < text.length; ) {
    const end = separator === undefined ? text.length : endOfSegment(text, from, separator);
    parts.push({ label: text.slice(from, end), prefix: text.slice(0, end) });
    from = end;
  }
  return parts;
}

/** The prefix one step up, empty at the top. */
export function parentOf(text: string): string {
  return listPrefixParts(text).at(-2)?.prefix ?? "";
}

function endOfSegment(text: string, from: number, separator: string): number {
  let at = from;
  if (from === 0) while (text[at] === separator) at++;
  const found = text.indexOf(separator, at);
  return found < 0 ? text.length : found + 1;
}
