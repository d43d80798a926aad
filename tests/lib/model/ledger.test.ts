import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type LedgerFacts, toLedger } from "@/lib/model/ledger";

const whole: LedgerFacts = {
  dbSizeBytes: 1_000,
  dbSizeInUseBytes: 700,
  liveBytes: 300,
  keys: 2,
  historyBytes: 200,
  historyRevisions: 1,
};
const bars = (facts: Partial<LedgerFacts>) =>
  toLedger({ ...whole, ...facts }).parts.map(({ covers, bytes }) => `${covers.join("+")} ${bytes}`);

describe("a file taken apart", () => {
  test.each([
    { known: "everything", facts: {}, parts: ["live 300", "history 200", "overhead 200", "free 300"] },
    { known: "no history", facts: { historyBytes: null }, parts: ["live 300", "history+overhead 400", "free 300"] },
    { known: "no use", facts: { dbSizeInUseBytes: null }, parts: ["live 300", "history 200", "overhead+free 500"] },
    {
      known: "neither history nor use",
      facts: { historyBytes: null, dbSizeInUseBytes: null },
      parts: ["live 300", "history+overhead+free 700"],
    },
    { known: "no keyspace", facts: { liveBytes: null }, parts: ["live+history+overhead 700", "free 300"] },
    {
      known: "the file alone",
      facts: { liveBytes: null, dbSizeInUseBytes: null },
      parts: ["live+history+overhead+free 1000"],
    },
  ])("with $known known", ({ facts, parts }) => {
    expect(bars(facts)).toEqual(parts);
  });

  test("whatever is known, the parts cover every thing once and add up to the file to the byte", () => {
    const bytes = fc.integer({ min: 0, max: 2 ** 45 });
    const maybe = fc.option(bytes);
    const facts = fc.record({
      ...{ dbSizeBytes: bytes, dbSizeInUseBytes: maybe, liveBytes: maybe, keys: maybe },
      ...{ historyBytes: maybe, historyRevisions: maybe },
    });
    fc.assert(
      fc.property(facts, (some) => {
        const { parts } = toLedger(some);
        expect(parts.reduce((sum, part) => sum + part.bytes, 0)).toBe(some.dbSizeBytes);
        expect(parts.flatMap(({ covers }) => covers)).toEqual(["live", "history", "overhead", "free"]);
      }),
    );
  });

  test("a size read before the keys came leaves less than nothing for overhead, and says so", () => {
    const { parts, isAhead } = toLedger({ ...whole, dbSizeInUseBytes: 450 });
    expect(parts.find(({ covers }) => covers[0] === "overhead")?.bytes).toBe(-50);
    expect(isAhead).toBe(true);
    expect(toLedger(whole).isAhead).toBe(false);
  });
});

describe("the factor", () => {
  test("is what is in use against keys, history and 80 bytes a revision", () => {
    expect(toLedger(whole).factor).toBe(700 / (300 + 200 + 80 * 3));
  });

  test.each(["dbSizeInUseBytes", "liveBytes", "keys", "historyBytes", "historyRevisions"] as const)(
    "is not known without %s",
    (name) => expect(toLedger({ ...whole, [name]: null }).factor).toBeNull(),
  );

  test("is not known of an empty keyspace", () => {
    const empty = { ...whole, liveBytes: 0, keys: 0, historyBytes: 0, historyRevisions: 0 };
    expect(toLedger(empty).factor).toBeNull();
  });
});
