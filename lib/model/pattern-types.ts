/** The patterns by name, the most pressing first. What each is stands in `docs/patterns.md`. */
export const PATTERNS = [
  "storm",
  "hot-loop",
  "leak",
  "drain",
  "sequential-create",
  "churn",
  "periodic",
  "heartbeat",
  "cold",
] as const;
export type Pattern = (typeof PATTERNS)[number];

/** `warning`: look at it. `notice`: worth knowing. `info`: how this cluster is, no fault. */
export type PatternSeverity = "warning" | "notice" | "info";

/** The time that is looked at, cut into equal buckets. */
export interface PatternWindow {
  /** The time asked for; the first and last bucket may reach beyond it. */
  fromMs: number;
  toMs: number;
  /** Start of each bucket. */
  atMs: readonly number[];
  stepMs: number;
  /** How much of each bucket was watched; 0: a gap. */
  observedMs: ArrayLike<number>;
  /** The window reaches up to now: what is going on in its last bucket has not ended. */
  endsNow: boolean;
}

/** One prefix (or one key) over the window. Where a bucket was not watched nothing is read of it. */
export interface PatternSeries {
  id: number;
  /** The nearest prefix above that is looked at as well; null for the whole keyspace. */
  parentId: number | null;
  prefix: string;
  prefixBase64: string | null;
  kind: "prefix" | "key";
  /** What happened in each bucket. */
  puts: ArrayLike<number>;
  creates: ArrayLike<number>;
  deletes: ArrayLike<number>;
  /** What there was at the end of each bucket. */
  keys: ArrayLike<number>;
  liveBytes: ArrayLike<number>;
}

export const PATTERN_FIGURES = [
  "writesPerSecond",
  "putsPerSecond",
  "createsPerSecond",
  "deletesPerSecond",
  "usualPerSecond",
  "writes",
  "creates",
  "deletes",
  "keys",
  "keysBefore",
  "liveBytes",
  "growthBytes",
  "growthKeys",
  "growthRatio",
  "bytesPerDay",
  "periodSeconds",
  "times",
] as const;
export type PatternFigure = (typeof PATTERN_FIGURES)[number];
export type PatternFigures = Partial<Record<PatternFigure, number>>;

/** A pattern found in one series, before the prefixes are compared with each other. */
export interface Finding {
  pattern: Pattern;
  series: PatternSeries;
  /** Buckets `[from, to)`; of something that came more than once, the greatest. */
  from: number;
  to: number;
  /** All of its times, the greatest first. */
  runs: { from: number; to: number }[];
  /** How much of the thing the pattern is about, at all times: writes, keys or bytes. */
  amount: number;
  figures: PatternFigures;
}

/** A piece of a sentence. The reader's time zone is not known here, so an instant stays one. */
export type SentencePart =
  | { kind: "prefix" }
  | { kind: "pattern" }
  | { kind: "text"; text: string }
  | { kind: "instant"; atMs: number };

/** A pattern as it is told. */
export interface PatternMessage {
  pattern: Pattern;
  severity: PatternSeverity;
  prefix: string;
  prefixBase64: string | null;
  kind: "prefix" | "key";
  fromMs: number;
  toMs: number;
  /** It was still so at the end of the window, which is now. */
  lasts: boolean;
  /** Its part of the same thing in the whole keyspace, 0 to 1. */
  share: number;
  figures: PatternFigures;
  sentence: SentencePart[];
}
