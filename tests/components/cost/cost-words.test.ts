import { describe, expect, test } from "vitest";
import { costQuery } from "@/components/cost/cost-search";
import { costSentence, formatSeconds, sumFigures } from "@/components/cost/cost-words";

const recent = {
  from: "2026-03-01T13:00:00.000Z",
  ...{ requests: 1_203, keys: 9, receivedBytes: 12 * 1024 ** 2, requestSeconds: 0.8, events: 4 },
};

test("the sentence says what the last hour or two cost", () => {
  expect(costSentence({ recent, at: "2026-03-01T14:12:00.000Z" })).toBe(
    "In the last 72 min reading this cluster cost it 0.8 s of request time, 1,203 requests, 12.0 MiB.",
  );
});

test("a cluster that was left alone is said to have been", () => {
  expect(costSentence({ recent: { ...recent, requests: 0 }, at: "2026-03-01T14:12:00.000Z" })).toBe(
    "In the last 72 min this cluster was not asked for anything.",
  );
});

test.each([
  { seconds: 0, text: "0 s" },
  { seconds: 0.01, text: "<0.1 s" },
  { seconds: 0.84, text: "0.8 s" },
  { seconds: 4_321.4, text: "4,321 s" },
])("$seconds seconds read as $text", ({ seconds, text }) => {
  expect(formatSeconds(seconds)).toBe(text);
});

test("figures add up", () => {
  const { from: _, ...figures } = recent;
  expect(sumFigures([figures, figures])).toMatchObject({ requests: 2_406, requestSeconds: 1.6, events: 8 });
});

describe("what is asked for", () => {
  test.each([
    { search: "", asked: { range: "24h" } },
    { search: "range=1h", asked: { range: "24h" } },
    { search: "range=7d", asked: { range: "7d" } },
    { search: "range=toString", asked: { range: "24h" } },
    {
      search: "from=2026-03-01T00:00:00Z&to=2026-03-02T00:00:00Z",
      asked: { from: "2026-03-01T00:00:00Z", to: "2026-03-02T00:00:00Z" },
    },
    { search: "from=2026-03-02T00:00:00Z&to=2026-03-01T00:00:00Z", asked: { range: "24h" } },
    { search: "from=x&to=y", asked: { range: "24h" } },
  ])("with $search is $asked", ({ search, asked }) => {
    expect(costQuery(new URLSearchParams(search))).toEqual(asked);
  });
});
