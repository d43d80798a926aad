import { describe, expect, test } from "vitest";
import { countKinds, describeMark, markAt, toTimelineMarks } from "@/components/timeline/timeline-marks";
import type { TimelineItem } from "@/lib/api/timeline";

const FROM = Date.parse("2026-11-21T12:00:00Z");
const HOUR = { fromMs: FROM, toMs: FROM + 3_600_000 };

function event(seconds: number, kind: TimelineItem["kind"], more: Partial<TimelineItem> = {}): TimelineItem {
  const at = new Date(FROM + seconds * 1_000).toISOString();
  return { at, until: null, kind, memberId: null, text: `${kind} at ${seconds} s`, ...more };
}

describe("marks of a timeline", () => {
  test("an event stands at its time, one that lasted over its time", () => {
    const until = new Date(FROM + 2_700_000).toISOString();
    const marks = toTimelineMarks([event(900, "alarm"), event(1_800, "gap", { until })], HOUR);
    expect(marks.find(({ tone }) => tone === "bad")).toMatchObject({ from: 0.25, to: 0.25 });
    expect(marks.find(({ tone }) => tone === "neutral")).toMatchObject({ from: 0.5, to: 0.75 });
  });

  test("what is outside of the axis has no mark; what reaches into it is cut at its ends", () => {
    const until = new Date(FROM + 900_000).toISOString();
    expect(toTimelineMarks([event(-60, "alarm"), event(3_601, "alarm")], HOUR)).toEqual([]);
    expect(toTimelineMarks([event(-60, "gap", { until })], HOUR)).toMatchObject([{ from: 0, to: 0.25 }]);
    expect(toTimelineMarks([event(0, "alarm")], { fromMs: FROM, toMs: FROM })).toEqual([]);
  });

  test("dense marks of one tone merge, and never into one that covers the axis", () => {
    const marks = toTimelineMarks(
      Array.from({ length: 3_600 }, (_, second) => event(second, "compaction")),
      HOUR,
    );
    expect(marks.length).toBeGreaterThan(100);
    expect(marks.length).toBeLessThan(200);
    expect(marks.reduce((sum, { items }) => sum + items.length, 0)).toBe(3_600);
    for (const { from, to } of marks) expect(to - from).toBeLessThan(0.01);
  });

  test("trouble does not merge into what is quiet, and is drawn on top of it", () => {
    const marks = toTimelineMarks([event(60, "alarm"), event(61, "compaction"), event(62, "restart")], HOUR);
    expect(marks.map(({ tone }) => tone)).toEqual(["quiet", "neutral", "bad"]);
  });

  test("the pointer finds the loudest of the marks in its reach", () => {
    const marks = toTimelineMarks([event(900, "compaction"), event(905, "alarm"), event(2_000, "alarm")], HOUR);
    expect(markAt(marks, 0.25, 0.01)?.tone).toBe("bad");
    expect(markAt(marks, 0.4, 0.01)).toBeNull();
    expect(markAt(marks, 2_000 / 3_600, 0.01)?.items[0]?.text).toBe("alarm at 2000 s");
  });

  test("a mark names its events, a few of many, and shows what cannot be seen", () => {
    const [one] = toTimelineMarks([event(0, "alarm", { text: "a\u202eb" })], HOUR);
    expect(describeMark(one as never, "UTC")).toEqual([{ when: "12:00:00 UTC", text: "a⟨202E⟩b" }]);
    const [many] = toTimelineMarks(
      Array.from({ length: 20 }, () => event(0, "alarm")),
      HOUR,
    );
    expect(describeMark(many as never, "UTC").at(-1)).toEqual({ when: "", text: "and 15 more" });
  });

  test("all of them in words", () => {
    expect(countKinds([])).toBe("nothing happened in this time");
    expect(countKinds([event(0, "compaction"), event(1, "alarm"), event(2, "compaction")])).toBe(
      "2 × compaction, 1 × alarm",
    );
  });
});
