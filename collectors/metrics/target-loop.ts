import { setTimeout as sleep } from "node:timers/promises";
import { explainScrape } from "@/collectors/metrics/explain-scrape";
import {
  NotWrittenError,
  type ReadingNote,
  type SourceContext,
  TargetReader,
} from "@/collectors/metrics/target-reader";
import { MAX_FRAME_SPAN_MS } from "@/lib/db/metric-rows";
import type { Log } from "@/lib/log";

/** One process whose page is to be read. */
export interface TargetPlan {
  /** Tells plans apart from one planning to the next. */
  key: string;
  /** A member's name, or an address. */
  subject: string;
  /** Whose page it must be; null: anybody's. */
  memberId: string | null;
  /** Where the page may be found, the likeliest first. */
  urls: readonly string[];
}

/** How the last reading of a target went. */
export type TargetOutcome =
  | { isRead: true; note: ReadingNote }
  | { isRead: false; reason: string; remedy: string }
  /** The page is read under another URL already. */
  | { isRead: true; note: null };

/** Whose page each URL has shown, so that no page is counted twice. Shared by the targets of a source. */
export type PageOwners = Map<string, { memberId: string; atMs: number }>;

export interface LoopOptions {
  context: SourceContext;
  intervalMs: number;
  owners: PageOwners;
  log: Log;
}

/** Reading a page may take up this part of the time at most. */
const BUSY_RATIO = 0.1;
const SPAN_INTERVALS = 5;
const JITTER_RATIO = 0.1;
/** For so long a page of another member is not asked for again. */
const OWNER_LIFE_MS = 600_000;

/** The page belongs to another member than the one that is wanted, or is read elsewhere. */
class OtherPageError extends Error {}
class DuplicatePageError extends Error {}

/** Reads one target again and again, never twice at once. Its pace slackens where a page takes long. */
export class TargetLoop {
  outcome: TargetOutcome | null = null;
  plan: TargetPlan;
  #options: LoopOptions;
  #readers = new Map<string, TargetReader>();
  #url: string | null = null;

  constructor(plan: TargetPlan, options: LoopOptions) {
    this.plan = plan;
    this.#options = options;
  }

  /** Reads until told to stop. Never throws: a failure becomes the outcome and is tried again. */
  async run(signal: AbortSignal): Promise<void> {
    const { intervalMs } = this.#options;
    let pauseMs = intervalMs;
    while (!signal.aborted) {
      const startedMs = performance.now();
      await this.#readOnce(signal, Math.min(SPAN_INTERVALS * Math.max(pauseMs, intervalMs), MAX_FRAME_SPAN_MS));
      const elapsedMs = performance.now() - startedMs;
      // Of what we do with a page the server feels nothing.
      const tookMs = this.outcome?.isRead === true && this.outcome.note !== null ? this.outcome.note.tookMs : 0;
      pauseMs = Math.min(Math.max(intervalMs, tookMs / BUSY_RATIO), MAX_FRAME_SPAN_MS / 2);
      const restMs = Math.max(0, pauseMs - elapsedMs) * (1 - Math.random() * JITTER_RATIO);
      await sleep(restMs, undefined, { signal }).catch(() => undefined);
    }
    if (this.#url !== null) this.#options.owners.delete(this.#url);
  }

  async #readOnce(signal: AbortSignal, maxSpanMs: number): Promise<void> {
    const { context, log } = this.#options;
    let failure: { url: string; error: unknown } | null = null;
    for (const url of this.#urlsToTry()) {
      try {
        this.outcome = { isRead: true, note: await this.#read(url, signal, maxSpanMs) };
        this.#url = url;
        return;
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof NotWrittenError) {
          log.warn({ collector: context.source, error: String(error.cause) }, error.message);
          return;
        }
        if (error instanceof DuplicatePageError) {
          this.outcome = { isRead: true, note: null };
          return;
        }
        failure ??= { url, error };
      }
    }
    if (failure === null) return;
    const said = this.#explain(failure);
    const isNew = this.outcome === null || this.outcome.isRead || this.outcome.reason !== said.reason;
    this.outcome = { isRead: false, ...said };
    if (isNew) log.warn({ collector: context.source, failure: said.reason, error: String(failure.error) }, "not read");
    await this.#readerOf(failure.url)
      .fail(said.reason)
      .catch((error) => log.warn({ collector: context.source, error: String(error) }, "failure not written"));
  }

  async #read(url: string, signal: AbortSignal, maxSpanMs: number): Promise<ReadingNote> {
    const { subject } = this.plan;
    try {
      const accept = (memberId: string | null) => this.#accept(url, memberId);
      return await this.#readerOf(url).read({ signal, maxSpanMs, subject, accept });
    } catch (error) {
      if (this.plan.memberId === null) this.#options.owners.delete(url);
      throw error;
    }
  }

  #accept(url: string, memberId: string | null): void {
    if (memberId === null) return;
    const { owners } = this.#options;
    const wanted = this.plan.memberId;
    const elsewhere = [...owners].find(([other, owner]) => other !== url && owner.memberId === memberId);
    if (wanted === null && elsewhere !== undefined) throw new DuplicatePageError();
    owners.set(url, { memberId, atMs: Date.now() });
    if (wanted !== null && memberId !== wanted) throw new OtherPageError();
  }

  /** The one that worked last, then the others; not those that are known to be another member's. */
  #urlsToTry(): string[] {
    const { memberId, urls } = this.plan;
    const ordered = this.#url === null ? urls : [this.#url, ...urls.filter((url) => url !== this.#url)];
    const open = ordered.filter((url) => {
      const owner = this.#options.owners.get(url);
      const isStale = owner !== undefined && Date.now() - owner.atMs > OWNER_LIFE_MS;
      return memberId === null || owner === undefined || owner.memberId === memberId || isStale;
    });
    return open.length > 0 ? open : ordered.slice(0, 1);
  }

  #readerOf(url: string): TargetReader {
    let reader = this.#readers.get(url);
    if (reader === undefined) {
      reader = new TargetReader(this.#options.context, url);
      this.#readers.set(url, reader);
    }
    return reader;
  }

  #explain({ url, error }: { url: string; error: unknown }): { reason: string; remedy: string } {
    if (error instanceof OtherPageError) {
      return {
        reason: `${new URL(url).host} leads to another member from here.`,
        remedy: "Set the URLs of the members' metrics for the metrics source.",
      };
    }
    const { source, access } = this.#options.context;
    return explainScrape(error, { url, source, access });
  }
}
