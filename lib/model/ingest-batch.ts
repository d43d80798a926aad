import { hash } from "node:crypto";
import { deflateRawSync, inflateRawSync } from "node:zlib";
import { type MemberConfig, packConfigs, unpackConfigs } from "@/lib/model/etcd-config-line";
import { INGEST_FAULT_NAMES, type IngestFaultName } from "@/lib/model/ingest-faults";
import { LOG_SIGNAL_KINDS, type LogSignal } from "@/lib/model/log-signals";
import { TextDictionary } from "@/lib/model/text-dictionary";
import type { TrafficEvent } from "@/lib/model/traffic";
import { VarintReader, VarintWriter } from "@/lib/model/varint";

/** Version of the layout; a reader refuses what it does not know. */
export const INGEST_BATCH_FORMAT = 1;
/** The same with configurations of members behind it. */
const FORMAT_WITH_CONFIGS = 2;
/** An event id is known by so many bytes of its SHA-256. */
export const EVENT_ID_BYTES = 8;
/** More events are spread over several batches. */
export const MAX_BATCH_EVENTS = 2_000;
/** A byte for its time, each text, each figure, and the flags. */
const MIN_EVENT_BYTES = 13;
const MAX_PAYLOAD_BYTES = 64 * 1024 * 1024;

/** What a sender told, reduced to what is counted. */
export interface IngestBatch {
  events: TrafficEvent[];
  /** `EVENT_ID_BYTES` of each event, in order; empty where events have no id. */
  eventIds: Buffer;
  faults: Map<IngestFaultName, number>;
  signals: LogSignal[];
  /** How members were started. */
  configs?: MemberConfig[];
}

/** As the row of `ingest_batch` holds it. */
export interface EncodedIngestBatch {
  format: number;
  events: number;
  payload: Buffer;
  eventIds: Buffer;
}

/** A batch with nothing in it. */
export function emptyIngestBatch(): IngestBatch {
  return { events: [], eventIds: Buffer.alloc(0), faults: new Map(), signals: [] };
}

/** The bytes by which an event is known again. */
export function digestEventId(id: string): Buffer {
  return hash("sha256", id, "buffer").subarray(0, EVENT_ID_BYTES);
}

/** Packs a batch. Throws when ids and events do not match, or a figure is no whole number that can be kept. */
export function encodeIngestBatch(batch: IngestBatch): EncodedIngestBatch {
  const { events, eventIds, faults, signals, configs = [] } = batch;
  if (eventIds.length !== 0 && eventIds.length !== events.length * EVENT_ID_BYTES) {
    throw new Error(`${eventIds.length} bytes of ids for ${events.length} events`);
  }
  const texts = new TextDictionary();
  const body = new VarintWriter(256 + events.length * 32);
  body.write(events.length);
  writeTimes(body, events);
  for (const event of events) writeEvent(body, event, texts);
  body.write(faults.size);
  for (const [fault, count] of faults) {
    body.write(INGEST_FAULT_NAMES.indexOf(fault));
    body.write(count);
  }
  body.write(signals.length);
  for (const signal of signals) writeSignal(body, signal, texts);
  if (configs.length > 0) body.write(texts.add(packConfigs(configs)));
  const payload = deflateRawSync(Buffer.concat([texts.toBytes(), body.finish()]), { level: 3 });
  const format = configs.length > 0 ? FORMAT_WITH_CONFIGS : INGEST_BATCH_FORMAT;
  return { format, events: events.length, payload, eventIds };
}

/** Unpacks what `encodeIngestBatch` made. Throws on an unknown format and on anything cut off, swollen or out of place. */
export function decodeIngestBatch(format: number, payload: Uint8Array, eventIds: Buffer): IngestBatch {
  if (format !== INGEST_BATCH_FORMAT && format !== FORMAT_WITH_CONFIGS) {
    throw new Error(`unknown ingest batch format ${format}; this version reads up to ${FORMAT_WITH_CONFIGS}`);
  }
  const bytes = inflateRawSync(payload, { maxOutputLength: MAX_PAYLOAD_BYTES });
  const { texts, bytesRead } = TextDictionary.read(bytes);
  const reader = new VarintReader(bytes.subarray(bytesRead), "ingest batch");
  const length = readLength(reader, Math.floor(bytes.length / MIN_EVENT_BYTES), "events");
  const times = readTimes(reader, length);
  const events = times.map((atMs) => readEvent(reader, atMs, texts));
  const faults = readFaults(reader, bytes.length);
  const signals = Array.from({ length: readLength(reader, bytes.length, "signals") }, () => readSignal(reader, texts));
  const configs = format === FORMAT_WITH_CONFIGS ? unpackConfigs(readText(reader, texts) ?? "") : [];
  if (!reader.atEnd) throw new Error("ingest batch has bytes behind its end");
  if (eventIds.length !== 0 && eventIds.length !== length * EVENT_ID_BYTES) {
    throw new Error(`ingest batch has ${eventIds.length} bytes of ids for ${length} events`);
  }
  return { events, eventIds, faults, signals, ...(configs.length > 0 && { configs }) };
}

