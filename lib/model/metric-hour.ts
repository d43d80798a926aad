import { crc32, deflateSync, inflateSync } from "node:zlib";
import { doublesToBytes } from "@/lib/model/metric-frame";
import type { MetricKind } from "@/lib/model/metrics";
import { VarintReader, VarintWriter } from "@/lib/model/varint";

/**
 * The packed payload of one hour of one target by minutes, series by series. A head (how much of each minute was
 * observed, a directory of blocks, a checksum) and blocks of series, each deflated on its own: who reads a few series
 * unpacks a few blocks. A counter's minute is written as it is, a gauge's as the step from the one before; 0 stands for
 * "not read", and figures that are no whole number of millionths are kept as doubles.
 */

/** Version of the layout; a reader refuses what it does not know. */
export const METRIC_HOUR_FORMAT = 1;
/** Steps in an hour and their length, in milliseconds. */
export const HOUR_COLUMNS = 60;
export const HOUR_STEP_MS = 60_000;

/** An hour by minutes; NaN where nothing was read. */
export interface MetricHour {
  /** Of each minute, in milliseconds, whole. */
  observedMs: Float64Array;
  series: Map<number, Float64Array>;
}

const BLOCK_SERIES = 64;
const DOUBLE_BYTES = 8;
const MAX_BLOCK_BYTES = BLOCK_SERIES * (HOUR_COLUMNS + 1) * DOUBLE_BYTES * 2;
const FORM = { counts: 0, countMicros: 1, steps: 2, stepMicros: 3, doubles: 4 } as const;
const FORMS = 8;
const DEFLATE_LEVEL = 6;
/** Steps are written with a sign and shifted by one: figures stay a bit below what a varint can hold. */
const MAX_FIGURE = 2 ** 50;

/** Packs an hour. Throws on a row of another length. */
export function encodeMetricHour({ observedMs, series }: MetricHour, kindOf: (id: number) => MetricKind): Buffer {
  const ids = [...series.keys()].sort((a, b) => a - b);
  const blocks: { firstId: number; count: number; packed: Buffer }[] = [];
  for (let start = 0; start < ids.length; start += BLOCK_SERIES) {
    const part = ids.slice(start, start + BLOCK_SERIES);
    const rows = part.map((id) => ({ id, kind: kindOf(id), values: series.get(id) as Float64Array }));
    blocks.push({ firstId: part[0] as number, count: part.length, packed: packBlock(rows) });
  }
  const head = new VarintWriter(512);
  for (let column = 0; column < HOUR_COLUMNS; column++) head.write(Math.round(observedMs[column] ?? 0));
  head.write(blocks.length);
  for (const { firstId, count, packed } of blocks)
    for (const figure of [firstId, count, packed.length]) head.write(figure);
  const headBytes = head.finish();
  const preface = Buffer.alloc(8);
  preface.writeUInt32LE(headBytes.length, 0);
  preface.writeUInt32LE(crc32(headBytes), 4);
  return Buffer.concat([preface, headBytes, ...blocks.map(({ packed }) => packed)]);
}

/**
 * Unpacks what `encodeMetricHour` made: the series that are `wanted`, all by default. Throws on an unknown format and
 * on damage in what it reads.
 */
export function decodeMetricHour(
  format: number,
  payload: Uint8Array,
  wanted: ReadonlySet<number> | null = null,
): MetricHour {
  if (format !== METRIC_HOUR_FORMAT) {
    throw new Error(`unknown metric hour format ${format}; this version reads ${METRIC_HOUR_FORMAT}`);
  }
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
  const { reader, endsAt } = openHead(bytes);
  const observedMs = new Float64Array(HOUR_COLUMNS);
  for (let column = 0; column < HOUR_COLUMNS; column++) observedMs[column] = reader.read();
  const series = new Map<number, Float64Array>();
  const blocks = readDirectory(reader);
  let at = endsAt;
  for (const { firstId, count, packedBytes, lastId } of blocks) {
    if (at + packedBytes > bytes.length) throw new Error("metric hour is cut off");
    const isWanted = wanted === null || hasBetween(wanted, firstId, lastId);
    if (isWanted) unpackBlock(bytes.subarray(at, at + packedBytes), { firstId, count, wanted, series });
    at += packedBytes;
  }
  if (at !== bytes.length) throw new Error("metric hour is longer than its blocks");
  return { observedMs, series };
}

function openHead(bytes: Buffer): { reader: VarintReader; endsAt: number } {
  if (bytes.length < 8) throw new Error("metric hour is cut off");
  const endsAt = 8 + bytes.readUInt32LE(0);
  if (endsAt > bytes.length) throw new Error("metric hour is cut off");
  const head = bytes.subarray(8, endsAt);
  if (crc32(head) !== bytes.readUInt32LE(4)) throw new Error("metric hour is damaged");
  return { reader: new VarintReader(head, "metric hour"), endsAt };
}

