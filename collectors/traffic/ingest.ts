import { setImmediate as nextTurn } from "node:timers/promises";
import { addBatch } from "@/collectors/traffic/add-batch";
import { Tally } from "@/collectors/traffic/aggregate";
import type { CellSource } from "@/collectors/traffic/cell-dictionary";
import { writeConnections } from "@/collectors/traffic/connections";
import { isOfTheData } from "@/collectors/traffic/data-errors";
import { IngestHealth } from "@/collectors/traffic/ingest-health";
import {
  listClustersWithBatches,
  markTaken,
  type OpenBatch,
  readOpenBatches,
  TURN_BATCHES,
} from "@/collectors/traffic/open-batches";
import type { TrafficStore, Turn } from "@/collectors/traffic/traffic-store";
import { Waker } from "@/collectors/traffic/waker";
import { writeFaults, writeTally } from "@/collectors/traffic/write";
import type { OpenDb } from "@/lib/db/client";
import { INGEST_CHANNEL, type IngestKind } from "@/lib/db/ingest";
import { log } from "@/lib/log";
import { decodeIngestBatch } from "@/lib/model/ingest-batch";

const POLL_MS = 2_000;
/** What arrives within it is counted together: a minute is written anew with every turn. */
const GATHER_MS = 500;
const RETRY_MS = 1_000;
/** A batch that fails so often by itself is set aside. */
const ATTEMPTS = 5;

export interface IngestOptions extends Pick<OpenDb, "db" | "sql"> {
  store: TrafficStore;
  /** Whether files of a source are followed: then its follower says how it does. */
  isFollowed: (clusterId: number, source: IngestKind) => boolean;
}

/** Counts what was sent to the ingest endpoints, for all clusters: one turn each, round and round. */
export class TrafficIngest {
  readonly name = "ingest";
  #options: IngestOptions;
  #health: IngestHealth;
  /** Failures in a row by cluster. */
  #failures = new Map<number, number>();

  constructor(options: IngestOptions) {
    this.#options = options;
    this.#health = new IngestHealth(options.db, options.isFollowed);
  }

  /** Takes batches until told to stop; heard by NOTIFY, with a poll behind it. Never throws. */
  async run(signal: AbortSignal): Promise<void> {
    const waker = new Waker();
    this.#options.sql.listen(INGEST_CHANNEL, () => waker.wake()).catch(logFailure);
    while (!signal.aborted) {
      try {
        const isBusy = await this.round(signal);
        if (isBusy) continue;
        await waker.sleep(POLL_MS, signal);
        await waker.rest(GATHER_MS, signal);
      } catch (error) {
        logFailure(error);
        await waker.rest(RETRY_MS, signal);
      }
    }
  }

  /** One turn of every cluster that has batches waiting. Answers whether more wait. A cluster that fails holds up no other. */
  async round(signal?: AbortSignal): Promise<boolean> {
    let isBusy = false;
    for (const clusterId of await listClustersWithBatches(this.#options.db)) {
      if (signal?.aborted) return false;
      try {
        const hasMore = await this.#takeTurn(clusterId);
        isBusy ||= hasMore;
        this.#failures.delete(clusterId);
      } catch (error) {
        await this.#noteFailure(clusterId, error);
      }
      await nextTurn();
    }
    return isBusy;
  }

  async #takeTurn(clusterId: number): Promise<boolean> {
    const { store } = this.#options;
    // What has failed is done again piece by piece, to find the piece.
    const limit = this.#failures.has(clusterId) ? 1 : TURN_BATCHES;
    const taken = await store.turn(clusterId, async (turn) => {
      const { batches, hasMore } = await readOpenBatches(turn.tx, clusterId, limit);
      await this.#count(turn, batches);
      await markTaken(turn.tx, clusterId, batches);
      return { batches, hasMore };
    });
    await this.#health.counted(clusterId, taken.batches);
    return taken.hasMore;
  }

  async #count(turn: Turn, batches: readonly OpenBatch[]): Promise<void> {
    const tallies = new Map<CellSource, Tally>();
    for (const batch of batches) {
      if (batch.kind === "connections") {
        await writeConnections(this.#options.store, turn, batch);
        continue;
      }
      const tally = tallies.get(batch.kind) ?? new Tally(turn.nowMs, turn.observed?.of(batch.kind));
      tallies.set(batch.kind, tally);
      const { format, payload, eventIds } = batch;
      try {
        addBatch(tally, decodeIngestBatch(format, payload, eventIds), turn.ids);
      } catch (error) {
        log.error({ clusterId: turn.clusterId, batch: batch.id, error: String(error) }, "a batch cannot be read");
        tally.addFault("not-an-event", Math.max(1, batch.events));
      }
      await nextTurn();
    }
    for (const [source, tally] of tallies) await writeTally(this.#options.store, turn, { source, tally });
  }

  async #noteFailure(clusterId: number, error: unknown): Promise<void> {
    const isData = isOfTheData(error);
    const failures = (this.#failures.get(clusterId) ?? 0) + (isData ? 1 : 0);
    log.warn({ clusterId, failures, error: String(error) }, "batches not counted, will be tried again");
    if (isData) this.#failures.set(clusterId, failures);
    if (failures > ATTEMPTS) await this.#setAside(clusterId).catch(logFailure);
  }

  /** Lets go of the oldest batch, which nothing can be made of, so that it does not hold up those behind it for ever. */
  async #setAside(clusterId: number): Promise<void> {
    await this.#options.store.turn(clusterId, async (turn) => {
      const { batches } = await readOpenBatches(turn.tx, clusterId, 1);
      for (const { kind, events, id } of batches) {
        log.error({ clusterId, batch: id, kind, events }, "a batch cannot be counted and is set aside");
        await writeFaults(turn, kind, new Map([["not-an-event", Math.max(1, events)]]));
      }
      await markTaken(turn.tx, clusterId, batches);
    });
    this.#failures.delete(clusterId);
  }
}

function logFailure(error: unknown): void {
  log.warn({ error: String(error) }, "ingest interrupted, will be tried again");
}
