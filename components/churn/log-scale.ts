/** A logarithmic scale with a place of its own for zero. */
export interface LogScale {
  place(value: number): number;
  ticks: number[];
  zeroAt: number;
}

const STEP = 32;
const WIDE_STEP = 1_024;
const MOST_TICKS = 7;
const LEAST_SPAN = 1_024;
const MARGIN = 2;
/** Nothing is told apart below: a byte in three hours. */
const LEAST_VALUE = 1e-4;

/** From the smallest positive value to the largest, with some air around. `from` and `to` are pixels. */
export function toLogScale(
  values: readonly number[],
  { from, to, zeroAt }: { from: number; to: number; zeroAt: number },
): LogScale {
  const positive = values.filter((value) => value > 0);
  const largest = positive.reduce((max, value) => Math.max(max, value), LEAST_VALUE * LEAST_SPAN);
  const most = positive.length === 0 ? LEAST_SPAN : largest * MARGIN;
  const smallest = positive.length === 0 ? 1 : positive.reduce((min, value) => Math.min(min, value)) / MARGIN;
  const least = Math.max(LEAST_VALUE, Math.min(smallest, most / LEAST_SPAN));
  const place = (value: number) => {
    if (value <= 0) return zeroAt;
    return roundPixels(from + (Math.log(Math.max(value, least) / least) / Math.log(most / least)) * (to - from));
  };
  const fine = powersBetween(STEP, least, most);
  return { place, zeroAt, ticks: fine.length > MOST_TICKS ? powersBetween(WIDE_STEP, least, most) : fine };
}

/** To a tenth: server and browser do not agree on the last digits of a logarithm. */
export function roundPixels(pixels: number): number {
  return Math.round(pixels * 10) / 10;
}

function powersBetween(step: number, least: number, most: number): number[] {
  const first = Math.ceil(Math.log(least) / Math.log(step) - 1e-9);
  const powers: number[] = [];
  for (let power = first; step ** power <= most; power++) powers.push(step ** power);
  return powers;
}

/** Where a dividing line is drawn: between the smallest value on its upper side and the largest below it. */
export function between(values: readonly number[], line: number): number {
  const below = values.filter((value) => value > 0 && value < line).reduce((max, value) => Math.max(max, value), 0);
  return Math.sqrt(line * Math.max(below, line / 4));
}
