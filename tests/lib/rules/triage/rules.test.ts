import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { HEALTH_SIGNAL_NAMES } from "@/lib/model/health-signals";
import { LOG_SIGNAL_KINDS } from "@/lib/model/log-signals";
import { TIMELINE_KINDS } from "@/lib/model/timeline";
import { TRIAGE_STAGES, TRIAGE_VERDICTS } from "@/lib/model/triage";
import { triageHeadline } from "@/lib/rules/triage/headline";
import { judgeTriage } from "@/lib/rules/triage/judge";
import type { Moved, TriageFacts } from "@/lib/rules/triage/triage-facts";
import { TRIAGE_RULES } from "@/lib/rules/triage/triage-rules";
import { bareMembers, blindFacts, factsOf } from "@/tests/lib/rules/triage/facts-of";

describe("the catalogue", () => {
  test("has every check once, in the order of its stages, ours first", () => {
    const ids = TRIAGE_RULES.map(({ id }) => id);
    expect([...ids].sort()).toEqual(Array.from({ length: 35 }, (_, index) => `L${String(index + 1).padStart(2, "0")}`));
    expect(ids[0]).toBe("L35");
    const stages = TRIAGE_RULES.map(({ stage }) => TRIAGE_STAGES.indexOf(stage));
    expect(stages).toEqual([...stages].sort((a, b) => a - b));
  });

  test("no check explains itself, by whatever way round", () => {
    const explainedBy = new Map(TRIAGE_RULES.map((rule) => [rule.id, rule.explainedBy]));
    const reach = (id: string, seen: Set<string>): Set<string> => {
      for (const next of explainedBy.get(id) ?? []) {
        expect(explainedBy.has(next)).toBe(true);
        if (!seen.has(next)) reach(next, seen.add(next));
      }
      return seen;
    };
    for (const { id } of TRIAGE_RULES) expect([id, reach(id, new Set()).has(id)]).toEqual([id, false]);
  });

  test("each names who says its limits, by pages of etcd, Kubernetes and GitHub", () => {
    for (const rule of TRIAGE_RULES) {
      for (const { source, sourceUrl, value } of rule.check(factsOf()).thresholds) {
        expect(source).not.toBe("");
        expect(Number.isFinite(value)).toBe(true);
        if (sourceUrl !== null) expect(sourceUrl).toMatch(/^https:\/\/(github\.com|etcd\.io|kubernetes\.io)\//);
      }
    }
  });
});

describe("what is missing", () => {
  /** Asked of ourselves, or true of any cluster of one. */
  test.each(TRIAGE_RULES.filter(({ id }) => id !== "L35"))("$id knows nothing without a source", (rule) => {
    const finding = rule.check(blindFacts());
    expect(finding.verdict).toBe("no-data");
    expect(finding.needs).toMatch(/\S/);
    expect(finding.text).toMatch(/\.$/);
  });

  /** Members that answer and tell nothing else: alarms and defragmentations are told by every Status answer. */
  test.each(TRIAGE_RULES.filter(({ id }) => !["L35", "L06", "L07"].includes(id)))(
    "$id rules nothing out where members tell no figure",
    (rule) => {
      const finding = rule.check(blindFacts({ members: bareMembers(), memberCount: 3 }));
      expect([rule.id, finding.verdict]).toEqual([rule.id, "no-data"]);
      expect(finding.needs).toMatch(/\S/);
    },
  );
});

const number = fc.oneof(
  fc.constant(null),
  fc.double({ min: 0, max: 1e9, noNaN: true }),
  fc.constantFrom(0, 1, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -1, 1e300),
);
const instant = fc.oneof(
  fc.constant(null),
  fc.integer({ min: 1_790_000_000_000, max: 1_800_000_000_000 }),
  fc.constant(Number.NaN),
);
const anyMoved: fc.Arbitrary<Moved> = fc.record({
  values: fc.array(number, { maxLength: 70 }),
  ...{ calm: number, window: number, calmWorst: number, worst: number, worstAtMs: instant, movedAtMs: instant },
});
const hostile = fc.oneof(
  fc.string({ maxLength: 60, unit: "binary" }),
  fc.constantFrom(
    "__proto__",
    "constructor",
    "'; rm -rf / #",
    "$(reboot)",
    "`id`",
    "--help",
    "\u202e",
    "a".repeat(5_000),
    "\0",
    "\n\n",
    "",
  ),
);
const someSignals = fc.dictionary(fc.constantFrom(...HEALTH_SIGNAL_NAMES), anyMoved);
const split = fc
  .array(fc.tuple(fc.oneof(hostile, fc.constantFrom("Range", "Txn", "Authenticate")), anyMoved), { maxLength: 4 })
  .map((all) => new Map(all));
const anyMember = fc.record({
  ...{
    memberId: hostile,
    name: hostile,
    version: fc.oneof(fc.constant(null), hostile, fc.constantFrom("3.4.23", "3.5.17")),
  },
  ...{ isLearner: fc.boolean(), isLeader: fc.constantFrom(null, true, false), signals: someSignals },
  splitSignals: fc.dictionary(fc.constantFrom("peerRttP99", "grpcP99", "requestsPerSecond", "applyP99"), split),
  probes: fc.oneof(
    fc.constant(null),
    fc.record({ asked: fc.nat(100), serializableFailed: fc.nat(100), linearizableFailed: fc.nat(100) }),
  ),
  ...{ isDown: fc.boolean(), revisionsBehind: number, keysApart: number, quotaBytes: number },
  config: fc.oneof(
    fc.constant(null),
    fc
      .array(
        fc.tuple(
          fc.constantFrom("heartbeat-interval", "election-timeout"),
          fc.oneof(hostile, fc.constantFrom("100ms", "1s", "0s", "1000")),
        ),
      )
      .map((all) => new Map(all)),
  ),
  alarms: fc.array(fc.oneof(fc.constantFrom("NOSPACE", "CORRUPT", "toString"), hostile), { maxLength: 3 }),
});
const event = fc.record({
  ...{ kind: fc.constantFrom(...TIMELINE_KINDS), atMs: instant.map((at) => at ?? 0), untilMs: instant },
  ...{ memberId: fc.oneof(fc.constant(null), hostile), text: hostile },
});
const range = fc
  .tuple(fc.integer({ min: 1_790_000_000_000, max: 1_800_000_000_000 }), fc.integer({ min: 0, max: 1e8 }))
  .map(([fromMs, long]) => ({ fromMs, toMs: fromMs + long }));
const anyPrefix = fc.record({
  ...{
    prefix: fc.oneof(hostile, fc.constantFrom("/registry/events/", "/registry/events/x/", "/registry/pods/a/")),
    slot: fc.nat(),
  },
  ...{
    writes: anyMoved,
    writtenBytes: anyMoved,
    writesShare: number,
    bytesShare: number,
    keys: fc.nat(),
    liveBytes: fc.nat(),
  },
  hotKey: fc.oneof(fc.constant(null), fc.record({ key: hostile, writesPerSecond: fc.double(), valueBytes: number })),
  isEvents: fc.boolean(),
});
const orNone = (text: typeof hostile) => fc.oneof(fc.constant(null), text);
const anyClient = fc.record({
  ...{ name: hostile, userAgent: orNone(hostile), user: orNone(hostile), sourceAddress: orNone(hostile) },
  ...{
    verb: fc.oneof(fc.constantFrom(null, "range", "list", "put"), hostile),
    resource: orNone(hostile),
    requests: anyMoved,
  },
  ...{
    responseBytesPerSecond: fc.oneof(fc.constant(null), anyMoved),
    unpagedLists: fc.nat(),
    meanResponseBytes: number,
  },
  ...{ latencyP99Ms: number, source: fc.constantFrom("audit" as const, "etcd-log" as const, "apiserver" as const) },
});
const orUnknown = <Value>(value: fc.Arbitrary<Value>) => fc.oneof(fc.constant(null), value);
const anyFacts = fc.record({
  ...{ window: range, calm: range, onsetMs: instant, memberCount: fc.nat(5) },
  axis: fc.record({
    fromMs: fc.constantFrom(1_790_000_000_000, Number.NaN),
    stepMs: fc.constantFrom(10_000, 0, -1, Number.NaN),
    columns: fc.nat(70),
  }),
  members: fc.array(anyMember, { maxLength: 4 }),
  ...{ timeline: fc.array(event, { maxLength: 8 }), earlierTimeline: fc.array(event, { maxLength: 8 }) },
  ...{
    prefixes: orUnknown(fc.array(anyPrefix, { maxLength: 5 })),
    writes: orUnknown(anyMoved),
    writtenBytes: orUnknown(anyMoved),
  },
  ...{ largestRevisionPuts: orUnknown(anyMoved), largestPutBytes: orUnknown(anyMoved) },
  clients: orUnknown(fc.array(anyClient, { maxLength: 4 })),
  log: orUnknown(
    fc.array(
      fc.record({
        kind: fc.constantFrom(...LOG_SIGNAL_KINDS),
        windowLines: fc.nat(),
        calmLines: fc.nat(),
        worstMs: number,
        example: hostile,
      }),
      { maxLength: 6 },
    ),
  ),
  apiserver: orUnknown(
    fc.array(fc.record({ operation: hostile, resource: hostile, p99Ms: anyMoved, requests: anyMoved }), {
      maxLength: 4,
    }),
  ),
  leases: orUnknown(fc.record({ leases: fc.nat(), at: fc.nat() })),
  lastHashCheck: orUnknown(
    fc.record({
      atMs: fc.nat(),
      verdict: fc.constantFrom("equal" as const, "different" as const, "incomparable" as const),
      members: fc.array(hostile, { maxLength: 9 }),
    }),
  ),
  ownWork: fc.array(fc.record({ atMs: fc.double(), untilMs: fc.double(), what: hostile }), { maxLength: 3 }),
  growthBytesPerSecond: number,
}) as unknown as fc.Arbitrary<TriageFacts>;

test("any facts are judged, the same way twice, in words that can be shown", () => {
  fc.assert(
    fc.property(anyFacts, (facts) => {
      const judged = judgeTriage(facts);
      expect(judgeTriage(facts)).toEqual(judged);
      expect(judged).toHaveLength(TRIAGE_RULES.length);
      const ranks = judged.map(({ verdict }) => TRIAGE_VERDICTS.indexOf(verdict));
      expect(ranks).toEqual([...ranks].sort((a, b) => a - b));
      for (const finding of judged) {
        const { text, weight, next, needs, verdict, explainedBy, figure, because = "", rule } = finding;
        expect(text.length).toBeLessThan(3_000);
        const said = [text, because, rule.title, ...next].join(" ");
        expect([rule.id, said]).toEqual([
          rule.id,
          expect.not.stringMatching(/[\p{Cc}\u202a-\u202e\u2066-\u2069]|\bnull\b|undefined|\[object/u),
        ]);
        expect(weight >= 0 && weight <= 1).toBe(true);
        expect(verdict === "no-data").toBe(needs !== null);
        if (explainedBy !== null) expect(verdict).toBe("contributing");
        if (figure !== null) expect([rule.id, Number.isNaN(figure.value)]).toEqual([rule.id, false]);
      }
      const { title, lede } = triageHeadline(facts, judged);
      expect(title.length * lede.length).toBeGreaterThan(0);
    }),
    { numRuns: 200 },
  );
}, 60_000);
