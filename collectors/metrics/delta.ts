import { MAX_PAGE_SERIES, type MetricPage, type PageSeries } from "@/collectors/metrics/page-reader";

/** A start that moved by less is the same one: it is told as boot time plus ticks, and clocks are put right. */
const SAME_START_SECONDS = 2;
const MAX_CARRIED_SERIES = 2 * MAX_PAGE_SERIES;
const START_TIME = "process_start_time_seconds";
const CPU_TIME = "process_cpu_seconds_total";

/** One reading, compared with the one before. */
export interface Reading {
  atMs: number;
  /** The reading it counts from; null: there is none. */
  fromMs: number | null;
  figures: { series: PageSeries; value: number }[];
  /** The process has been started anew since the reading before. */
  isRestart: boolean;
  /** Epoch milliseconds, by the target's clock; null: not told. */
  startedAtMs: number | null;
}

/** What was read last. */
interface Past {
  atMs: number;
  startSeconds: number | null;
  values: Map<string, number>;
  /** Not all series were kept: one that is new now may have been there. */
  isCut: boolean;
}

/** Remembers the last reading of a target, to tell what its counters have grown by. */
export class CounterMemory {
  #past: Past | null = null;
  /** A start of the process that was known before anything was read, such as from an earlier run. */
  #knownStartSeconds: number | null;

  constructor(knownStartedAt: Date | null = null) {
    this.#knownStartSeconds = knownStartedAt === null ? null : knownStartedAt.getTime() / 1_000;
  }

  /**
   * Compares a page with the last one that was kept. Of counters it tells what they grew by, unless that one is longer
   * ago than `maxSpanMs` or the process is another one. A single counter that went back has begun again at 0, as has
   * one that was not there.
   */
  compare(page: MetricPage, atMs: number, maxSpanMs: number): Reading {
    const startSeconds = figureOf(page, START_TIME);
    const isRestart = this.#isRestart(page, startSeconds);
    const past = this.#past;
    const isCountable = past !== null && !isRestart && atMs > past.atMs && atMs - past.atMs <= maxSpanMs;
    const figures: Reading["figures"] = [];
    for (const series of page.series.values()) {
      const value = series.kind === "gauge" ? series.value : isCountable ? growth(series, past) : null;
      if (value !== null) figures.push({ series, value });
    }
    const startedAtMs = startSeconds === null ? null : Math.round(startSeconds * 1_000);
    return { atMs, fromMs: isCountable ? past.atMs : null, figures, isRestart, startedAtMs };
  }

  /** The page is the one the next is compared with: to be called once it has been written. */
  keep(page: MetricPage, reading: Reading): void {
    // A series that is missing once has not begun anew when it is back.
    const carried = this.#past?.values ?? new Map<string, number>();
    const values = new Map(carried.size > MAX_CARRIED_SERIES || reading.isRestart ? [] : carried);
    for (const { key, kind, value } of page.series.values()) if (kind === "counter") values.set(key, value);
    const startSeconds = figureOf(page, START_TIME);
    this.#past = { atMs: reading.atMs, startSeconds, values, isCut: page.droppedSeries > 0 };
    this.#knownStartSeconds = startSeconds;
  }

  #isRestart(page: MetricPage, startSeconds: number | null): boolean {
    const before = this.#past?.startSeconds ?? this.#knownStartSeconds;
    if (startSeconds !== null && before !== null) return Math.abs(startSeconds - before) > SAME_START_SECONDS;
    const [cpuBefore, cpu] = [this.#past?.values.get(CPU_TIME), figureOf(page, CPU_TIME)];
    return cpuBefore !== undefined && cpu !== null && cpu < cpuBefore;
  }
}

function figureOf(page: MetricPage, name: string): number | null {
  return page.series.get(name)?.value ?? null;
}

/** Null: it may have been there before, uncounted. */
function growth({ key, value }: PageSeries, past: Past): number | null {
  const before = past.values.get(key);
  if (before === undefined) return past.isCut ? null : toMicros(value);
  if (value < before) return toMicros(value);
  return Number.isInteger(value) && Number.isInteger(before) ? value - before : toMicros(value, before);
}

/** To the millionth, so that what is left out of one step is in the next. */
function toMicros(value: number, before = 0): number {
  if (Number.isInteger(value) && before === 0) return value;
  return Math.max(0, Math.round(value * 1e6) - Math.round(before * 1e6)) / 1e6;
}
