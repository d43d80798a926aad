/**
 * How a key splits into segments. A key follows one separator, its own: `/` if it has one, else `:`, else `.`. A segment
 * ends behind its separator, so every prefix of the tree ends in one; a leading run of separators belongs to the first
 * segment, so that `/registry/pods/a` splits into `/registry/`, `pods/` and the tail `a`.
 */

const SEPARATORS = [0x2f, 0x3a, 0x2e] as const; // "/", ":", "."

/** The byte that separates the segments of the key in `bytes[start, end)`, or -1 when it has none. */
export function separatorOf(bytes: Uint8Array, start: number, end: number): number {
  for (const separator of SEPARATORS) {
    for (let at = start; at < end; at++) if (bytes[at] === separator) return separator;
  }
  return -1;
}

/**
 * Where the segment that begins at `from` ends (behind its separator), or -1 when what follows is the key's tail.
 * `start` is where the key begins: only there a run of separators is skipped.
 */
export function segmentEnd(bytes: Uint8Array, start: number, from: number, end: number, separator: number): number {
  if (separator < 0) return -1;
  let at = from;
  if (from === start) while (at < end && bytes[at] === separator) at++;
  while (at < end && bytes[at] !== separator) at++;
  return at < end ? at + 1 : -1;
}

/** Where the last segment of a key ends and its tail begins, or -1 when it has no separator. */
export function lastSegmentEnd(bytes: Uint8Array, start: number, end: number): number {
  for (const separator of SEPARATORS) {
    for (let at = end - 1; at >= start; at--) if (bytes[at] === separator) return at + 1;
  }
  return -1;
}

/** The prefix one level up: `/registry/pods/` for `/registry/pods/ns-1/`; empty at the top. */
export function parentPrefix(prefix: Uint8Array): Uint8Array {
  const separator = separatorOf(prefix, 0, prefix.length);
  let parentEnd = 0;
  for (let end = segmentEnd(prefix, 0, 0, prefix.length, separator); end > 0 && end < prefix.length; ) {
    parentEnd = end;
    end = segmentEnd(prefix, 0, end, prefix.length, separator);
  }
  return prefix.subarray(0, parentEnd);
}
