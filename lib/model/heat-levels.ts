/**
 * Cells as levels of colour, a byte each. 0: a gap. Magnitudes: 1 is zero, 2 to 255 more and more. Changes: 128 is
 * none, 1 shrunk most, 255 grown most.
 */

import { logRatio } from "@/lib/model/heat-color";

/** How values become levels. */
export interface HeatScale {
  isSigned: boolean;
  isLog: boolean;
  /** The ends of the scale: a round value at or above every cell, and the least a logarithm tells from zero. */
  most: number;
  least: number;
}

/** Decades a logarithmic scale spans at most; changes have two sides to share the colours. */
const DECADES = 5;
const SIGNED_DECADES = 3;

/** A scale for these values. Its end is a round number, so that colours hold still while figures move a little. */
export function toHeatScale(
  values: Float32Array,
  kind: { isSigned: boolean; isLog: boolean; isBytes: boolean },
): HeatScale {
  let most = 0;
  let least = Number.POSITIVE_INFINITY;
  for (const value of values) {
    const size = Math.abs(value); // NaN compares false
    if (size > most) most = size;
    if (size > 0 && size < least) least = size;
  }
  const end = roundUp(most, kind.isBytes);
  const { isSigned, isLog } = kind;
  const floor = end / 10 ** (isSigned ? SIGNED_DECADES : DECADES);
  return { isSigned, isLog, most: end, least: Math.min(end / 10, Math.max(least, floor)) };
}

/** The place of a value on the scale: 0 to 1, or −1 to 1 where it is signed. What is not zero is never at 0. */
export function toHeatRatio(value: number, { isLog, isSigned, most, least }: HeatScale): number {
  const size = Math.abs(value);
  if (size === 0 || (value < 0 && !isSigned)) return 0;
  // The least value stands a little above zero, or it could not be told from it.
  const ratio = isLog ? LEAST_RATIO + (1 - LEAST_RATIO) * logRatio(size, least, most) : Math.min(1, size / most);
  return Math.sign(value) * ratio;
}

const LEAST_RATIO = 0.08;

/** The value that stands at `ratio` (0 to 1) of the scale, for its legend. */
export function fromHeatRatio(ratio: number, { isLog, most, least }: HeatScale): number {
  return isLog ? least * (most / least) ** ratio : most * ratio;
}

/** The level of every value. */
export function toLevels(values: Float32Array, scale: HeatScale): Uint8Array {
  const levels = new Uint8Array(values.length);
  const { isSigned } = scale;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (value === 0) levels[i] = isSigned ? 128 : 1;
    else if (!Number.isNaN(value)) levels[i] = levelOf(toHeatRatio(value, scale), isSigned);
  }
  return levels;
}

function levelOf(ratio: number, isSigned: boolean): number {
  if (isSigned) return 128 + Math.sign(ratio) * Math.max(1, Math.round(Math.abs(ratio) * 127));
  return ratio <= 0 ? 1 : Math.max(2, 1 + Math.round(ratio * 254));
}

/** Up to 1, 2 or 5 times a power of ten; bytes to a power of two. */
function roundUp(value: number, isBytes: boolean): number {
  if (!(value > 0)) return 1;
  if (isBytes) return 2 ** Math.ceil(Math.log2(value) - 1e-9);
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 5].find((factor) => factor * power >= value * (1 - 1e-6)) ?? 10) * power;
}
