/**
 * `instant`: 21 Nov 2026, 14:02:11 CET. `minute`: 21 Nov, 14:02 CET. `time`: 14:02:11 CET. `clock`: 14:02, without a
 * zone, for where one stands beside it. `day`: 21 Nov 2026.
 */
export type InstantStyle = "instant" | "minute" | "time" | "clock" | "day";

const STYLES: Record<InstantStyle, Intl.DateTimeFormatOptions> = {
  instant: { dateStyle: "medium", timeStyle: "medium" },
  minute: { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" },
  time: { hour: "2-digit", minute: "2-digit", second: "2-digit" },
  clock: { hour: "2-digit", minute: "2-digit" },
  day: { dateStyle: "medium" },
};

const formats = new Map<string, Intl.DateTimeFormat>();

/** An instant in a time zone, as people write it. The zone is shown where a time of day is. */
export function formatInstant(atMs: number, zone: string, style: InstantStyle = "instant"): string {
  const text = formatOf(zone, style).format(atMs);
  return style === "clock" || style === "day" ? text : `${text} ${zoneName(atMs, zone)}`;
}

/** `CET`, `UTC`, `GMT+5:30`: the short name of a zone at an instant. */
export function zoneName(atMs: number, zone: string): string {
  const key = `${zone}|name`;
  let format = formats.get(key);
  if (format === undefined) {
    format = new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", timeZoneName: "short" });
    formats.set(key, format);
  }
  return format.formatToParts(atMs).find((part) => part.type === "timeZoneName")?.value ?? zone;
}

function formatOf(zone: string, style: InstantStyle): Intl.DateTimeFormat {
  const key = `${zone}|${style}`;
  let format = formats.get(key);
  if (format === undefined) {
    format = new Intl.DateTimeFormat("en-GB", { timeZone: zone, hourCycle: "h23", ...STYLES[style] });
    formats.set(key, format);
  }
  return format;
}
