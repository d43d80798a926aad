const TIMESTAMP = /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?(?:[Zz]|([+-])(\d\d):?(\d\d))$/;
const MAX_CHARACTERS = 40;

/**
 * Epoch microseconds of an RFC 3339 timestamp, to the microsecond, as audit events and etcd's log have them; an offset may
 * lack its colon. Null when it is none, or not of these
 * centuries.
 */
export function parseTimestampMicros(text: unknown): number | null {
  if (typeof text !== "string" || text.length > MAX_CHARACTERS) return null;
  const match = TIMESTAMP.exec(text);
  if (match === null) return null;
  const [, year, month, day, hour, minute, second, fraction = "", sign, offsetHours, offsetMinutes] = match;
  const atMs = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
  // A 31st of February would be taken for the 3rd of March, a 25th hour for the next day.
  const date = new Date(atMs);
  if (date.getUTCMonth() + 1 !== Number(month) || date.getUTCDate() !== Number(day)) return null;
  if (Number(minute) > 59 || Number(second) > 60) return null;
  const offsetMs = sign === undefined ? 0 : (Number(offsetHours) * 60 + Number(offsetMinutes)) * 60_000;
  const micros = Number(fraction.padEnd(6, "0").slice(0, 6));
  const atMicros = (atMs - (sign === "-" ? -offsetMs : offsetMs)) * 1_000 + micros;
  return Number.isSafeInteger(atMicros) ? atMicros : null;
}