/** Times lie close together, in any order: the first, then each as its distance from the one before. */
function writeTimes(writer: VarintWriter, events: readonly { atMs: number }[]): void {
  let previous = 0;
  for (const { atMs } of events) {
    writer.write(zigzag(atMs - previous));
    previous = atMs;
  }
}

function readTimes(reader: VarintReader, length: number): number[] {
  let previous = 0;
  return Array.from({ length }, () => {
    previous += unzigzag(reader.read());
    return previous;
  });
}

const TEXTS = ["verb", "resource", "namespace", "user", "userAgent", "sourceAddress"] as const;
const FIGURES = ["code", "durationMicros", "responseBytes", "etcdMicros", "queueMicros"] as const;
const FLAGS = ["isUnpaged", "isUncached", "isClusterWide"] as const;

function writeEvent(writer: VarintWriter, event: TrafficEvent, texts: TextDictionary): void {
  for (const name of TEXTS) writer.write(texts.add(event[name]));
  for (const name of FIGURES) writeFigure(writer, event[name]);
  writer.write(FLAGS.reduce((bits, name, index) => bits | (event[name] ? 1 << index : 0), 0));
}

function readEvent(reader: VarintReader, atMs: number, texts: readonly (string | null)[]): TrafficEvent {
  const event = { atMs } as TrafficEvent;
  for (const name of TEXTS) event[name] = readText(reader, texts);
  for (const name of FIGURES) event[name] = readFigure(reader);
  const bits = reader.read();
  if (bits >= 1 << FLAGS.length) throw new Error(`ingest batch has unknown flags ${bits}`);
  FLAGS.forEach((name, index) => {
    event[name] = (bits & (1 << index)) !== 0;
  });
  return event;
}

function readFaults(reader: VarintReader, maxLength: number): Map<IngestFaultName, number> {
  const faults = new Map<IngestFaultName, number>();
  for (let left = readLength(reader, maxLength, "faults"); left > 0; left--) {
    const index = reader.read();
    const name = INGEST_FAULT_NAMES[index];
    if (name === undefined) throw new Error(`ingest batch names an unknown fault ${index}`);
    faults.set(name, reader.read());
  }
  return faults;
}

function writeSignal(writer: VarintWriter, signal: LogSignal, texts: TextDictionary): void {
  writer.write(LOG_SIGNAL_KINDS.indexOf(signal.kind));
  writer.write(zigzag(signal.atMs));
  writeFigure(writer, signal.micros);
  writer.write(texts.add(signal.example));
}

function readSignal(reader: VarintReader, texts: readonly (string | null)[]): LogSignal {
  const index = reader.read();
  const kind = LOG_SIGNAL_KINDS[index];
  if (kind === undefined) throw new Error(`ingest batch names an unknown signal ${index}`);
  const atMs = unzigzag(reader.read());
  const micros = readFigure(reader);
  return { kind, micros, atMs, example: readText(reader, texts) ?? "" };
}

function readText(reader: VarintReader, texts: readonly (string | null)[]): string | null {
  const index = reader.read();
  const text = texts[index];
  if (text === undefined) throw new Error(`ingest batch names text ${index} of ${texts.length}`);
  return text;
}

/** Null is 0, a figure one more than itself. */
function writeFigure(writer: VarintWriter, figure: number | null): void {
  writer.write(figure === null ? 0 : figure + 1);
}

function readFigure(reader: VarintReader): number | null {
  const stored = reader.read();
  return stored === 0 ? null : stored - 1;
}

/** A length beyond what the bytes could hold is damage, not a reason to make room. */
function readLength(reader: VarintReader, maxLength: number, what: string): number {
  const length = reader.read();
  if (length > maxLength) throw new Error(`ingest batch claims ${length} ${what}, more than it has room for`);
  return length;
}

function zigzag(value: number): number {
  return value < 0 ? -value * 2 - 1 : value * 2;
}

function unzigzag(value: number): number {
  return value % 2 === 1 ? -(value + 1) / 2 : value / 2;
}
