import type { PatternMessage, PatternSeries, PatternWindow } from "@/lib/model/pattern-types";
import { findPatterns } from "@/lib/model/patterns";

export const START_MS = Date.parse("2026-03-01T12:00:00Z");
export const KIB = 1_024;

export interface WindowOptions {
  buckets?: number;
  stepSeconds?: number;
  /** Buckets nobody watched. */
  gap?: (bucket: number) => boolean;
  endsNow?: boolean;
}

/** A window of equal buckets. */
export function toWindow({ buckets = 120, stepSeconds = 30, gap = () => false, endsNow = false }: WindowOptions = {}) {
  const stepMs = stepSeconds * 1_000;
  const atMs = Array.from({ length: buckets }, (_, i) => START_MS + i * stepMs);
  const observedMs = atMs.map((_, i) => (gap(i) ? 0 : stepMs));
  const window: PatternWindow = {
    fromMs: START_MS,
    toMs: START_MS + buckets * stepMs,
    atMs,
    stepMs,
    observedMs,
    endsNow,
  };
  return window;
}

export interface SeriesShape {
  id: number;
  parentId?: number | null;
  prefix: string;
  kind?: "prefix" | "key";
  /** What happens in a bucket; keys and bytes follow from it unless given. */
  updates?: (bucket: number) => number;
  creates?: (bucket: number) => number;
  deletes?: (bucket: number) => number;
  keysAtStart?: number;
  bytesAtStart?: number;
  valueBytes?: number;
  liveBytes?: (bucket: number) => number;
}

/** A series as a shape describes it; NaN where nobody watched, as it is read from storage. */
export function toSeries(window: PatternWindow, shape: SeriesShape) {
  const { updates = none, creates = none, deletes = none, valueBytes = KIB } = shape;
  const count = window.atMs.length;
  const column = () => new Float64Array(count);
  const series = {
    ...{ id: shape.id, parentId: shape.parentId ?? null, prefix: shape.prefix, prefixBase64: null },
    ...{ kind: shape.kind ?? ("prefix" as const), puts: column(), creates: column(), deletes: column() },
    ...{ keys: column(), liveBytes: column() },
  } satisfies PatternSeries;
  let keys = shape.keysAtStart ?? 0;
  const startBytes = shape.bytesAtStart ?? keys * valueBytes;
  let grown = 0;
  for (let i = 0; i < count; i++) {
    const [made, gone, updated] = [creates(i), deletes(i), updates(i)];
    keys += made - gone;
    grown += (made - gone) * valueBytes;
    const isWatched = (window.observedMs[i] as number) > 0;
    const set = (values: Float64Array, value: number) => {
      values[i] = isWatched ? value : Number.NaN;
    };
    set(series.puts, made + updated);
    set(series.creates, made);
    set(series.deletes, gone);
    set(series.keys, keys);
    set(series.liveBytes, shape.liveBytes ? shape.liveBytes(i) : startBytes + grown);
  }
  return series;
}

function none(): number {
  return 0;
}

/** The series above some others: their sum. */
export function toSum(id: number, prefix: string, parts: readonly PatternSeries[], parentId: number | null = null) {
  const sum = (values: (part: PatternSeries) => ArrayLike<number>) =>
    Float64Array.from((parts[0] as PatternSeries).puts, (_, i) =>
      parts.reduce((total, part) => total + (values(part)[i] as number), 0),
    );
  const series: PatternSeries = {
    ...{ id, parentId, prefix, prefixBase64: null, kind: "prefix" },
    ...{ puts: sum((part) => part.puts), creates: sum((part) => part.creates), deletes: sum((part) => part.deletes) },
    keys: sum((part) => part.keys),
    liveBytes: sum((part) => part.liveBytes),
  };
  return series;
}

/** A message's sentence with its instants as UTC clock times. */
export function toText({ sentence, prefix, pattern }: PatternMessage): string {
  return sentence
    .map((part) => {
      if (part.kind === "text") return part.text;
      if (part.kind === "instant") return new Date(part.atMs).toISOString().slice(11, 16);
      return part.kind === "prefix" ? prefix : pattern;
    })
    .join("");
}

/** Repeatable chance. */
export class Chance {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0 || 1;
  }

  next(): number {
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 0x2c1b3c6d);
    mixed = Math.imul(mixed ^ (mixed >>> 12), 0x297a2d39);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  }

  /** How often something happens that happens `mean` times on the average, independently. */
  poisson(mean: number): number {
    if (mean > 500) return Math.max(0, Math.round(mean + Math.sqrt(mean) * this.normal()));
    let count = 0;
    for (let product = this.next(); product > Math.exp(-mean); product *= this.next()) count++;
    return count;
  }

  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.next())) * Math.cos(2 * Math.PI * this.next());
  }
}

/** What is told of one prefix in a keyspace with nothing else in it. */
export function tell(shape: Partial<SeriesShape>, options: WindowOptions = {}): PatternMessage[] {
  const window = toWindow(options);
  return findPatterns(window, [toSeries(window, { id: 0, prefix: "/a/", ...shape })]);
}

/** The patterns of messages, in order. */
export const names = (messages: readonly PatternMessage[]) => messages.map(({ pattern }) => pattern);

/** `much` in the buckets `[from, to)`, `little` in the others. */
export const within =
  (from: number, to: number, much: number, little = 0) =>
  (i: number) =>
    i >= from && i < to ? much : little;

/** True in the buckets `[from, to)`. */
export const between = (from: number, to: number) => (i: number) => i >= from && i < to;
