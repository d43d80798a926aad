import { describe, expect, test } from "vitest";
import { axisRange, placeOf, stepAt, toAxisCharts, toPath } from "@/components/triage/axis-series";
import { splitStep } from "@/components/triage/next-steps";
import { toTextRuns } from "@/components/triage/rich-text";
import { subjectLinks } from "@/components/triage/triage-links";
import {
  countsWords,
  formatFigure,
  leadWords,
  shownText,
  spanWords,
  timesWords,
} from "@/components/triage/triage-words";
import { troubleWords } from "@/components/triage/trouble-notice";
import { groupByNeeds } from "@/components/triage/verdicts-panel";
import { TriageAnswer } from "@/lib/api/triage";
import { stormAnswer } from "@/tests/components/triage/answer";

const answer = stormAnswer();

test("the answer these tests draw is one the API can give", () => {
  expect(TriageAnswer.parse(answer)).toEqual(answer);
});

describe("the charts of an axis", () => {
  test("latency comes first, members that mean the same share a chart with their limit", () => {
    const charts = toAxisCharts(answer.series.toReversed());
    expect(charts.map(({ label, lines }) => [label, lines.length])).toEqual([
      ["WAL fsync p99", 3],
      ["Requests", 1],
      ["Writes", 1],
    ]);
    expect(charts[0]?.limits).toEqual([{ value: 10, label: "10 ms, etcd FAQ" }]);
  });

  test("the axis reaches to the end of its last step, and a place lies in a step", () => {
    const { fromMs, toMs } = axisRange(answer.axis);
    expect(toMs - fromMs).toBe(1_200_000);
    expect(placeOf(answer.window, { fromMs, toMs })).toEqual({ from: 0.5, to: 1 });
    expect(placeOf({ from: "2020-01-01T00:00:00Z", to: "2020-01-02T00:00:00Z" }, { fromMs, toMs })).toBeNull();
    expect(stepAt(answer.axis, 0.5)).toBe(60);
    expect(stepAt(answer.axis, 1)).toBe(119);
    expect(stepAt({ atMs: [], stepSeconds: 10 }, 0.5)).toBeNull();
  });

  test("a gap breaks the line, also one of the axis itself", () => {
    const axis = { atMs: [0, 10_000, 20_000, 30_000], stepSeconds: 10 };
    const box = { top: 10, height: 100 };
    expect(toPath([1, null, 5, 10], axis, box)).toBe("M125.0 90.0h3M625.0 50.0L875.0 0.0");
    const apart = { atMs: [0, 10_000, 60_000, 70_000], stepSeconds: 10 };
    expect(toPath([10, 10, 10, 10], apart, box).match(/M/g)).toHaveLength(2);
    expect(toPath([], axis, box)).toBe("");
  });
});

describe("words", () => {
  test("counts", () => {
    expect(countsWords(answer.counts)).toBe("35 checks · 1 cause · 2 contributing · 27 ruled out · 5 no data");
  });

  test.each([
    [-40, "−40 s"],
    [-0.2, "0 s"],
    [12, "+12 s"],
  ])("a lead of %s seconds", (lead, words) => {
    expect(leadWords(lead)).toBe(words);
  });

  test.each([
    [41, "milliseconds", "41 ms"],
    [421, "perSecond", "421 /s"],
    [1_572_864, "bytesPerSecond", "1.50 MiB/s"],
    [0.83, "ratio", "83.0 %"],
    [-3, "count", "−3"],
  ] as const)("%s %s", (value, unit, words) => {
    expect(formatFigure(value, unit)).toBe(words);
  });

  test("times the calm, where that says something", () => {
    expect(timesWords({ calm: 3, window: 421 })).toBe("140 ×");
    expect(timesWords({ calm: 4, window: 6 })).toBe("1.5 ×");
    expect(timesWords({ calm: 0, window: 6 })).toBeNull();
    expect(timesWords({ calm: null, window: 6 })).toBeNull();
  });

  test("a span in a zone: seconds where it is short, days where it is over midnight", () => {
    expect(spanWords({ from: "2026-11-21T12:41:00Z", to: "2026-11-21T13:17:00Z" }, "UTC")).toBe("12:41–13:17");
    expect(spanWords({ from: "2026-11-21T12:41:05Z", to: "2026-11-21T12:41:55Z" }, "UTC")).toBe("12:41:05–12:41:55");
    expect(spanWords({ from: "2026-11-21T23:41:00Z", to: "2026-11-22T00:17:00Z" }, "UTC")).toBe(
      "21 Nov 23:41 – 22 Nov 00:17",
    );
  });

  test("what others call themselves has an end, and nothing unseen in it", () => {
    expect(shownText("x".repeat(10_000))).toHaveLength(160);
    expect(shownText("a\u202eb")).toBe("a⟨202E⟩b");
  });
});

