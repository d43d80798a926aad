/**
 * Colours for magnitudes: one perceptually uniform scale (inferno) for how much, one diverging scale for more or less.
 * Both carry writing on them: `inkOn` answers black or white, whichever has the higher contrast.
 */

type Rgb = readonly [red: number, green: number, blue: number];

const INFERNO = stops("08051d 1b0c41 3b0a5a 5c126e 7d1d6d 9c2964 bb3754 d54a41 ea632a f68013 fca50a f6d746 fcffa4");
/** Shrunk a lot, unchanged, grown a lot; blue and orange are told apart by everyone. */
const DIVERGING = stops("8fd3ff 58a9e6 2f7dbd 2b5f8e 3a4556 7d5a33 b7721f e39420 ffc26b");

/** The colour of `ratio`, 0 (least) to 1 (most), as `rgb(r g b)`. The darkest twelfth is left to the background. */
export function heatColor(ratio: number): string {
  return toCss(mix(INFERNO, 0.12 + clamp(ratio) * 0.78));
}

/** The colour of a change, −1 (shrunk most) to 1 (grown most). */
export function changeColor(ratio: number): string {
  return toCss(mix(DIVERGING, (Math.max(-1, Math.min(1, ratio)) + 1) / 2));
}

/** `#000` or `#fff`, whichever reads better on `color` (as the functions above answer it). At least 4.5 : 1. */
export function inkOn(color: string): "#000" | "#fff" {
  const [red = 0, green = 0, blue = 0] = (color.match(/\d+/g) ?? []).map(Number);
  const luminance = 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
  return 1.05 / (luminance + 0.05) >= (luminance + 0.05) / 0.05 ? "#fff" : "#000";
}

/**
 * Where a value stands between `least` and `most` on a logarithmic scale, 0 to 1. Zero and what lies below `least` is 0.
 */
export function logRatio(value: number, least: number, most: number): number {
  if (value <= least || most <= least) return value >= most && value > 0 ? 1 : 0;
  return clamp(Math.log(value / least) / Math.log(most / least));
}

function stops(hexes: string): Rgb[] {
  return hexes
    .split(" ")
    .map((hex) => [0, 2, 4].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)) as [number, number, number]);
}

function mix(scale: readonly Rgb[], ratio: number): Rgb {
  const place = ratio * (scale.length - 1);
  const below = Math.min(Math.floor(place), scale.length - 2);
  const [from, to] = [scale[below] as Rgb, scale[below + 1] as Rgb];
  const part = place - below;
  return [0, 1, 2].map((at) =>
    Math.round((from[at] as number) + ((to[at] as number) - (from[at] as number)) * part),
  ) as [number, number, number];
}

function toCss([red, green, blue]: Rgb): string {
  return `rgb(${red} ${green} ${blue})`;
}

function linear(channel: number): number {
  const ratio = channel / 255;
  return ratio <= 0.04045 ? ratio / 12.92 : ((ratio + 0.055) / 1.055) ** 2.4;
}

function clamp(ratio: number): number {
  return Math.max(0, Math.min(1, ratio));
}

/** The colours of the 256 levels of a heatmap (`lib/model/heat-levels.ts`) as pixels of a canvas. */
export function heatPixels(brightness = 0): Uint32Array {
  const power = 2 ** (-1.6 * brightness);
  return toPixels((level) => mix(INFERNO, level <= ZERO_LEVEL ? 0 : 0.06 + 0.94 * ((level - 1) / 254) ** power));
}

/** The same for signed levels. */
export function changePixels(brightness = 0): Uint32Array {
  const power = 2 ** (-1.6 * brightness);
  return toPixels((level) => {
    const ratio = (level - MIDDLE_LEVEL) / 127;
    return mix(DIVERGING, (Math.sign(ratio) * Math.abs(ratio) ** power + 1) / 2);
  });
}

const ZERO_LEVEL = 1;
const MIDDLE_LEVEL = 128;

/** Level 0 is transparent. Canvas pixels are red, green, blue, alpha; as a little-endian word, from the low end. */
function toPixels(colorOf: (level: number) => Rgb): Uint32Array {
  return Uint32Array.from({ length: 256 }, (_, level) => {
    if (level === 0) return 0;
    const [red, green, blue] = colorOf(level);
    return (0xff000000 | (blue << 16) | (green << 8) | red) >>> 0;
  });
}

/** A pixel as CSS writes its colour. */
export function pixelColor(pixel: number): string {
  return toCss([pixel & 0xff, (pixel >>> 8) & 0xff, (pixel >>> 16) & 0xff]);
}
