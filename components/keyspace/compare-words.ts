import { formatInstant, zoneName } from "@/components/ui/format-instant";
import type { ChangeStatus, ComparePreset } from "@/lib/api/compare";

const DAY_MS = 86_400_000;
/** Within so many days a weekday says which one is meant. */
const WEEK_DAYS = 6;
const YEAR_DAYS = 300;

export const PRESET_WORDS: Record<ComparePreset, string> = {
  "1h": "1 hour ago",
  "1d": "1 day ago",
  "7d": "7 days ago",
  "30d": "30 days ago",
};

export const STATUS_WORDS: Record<ChangeStatus, string> = {
  grown: "Grown",
  shrunk: "Shrunk",
  new: "New",
  gone: "Gone",
  same: "Same",
};

/** An instant as people say it near `nowMs`: `14:00`, `yesterday 14:00`, `Tuesday 14:00`, `21 Nov, 14:00`; with its zone. */
export function instantWords(atMs: number, nowMs: number, zone: string): string {
  const days = dayNumber(nowMs, zone) - dayNumber(atMs, zone);
  const clock = `${formatInstant(atMs, zone, "clock")} ${zoneName(atMs, zone)}`;
  if (days === 0) return clock;
  if (days === 1) return `yesterday ${clock}`;
  if (days > 1 && days <= WEEK_DAYS) return `${weekday(atMs, zone)} ${clock}`;
  // Without its year, a day of another year would be taken for one of this.
  return days < YEAR_DAYS ? formatInstant(atMs, zone, "minute") : `${formatInstant(atMs, zone, "day")}, ${clock}`;
}

function weekday(atMs: number, zone: string): string {
  return new Intl.DateTimeFormat("en-GB", { timeZone: zone, weekday: "long" }).format(atMs);
}

/** Days since 1970 by the calendar of a zone. */
function dayNumber(atMs: number, zone: string): number {
  const local = new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short" }).format(atMs);
  return Date.parse(`${local}T00:00:00Z`) / DAY_MS;
}
