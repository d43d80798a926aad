/**
 * The packed payload of one keyspace frame: the slots that were written to in a slice of time, and seven figures of
 * each. Column by column, so that equal magnitudes lie together: varint slot count, slots as gaps, then each measure.
 */

/** Version byte of the layout; a reader refuses what it does not know. */
export const FRAME_FORMAT = 1;

/** Absolute figures at the end of the slice, then what happened within it. */
export const FRAME_MEASURES = ["keys", "keyBytes", "valueBytes", "puts", "creates", "deletes", "writtenBytes"] as const;
export type FrameMeasure = (typeof FRAME_MEASURES)[number];

/** The cells of a frame, one array a measure; `slots` ascends. */
export type FrameCells = { length: number; slots: Int32Array } & Record<FrameMeasure, Float64Array>;

/** Room for `length` cells, all zero. */
export function emptyFrameCells(length: number): FrameCells {
  const cells = { length, slots: new Int32Array(length) } as FrameCells;
  for (const measure of FRAME_MEASURES) cells[measure] = new Float64Array(length);
  return cells;
}

/** Packs cells. Throws when slots do not ascend or a figure is not a safe non-negative integer. */
export function encodeFrame(cells: FrameCells): Buffer {
  const writer = new VarintWriter(16 + cells.length * 16);
  writer.write(cells.length);
  let previous = -1;
  for (let i = 0; i < cells.length; i++) {
    const slot = cells.slots[i] as number;
    if (slot <= previous) throw new Error(`frame slots must ascend: ${slot} after ${previous}`);
    writer.write(slot - previous - 1);
    previous = slot;
  }
  for (const measure of FRAME_MEASURES) {
    const column = cells[measure];
    for (let i = 0; i < cells.length; i++) writer.write(column[i] as number);
  }
  return writer.finish();
}

/** Unpacks what `encodeFrame` made. Throws on an unknown format and on a payload that is cut off or has a tail. */
export function decodeFrame(format: number, payload: Uint8Array): FrameCells {
  if (format !== FRAME_FORMAT) throw new Error(`unknown frame format ${format}; this version reads ${FRAME_FORMAT}`);
  const reader = new VarintReader(payload);
  const length = reader.read();
  if (length > payload.length) throw new Error(`frame claims ${length} cells in ${payload.length} bytes`);
  const cells = emptyFrameCells(length);
  let slot = -1;
  for (let i = 0; i < length; i++) {
    slot += reader.read() + 1;
    cells.slots[i] = slot;
  }
  for (const measure of FRAME_MEASURES) {
    const column = cells[measure];
    for (let i = 0; i < length; i++) column[i] = reader.read();
  }
  if (!reader.atEnd) throw new Error("frame payload is longer than its cells");
  return cells;
}

const MAX_VARINT_BYTES = 8; // 2^53 needs 8 groups of 7 bits

class VarintWriter {
  #buffer: Buffer;
  #length = 0;

  constructor(capacityBytes: number) {
    this.#buffer = Buffer.allocUnsafe(capacityBytes);
  }

  write(value: number): void {
    if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`not a frame figure: ${value}`);
    if (this.#length + MAX_VARINT_BYTES > this.#buffer.length) this.#grow();
    let rest = value;
    while (rest > 0x7f) {
      this.#buffer[this.#length++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.#buffer[this.#length++] = rest;
  }

  finish(): Buffer {
    return this.#buffer.subarray(0, this.#length);
  }

  #grow(): void {
    const larger = Buffer.allocUnsafe(this.#buffer.length * 2 + MAX_VARINT_BYTES);
    this.#buffer.copy(larger, 0, 0, this.#length);
    this.#buffer = larger;
  }
}

class VarintReader {
  #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get atEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  read(): number {
    let value = 0;
    let scale = 1;
    for (let i = 0; i < MAX_VARINT_BYTES; i++) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined) throw new Error("frame payload is cut off");
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 0x80;
    }
    throw new Error("frame payload holds a number beyond 2^53");
  }
}
