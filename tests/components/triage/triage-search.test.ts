import { describe, expect, test } from "vitest";
import { patchSearch } from "@/components/shell/patch-search";
import { calmSearch, permalinkSearch, readTriageState, toSpan, windowSearch } from "@/components/triage/triage-search";

const WINDOW = { from: "2026-11-21T12:41:00.000Z", to: "2026-11-21T13:17:00.000Z" };
const CALM = { from: "2026-11-21T11:41:00.000Z", to: "2026-11-21T12:17:00.000Z" };

describe("the state of the Triage page", () => {
  test("without a choice nothing is asked: the newest spike or the last minutes", () => {
    expect(readTriageState(new URLSearchParams("range=6h"))).toEqual({ params: {}, verdict: null });
  });

  test("a permalink comes back as what it was", () => {
    const search = patchSearch("", { ...permalinkSearch({ window: WINDOW, calm: CALM }), verdict: "L24" });
    expect(readTriageState(new URLSearchParams(search))).toEqual({
      params: { ...WINDOW, baselineFrom: CALM.from, baselineTo: CALM.to },
      verdict: "L24",
    });
  });

  test.each([
    ["only one end", "from=2026-11-21T12:41:00Z"],
    ["turned round", "from=2026-11-21T13:41:00Z&to=2026-11-21T12:41:00Z"],
    ["no instants", "from=now&to=later"],
    ["a calm time without a window", "baselineFrom=2026-11-21T12:41:00Z&baselineTo=2026-11-21T13:41:00Z"],
  ])("%s is no choice", (_name, search) => {
    expect(readTriageState(new URLSearchParams(search)).params).toEqual({});
  });

  test("a verdict that cannot be one is none open", () => {
    expect(readTriageState(new URLSearchParams("verdict=__proto__")).verdict).toBeNull();
  });

  test("another window lets the calm time go, unless it was chosen", () => {
    expect(windowSearch(WINDOW)).toMatchObject({ ...WINDOW, baselineFrom: null, baselineTo: null, verdict: null });
    expect(windowSearch(WINDOW, CALM)).toMatchObject({ baselineFrom: CALM.from, baselineTo: CALM.to });
  });

  test("another calm time holds the window where it is, and leaves the verdict open", () => {
    const search = calmSearch(WINDOW, CALM);
    expect(search).toMatchObject({ ...WINDOW, baselineFrom: CALM.from, baselineTo: CALM.to });
    expect(search).not.toHaveProperty("verdict");
  });

  test("what is dragged lies on whole steps and is never too short", () => {
    const at = Date.parse("2026-11-21T12:41:03.400Z");
    expect(toSpan(at, at + 61_000, 10_000)).toEqual({
      from: "2026-11-21T12:41:00.000Z",
      to: "2026-11-21T12:42:10.000Z",
    });
    expect(toSpan(at, at + 1, 10_000)).toEqual({ from: "2026-11-21T12:41:00.000Z", to: "2026-11-21T12:41:20.000Z" });
  });
});
