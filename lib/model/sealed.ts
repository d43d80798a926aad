import { promisify } from "node:util";
import { crc32, deflateRaw, inflateRawSync } from "node:zlib";
import { FRAME_MEASURES, type FrameGauge, type FrameMeasure } from "@/lib/model/frame";
import { absentFrom, BLOCK_SLOTS, isGauge, type Stretch } from "@/lib/model/stretch";
import { VarintReader, VarintWriter } from "@/lib/model/varint";

/**
 * The packed form of a stretch of time that is over: prefix-major, one blob a measure. A blob is a directory of its
 * blocks of slots (how long each is, unpacked and packed, and its checksum) and the blocks, each a deflated run of
 * varints. Gauges are stored as the step from the column before (0 stands for "unknown", n + 1 for n), counters as they
 * are; a 0 is followed by the number of zeros that come after it.
 */

/** Version of the layout; a reader refuses what it does not know. */
export const SEALED_FORMAT = 1;

const MAX_COLUMNS = 1_440;
/** Deflate packs at best 1,032 to 1; a block that claims more is no block of ours. */
const MAX_RATIO = 1_040;
/** Steps are written with a sign: figures stay a bit below what a varint can hold. */
const MAX_FIGURE = 2 ** 51;
const DEFLATE_LEVEL = 6;

/** A sealed stretch as it is stored; of the measures only those that were asked for. */
export interface SealedParts {
  format: number;
  slots: Buffer;
  columns: Buffer;
  blobs: Partial<Record<FrameMeasure, Buffer>>;
}

/** What a sealed stretch was made from: a later count tells whether anything has come since. */
export interface SealedSource {
  rows: number;
  observedMs: number;
}

const deflate = promisify(deflateRaw);

/** What of a stretch is packed. */
export type Sealable = Pick<Stretch, "observedMs" | "revisions" | "slots" | "block">;
export type WholeSealedParts = SealedParts & { blobs: Record<FrameMeasure, Buffer> };

/**
 * Packs a stretch that was made from so many rows, giving way to other work after each block. Throws a RangeError on
 * figures that are no counts.
 */
export async function sealStretch(stretch: Sealable, rows: number): Promise<WholeSealedParts> {
  const blobs = {} as Record<FrameMeasure, Buffer>;
  const columns = stretch.observedMs.length;
  const blocks = Math.ceil(stretch.slots.length / BLOCK_SLOTS);
  for (const measure of FRAME_MEASURES) {
    blobs[measure] = await packBlocks(blocks, (block) => {
      const values = stretch.block(measure, block);
      return isGauge(measure) ? writeGauges(values, columns) : writeCounts(values);
    });
  }
  return {
    format: SEALED_FORMAT,
    slots: await packBlocks(1, () => writeSlots(stretch.slots)),
    columns: await packBlocks(1, () => writeColumns(stretch, rows)),
    blobs,
  };
}

/** A sealed stretch, unpacked as far as it is asked for. Throws on an unknown format and on damaged parts. */
export class SealedStretch implements Stretch {
  readonly observedMs: Float64Array;
  readonly revisions: Float64Array;
  readonly slots: Int32Array;
  readonly source: SealedSource;
  #blobs: SealedParts["blobs"];
  #directories = new Map<FrameMeasure, Entry[]>();

  constructor(
    { format, slots, columns, blobs }: SealedParts,
    readonly fromMs: number,
    readonly columnMs: number,
  ) {
    if (format !== SEALED_FORMAT) {
      throw new Error(`unknown format ${format} of a sealed stretch; this version reads ${SEALED_FORMAT}`);
    }
    const unpacked = unpackColumns(columns);
    this.observedMs = unpacked.observedMs;
    this.revisions = unpacked.revisions;
    this.source = { rows: unpacked.rows, observedMs: unpacked.observedMs.reduce((sum, ms) => sum + ms, 0) };
    this.slots = unpackSlots(slots);
    this.#blobs = blobs;
  }

