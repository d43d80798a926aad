import { deflateRawSync } from "node:zlib";
import fc from "fast-check";
import { expect, test } from "vitest";
import { LAST_BUCKET } from "@/lib/model/latency-buckets";
import { TRAFFIC_COUNTERS, type TrafficFigures } from "@/lib/model/traffic";
import { emptyFigures } from "@/lib/model/traffic-cells";
import {
  decodeHeardSeconds,
  decodeTrafficFrame,
  decodeTrafficMinute,
  encodeTrafficFrame,
  TRAFFIC_FORMAT,
} from "@/lib/model/traffic-frame";

const count = fc.oneof(fc.nat(), fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }));
const figures: fc.Arbitrary<TrafficFigures> = fc
  .tuple(
    fc.tuple(...TRAFFIC_COUNTERS.map(() => count)),
    fc.array(fc.tuple(fc.integer({ min: 0, max: LAST_BUCKET }), count), { maxLength: 20 }),
  )
  .map(([counts, buckets]) => ({
    ...emptyFigures(),
    ...Object.fromEntries(TRAFFIC_COUNTERS.map((counter, index) => [counter, counts[index]])),
    buckets: new Map(buckets),
  }));
const cellsArbitrary = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 2 ** 31 - 1 }), figures), { maxLength: 30 })
  .map((entries) => new Map(entries));
const heard = fc.bigInt({ min: 0n, max: (1n << 60n) - 1n });

test("what was packed comes back, cell by cell", () => {
  fc.assert(
    fc.property(cellsArbitrary, heard, (cells, seconds) => {
      const payload = encodeTrafficFrame(cells, seconds);
      expect(decodeTrafficFrame(TRAFFIC_FORMAT, payload)).toEqual(cells);
      expect(decodeHeardSeconds(TRAFFIC_FORMAT, payload)).toBe(seconds);
    }),
  );
});

test("a changed byte, a missing one and one too many are refused", () => {
  fc.assert(
    fc.property(cellsArbitrary, fc.nat(), fc.integer({ min: 1, max: 255 }), (cells, at, change) => {
      const payload = encodeTrafficFrame(cells);
      const damaged = Buffer.from(payload);
      const index = at % damaged.length;
      damaged[index] = (damaged[index] as number) ^ change;
      expect(() => decodeTrafficFrame(TRAFFIC_FORMAT, damaged)).toThrow();
      expect(() => decodeTrafficFrame(TRAFFIC_FORMAT, payload.subarray(0, index))).toThrow();
      expect(() => decodeTrafficFrame(TRAFFIC_FORMAT, Buffer.concat([payload, Buffer.of(change)]))).toThrow();
    }),
  );
});

test("any bytes at all are refused with an Error, also behind a right checksum", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      for (const payload of [Buffer.from(bytes), sealed(bytes)]) {
        try {
          decodeTrafficMinute(TRAFFIC_FORMAT, payload);
        } catch (error) {
          expect(error).toBeInstanceOf(Error);
        }
      }
    }),
    { numRuns: 2_000 },
  );
});

test("a bomb and an unknown format are refused", () => {
  expect(() => decodeTrafficFrame(TRAFFIC_FORMAT, sealed(Buffer.alloc(200 * 1024 * 1024)))).toThrow();
  expect(() => decodeTrafficFrame(2, encodeTrafficFrame(new Map()))).toThrow("unknown traffic frame format 2");
});

test("a figure that is no count is refused at once", () => {
  expect(() => encodeTrafficFrame(new Map([[1, { ...emptyFigures(), requests: -1 }]]))).toThrow(RangeError);
});

/** Bytes as a frame of ours would hold them; the checksum is counted here once more, bit by bit. */
function sealed(raw: Uint8Array): Buffer {
  const packed = deflateRawSync(raw);
  let crc = 0xffffffff;
  for (const byte of packed) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32LE((crc ^ 0xffffffff) >>> 0);
  return Buffer.concat([checksum, packed]);
}
