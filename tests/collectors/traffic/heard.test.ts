import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CaughtUp } from "@/collectors/traffic/caught-up";
import { HeardTime, heardMs, newestHeardMs } from "@/collectors/traffic/heard";

const START_MS = Date.UTC(2026, 10, 21, 8);

test("the seconds heard are those of events and of the silences of at most two minutes between them", () => {
  const instants = fc.array(fc.nat({ max: 1_500_000 }), { maxLength: 30 });
  fc.assert(
    fc.property(instants, fc.option(fc.nat({ max: 500_000 })), (offsets, before) => {
      const heard = new HeardTime();
      for (const offset of offsets) heard.addEvent(START_MS + offset);
      const seconds = [...new Set(offsets.map((offset) => Math.floor(offset / 1_000)))].sort((a, b) => a - b);
      const expected = new Set(seconds);
      const bridged = before === null ? seconds : [Math.floor(before / 1_000), ...seconds];
      for (const [index, to] of bridged.entries()) {
        const from = bridged[index - 1];
        if (from === undefined || to < from || to - from > 120) continue;
        for (let second = from; second <= to; second++) expected.add(second);
      }
      const minutes = heard.minutes(before === null ? null : START_MS + before);
      const found = [...minutes].flatMap(([minuteMs, bits]) =>
        Array.from({ length: 60 }, (_, second) => second)
          .filter((second) => (bits >> BigInt(second)) & 1n)
          .map((second) => (minuteMs - START_MS) / 1_000 + second),
      );
      expect(found.sort((a, b) => a - b)).toEqual([...expected].sort((a, b) => a - b));
      const total = [...minutes.values()].reduce((sum, bits) => sum + heardMs(bits), 0);
      expect(total).toBe(expected.size * 1_000);
      for (const [minuteMs, bits] of minutes) {
        const inMinute = found.map((second) => START_MS + second * 1_000).filter((ms) => ms < minuteMs + 60_000);
        expect(newestHeardMs(minuteMs, bits)).toBe(Math.max(...inMinute));
      }
    }),
  );
});

describe("files read to their end", () => {
  test("of etcd's log: quiet time counts from one look to the next, not before the first or over a failure", () => {
    const caughtUp = new CaughtUp("etcd-log");
    caughtUp.note(0, true);
    expect(caughtUp.stretch()).toBeNull();
    caughtUp.note(1_000, true);
    caughtUp.note(12_000, true);
    expect([caughtUp.stretch(), caughtUp.isDue()]).toEqual([{ fromMs: 0, toMs: 12_000 }, true]);
    caughtUp.written(null);
    expect([caughtUp.stretch(), caughtUp.isDue()]).toEqual([null, false]);
    caughtUp.note(13_000, false);
    caughtUp.note(20_000, true);
    expect(caughtUp.stretch()).toBeNull();
    caughtUp.note(21_000, true);
    expect(caughtUp.stretch()).toEqual({ fromMs: 20_000, toMs: 21_000 });
  });

  test("of audit: only for two minutes after the newest event, for an apiserver is never silent for longer", () => {
    const caughtUp = new CaughtUp("audit");
    caughtUp.note(0, true);
    caughtUp.note(1_000, true);
    expect(caughtUp.stretch()).toBeNull();
    caughtUp.written(500);
    caughtUp.note(60_000, true);
    expect(caughtUp.stretch()).toEqual({ fromMs: 1_000, toMs: 60_000 });
    caughtUp.note(121_000, true);
    expect(caughtUp.stretch()).toEqual({ fromMs: 1_000, toMs: 60_000 });
  });
});
