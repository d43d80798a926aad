/** How far a clock is ahead of ours, in milliseconds: at least and at most. */
export interface ClockAhead {
  leastMs: number;
  mostMs: number;
}

/** One answer that tells its clock's second: the second's begin by its clock, and when by ours it was asked and came. */
export interface ClockReading {
  secondMs: number;
  askedMs: number;
  answeredMs: number;
}

/** HTTP tells whole seconds. */
const RESOLUTION_MS = 1_000;
const MAX_READINGS = 60;
const HTTP_DATE = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/** The second a `Date` header tells, as epoch milliseconds; null: there is none, or it is none. */
export function parseHttpDate(text: string | undefined): number | null {
  if (text === undefined || !HTTP_DATE.test(text)) return null;
  const atMs = Date.parse(text);
  return Number.isNaN(atMs) ? null : atMs;
}

/**
 * What one answer bounds: at some instant between asking and the answer, by our clock, the other clock stood within the
 * second it told.
 */
export function toClockAhead({ secondMs, askedMs, answeredMs }: ClockReading): ClockAhead {
  return { leastMs: secondMs - answeredMs, mostMs: secondMs + RESOLUTION_MS - askedMs };
}

/**
 * Narrows down how far a clock is ahead by what the last sixty answers bound together: since they fall on all parts of a
 * second, the bounds come as close as an answer takes. Where they contradict each other one of the clocks was stepped,
 * and the newest answer alone is believed.
 */
export class ClockBounds {
  #readings: ClockAhead[] = [];

  /** Adds an answer, and tells what is known with it. */
  add(reading: ClockReading): ClockAhead {
    const newest = toClockAhead(reading);
    this.#readings.push(newest);
    if (this.#readings.length > MAX_READINGS) this.#readings.shift();
    const known = intersect(this.#readings);
    if (known.leastMs <= known.mostMs) return known;
    this.#readings = [newest];
    return newest;
  }
}

function intersect(readings: readonly ClockAhead[]): ClockAhead {
  return {
    leastMs: Math.max(...readings.map(({ leastMs }) => leastMs)),
    mostMs: Math.min(...readings.map(({ mostMs }) => mostMs)),
  };
}
