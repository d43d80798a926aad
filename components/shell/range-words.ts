import { formatInstant } from "@/components/ui/format-instant";
import { DEFAULT_PRESET, PRESET_MS, type TimePreset } from "@/lib/model/time-range";

export const PRESET_WORDS: Record<TimePreset, string> = {
  "15m": "Last 15 minutes",
  "1h": "Last hour",
  "6h": "Last 6 hours",
  "24h": "Last 24 hours",
  "7d": "Last 7 days",
  "30d": "Last 30 days",
};

/** What a URL's time range says; a preset that does not exist reads as the default. */
export interface ChosenRange {
  preset: TimePreset | null;
  from: string | null;
  to: string | null;
}

/** The range a query string asks for. Either end makes it absolute. */
export function parseChosenRange(params: { get(name: string): string | null }): ChosenRange {
  const from = params.get("from");
  const to = params.get("to");
  if (from !== null || to !== null) return { preset: null, from, to };
  const range = params.get("range");
  return {
    preset: range !== null && Object.hasOwn(PRESET_MS, range) ? (range as TimePreset) : DEFAULT_PRESET,
    from: null,
    to: null,
  };
}

/** A range as the header shows it: `Last 6 hours`, `21 Nov, 12:00 – 21 Nov, 14:00`. The zone stands beside it. */
export function rangeWords(range: ChosenRange, zone: string): string {
  if (range.preset !== null) return PRESET_WORDS[range.preset];
  const from = describeEnd(range.from, zone) ?? "start";
  const to = describeEnd(range.to, zone) ?? "now";
  return `${from} – ${to}`;
}

function describeEnd(instant: string | null, zone: string): string | null {
  const atMs = instant === null ? Number.NaN : Date.parse(instant);
  return Number.isNaN(atMs) ? null : formatInstant(atMs, zone, "minute").replace(/ [^ ]+$/, "");
}

/** An instant as the value of a `datetime-local` field, in the browser's own zone: `2026-11-21T14:02`. */
export function toLocalField(atMs: number): string {
  const at = new Date(atMs);
  const two = (figure: number) => String(figure).padStart(2, "0");
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day}T${two(at.getHours())}:${two(at.getMinutes())}`;
}
