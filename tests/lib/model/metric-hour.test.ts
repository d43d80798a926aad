import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeMetricHour, encodeMetricHour, METRIC_HOUR_FORMAT, type MetricHour } from "@/lib/model/metric-hour";

const unread = fc.constant(Number.NaN);
const count = fc.oneof(
  unread,
  fc.nat({ max: 2 ** 31 - 1 }),
  fc.constant(0),
  fc.nat().map((micros) => micros / 1e6),
);
const level = fc.oneof(count, fc.integer(), fc.double({ noDefaultInfinity: true }), fc.integer({ min: -(2 ** 50) }));
const minutes = (value: fc.Arbitrary<number>) =>
  fc.array(value, { minLength: 60, maxLength: 60 }).map((values) => Float64Array.from(values));
// Even ids are counters, odd ones gauges.
const kindOf = (id: number) => (id % 2 === 0 ? ("counter" as const) : ("gauge" as const));
const hourArbitrary: fc.Arbitrary<MetricHour> = fc
  .tuple(minutes(fc.nat({ max: 60_000 })), fc.uniqueArray(fc.nat({ max: 100_000 }), { maxLength: 150 }))
  .chain(([observedMs, ids]) =>
    fc.tuple(...ids.map((id) => minutes(kindOf(id) === "counter" ? count : level))).map((rows) => ({
      observedMs,
      series: new Map(ids.sort((a, b) => a - b).map((id, i) => [id, rows[i] as Float64Array])),
    })),
  );

describe("metric hour", () => {
  test("gives back every minute exactly, the unread ones as unread", () => {
    fc.assert(
      fc.property(hourArbitrary, (hour) => {
        expect(decodeMetricHour(METRIC_HOUR_FORMAT, encodeMetricHour(hour, kindOf))).toEqual(hour);
      }),
      { numRuns: 50 },
    );
  });

  test("gives back just the series that are wanted", () => {
    fc.assert(
      fc.property(hourArbitrary, fc.nat(), (hour, pick) => {
        const wanted = new Set([...hour.series.keys()].filter((id) => (id + pick) % 3 === 0));
        const read = decodeMetricHour(METRIC_HOUR_FORMAT, encodeMetricHour(hour, kindOf), wanted);
        expect(read.series).toEqual(new Map([...hour.series].filter(([id]) => wanted.has(id))));
      }),
      { numRuns: 50 },
    );
  });

  test("refuses every damaged byte and every cut", () => {
    fc.assert(
      fc.property(hourArbitrary, fc.nat(), fc.integer({ min: 1, max: 255 }), (hour, at, change) => {
        const payload = encodeMetricHour(hour, kindOf);
        const place = at % payload.length;
        expect(() => decodeMetricHour(METRIC_HOUR_FORMAT, payload.subarray(0, place))).toThrow();
        const damaged = Buffer.from(payload);
        damaged[place] = (damaged[place] as number) ^ change;
        // Deflate does not look at every bit of its head; what it lets pass must read the same.
        const read = attempt(() => decodeMetricHour(METRIC_HOUR_FORMAT, damaged));
        if (read !== null) expect(read).toEqual(hour);
      }),
      { numRuns: 100 },
    );
  });

  test("bytes at random are refused", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(() => decodeMetricHour(METRIC_HOUR_FORMAT, bytes)).toThrow();
      }),
    );
    expect(() => decodeMetricHour(2, Buffer.alloc(20))).toThrow("format 2");
  });
});

/** Null: it was refused. */
function attempt<Value>(read: () => Value): Value | null {
  try {
    return read();
  } catch {
    return null;
  }
}
