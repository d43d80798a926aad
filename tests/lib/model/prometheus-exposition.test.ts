import { expect, test } from "vitest";
import { toKeyText } from "@/lib/model/key-text";
import { formatExposition, toLabelValue } from "@/lib/model/prometheus-exposition";
import { parseExposition } from "../../support/exposition";

const gauge = (samples: { labels: Record<string, string>; value: number }[]) =>
  ({ name: "etcdscope_x", help: "A\nhelp \\ text.", type: "gauge", samples }) as const;

test("a page, word for word", () => {
  const page = formatExposition([gauge([{ labels: { prefix: '/a"b\\c\nd/' }, value: 1.5 }]), { ...gauge([]) }]);
  expect(page).toBe(
    '# HELP etcdscope_x A\\nhelp \\\\ text.\n# TYPE etcdscope_x gauge\netcdscope_x{prefix="/a\\"b\\\\c\\nd/"} 1.5\n',
  );
});

test("any bytes become a label that a parser reads back, on one line", () => {
  const keys = Array.from({ length: 500 }, (_, seed) =>
    Buffer.from(Array.from({ length: seed % 40 }, (_, i) => (seed * 31 + i * i * 7 + (seed % 7) * i) % 256)),
  );
  const labels = keys.map((key, i) => ({ prefix: toLabelValue(toKeyText(key).text, ""), i: String(i) }));
  const { samples } = parseExposition(formatExposition([gauge(labels.map((one) => ({ labels: one, value: 0 })))]));
  expect(samples.map((sample) => sample.labels)).toEqual(labels);
});

test("a control character is told by its bytes", () => {
  expect(toLabelValue("/a\u0000\u001b[31m\u2028/é", "")).toBe("/a\\x00\\x1b[31m\\xe2\\x80\\xa8/é");
});

test("of a long text the beginning stays, and what tells it apart", () => {
  const long = "x".repeat(511) + "😀".repeat(500);
  expect(toLabelValue(long, "slot 7")).toBe(`${"x".repeat(511)}… slot 7`);
  expect(toLabelValue(long, "slot 7")).not.toBe(toLabelValue(long, "slot 8"));
});

test("what is no number is left out, what is infinite is not", () => {
  const samples = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0].map((value, i) => ({
    labels: { i: String(i) },
    value,
  }));
  const lines = formatExposition([gauge(samples)])
    .split("\n")
    .slice(2, -1);
  expect(lines).toEqual(['etcdscope_x{i="1"} +Inf', 'etcdscope_x{i="2"} -Inf', 'etcdscope_x{i="3"} 0']);
});
