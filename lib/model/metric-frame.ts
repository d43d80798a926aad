import { deflateSync, inflateSync } from "node:zlib";
import { VarintReader, VarintWriter } from "@/lib/model/varint";

/**
 * The packed payload of one reading of one target: series by ascending id, each with what it stands at (gauge) or has
 * grown by (counter). Most figures are small whole numbers; parts of a second are whole microseconds, marked as such;
 * the rare rest is kept as a double. Deflated, with deflate's own checksum.
 */

/** Version of the layout; a reader refuses what it does not know. */
export const METRIC_FRAME_FORMAT = 1;

/** Figures by series id, ascending; every figure is finite. */
export interface MetricCells {
  ids: Int32Array;
  values: Float64Array;
}

/** How a figure is written: whole, millionths, whole below zero, a double. */
export const FORM = { whole: 0, micros: 1, negative: 2, double: 3 } as const;

const FORMS = 4;
const DOUBLE_BYTES = 8;
const DEFLATE_LEVEL = 6;
/** A page of metrics has at most some ten thousand series; what unpacks to more is no payload of ours. */
const MAX_UNPACKED_BYTES = 8 * 1024 ** 2;

/** Packs a reading. Throws when ids do not ascend or a figure is not finite. */
export function encodeMetricFrame({ ids, values }: MetricCells): Buffer {
  const forms = Uint8Array.from(values, formOf);
  const writer = new VarintWriter(16 + ids.length * 4);
  writer.write(ids.length);
  let previous = -1;
  for (let i = 0; i < ids.length; i++) {
    const id = ids[i] as number;
    if (id <= previous) throw new Error(`series must ascend: ${id} after ${previous}`);
    writer.write((id - previous - 1) * FORMS + (forms[i] as number));
    previous = id;
  }
  const doubles: number[] = [];
  for (let i = 0; i < ids.length; i++) writeFigure(writer, forms[i] as number, values[i] as number, doubles);
  return deflateSync(Buffer.concat([writer.finish(), doublesToBytes(doubles)]), { level: DEFLATE_LEVEL });
}

/** Unpacks what `encodeMetricFrame` made. Throws on an unknown format and on a damaged payload. */
export function decodeMetricFrame(format: number, payload: Uint8Array): MetricCells {
  if (format !== METRIC_FRAME_FORMAT) {
    throw new Error(`unknown metric frame format ${format}; this version reads ${METRIC_FRAME_FORMAT}`);
  }
  const bytes = inflateSync(payload, { maxOutputLength: MAX_UNPACKED_BYTES });
  const reader = new VarintReader(bytes, "metric frame");
  const length = reader.read();
  if (length > bytes.length) throw new Error(`metric frame claims ${length} series in ${bytes.length} bytes`);
  const ids = new Int32Array(length);
  const forms = new Uint8Array(length);
  let id = -1;
  for (let i = 0; i < length; i++) {
    const head = reader.read();
    forms[i] = head % FORMS;
    id += Math.floor(head / FORMS) + 1;
    if (id > 0x7fffffff) throw new Error(`metric frame names series ${id}`);
    ids[i] = id;
  }
  const values = new Float64Array(length);
  for (let i = 0; i < length; i++) values[i] = readFigure(reader, forms[i] as number);
  readDoubles(bytes, reader.position, { forms, values });
  return { ids, values };
}

/** The shortest form that gives a figure back exactly. */
export function formOf(value: number): number {
  if (!Number.isFinite(value)) throw new RangeError(`not a figure: ${value}`);
  if (Number.isSafeInteger(value)) return value < 0 || Object.is(value, -0) ? FORM.negative : FORM.whole;
  const micros = Math.round(value * 1e6);
  return value > 0 && Number.isSafeInteger(micros) && micros / 1e6 === value ? FORM.micros : FORM.double;
}

/** Doubles have their place behind the varints: they are gathered in `doubles`. */
function writeFigure(writer: VarintWriter, form: number, value: number, doubles: number[]): void {
  if (form === FORM.whole) writer.write(value);
  else if (form === FORM.micros) writer.write(Math.round(value * 1e6));
  else if (form === FORM.negative) writer.write(-value + 0);
  else doubles.push(value);
}

function readFigure(reader: VarintReader, form: number): number {
  if (form === FORM.whole) return reader.read();
  if (form === FORM.micros) return reader.read() / 1e6;
  return form === FORM.negative ? -reader.read() : 0;
}

/** Doubles as they lie in memory, lowest byte first. */
export function doublesToBytes(doubles: readonly number[]): Buffer {
  const bytes = Buffer.allocUnsafe(doubles.length * DOUBLE_BYTES);
  for (const [i, value] of doubles.entries()) bytes.writeDoubleLE(value, i * DOUBLE_BYTES);
  return bytes;
}

/** Fills in the doubles, which begin at `offset` and must end with the payload. */
function readDoubles(bytes: Buffer, offset: number, { forms, values }: { forms: Uint8Array; values: Float64Array }) {
  let at = offset;
  for (let i = 0; i < forms.length; i++) {
    if (forms[i] !== FORM.double) continue;
    if (at + DOUBLE_BYTES > bytes.length) throw new Error("metric frame is cut off");
    const value = bytes.readDoubleLE(at);
    if (!Number.isFinite(value)) throw new Error("metric frame holds a figure that is not finite");
    values[i] = value;
    at += DOUBLE_BYTES;
  }
  if (at !== bytes.length) throw new Error("metric frame is longer than its series");
}
