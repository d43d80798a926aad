import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  MAX_LINE_CHARACTERS,
  MAX_PAGE_BYTES,
  PageTooLargeError,
  PrometheusTextParser,
} from "@/collectors/metrics/prometheus-text";
import { checkHostilePage, hostilePage, inChunks, parsePage } from "@/tests/collectors/metrics/prometheus-pages";
import { RECORDED_PAGES, readRecordedPage } from "@/tests/support/recorded-pages";

const parse = (text: string) => parsePage([Buffer.from(text)]);
const one = (line: string) => {
  const { samples, summary } = parse(`${line}\n`);
  return samples[0] === undefined ? { badLines: summary.badLines } : { ...samples[0], labels: [...samples[0].labels] };
};

describe("lines", () => {
  test.each([
    ["up 1", { name: "up", labels: [], value: 1 }],
    ["up{} 1", { name: "up", labels: [], value: 1 }],
    ['up{a="b"} 1.5e+09', { name: "up", labels: [["a", "b"]], value: 1.5e9 }],
    ['up { a = "b" , } 1 1395066363000', { name: "up", labels: [["a", "b"]], value: 1 }],
    ['a:b{le="+Inf"}\t-3', { name: "a:b", labels: [["le", "+Inf"]], value: -3 }],
    [String.raw`x{p="C:\\d\"q\"\n\t"} 1`, { name: "x", labels: [["p", 'C:\\d"q"\n\\t']], value: 1 }],
    ['x{p="}, {"} 1', { name: "x", labels: [["p", "}, {"]], value: 1 }],
    ["x NaN", { name: "x", labels: [], value: Number.NaN }],
    ["x -Inf", { name: "x", labels: [], value: Number.NEGATIVE_INFINITY }],
    ['{"a.b",c="d"} 2', { name: "a.b", labels: [["c", "d"]], value: 2 }],
    ['x_bucket{le="1"} 5 # {trace_id="a"} 0.67 1520879607.789', { name: "x_bucket", labels: [["le", "1"]], value: 5 }],
    [
      'x{__proto__="1",constructor="2"} 3',
      {
        name: "x",
        labels: [
          ["__proto__", "1"],
          ["constructor", "2"],
        ],
        value: 3,
      },
    ],
  ])("%s", (line, sample) => expect(one(line)).toEqual(sample));

  test.each([
    "up",
    "up 1 2 3",
    "up{a=1} 1",
    'up{a="b} 1',
    'up{a="b" c="d"} 1',
    'up{a="1",a="2"} 1',
    "up 0x10",
    "up 1_0",
    "up one",
    "9up 1",
    "<html>",
    '{a="b"} 1',
    "up{a} 1",
    "up 1 now",
  ])("%s is no sample", (line) => expect(one(line)).toEqual({ badLines: 1 }));

  test("comments and empty lines are neither samples nor bad", () => {
    expect(parse("# HELP x y\n# TYPE x counter\n\n  \nx 1\r\n# EOF").summary).toMatchObject({
      samples: 1,
      badLines: 0,
    });
  });

  test("a line that is too long is skipped, and the next one read", () => {
    const { samples, summary } = parse(`x{a="${"y".repeat(MAX_LINE_CHARACTERS)}"} 1\nz 2`);
    expect(samples.map(({ name }) => name)).toEqual(["z"]);
    expect(summary).toMatchObject({ samples: 1, badLines: 1 });
  });

  test("a label too many makes it no sample", () => {
    const labels = (count: number) => Array.from({ length: count }, (_, i) => `l${i}="v"`).join(",");
    expect(one(`x{${labels(64)}} 1`)).toMatchObject({ value: 1 });
    expect(one(`x{${labels(66)}} 1`)).toEqual({ badLines: 1 });
  });

  test("a page that is too large ends the reading", () => {
    const parser = new PrometheusTextParser({ wants: () => true, onSample: () => undefined });
    const chunk = Buffer.alloc(8 * 1024 ** 2, "#");
    for (let read = 0; read < MAX_PAGE_BYTES; read += chunk.length) parser.push(chunk);
    expect(() => parser.push(Buffer.from("x"))).toThrow(PageTooLargeError);
  });
});

/** Counts by a plain loop: a sample is a line that does not begin with `#`; its value the word behind the last brace. */
function countPlainly(page: string) {
  let [samples, sum] = [0, 0];
  const names = new Map<string, number>();
  for (const line of page.split("\n")) {
    if (line === "" || line.startsWith("#")) continue;
    samples++;
    const value = Number(line.slice(line.lastIndexOf(" ") + 1));
    if (Number.isFinite(value)) sum += value;
    const name = line.split(/[{ ]/)[0] as string;
    names.set(name, (names.get(name) ?? 0) + 1);
  }
  return { samples, sum, names };
}

describe("real pages", () => {
  test.each(RECORDED_PAGES)("%s: every sample, as a plain loop counts them", (file) => {
    const page = readRecordedPage(file);
    const truth = countPlainly(page.toString());
    for (const size of [page.length, 4_093, 61]) {
      const { samples, summary } = parsePage(inChunks(page, size));
      expect(summary).toEqual({ bytes: page.length, samples: truth.samples, badLines: 0 });
      const names = new Map<string, number>();
      let sum = 0;
      for (const { name, value } of samples) {
        names.set(name, (names.get(name) ?? 0) + 1);
        if (Number.isFinite(value)) sum += value;
      }
      expect(sum).toBe(truth.sum);
      expect(names).toEqual(truth.names);
    }
    const few = parsePage([page], (name) => name === "process_cpu_seconds_total");
    expect(few.samples).toHaveLength(1);
    expect(few.summary.samples).toBe(truth.samples);
  });
});

describe("hostile pages", () => {
  test("never throw, and every line is a sample, a bad line or a comment", () => {
    fc.assert(fc.property(hostilePage, fc.integer({ min: 1, max: 50 }), checkHostilePage), { numRuns: 5_000 });
  });

  test("a page reads the same however it is cut", () => {
    fc.assert(
      fc.property(hostilePage, fc.integer({ min: 1, max: 20 }), (page, size) => {
        expect(parsePage(inChunks(page, size))).toEqual(parsePage([page]));
      }),
      { numRuns: 1_000 },
    );
  });
});
