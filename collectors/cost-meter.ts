import { sql } from "drizzle-orm";
import { withTimeout } from "@/collectors/race";
import { repeat } from "@/collectors/repeat";
import type { Db } from "@/lib/db/client";
import { collectorCost } from "@/lib/db/schema";
import type { CostPurpose } from "@/lib/model/cost";

const FLUSH_MS = 10_000;
const LAST_FLUSH_MS = 3_000;
const HOUR_MS = 3_600_000;

/** What reading cost etcd, over some time. */
interface Tally {
  requests: number;
  keys: number;
  receivedBytes: number;
  requestSeconds: number;
  events: number;
}
type Figure = keyof Tally;
const FIGURES: readonly Figure[] = ["requests", "keys", "receivedBytes", "requestSeconds", "events"];

/** Counts what is asked of etcd for one purpose. */
export interface CostMeter {
  /** A call that has ended, well or not; an answer of `receivedBytes`. */
  addRequest(tookMs: number, receivedBytes: number): void;
  addKeys(keys: number): void;
  /** A watch was opened. */
  addWatch(): void;
  /** A message on a watch. */
  addMessage(receivedBytes: number, events: number): void;
}

/** Keeps the books of what reading one cluster costs it, by hour and purpose. */
export class CostLedger {
  #db: Db;
  #clusterId: number;
  #meters = new Map<CostPurpose, HourlyMeter>();
  #flushing: Promise<void> = Promise.resolve();

  constructor(db: Db, clusterId: number) {
    this.#db = db;
    this.#clusterId = clusterId;
  }

  /** The meter of a purpose, always the same one. */
  of(purpose: CostPurpose): CostMeter {
    let meter = this.#meters.get(purpose);
    if (meter === undefined) {
      meter = new HourlyMeter();
      this.#meters.set(purpose, meter);
    }
    return meter;
  }

  /** Writes about every ten seconds until told to stop, and then once more. */
  async run(signal: AbortSignal): Promise<void> {
    await repeat("cost", () => this.flush(), FLUSH_MS, signal);
    await withTimeout(this.flush(), LAST_FLUSH_MS).catch(() => undefined);
  }

  /** Adds what has been counted to Postgres. When that fails it stays counted here. */
  flush(): Promise<void> {
    const flush = this.#flushing.catch(() => undefined).then(() => this.#write());
    this.#flushing = flush;
    return flush;
  }

  async #write(): Promise<void> {
    const counted = [...this.#meters].flatMap(([purpose, meter]) =>
      [...meter.hours].map(([hourMs, tally]) => ({ purpose, meter, hourMs, tally, written: { ...tally } })),
    );
    const rows = counted
      .filter(({ written }) => FIGURES.some((figure) => written[figure] > 0))
      .map(({ purpose, hourMs, written }) => ({
        clusterId: this.#clusterId,
        hour: new Date(hourMs),
        purpose,
        ...written,
      }));
    if (rows.length > 0) await this.#add(rows);
    for (const { meter, hourMs, tally, written } of counted) {
      for (const figure of FIGURES) tally[figure] -= written[figure];
      meter.forget(hourMs);
    }
  }

  async #add(rows: (typeof collectorCost.$inferInsert)[]): Promise<void> {
    const { clusterId, hour, purpose } = collectorCost;
    const sum = (figure: Figure) =>
      sql`${collectorCost[figure]} + excluded.${sql.identifier(collectorCost[figure].name)}`;
    await this.#db
      .insert(collectorCost)
      .values(rows)
      .onConflictDoUpdate({
        target: [clusterId, hour, purpose],
        set: Object.fromEntries(FIGURES.map((figure) => [figure, sum(figure)])),
      });
  }
}

class HourlyMeter implements CostMeter {
  /** What has not been written yet, by the start of its hour. */
  readonly hours = new Map<number, Tally>();
  #hourMs = 0;
  #tally: Tally = emptyTally();

  addRequest(tookMs: number, receivedBytes: number): void {
    const tally = this.#now();
    tally.requests++;
    tally.requestSeconds += tookMs / 1_000;
    tally.receivedBytes += receivedBytes;
  }

  addKeys(keys: number): void {
    this.#now().keys += keys;
  }

  addWatch(): void {
    this.#now().requests++;
  }

  addMessage(receivedBytes: number, events: number): void {
    const tally = this.#now();
    tally.receivedBytes += receivedBytes;
    tally.events += events;
  }

  /** Lets go of an hour that is over and written. */
  forget(hourMs: number): void {
    if (hourMs !== this.#hourMs) this.hours.delete(hourMs);
  }

  #now(): Tally {
    const nowMs = Date.now();
    if (nowMs - this.#hourMs >= HOUR_MS || nowMs < this.#hourMs) {
      this.#hourMs = nowMs - (nowMs % HOUR_MS);
      this.#tally = this.hours.get(this.#hourMs) ?? emptyTally();
      this.hours.set(this.#hourMs, this.#tally);
    }
    return this.#tally;
  }
}

function emptyTally(): Tally {
  return { requests: 0, keys: 0, receivedBytes: 0, requestSeconds: 0, events: 0 };
}
