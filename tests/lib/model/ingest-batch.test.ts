import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeConnectionsReport, encodeConnectionsReport } from "@/lib/model/connections-report";
import {
  decodeIngestBatch,
  digestEventId,
  EVENT_ID_BYTES,
  encodeIngestBatch,
  type IngestBatch,
} from "@/lib/model/ingest-batch";
import { INGEST_FAULT_NAMES } from "@/lib/model/ingest-faults";
import { LOG_SIGNAL_KINDS } from "@/lib/model/log-signals";
import type { TrafficEvent } from "@/lib/model/traffic";

const text = () => fc.option(fc.string({ unit: "grapheme" }));
const figure = () => fc.option(fc.maxSafeNat().map((value) => Math.min(value, 2 ** 52)));
const atMs = () => fc.integer({ min: -(2 ** 40), max: 2 ** 42 });

const event = (): fc.Arbitrary<TrafficEvent> =>
  fc.record({
    ...{ atMs: atMs(), verb: text(), resource: text(), namespace: text(), user: text(), userAgent: text() },
    ...{ sourceAddress: text(), code: figure(), durationMicros: figure(), responseBytes: figure() },
    ...{ etcdMicros: figure(), queueMicros: figure() },
    ...{ isUnpaged: fc.boolean(), isUncached: fc.boolean(), isClusterWide: fc.boolean() },
  });

const batch = (): fc.Arbitrary<IngestBatch> =>
  fc
    .record({
      events: fc.array(event(), { maxLength: 20 }),
      hasIds: fc.boolean(),
      faults: fc.uniqueArray(fc.tuple(fc.constantFrom(...INGEST_FAULT_NAMES), fc.nat()), {
        selector: ([name]) => name,
      }),
      signals: fc.array(
        fc.record({
          ...{ kind: fc.constantFrom(...LOG_SIGNAL_KINDS), micros: figure(), atMs: atMs() },
          example: fc.string({ unit: "grapheme", minLength: 1 }),
        }),
        { maxLength: 10 },
      ),
    })
    .map(({ events, hasIds, faults, signals }) => ({
      ...{ events, signals, faults: new Map(faults) },
      eventIds: Buffer.concat(hasIds ? events.map((_, index) => digestEventId(`id ${index}`)) : []),
    }));

test("what is packed comes out as it was", () => {
  fc.assert(
    fc.property(batch(), (given) => {
      const { format, payload, eventIds, events } = encodeIngestBatch(given);
      expect(events).toBe(given.events.length);
      expect(decodeIngestBatch(format, payload, eventIds)).toEqual(given);
    }),
    { numRuns: 300 },
  );
});

test("damage is refused or comes out as another batch, and never harms", () => {
  fc.assert(
    fc.property(batch(), fc.nat(), fc.nat(255), (given, position, byte) => {
      const { format, payload, eventIds } = encodeIngestBatch(given);
      const damaged = Buffer.from(payload);
      damaged[position % damaged.length] = byte;
      for (const bytes of [damaged, payload.subarray(0, position % payload.length)]) {
        try {
          decodeIngestBatch(format, bytes, eventIds);
        } catch (error) {
          expect(error).toBeInstanceOf(Error);
        }
      }
    }),
    { numRuns: 500 },
  );
});

describe("refused", () => {
  const none: IngestBatch = { events: [], eventIds: Buffer.alloc(0), faults: new Map(), signals: [] };

  test("an unknown format", () => {
    const { payload, eventIds } = encodeIngestBatch(none);
    expect(() => decodeIngestBatch(99, payload, eventIds)).toThrow("unknown ingest batch format 99");
  });

  test("ids that do not match the events", () => {
    const eventIds = Buffer.alloc(EVENT_ID_BYTES);
    expect(() => encodeIngestBatch({ ...none, eventIds })).toThrow("8 bytes of ids for 0 events");
    const { format, payload } = encodeIngestBatch(none);
    expect(() => decodeIngestBatch(format, payload, eventIds)).toThrow("8 bytes of ids for 0 events");
  });
});

test("a report of connections comes out as it was; another format is refused", () => {
  const report = { reporter: "m1", at: "2026-11-21T08:00:30Z", clients: [{ address: "10.0.0.1", connections: 3 }] };
  const { format, payload, events } = encodeConnectionsReport(report);
  expect(events).toBe(1);
  expect(decodeConnectionsReport(format, payload)).toEqual(report);
  expect(() => decodeConnectionsReport(9, payload)).toThrow("unknown connections report format 9");
});
