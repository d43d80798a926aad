import { expect, test } from "vitest";
import { changeColor, heatColor, inkOn, logRatio } from "@/lib/model/heat-color";

const RATIOS = Array.from({ length: 101 }, (_, percent) => percent / 100);

test("writing on every colour of both scales has a contrast of at least 4.5", () => {
  for (const ratio of RATIOS) {
    for (const color of [heatColor(ratio), changeColor(ratio * 2 - 1)]) {
      const ink = inkOn(color) === "#fff" ? 1 : 0;
      const [lighter, darker] = [ink, luminance(color)].sort((a, b) => b - a) as [number, number];
      expect((lighter + 0.05) / (darker + 0.05), `${color} with ${inkOn(color)}`).toBeGreaterThanOrEqual(4.5);
    }
  }
});

test("more is always lighter", () => {
  const lights = RATIOS.map((ratio) => luminance(heatColor(ratio)));
  for (let at = 1; at < lights.length; at++) expect(lights[at]).toBeGreaterThan(lights[at - 1] as number);
});

test("what lies beyond the scale has the colour of its end", () => {
  expect(heatColor(7)).toBe(heatColor(1));
  expect(changeColor(-7)).toBe(changeColor(-1));
});

test.each([
  { value: 0, ratio: 0 },
  { value: 0.01, ratio: 0 },
  { value: 0.1, ratio: 0.25 },
  { value: 1, ratio: 0.5 },
  { value: 100, ratio: 1 },
  { value: 1000, ratio: 1 },
])("$value between 0.01 and 100 stands at $ratio", ({ value, ratio }) => {
  expect(logRatio(value, 0.01, 100)).toBeCloseTo(ratio, 10);
});

test("a single value is the most there is, and no value is none", () => {
  expect(logRatio(5, 5, 5)).toBe(1);
  expect(logRatio(0, 0, 0)).toBe(0);
});

function luminance(color: string): number {
  const [red, green, blue] = (color.match(/\d+/g) as string[]).map((text) => {
    const ratio = Number(text) / 255;
    return ratio <= 0.04045 ? ratio / 12.92 : ((ratio + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