describe("sentences", () => {
  test("keys and what is quoted are code, the full stop is not", () => {
    expect(toTextRuns("Writes of /registry/events/ci/. See `etcdctl` at 421 /s.")).toEqual([
      { text: "Writes of ", isCode: false },
      { text: "/registry/events/ci/", isCode: true },
      { text: ". See ", isCode: false },
      { text: "etcdctl", isCode: true },
      { text: " at 421 /s.", isCode: false },
    ]);
    expect(toTextRuns("")).toEqual([]);
  });

  test("a command is taken out of its step, a name in quotes stays", () => {
    expect(splitStep("Compact `etcdctl compact 5`, see `--auto-compaction-mode`.")).toEqual({
      words: "Compact, see `--auto-compaction-mode`.",
      commands: ["etcdctl compact 5"],
    });
  });

  test("a command at the end of a step is one, whatever is in it", () => {
    expect(splitStep("Defragment, the leader last: etcdctl defrag --endpoints=<one member>")).toEqual({
      words: "Defragment, the leader last",
      commands: ["etcdctl defrag --endpoints=<one member>"],
    });
    expect(splitStep("ping -c 20 10.0.0.1").commands).toEqual(["ping -c 20 10.0.0.1"]);
    expect(splitStep('Compact: rev=$(etcdctl x | cut -d: -f2); etcdctl compact "$rev"').commands[0]).toMatch(/^rev=/);
    expect(splitStep("Look at the disk: it may be full.").commands).toEqual([]);
  });

  test("checks that need the same are told together", () => {
    const unknown = answer.items.filter(({ verdict }) => verdict === "no-data");
    expect(groupByNeeds(unknown).map(({ titles }) => titles.length)).toEqual([1, 2, 2]);
  });
});

test("a subject leads to its page at the time of the axis", () => {
  const time = { from: "2026-11-21T12:00:00Z", to: "2026-11-21T13:00:00Z" };
  const hrefs = (subject: Parameters<typeof subjectLinks>[1]) =>
    subjectLinks("p d", subject, time).map((one) => one.href);
  const ends = "from=2026-11-21T12%3A00%3A00Z&to=2026-11-21T13%3A00%3A00Z";
  expect(hrefs({ kind: "prefix", prefix: "/a\\xff&/" })).toEqual([
    `/clusters/p%20d/keyspace/prefix?prefix=%2Fa%5Cxff%26%2F&${ends}`,
    `/clusters/p%20d/heatmap?prefix=%2Fa%5Cxff%26%2F&${ends}`,
  ]);
  expect(hrefs({ kind: "member", memberId: "a", name: "m" })).toEqual([`/clusters/p%20d/members?${ends}`]);
  const client = { kind: "client", name: "c", userAgent: "c/1", user: null, sourceAddress: null } as const;
  expect(hrefs(client)).toEqual([`/clusters/p%20d/clients?userAgent=c%2F1&${ends}`]);
  expect(hrefs({ kind: "cluster" })).toEqual([]);
});

describe("what goes on, in a line", () => {
  const spike = { ...answer.spike, onset: "2026-11-21T12:41:00Z" } as NonNullable<typeof answer.spike>;
  const finding = {
    id: "1",
    rule: "L06",
    scope: "",
    severity: "critical" as const,
    title: "Alarms",
    text: "NOSPACE is raised.",
    next: "",
    openedAt: "2026-11-21T12:00:00Z",
    checkedAt: "2026-11-21T12:00:00Z",
    closedAt: null,
  };

  test("slowness first, since the oldest spike; else the worst finding; else nothing", () => {
    const later = { ...spike, onset: "2026-11-21T12:50:00Z" };
    expect(troubleWords([later, spike], [finding], "UTC")).toMatch(
      /^Slow since 12:41: WAL fsync p99 of etcd-1, up to 46 ms/,
    );
    expect(troubleWords([], [finding], "UTC")).toBe("Alarms since 12:00: NOSPACE is raised.");
    expect(troubleWords([], [], "UTC")).toBeNull();
  });
});
