/**
 * A heatmap as it travels, little-endian: the magic number "HEAT", a format version and the length of the head as
 * uint32 each, the head as JSON (padded with spaces to a multiple of four bytes), then one float32 a cell, row by row.
 */

/** What a heatmap can show of every row. */
export const HEAT_MEASURES = ["writes", "writtenBytes", "deletes", "liveBytesChange", "historyBytes"] as const;
export type HeatMeasure = (typeof HEAT_MEASURES)[number];
export type HeatUnit = "perSecond" | "bytesPerSecond" | "bytes";

/** The name of a row. */
export interface HeatRowName {
  prefix: string;
  prefixBase64: string | null;
  /** `rest`: what lies under the prefix beside the rows before it. */
  kind: "prefix" | "rest";
  depth: number;
}

/** Everything about a heatmap but its cells. */
export interface HeatHead {
  measure: HeatMeasure;
  unit: HeatUnit;
  /** The prefix that was asked for; all rows together are it. */
  prefix: string;
  prefixBase64: string | null;
  rows: HeatRowName[];
  /** Start of each column, and how long it was watched. */
  atMs: number[];
  observedMs: number[];
  stepMs: number;
  origin: "exact" | "sampled" | "estimated";
  /** Of the known cells; null when there is none. */
  min: number | null;
  max: number | null;
  /** The range asked for; the first column may begin before it. */
  range: { from: string; to: string; observedSeconds: number };
  /** Cells are the difference to the same columns this much earlier; null: nothing is compared. */
  compare: { from: string; to: string; shiftMs: number } | null;
}

/** A heatmap: the value of row r in column c stands at `[r * columns + c]`. NaN: nobody watched, or not known. */
export interface HeatMatrix {
  head: HeatHead;
  values: Float32Array;
}

export const HEAT_FORMAT = 1;
const MAGIC = 0x54_41_45_48; // "HEAT" as bytes
const PREAMBLE_BYTES = 12;

/** Packs a matrix. Throws when its cells do not fill its rows and columns. */
export function encodeHeatMatrix({ head, values }: HeatMatrix): Uint8Array<ArrayBuffer> {
  const cells = head.rows.length * head.atMs.length;
  if (values.length !== cells) throw new Error(`heatmap has ${values.length} values for ${cells} cells`);
  const json = new TextEncoder().encode(JSON.stringify(head));
  const headBytes = Math.ceil(json.length / 4) * 4;
  const bytes = new Uint8Array(PREAMBLE_BYTES + headBytes + cells * 4);
  const view = new DataView(bytes.buffer);
  [MAGIC, HEAT_FORMAT, headBytes].forEach((word, place) => {
    view.setUint32(place * 4, word, true);
  });
  bytes.fill(0x20, PREAMBLE_BYTES, PREAMBLE_BYTES + headBytes).set(json, PREAMBLE_BYTES);
  if (isLittleEndian()) bytes.set(toBytes(values), PREAMBLE_BYTES + headBytes);
  else for (let i = 0; i < cells; i++) view.setFloat32(PREAMBLE_BYTES + headBytes + i * 4, values[i] as number, true);
  return bytes;
}

/** Unpacks what `encodeHeatMatrix` made. Throws on anything else, cut off or with a tail. */
export function decodeHeatMatrix(buffer: ArrayBuffer): HeatMatrix {
  if (buffer.byteLength < PREAMBLE_BYTES) throw damaged("it is shorter than its preamble");
  const view = new DataView(buffer);
  if (view.getUint32(0, true) !== MAGIC) throw damaged("it does not begin with HEAT");
  const format = view.getUint32(4, true);
  if (format !== HEAT_FORMAT) throw damaged(`format ${format}, this version reads ${HEAT_FORMAT}`);
  const headBytes = view.getUint32(8, true);
  const from = PREAMBLE_BYTES + headBytes;
  if (headBytes % 4 !== 0 || from > buffer.byteLength) throw damaged("its head is cut off");
  const head = parseHead(new Uint8Array(buffer, PREAMBLE_BYTES, headBytes));
  const cells = head.rows.length * head.atMs.length;
  if (buffer.byteLength !== from + cells * 4) throw damaged(`${buffer.byteLength - from} bytes for ${cells} cells`);
  if (isLittleEndian()) return { head, values: new Float32Array(buffer, from, cells) };
  return { head, values: Float32Array.from({ length: cells }, (_, i) => view.getFloat32(from + i * 4, true)) };
}

function parseHead(bytes: Uint8Array): HeatHead {
  let head: HeatHead;
  try {
    head = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)) as HeatHead;
  } catch {
    throw damaged("its head is not JSON");
  }
  const isWhole = Array.isArray(head?.rows) && Array.isArray(head.atMs) && head.observedMs?.length === head.atMs.length;
  if (!isWhole) throw damaged("its head lacks rows or columns");
  return head;
}

function damaged(why: string): Error {
  return new Error(`The heatmap cannot be read: ${why}.`);
}

function toBytes({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function isLittleEndian(): boolean {
  return new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;
}
