/** Round values for the axes of a chart. */

/**
 * Ticks from 0 to at least `largest`, about `count` of them. Sizes step by round binary amounts (1, 2, 5 … 512 times a
 * power of 1024), all else by 1, 2 or 5 times a power of ten.
 */
export function valueTicks(largest: number, { isBytes = false, count = 4 } = {}): number[] {
  if (!(largest > 0)) return [0, 1];
  const wanted = largest / count;
  const step = isBytes ? byteStep(wanted) : decimalStep(wanted);
  const ticks = [0];
  while ((ticks.at(-1) as number) < largest) ticks.push(round(step * ticks.length));
  return ticks;
}

function decimalStep(wanted: number): number {
  const power = 10 ** Math.floor(Math.log10(wanted));
  return ([1, 2, 5].find((factor) => factor * power >= wanted) ?? 10) * power;
}

const BYTE_FACTORS = [1, 2, 5, 10, 20, 50, 100, 200, 256, 512];

function byteStep(wanted: number): number {
  const power = 1024 ** Math.max(0, Math.floor(Math.log(Math.max(1, wanted)) / Math.log(1024)));
  return (BYTE_FACTORS.find((factor) => factor * power >= wanted) ?? 1024) * power;
}

/** 0.1 + 0.2 must be labelled 0.3. */
function round(value: number): number {
  return Number(value.toPrecision(12));
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const TIME_STEPS_MS = [
  10_000,
  30_000,
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE_MS),
  ...[1, 2, 3, 6, 12].map((hours) => hours * HOUR_MS),
  ...[1, 2, 5, 10, 30].map((days) => days * DAY_MS),
];

/**
 * Instants on a time axis, at most `count`, on round local times: `offsetMs` is what the reader's zone is ahead of UTC.
 */
export function timeTicks(fromMs: number, toMs: number, { count = 6, offsetMs = 0 } = {}): number[] {
  const spanMs = toMs - fromMs;
  const step =
    TIME_STEPS_MS.find((candidate) => spanMs / candidate <= count) ?? Math.ceil(spanMs / count / DAY_MS) * DAY_MS;
  const ticks: number[] = [];
  for (let at = Math.ceil((fromMs + offsetMs) / step) * step - offsetMs; at < toMs; at += step) ticks.push(at);
  return ticks;
}
