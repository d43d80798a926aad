import { sql } from "drizzle-orm";
import { CellCache, CellDictionary, type CellSource } from "@/collectors/traffic/cell-dictionary";
import { addBatchIds, IdClaim, type IdWindow, IdWindows } from "@/collectors/traffic/dedupe";
import { EventObservers, type ObservedEvents } from "@/collectors/traffic/event-observers";
import { newestHeardMs } from "@/collectors/traffic/heard";
import { DEDUPE_WINDOW_MS, DICTIONARY_CELLS } from "@/collectors/traffic/limits";
import type { Db } from "@/lib/db/client";
import { ensurePartitions } from "@/lib/db/partitions";
import { decodeHeardSeconds } from "@/lib/model/traffic-frame";

const DAY_MS = 86_400_000;
/** Batches whose ids are read at once. */
const ID_PAGE = 200;

/** One transaction on the traffic of one cluster. */
export interface Turn {
  tx: Db;
  clusterId: number;
  nowMs: number;
  ids: IdClaim;
  dictionary: CellDictionary;
  /** Takes the events that somebody listens for; null: nobody does. */
  observed: ObservedEvents | null;
  /** Until when each source was heard. */
  heardUntilMs: Map<CellSource, number | null>;
  /** The oldest minute that was written. */
  oldestMs: number;
}

/**
 * What the writers of traffic share: what has been counted within the window, which cells are known, until when a source
 * was heard. Each learns from a transaction only when it is committed, so that one that fails can be done again.
 */
export class TrafficStore {
  readonly cache: CellCache;
  readonly windows = new IdWindows();
  readonly observers = new EventObservers();
  #heardUntilMs = new Map<string, number | null>();
  #partitionedSinceMs = Number.POSITIVE_INFINITY;
  #oldestUnsealedMs = Number.NEGATIVE_INFINITY;

  constructor(
    readonly db: Db,
    { dictionaryCells = DICTIONARY_CELLS }: { dictionaryCells?: number } = {},
  ) {
    this.cache = new CellCache(dictionaryCells);
  }

  /** Does a job in one transaction; jobs on the same cluster follow one another, also those of another process. */
  async turn<Result>(clusterId: number, job: (turn: Turn) => Promise<Result>): Promise<Result> {
    try {
      return await this.#turnOnce(clusterId, job);
    } catch (error) {
      if (!(error instanceof MissingPartitionsError)) throw error;
      const nowMs = Date.now();
      const sinceMs = Math.min(error.sinceMs, nowMs - DAY_MS);
      await ensurePartitions(this.db, nowMs, sinceMs);
      this.#partitionedSinceMs = sinceMs;
      return this.#turnOnce(clusterId, job);
    }
  }

  async #turnOnce<Result>(clusterId: number, job: (turn: Turn) => Promise<Result>): Promise<Result> {
    const nowMs = Date.now();
    const { turn, result } = await this.db.transaction(async (tx) => {
      await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`etcdscope.traffic.${clusterId}`}, 0))`);
      const window = await this.windows.of(clusterId, (fresh) => loadWindow(tx, clusterId, fresh, nowMs));
      const turn: Turn = {
        ...{ tx, clusterId, nowMs, heardUntilMs: new Map(), oldestMs: Number.POSITIVE_INFINITY },
        ids: new IdClaim(window),
        observed: this.observers.begin(clusterId),
        dictionary: new CellDictionary(tx, clusterId, this.cache),
      };
      return { turn, result: await job(turn) };
    });
    this.#learn(turn);
    return result;
  }

  #learn({ ids, observed, dictionary, clusterId, nowMs, heardUntilMs, oldestMs }: Turn): void {
    ids.keep(nowMs);
    observed?.tell();
    dictionary.keep();
    for (const [source, heardMs] of heardUntilMs) this.#heardUntilMs.set(`${clusterId} ${source}`, heardMs);
    this.#oldestUnsealedMs = Math.min(this.#oldestUnsealedMs, oldestMs);
    this.windows.tidy(nowMs);
  }

  /** Until when a source was heard, epoch milliseconds; null: never. */
  async heardUntilMs({ tx, clusterId, heardUntilMs }: Turn, source: CellSource): Promise<number | null> {
    const known = heardUntilMs.get(source) ?? this.#heardUntilMs.get(`${clusterId} ${source}`);
    return known === undefined ? readHeardUntilMs(tx, clusterId, source) : known;
  }

  /** Throws when there may be no partitions that old; `turn` then makes them and does its job again. */
  requirePartitions(sinceMs: number): void {
    if (sinceMs < this.#partitionedSinceMs) throw new MissingPartitionsError(sinceMs);
  }

  /** To be called when partitions have been dropped. */
  forgetPartitions(): void {
    this.#partitionedSinceMs = Number.POSITIVE_INFINITY;
  }

  /** The oldest minute written since this was last asked; before all time the first time. */
  takeOldestUnsealedMs(): number {
    const oldestMs = this.#oldestUnsealedMs;
    this.#oldestUnsealedMs = Number.POSITIVE_INFINITY;
    return oldestMs;
  }

  /** To be called with what was asked for and could not be sealed, so that it is answered once more. */
  noteUnsealed(atMs: number): void {
    this.#oldestUnsealedMs = Math.min(this.#oldestUnsealedMs, atMs);
  }
}

/** Thrown within a turn, before anything is written, to have partitions made: that cannot be done under its locks. */
class MissingPartitionsError extends Error {
  constructor(readonly sinceMs: number) {
    super(`no partitions since ${new Date(sinceMs).toISOString()}`);
  }
}

/** The ids of the batches that were taken within the window: a repetition is noticed also by a worker that just started. */
async function loadWindow(tx: Db, clusterId: number, window: IdWindow, nowMs: number): Promise<void> {
  const since = new Date(nowMs - DEDUPE_WINDOW_MS).toISOString();
  for (let after = { atMicros: "0", id: "0" }; ; ) {
    const rows = await tx.execute<{ id: string; at_micros: string; event_ids: Buffer }>(sql`
      select id::text, (extract(epoch from taken_at) * 1000000)::bigint::text as at_micros, event_ids from ingest_batch
      where cluster_id = ${clusterId} and taken_at >= ${since}::timestamptz
        and ((extract(epoch from taken_at) * 1000000)::bigint, id) > (${after.atMicros}::bigint, ${after.id}::bigint)
      order by taken_at, id limit ${ID_PAGE}`);
    for (const row of rows) addBatchIds(window, row.event_ids, Number(row.at_micros) / 1_000);
    const last = rows[rows.length - 1];
    if (last === undefined || rows.length < ID_PAGE) return;
    after = { atMicros: last.at_micros, id: last.id };
  }
}

async function readHeardUntilMs(tx: Db, clusterId: number, source: CellSource): Promise<number | null> {
  const [row] = await tx.execute<{ at_ms: string; format: number; payload: Buffer }>(sql`
    select extract(epoch from at) * 1000 as at_ms, format, payload from traffic_minute
    where cluster_id = ${clusterId} and source = ${source} order by at desc limit 1`);
  if (row === undefined) return null;
  try {
    return newestHeardMs(Number(row.at_ms), decodeHeardSeconds(row.format, row.payload));
  } catch {
    return null; // damaged: a gap that was none costs less than a stop
  }
}
