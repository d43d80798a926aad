import { describe, expect, test } from "vitest";
import { CounterMemory } from "@/collectors/metrics/delta";
import { counterFamily, gaugeFamily, histogramFamily } from "@/collectors/metrics/family";
import { type MetricPage, PageReader, toCatalogue } from "@/collectors/metrics/page-reader";

const catalogue = toCatalogue([
  counterFamily("calls_total", { labels: ["method"], aliases: [{ name: "old_calls_total" }] }),
  gaugeFamily("size_bytes", { labels: ["resource"], unknown: -1 }),
  histogramFamily("took_seconds"),
  counterFamily("quiet_total", { labels: ["code"], skipsZero: true }),
  counterFamily("process_cpu_seconds_total"),
  gaugeFamily("process_start_time_seconds"),
]);
const pageOf = (text: string): MetricPage => {
  const reader = new PageReader(catalogue);
  reader.push(Buffer.from(text));
  return reader.finish();
};
const SPAN_MS = 50_000;

/** What is told of pages read ten seconds apart, every one of them kept. */
function tell(pages: string[], memory = new CounterMemory(), atMs = 0) {
  return pages.map((text, i) => {
    const page = pageOf(text);
    const reading = memory.compare(page, atMs + i * 10_000, SPAN_MS);
    memory.keep(page, reading);
    const { fromMs, isRestart, figures } = reading;
    return {
      fromMs,
      isRestart,
      figures: Object.fromEntries(figures.map(({ series, value }) => [series.key.replaceAll("\u0001", " "), value])),
    };
  });
}

describe("what is kept of a page", () => {
  test("labels that are not listed are added up, those listed are there even when empty", () => {
    const { series } = pageOf(
      'calls_total{method="Put",extra="a"} 2\ncalls_total{extra="b",method="Put"} 3\ncalls_total{extra="c"} 1',
    );
    expect([...series.values()].map(({ name, labels, value }) => ({ name, labels, value }))).toEqual([
      { name: "calls_total", labels: { method: "Put" }, value: 5 },
      { name: "calls_total", labels: { method: "" }, value: 1 },
    ]);
  });

  test("an old name counts only where the new one is missing", () => {
    const both = pageOf(
      'old_calls_total{method="Put"} 7\ncalls_total{method="Put"} 9\nold_calls_total{method="Get"} 7',
    );
    expect([...both.series.values()].map(({ name, value }) => [name, value])).toEqual([["calls_total", 9]]);
    const old = pageOf('old_calls_total{method="Put"} 7');
    expect([...old.series.values()].map(({ name, value }) => [name, value])).toEqual([["calls_total", 7]]);
  });

  test("what stands for not known, is no number, or counts nothing yet is left out", () => {
    const { series, samples } = pageOf(
      'size_bytes -1\nsize_bytes{resource="pods"} NaN\nquiet_total{code="OK"} 0\ncalls_total -3\ntook_seconds_sum +Inf',
    );
    expect(series.size).toBe(0);
    expect(samples).toBe(5);
  });
});

describe("what counters have grown by", () => {
  test("nothing is told of the first page; then the differences, seconds to the microsecond", () => {
    const told = tell([
      "calls_total 5\ntook_seconds_sum 0.1\nsize_bytes 3",
      "calls_total 9\ntook_seconds_sum 0.4000004\nsize_bytes 2",
      "calls_total 9\ntook_seconds_sum 0.4000012\nsize_bytes 2",
    ]);
    expect(told).toEqual([
      { fromMs: null, isRestart: false, figures: { "size_bytes ": 3 } },
      { fromMs: 0, isRestart: false, figures: { "calls_total ": 4, took_seconds_sum: 0.3, "size_bytes ": 2 } },
      {
        fromMs: 10_000,
        isRestart: false,
        figures: { "calls_total ": 0, took_seconds_sum: 0.000001, "size_bytes ": 2 },
      },
    ]);
  });

  test("one that went back has begun again at 0; so has one that was not there; one that was away has not", () => {
    const told = tell([
      'calls_total{method="a"} 10\ncalls_total{method="b"} 10',
      'calls_total{method="a"} 4\ncalls_total{method="c"} 3',
      'calls_total{method="a"} 5\ncalls_total{method="b"} 12',
    ]);
    expect(told.map(({ figures }) => figures)).toEqual([
      {},
      { "calls_total a": 4, "calls_total c": 3 },
      { "calls_total a": 1, "calls_total b": 2 },
    ]);
  });

  test("another process begins anew: by its start time, or by its CPU time where that is not told", () => {
    const start = (seconds: number, calls: number) => `process_start_time_seconds ${seconds}\ncalls_total ${calls}`;
    const told = tell([start(1_000, 10), start(1_000.4, 12), start(2_000, 14), start(2_000, 15)]);
    expect(told.map(({ fromMs, isRestart }) => [fromMs, isRestart])).toEqual([
      [null, false],
      [0, false],
      [null, true],
      [20_000, false],
    ]);
    const cpu = tell(["process_cpu_seconds_total 9.5", "process_cpu_seconds_total 0.5"]);
    expect(cpu.map(({ fromMs, isRestart }) => [fromMs, isRestart])).toEqual([
      [null, false],
      [null, true],
    ]);
  });

  test("a start that is known from an earlier run tells of a restart in between", () => {
    const page = "process_start_time_seconds 2000";
    expect(tell([page], new CounterMemory(new Date(1_000_000)))[0]?.isRestart).toBe(true);
    expect(tell([page], new CounterMemory(new Date(2_000_400)))[0]?.isRestart).toBe(false);
  });

  test("after a failed reading the growth is that of the longer time; after a long one it is a gap", () => {
    const memory = new CounterMemory();
    tell(["calls_total 5"], memory);
    expect(tell(["calls_total 8"], memory, 40_000)).toMatchObject([{ fromMs: 0, figures: { "calls_total ": 3 } }]);
    expect(tell(["calls_total 9"], memory, 90_001)).toMatchObject([{ fromMs: null, figures: {} }]);
    expect(tell(["calls_total 9"], memory, 90_001)).toMatchObject([{ fromMs: null }]); // the clock stands still
  });

  test("a page that was compared but not kept is as if it had not been read", () => {
    const memory = new CounterMemory();
    tell(["calls_total 5"], memory);
    memory.compare(pageOf("calls_total 6"), 10_000, SPAN_MS);
    expect(tell(["calls_total 8"], memory, 20_000)).toMatchObject([{ fromMs: 0, figures: { "calls_total ": 3 } }]);
  });
});
