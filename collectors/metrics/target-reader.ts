import type { CostMeter } from "@/collectors/cost-meter";
import { ClockBounds } from "@/collectors/metrics/clock-bounds";
import { CounterMemory } from "@/collectors/metrics/delta";
import type { ScrapeAccess } from "@/collectors/metrics/endpoint-url";
import type { Catalogue, MetricPage } from "@/collectors/metrics/page-reader";
import { scrape } from "@/collectors/metrics/scrape";
import type { SeriesDictionary } from "@/collectors/metrics/series-dictionary";
import { findTarget, type KnownTarget, writeFailure, writeReading } from "@/collectors/metrics/write";
import type { Db } from "@/lib/db/client";
import type { MetricSource } from "@/lib/model/metrics";

/** What all targets of a source have in common. */
export interface SourceContext {
  db: Db;
  clusterId: number;
  source: MetricSource;
  access: ScrapeAccess;
  catalogue: Catalogue;
  dictionary: SeriesDictionary;
  timeoutMs: number;
  meter?: CostMeter;
}

/** What one reading was like. */
export interface ReadingNote {
  tookMs: number;
  badLines: number;
  /** Series of the page for which there was no room. */
  droppedSeries: number;
}

export interface ReadOptions {
  signal: AbortSignal;
  /** A reading longer ago is none to count from. */
  maxSpanMs: number;
  /** Whose process it is, for the timeline. */
  subject: string;
  /** Told whose page it is (null: it does not say) before anything is written. By throwing it refuses the page. */
  accept(memberId: string | null): void;
}

/** The page was read; Postgres did not take it. The next reading counts from the last one that was written. */
export class NotWrittenError extends Error {
  override name = "NotWrittenError";
}

/** Reads the metrics page at one URL, time and again, and writes what it says. */
export class TargetReader {
  readonly url: string;
  #context: SourceContext;
  #known: { target: KnownTarget; memory: CounterMemory } | null = null;
  #clock: { memberId: string | null; bounds: ClockBounds } = { memberId: null, bounds: new ClockBounds() };

  constructor(context: SourceContext, url: string) {
    this.#context = context;
    this.url = url;
  }

  /** One reading. Throws when there is no page, when it is refused, and when it cannot be written. */
  async read({ signal, maxSpanMs, subject, accept }: ReadOptions): Promise<ReadingNote> {
    const { db, clusterId, dictionary } = this.#context;
    const answer = await this.#scrape(signal);
    const memberId = memberIdOf(answer.page);
    accept(memberId);
    try {
      const { target, memory } = await this.#know();
      const { targetId } = target;
      const reading = memory.compare(answer.page, answer.at.getTime(), maxSpanMs);
      const clockAhead = answer.clock === null ? null : this.#clockOf(memberId).add(answer.clock);
      await writeReading(db, clusterId, dictionary, {
        ...{ targetId, scrape: answer, reading, memberId, subject, clockAhead },
      });
      memory.keep(answer.page, reading);
    } catch (error) {
      throw new NotWrittenError("a reading was not written", { cause: error });
    }
    const unnumbered = [...answer.page.series.keys()].filter((key) => dictionary.idOf(key) === undefined).length;
    const { badLines, droppedSeries } = answer.page;
    return { tookMs: answer.tookMs, badLines, droppedSeries: droppedSeries + unnumbered };
  }

  /** Notes at the target why it could not be read. */
  async fail(reason: string): Promise<void> {
    const { db, clusterId } = this.#context;
    await writeFailure(db, clusterId, (await this.#know()).target.targetId, reason);
  }

  async #scrape(signal: AbortSignal) {
    const { access, catalogue, timeoutMs, meter } = this.#context;
    const startedMs = performance.now();
    let bodyBytes = 0;
    try {
      const answer = await scrape({ url: this.url, access, catalogue, timeoutMs, signal });
      bodyBytes = answer.bodyBytes;
      return answer;
    } finally {
      meter?.addRequest(performance.now() - startedMs, bodyBytes);
    }
  }

  /** Another member behind the same URL has another clock. */
  #clockOf(memberId: string | null): ClockBounds {
    if (this.#clock.memberId !== memberId) this.#clock = { memberId, bounds: new ClockBounds() };
    return this.#clock.bounds;
  }

  async #know() {
    if (this.#known === null) {
      const { db, clusterId, source } = this.#context;
      const target = await findTarget(db, clusterId, { source, url: this.url });
      this.#known = { target, memory: new CounterMemory(target.startedAt) };
    }
    return this.#known;
  }
}

/** The member's id as 16 hex digits, as its page tells since etcd 3.4. */
function memberIdOf(page: MetricPage): string | null {
  for (const { name, labels } of page.series.values()) {
    const id = name === "etcd_server_id" ? labels.server_id : undefined;
    if (id !== undefined && /^[0-9a-f]{1,16}$/i.test(id)) return id.toLowerCase().padStart(16, "0");
  }
  return null;
}
