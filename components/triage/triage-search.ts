import { readRange, type SearchReader } from "@/components/keyspace/view-search";
import type { SearchPatch } from "@/components/shell/patch-search";
import type { TriageAnswer, TriageParams } from "@/lib/api/triage";

/** Shorter than this nothing can be told: two readings of the metrics. */
export const LEAST_WINDOW_MS = 20_000;

/** What the Triage page shows, by its query string. */
export interface TriageState {
  params: TriageParams;
  /** The rule whose verdict is open; null: none. */
  verdict: string | null;
}

/** Two instants, RFC 3339. */
export interface Span {
  from: string;
  to: string;
}

/** The state of the Triage page. A window or a calm time counts with both its ends only, and the right way round. */
export function readTriageState(search: SearchReader): TriageState {
  const window = readSpan(search, "from", "to");
  const calm = readSpan(search, "baselineFrom", "baselineTo");
  return {
    params: {
      ...(window && { from: window.from, to: window.to }),
      ...(window && calm && { baselineFrom: calm.from, baselineTo: calm.to }),
    },
    verdict: /^L\d{2}$/.exec(search.get("verdict") ?? "")?.[0] ?? null,
  };
}

function readSpan(search: SearchReader, from: string, to: string): Span | null {
  const asked: Record<string, string | null> = { from: search.get(from), to: search.get(to) };
  const span = readRange({ get: (name) => asked[name] ?? null });
  if (span.from === undefined || span.to === undefined || !(span.from < span.to)) return null;
  return { from: span.from, to: span.to };
}

/** What the URL says for a chosen window; the calm time is found anew, unless it is given. */
export function windowSearch(window: Span, calm: Span | null = null): SearchPatch {
  return {
    range: null,
    from: window.from,
    to: window.to,
    baselineFrom: calm?.from ?? null,
    baselineTo: calm?.to ?? null,
    verdict: null,
  };
}

/** What the URL says for a chosen calm time beside a window; the window is held where it is. */
export function calmSearch(window: Span, calm: Span): SearchPatch {
  const { verdict: _kept, ...search } = windowSearch(window, calm);
  return search;
}

/** Back to what the page chooses by itself. */
export const NOTHING_CHOSEN: SearchPatch = {
  range: null,
  from: null,
  to: null,
  baselineFrom: null,
  baselineTo: null,
  verdict: null,
};

/** The query string that shows the same to a colleague tomorrow: all instants said. */
export function permalinkSearch({ window, calm }: Pick<TriageAnswer, "window" | "calm">): Record<string, string> {
  return { from: window.from, to: window.to, baselineFrom: calm.from, baselineTo: calm.to };
}

/** A span dragged on an axis as the URL says it: on whole steps, and not too short. */
export function toSpan(fromMs: number, toMs: number, stepMs: number): Span {
  const from = Math.floor(fromMs / stepMs) * stepMs;
  const to = Math.max(Math.ceil(toMs / stepMs) * stepMs, from + LEAST_WINDOW_MS);
  return { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
}