function readDirectory(reader: VarintReader) {
  const blocks = Array.from({ length: Math.min(reader.read(), 1e6) }, () => ({
    firstId: reader.read(),
    count: reader.read(),
    packedBytes: reader.read(),
  }));
  return blocks.map((block, i) => ({ ...block, lastId: (blocks[i + 1]?.firstId ?? Number.POSITIVE_INFINITY) - 1 }));
}

function hasBetween(wanted: ReadonlySet<number>, firstId: number, lastId: number): boolean {
  for (const id of wanted) if (id >= firstId && id <= lastId) return true;
  return false;
}

interface HourRow {
  id: number;
  kind: MetricKind;
  values: Float64Array;
}

function packBlock(rows: readonly HourRow[]): Buffer {
  const writer = new VarintWriter(rows.length * (HOUR_COLUMNS + 4));
  const doubles: number[] = [];
  let previous = (rows[0]?.id ?? 0) - 1;
  for (const { id, kind, values } of rows) {
    if (values.length !== HOUR_COLUMNS) throw new Error(`an hour has ${HOUR_COLUMNS} columns, not ${values.length}`);
    const form = formOfRow(values, kind);
    writer.write((id - previous - 1) * FORMS + form);
    previous = id;
    if (form === FORM.doubles) doubles.push(...values);
    else writeRow(writer, form, values);
  }
  return deflateSync(Buffer.concat([writer.finish(), doublesToBytes(doubles)]), { level: DEFLATE_LEVEL });
}

function formOfRow(values: Float64Array, kind: MetricKind): number {
  const [whole, micros] = kind === "counter" ? [FORM.counts, FORM.countMicros] : [FORM.steps, FORM.stepMicros];
  if (values.every((value) => Number.isNaN(value) || fits(value, 1, kind))) return whole;
  return values.every((value) => Number.isNaN(value) || fits(value, 1e6, kind)) ? micros : FORM.doubles;
}

function fits(value: number, scale: number, kind: MetricKind): boolean {
  const figure = Math.round(value * scale);
  if (Math.abs(figure) > MAX_FIGURE || (kind === "counter" && figure < 0)) return false;
  return figure / scale === value;
}

function writeRow(writer: VarintWriter, form: number, values: Float64Array): void {
  const scale = form === FORM.countMicros || form === FORM.stepMicros ? 1e6 : 1;
  const isSteps = form === FORM.steps || form === FORM.stepMicros;
  let previous = 0;
  for (const value of values) {
    if (Number.isNaN(value)) {
      writer.write(0);
      continue;
    }
    const figure = Math.round(value * scale) + 0;
    writer.write(1 + (isSteps ? zigzag(figure - previous) : figure));
    previous = figure;
  }
}

function unpackBlock(
  packed: Buffer,
  into: { firstId: number; count: number; wanted: ReadonlySet<number> | null; series: Map<number, Float64Array> },
): void {
  const { firstId, count, wanted, series } = into;
  if (count > BLOCK_SERIES) throw new Error(`metric hour has a block of ${count} series`);
  const bytes = inflateSync(packed, { maxOutputLength: MAX_BLOCK_BYTES });
  const reader = new VarintReader(bytes, "metric hour");
  const doubles: Float64Array[] = [];
  let id = firstId - 1;
  for (let i = 0; i < count; i++) {
    const head = reader.read();
    id += Math.floor(head / FORMS) + 1;
    const values = new Float64Array(HOUR_COLUMNS);
    if (head % FORMS === FORM.doubles) doubles.push(values);
    else readRow(reader, head % FORMS, values);
    if (wanted === null || wanted.has(id)) series.set(id, values);
  }
  if (bytes.length !== reader.position + doubles.length * HOUR_COLUMNS * DOUBLE_BYTES) {
    throw new Error("metric hour has a block of another length");
  }
  let at = reader.position;
  for (const values of doubles) {
    for (let column = 0; column < HOUR_COLUMNS; column++, at += DOUBLE_BYTES) values[column] = bytes.readDoubleLE(at);
  }
}

function readRow(reader: VarintReader, form: number, values: Float64Array): void {
  if (form > FORM.doubles) throw new Error(`metric hour has a row of form ${form}`);
  const scale = form === FORM.countMicros || form === FORM.stepMicros ? 1e6 : 1;
  const isSteps = form === FORM.steps || form === FORM.stepMicros;
  let previous = 0;
  for (let column = 0; column < HOUR_COLUMNS; column++) {
    const written = reader.read();
    if (written === 0) {
      values[column] = Number.NaN;
      continue;
    }
    previous = isSteps ? previous + unzigzag(written - 1) : written - 1;
    values[column] = previous / scale;
  }
}

function zigzag(step: number): number {
  return step < 0 ? -step * 2 - 1 : step * 2;
}

function unzigzag(written: number): number {
  return written % 2 === 0 ? written / 2 : -(written + 1) / 2;
}
