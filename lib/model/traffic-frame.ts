import { crc32, deflateRawSync, inflateRawSync } from "node:zlib";
import { LAST_BUCKET } from "@/lib/model/latency-buckets";
import { TRAFFIC_COUNTERS, type TrafficFigures } from "@/lib/model/traffic";
import { emptyFigures } from "@/lib/model/traffic-cells";
import { VarintReader, VarintWriter } from "@/lib/model/varint";

/**
 * The packed cells of one minute or hour of traffic: a checksum, then deflated varints, column by column so that equal
 * magnitudes lie together: the seconds heard, the number of cells, their ids as gaps, each counter of all cells, and each
 * cell's latency buckets as gaps with their counts.
 */

/** Version of the layout; a reader refuses what it does not know. */
export const TRAFFIC_FORMAT = 1;

/** More cells than any frame of ours has (`collectors/traffic/limits.ts`). */
const MAX_CELLS = 100_000;
const MAX_RAW_BYTES = 128 * 1024 * 1024;
const CHECKSUM_BYTES = 4;
const DEFLATE_LEVEL = 6;
const HALF_MINUTE = 30n;
const HALF_MASK = (1n << HALF_MINUTE) - 1n;

/**
 * Packs cells by id. `heardSeconds` are the seconds of a minute in which its source was heard, as bits; an hour has none.
 * Throws a RangeError on a figure that is not a count.
 */
export function encodeTrafficFrame(cells: ReadonlyMap<number, TrafficFigures>, heardSeconds = 0n): Buffer {
  const ascending = [...cells].sort(([a], [b]) => a - b);
  const writer = new VarintWriter(64 + ascending.length * 48);
  writer.write(Number(heardSeconds & HALF_MASK));
  writer.write(Number((heardSeconds >> HALF_MINUTE) & HALF_MASK));
  writer.write(ascending.length);
  let previous = -1;
  for (const [cellId] of ascending) {
    writer.write(cellId - previous - 1);
    previous = cellId;
  }
  for (const counter of TRAFFIC_COUNTERS) for (const [, figures] of ascending) writer.write(figures[counter]);
  for (const [, figures] of ascending) writeBuckets(writer, figures.buckets);
  return seal(writer.finish());
}

/** Unpacks the cells of a frame by id. Throws on an unknown format and on anything that `encodeTrafficFrame` did not make. */
export function decodeTrafficFrame(format: number, payload: Uint8Array): Map<number, TrafficFigures> {
  return decodeTrafficMinute(format, payload).cells;
}

/** The seconds of a minute in which its source was heard, as bits. Throws as `decodeTrafficFrame` does. */
export function decodeHeardSeconds(format: number, payload: Uint8Array): bigint {
  return readHeard(open(format, payload));
}

/** Both at once. Throws as `decodeTrafficFrame` does. */
export function decodeTrafficMinute(
  format: number,
  payload: Uint8Array,
): { heardSeconds: bigint; cells: Map<number, TrafficFigures> } {
  const reader = open(format, payload);
  const heardSeconds = readHeard(reader);
  const ids = readIds(reader);
  const all = ids.map(() => emptyFigures());
  for (const counter of TRAFFIC_COUNTERS) for (const figures of all) figures[counter] = reader.read();
  for (const figures of all) readBuckets(reader, figures.buckets);
  if (!reader.atEnd) throw new Error("traffic frame is longer than its cells");
  return { heardSeconds, cells: new Map(ids.map((cellId, index) => [cellId, all[index] as TrafficFigures])) };
}

function seal(raw: Buffer): Buffer {
  const packed = deflateRawSync(raw, { level: DEFLATE_LEVEL });
  const checksum = Buffer.alloc(CHECKSUM_BYTES);
  checksum.writeUInt32LE(crc32(packed));
  return Buffer.concat([checksum, packed]);
}

function open(format: number, payload: Uint8Array): VarintReader {
  if (format !== TRAFFIC_FORMAT) {
    throw new Error(`unknown traffic frame format ${format}; this version reads ${TRAFFIC_FORMAT}`);
  }
  if (payload.length < CHECKSUM_BYTES) throw new Error("traffic frame is cut off");
  const packed = payload.subarray(CHECKSUM_BYTES);
  const checksum = new DataView(payload.buffer, payload.byteOffset).getUint32(0, true);
  if (crc32(packed) !== checksum) throw new Error("traffic frame is damaged: its checksum is another");
  return new VarintReader(inflateRawSync(packed, { maxOutputLength: MAX_RAW_BYTES }), "traffic frame");
}

function readHeard(reader: VarintReader): bigint {
  const low = BigInt(reader.read());
  const high = BigInt(reader.read());
  if (low > HALF_MASK || high > HALF_MASK) throw new Error("traffic frame was heard for more than a minute");
  return (high << HALF_MINUTE) | low;
}

function readIds(reader: VarintReader): number[] {
  const length = reader.read();
  if (length > MAX_CELLS) throw new Error(`traffic frame claims ${length} cells`);
  const ids: number[] = [];
  for (let index = 0, previous = -1; index < length; index++) {
    previous += reader.read() + 1;
    if (!Number.isSafeInteger(previous)) throw new Error(`not a cell id: ${previous}`);
    ids.push(previous);
  }
  return ids;
}

function writeBuckets(writer: VarintWriter, buckets: ReadonlyMap<number, number>): void {
  writer.write(buckets.size);
  let previous = -1;
  for (const [bucket, count] of [...buckets].sort(([a], [b]) => a - b)) {
    writer.write(bucket - previous - 1);
    writer.write(count);
    previous = bucket;
  }
}

function readBuckets(reader: VarintReader, into: Map<number, number>): void {
  const length = reader.read();
  if (length > LAST_BUCKET + 1) throw new Error(`traffic frame claims ${length} latency buckets of a cell`);
  for (let index = 0, previous = -1; index < length; index++) {
    previous += reader.read() + 1;
    if (previous > LAST_BUCKET) throw new Error(`not a latency bucket: ${previous}`);
    into.set(previous, reader.read());
  }
}
