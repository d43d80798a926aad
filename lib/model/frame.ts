import { VarintReader, VarintWriter } from "@/lib/model/varint";

/**
 * The packed payload of one keyspace frame: the slots that were written to in a slice of time, and eight figures of
 * each. Column by column, so that equal magnitudes lie together: varint slot count, slots as gaps, then each measure.
 */

/** Version byte of the layout; a reader refuses what it does not know. */
export const FRAME_FORMAT = 2;

/** Absolute figures at the end of the slice, then what happened within it. */
export const FRAME_GAUGES = ["keys", "keyBytes", "valueBytes", "historyBytes"] as const;
export const FRAME_COUNTERS = ["puts", "creates", "deletes", "writtenBytes"] as const;
export const FRAME_MEASURES = [...FRAME_GAUGES, ...FRAME_COUNTERS] as const;
export type FrameGauge = (typeof FRAME_GAUGES)[number];
export type FrameCounter = (typeof FRAME_COUNTERS)[number];
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
  if (format !== FRAME_FORMAT && format !== 1) {
    throw new Error(`unknown frame format ${format}; this version reads 1 and ${FRAME_FORMAT}`);
  }
  const reader = new VarintReader(payload, "frame payload");
  const length = reader.read();
  if (length > payload.length) throw new Error(`frame claims ${length} cells in ${payload.length} bytes`);
  const cells = emptyFrameCells(length);
  let slot = -1;
  for (let i = 0; i < length; i++) {
    slot += reader.read() + 1;
    cells.slots[i] = slot;
  }
  for (const measure of FRAME_MEASURES) {
    if (format === 1 && measure === "historyBytes") continue; // came with format 2
    const column = cells[measure];
    for (let i = 0; i < length; i++) column[i] = reader.read();
  }
  if (!reader.atEnd) throw new Error("frame payload is longer than its cells");
  return cells;
}
