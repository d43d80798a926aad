const PART = /(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)/y;
const MICROS_PER: Readonly<Record<string, number>> = {
  ns: 0.001,
  us: 1,
  µs: 1,
  μs: 1,
  ms: 1_000,
  s: 1_000_000,
  m: 60_000_000,
  h: 3_600_000_000,
};
const MAX_CHARACTERS = 40;
/** Some thirty years; more is no duration anyone measured. */
const MAX_MICROS = 1e15;

/** Whole microseconds of a duration as Go prints it: `78.56µs`, `1m2.5s`. Null when it is none, negative, or absurd. */
export function parseGoDurationMicros(text: unknown): number | null {
  if (typeof text !== "string" || text === "" || text.length > MAX_CHARACTERS) return null;
  if (text === "0") return 0;
  let micros = 0;
  PART.lastIndex = 0;
  while (PART.lastIndex < text.length) {
    const match = PART.exec(text);
    if (match === null) return null;
    micros += Number(match[1]) * (MICROS_PER[match[2] as string] as number);
  }
  const whole = Math.round(micros);
  return whole <= MAX_MICROS ? whole : null;
}