  /** Whether all of these measures were read. */
  has(measures: readonly FrameMeasure[]): boolean {
    return measures.every((measure) => this.#blobs[measure] !== undefined);
  }

  /** Takes in measures that were read later. */
  take(blobs: SealedParts["blobs"]): void {
    this.#blobs = { ...this.#blobs, ...blobs };
  }

  block(measure: FrameMeasure, block: number): Float64Array {
    const blob = this.#blobs[measure];
    if (!blob) throw new Error(`not a measure that was read: ${measure}`);
    const directory = this.#directories.get(measure) ?? readDirectory(blob);
    this.#directories.set(measure, directory);
    const rows = Math.min(BLOCK_SLOTS, this.slots.length - block * BLOCK_SLOTS);
    const entry = directory[block];
    if (!entry || directory.length !== Math.ceil(this.slots.length / BLOCK_SLOTS)) {
      throw new Error(`sealed ${measure} has ${directory.length} blocks for ${this.slots.length} slots`);
    }
    const columns = this.observedMs.length;
    const values = readNumbers(unpack(blob, entry), rows * columns);
    if (isGauge(measure)) addSteps(values, columns);
    return values;
  }

  absent(gauge: FrameGauge): Float64Array {
    return absentFrom(this.block(gauge, 0), this.observedMs.length);
  }
}

interface Entry {
  from: number;
  packedBytes: number;
  rawBytes: number;
  checksum: number;
}

function writeGauges(values: Float64Array, columns: number): Buffer {
  const steps = new Float64Array(values.length);
  for (let at = 0, before = 0; at < values.length; at++) {
    if (at % columns === 0) before = 0;
    const value = values[at] as number;
    const stored = Number.isNaN(value) ? 0 : checkFigure(value) + 1;
    const step = stored - before;
    steps[at] = step < 0 ? -2 * step - 1 : 2 * step;
    before = stored;
  }
  return writeNumbers(steps);
}

/** Back from steps to figures, in place. */
function addSteps(steps: Float64Array, columns: number): void {
  for (let start = 0; start < steps.length; start += columns) {
    let stored = 0;
    for (let at = start; at < start + columns; at++) {
      const step = steps[at] as number;
      if (step !== 0) stored += step % 2 === 0 ? step / 2 : -(step + 1) / 2;
      if (stored < 0) throw new Error("sealed block holds a figure below zero");
      steps[at] = stored === 0 ? Number.NaN : stored - 1;
    }
  }
}

function writeCounts(values: Float64Array): Buffer {
  for (const value of values) checkFigure(value);
  return writeNumbers(values);
}

function checkFigure(value: number): number {
  if (!Number.isInteger(value) || value < 0 || value > MAX_FIGURE) throw new RangeError(`not a figure: ${value}`);
  return value;
}

/** Numbers as varints; a 0 is followed by how many more zeros follow it. */
function writeNumbers(values: Float64Array): Buffer {
  const writer = new VarintWriter(64 + values.length);
  for (let at = 0; at < values.length; at++) {
    const value = values[at] as number;
    writer.write(value);
    if (value !== 0) continue;
    const first = at;
    while (at + 1 < values.length && values[at + 1] === 0) at++;
    writer.write(at - first);
  }
  return writer.finish();
}

function readNumbers(bytes: Uint8Array, count: number): Float64Array {
  const values = new Float64Array(count);
  const reader = new VarintReader(bytes, "sealed block");
  for (let at = 0; at < count; at++) {
    const value = reader.read();
    if (value !== 0) values[at] = value;
    else at += reader.read();
    if (at >= count) throw new Error("sealed block holds more zeros than cells");
  }
  if (!reader.atEnd) throw new Error("sealed block is longer than its cells");
  return values;
}

function writeSlots(slots: Int32Array): Buffer {
  const writer = new VarintWriter(16 + slots.length * 2);
  let previous = -1;
  for (const slot of slots) {
    if (slot <= previous) throw new Error(`slots must ascend: ${slot} after ${previous}`);
    writer.write(slot - previous - 1);
    previous = slot;
  }
  return writer.finish();
}

function unpackSlots(blob: Buffer): Int32Array {
  const reader = new VarintReader(unpackOnly(blob), "sealed list of slots");
  const slots: number[] = [];
  for (let slot = -1; !reader.atEnd; slots.push(slot)) {
    slot += reader.read() + 1;
    if (slot > 0x7fff_ffff) throw new Error("sealed list of slots holds a number beyond 2^31");
  }
  if (slots[0] !== 0) throw new Error("sealed list of slots does not begin with the whole keyspace");
  return Int32Array.from(slots);
}

function writeColumns({ observedMs, revisions }: Sealable, rows: number): Buffer {
  const writer = new VarintWriter(16 + observedMs.length * 6);
  writer.write(rows);
  writer.write(observedMs.length);
  for (const ms of observedMs) writer.write(ms);
  for (const revision of revisions) writer.write(revision);
  return writer.finish();
}

function unpackColumns(blob: Buffer): { rows: number; observedMs: Float64Array; revisions: Float64Array } {
  const reader = new VarintReader(unpackOnly(blob), "sealed columns");
  const rows = reader.read();
  const columns = reader.read();
  if (columns < 1 || columns > MAX_COLUMNS) throw new Error(`sealed stretch claims ${columns} columns`);
  const observedMs = Float64Array.from({ length: columns }, () => reader.read());
  const revisions = Float64Array.from({ length: columns }, () => reader.read());
  if (!reader.atEnd) throw new Error("sealed columns are longer than their number");
  return { rows, observedMs, revisions };
}

async function packBlocks(blocks: number, write: (block: number) => Buffer): Promise<Buffer> {
  const packed: Buffer[] = [];
  const directory = new VarintWriter(16 + blocks * 12);
  directory.write(blocks);
  for (let block = 0; block < blocks; block++) {
    const raw = write(block);
    const bytes = await deflate(raw, { level: DEFLATE_LEVEL });
    packed.push(bytes);
    directory.write(raw.length);
    directory.write(bytes.length);
    directory.write(crc32(bytes));
  }
  return Buffer.concat([directory.finish(), ...packed]);
}

function readDirectory(blob: Buffer): Entry[] {
  const reader = new VarintReader(blob, "sealed directory");
  const count = reader.read();
  if (count > blob.length) throw new Error(`sealed directory claims ${count} blocks in ${blob.length} bytes`);
  const entries = Array.from({ length: count }, () => {
    return { from: 0, rawBytes: reader.read(), packedBytes: reader.read(), checksum: reader.read() };
  });
  let from = reader.position;
  for (const entry of entries) {
    entry.from = from;
    from += entry.packedBytes;
  }
  if (from !== blob.length) throw new Error(`sealed blob of ${blob.length} bytes has a directory for ${from}`);
  return entries;
}

function unpack(blob: Buffer, { from, packedBytes, rawBytes, checksum }: Entry): Buffer {
  const packed = blob.subarray(from, from + packedBytes);
  if (crc32(packed) !== checksum) throw new Error("sealed block is damaged: its checksum differs");
  if (rawBytes > packedBytes * MAX_RATIO) throw new Error(`sealed block claims ${rawBytes} bytes from ${packedBytes}`);
  const raw = inflateRawSync(packed, { maxOutputLength: Math.max(1, rawBytes) });
  if (raw.length !== rawBytes) throw new Error(`sealed block has ${raw.length} bytes for ${rawBytes}`);
  return raw;
}

function unpackOnly(blob: Buffer): Buffer {
  const [entry, ...more] = readDirectory(blob);
  if (!entry || more.length > 0) throw new Error("sealed blob should have one block");
  return unpack(blob, entry);
}
