export type SearchPatch = Record<string, string | number | null | undefined>;

/** A query string with some of its parameters changed; null, undefined and "" remove. `?a=1`, or nothing. */
export function patchSearch(search: string, changes: SearchPatch): string {
  const params = new URLSearchParams(search);
  for (const [name, value] of Object.entries(changes)) {
    if (value === null || value === undefined || value === "") params.delete(name);
    else params.set(name, String(value));
  }
  const text = params.toString();
  return text === "" ? "" : `?${text}`;
}
