import { type RangeParams, TIME_PRESETS } from "@/lib/api/common";

/** A query string, on either side. */
export interface SearchReader {
  get(name: string): string | null;
}

/** Beyond so many characters the base64 form of a key with escapes makes the shorter URL. */
const LONG_TEXT = 600;

/** The time range of a query string as the API takes it; what cannot be one is left out. */
export function readRange(search: SearchReader): RangeParams {
  const range = TIME_PRESETS.find((preset) => preset === search.get("range"));
  const [from, to] = [readInstant(search.get("from")), readInstant(search.get("to"))];
  return { ...(range && { range }), ...(from && { from }), ...(to && { to }) };
}

function readInstant(text: string | null): string | undefined {
  const atMs = text === null ? Number.NaN : Date.parse(text);
  return Number.isNaN(atMs) ? undefined : new Date(atMs).toISOString();
}

/** The prefix a query string names: its text form, and its exact bytes where they are given. */
export interface ChosenPrefix {
  prefix: string;
  prefixBase64?: string;
}

/** The prefix of a query string; empty for the whole keyspace. */
export function readPrefix(search: SearchReader): ChosenPrefix {
  const prefixBase64 = search.get("prefixBase64");
  return { prefix: search.get("prefix") ?? "", ...(prefixBase64 ? { prefixBase64 } : {}) };
}

/** What names a prefix in a URL. */
export function prefixSearch(prefix: string, base64: string | null = null) {
  const useBase64 = base64 !== null && prefix.length > LONG_TEXT;
  return useBase64 ? { prefix: null, prefixBase64: base64 } : { prefix, prefixBase64: null };
}

/** What names a key in a URL. */
export function keySearch(key: string, base64: string | null = null) {
  const useBase64 = base64 !== null && key.length > LONG_TEXT;
  return useBase64 ? { key: null, keyBase64: base64 } : { key, keyBase64: null };
}

/** One of `values`, or the first when the query string says none of them. */
export function readChoice<Value extends string>(search: SearchReader, name: string, values: readonly Value[]): Value {
  return values.find((value) => value === search.get(name)) ?? (values[0] as Value);
}

/** The key a query string names; null when it names none. */
export function readKeyParams(search: SearchReader): { key: string; keyBase64?: string } | null {
  const keyBase64 = search.get("keyBase64");
  const key = search.get("key") ?? "";
  if (keyBase64) return { key, keyBase64 };
  return key === "" ? null : { key };
}
