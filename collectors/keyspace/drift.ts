import { setTimeout as sleep } from "node:timers/promises";
import type { EtcdConnection } from "@/collectors/etcd/connection";
import { isCompacted, isTooLong } from "@/collectors/etcd/errors";
import type { KeyValueCursor } from "@/collectors/etcd/key-value";
import { Pacer } from "@/collectors/keyspace/pacer";
import { toKeyText } from "@/lib/model/key-text";

/** The whole keyspace is counted again this often; the calls are spread over the time. */
const COUNT_EVERY_MS = 600_000;
const SAMPLE_EVERY_MS = 30_000;
/** Of the time, for the first count: it is the proof that nothing is missing, and wanted soon. */
const FIRST_COUNT_SHARE = 0.25;
const SAMPLE_KEYS = 1_000;
const SAMPLE_BYTES = 2 * 1024 ** 2;
const FIRST_SAMPLE_KEYS = 100;
/** So many times a model may come to a revision without remembering its count, as behind a burst of writes. */
const MAX_UNCOUNTED = 5;
const POLL_MS = 50;
/** Of one page. */
const MAX_ASKED_AGAIN = 10;
const FIRST_KEY = Buffer.from([0]);
const NO_END = Buffer.from([0]);

/** Model and etcd disagree: the model must be made anew. */
export class DriftError extends Error {
  override name = "DriftError";
  constructor(
    message: string,
    /** How many keys are known to differ: the check ends at the first. */
    readonly driftKeys = 1,
  ) {
    super(message);
  }
}

/** A key as the model has it. */
export interface ModelledKey {
  modRevision: number;
  createRevision: number;
  version: number;
  valueBytes: number;
  isLive: boolean;
}

/** What the check asks of a model. */
export interface CheckedModel {
  /** Complete up to here. */
  readonly revision: number;
  /** How many keys there were at a revision; null: not remembered. */
  keysAt(revision: number): number | null;
  /** Null: never seen, or forgotten since it was deleted. */
  lookUp(key: Uint8Array): ModelledKey | null;
}

export interface DriftResult {
  checkedAt: Date;
  /** Keys compared or counted since the model is live. */
  checkedKeys: number;
  driftKeys: number;
  /** One sentence for the reader. */
  text: string;
}

export interface DriftCheckOptions {
  model: CheckedModel;
  connection: EtcdConnection;
  /** Bounds of about equal pages; with none, all is one range. */
  boundaries: () => readonly Buffer[];
  onResult: (result: DriftResult) => void;
  countEveryMs?: number;
  sampleEveryMs?: number;
}

/**
 * Compares a live model with etcd: at once and then slowly again and again the number of keys, counted range by range
 * at one revision; in between, key by key, a page picked by chance. Both cost etcd little and hold up no writer.
 */
export class DriftCheck {
  #options: Required<DriftCheckOptions>;
  #checkedKeys = 0;
  #sampleLimit = FIRST_SAMPLE_KEYS;
  #pacer = new Pacer();

  constructor(options: DriftCheckOptions) {
    this.#options = { countEveryMs: COUNT_EVERY_MS, sampleEveryMs: SAMPLE_EVERY_MS, ...options };
  }

  /** Runs until `signal` says stop. Throws a DriftError at the first difference. */
  async run(signal: AbortSignal): Promise<never> {
    const { countEveryMs } = this.#options;
    await this.#count((tookMs, keys) => {
      return this.#pacer.pauseMs(tookMs, 0, { limit: Math.max(1, keys), share: FIRST_COUNT_SHARE });
    }, signal);
    for (;;) {
      await Promise.all([
        this.#sampleFor(countEveryMs, signal),
        sleep(countEveryMs / 2, undefined, { signal }).then(() => this.#count(() => this.#slowPauseMs(), signal)),
      ]);
    }
  }

  /** So that a slow count takes about a quarter of the time between two. */
  #slowPauseMs(): number {
    const { boundaries, countEveryMs } = this.#options;
    return countEveryMs / 4 / (boundaries().length + 1);
  }

  /** Counts every key of etcd at one revision and compares with the model's count there. */
  async #count(pauseMs: (tookMs: number, keys: number) => number, signal: AbortSignal): Promise<void> {
    const { connection } = this.#options;
    for (let tries = 0; tries < MAX_UNCOUNTED; tries++) {
      const { revision } = await connection.range({ key: FIRST_KEY }, () => undefined, { signal });
      const modelled = await this.#modelledAt(revision, signal);
      if (modelled === null) continue;
      const counted = await this.#countAt(revision, pauseMs, signal);
      if (counted === null) continue;
      if (counted !== modelled) {
        throw new DriftError(
          `the model had ${modelled} keys at revision ${revision} where etcd counts ${counted}`,
          Math.abs(counted - modelled),
        );
      }
      this.#tell(counted, `etcd counts ${counted} keys at revision ${revision}, as the model does.`);
      return;
    }
  }

  /** Waits until the model has come to the revision, and takes its count there before it is forgotten. */
  async #modelledAt(revision: number, signal: AbortSignal): Promise<number | null> {
    const { model } = this.#options;
    while (model.revision < revision) await sleep(POLL_MS, undefined, { signal });
    return model.keysAt(revision);
  }

  /** Null when the revision was compacted meanwhile. */
  async #countAt(
    revision: number,
    pauseMs: (tookMs: number, keys: number) => number,
    signal: AbortSignal,
  ): Promise<number | null> {
    const { connection, boundaries } = this.#options;
    const bounds = boundaries();
    let counted = 0;
    try {
      for (let i = 0; i <= bounds.length; i++) {
        const range = { ...rangeBetween(bounds, i), revision, countOnly: true, serializable: true };
        const startedMs = performance.now();
        const { count } = await connection.range(range, () => undefined, { signal });
        counted += count;
        if (i < bounds.length) await sleep(pauseMs(performance.now() - startedMs, count), undefined, { signal });
      }
      return counted;
    } catch (error) {
      if (isCompacted(error)) return null;
      throw error;
    }
  }

  async #sampleFor(lengthMs: number, signal: AbortSignal): Promise<void> {
    const { sampleEveryMs } = this.#options;
    const endMs = performance.now() + lengthMs;
    while (performance.now() < endMs) {
      await sleep(sampleEveryMs * (0.5 + Math.random()), undefined, { signal });
      await this.sample(signal);
    }
  }

  /** Reads one page, picked by chance, and compares its keys. Throws a DriftError. */
  async sample(signal: AbortSignal): Promise<void> {
    const { boundaries, connection, model } = this.#options;
    const bounds = boundaries();
    const range = rangeBetween(bounds, Math.floor(Math.random() * (bounds.length + 1)));
    const seen: (ModelledKey & { key: Buffer })[] = [];
    try {
      const { revision, bytes } = await connection.range(
        { ...range, limit: this.#sampleLimit, serializable: true },
        (kv) => seen.push(take(kv)),
        { signal },
      );
      while (model.revision < revision) await sleep(POLL_MS, undefined, { signal });
      const missing = this.#compare(seen, revision);
      for (const key of missing.slice(0, MAX_ASKED_AGAIN)) await this.#askAgain(key, signal);
      if (seen.length > 0) this.#sampleLimit = fitting(this.#sampleLimit, bytes / seen.length);
    } catch (error) {
      if (!isTooLong(error)) throw error;
      this.#sampleLimit = Math.ceil(this.#sampleLimit / 8);
    }
  }

  /** Answers the keys that the model does not have; those it has newer than the page are passed over. */
  #compare(seen: readonly (ModelledKey & { key: Buffer })[], revision: number): Buffer[] {
    const { model } = this.#options;
    const missing: Buffer[] = [];
    let compared = 0;
    for (const { key, ...expected } of seen) {
      const modelled = model.lookUp(key);
      if (modelled !== null && modelled.modRevision > revision) continue;
      if (modelled === null || !modelled.isLive) {
        missing.push(key);
        continue;
      }
      compared++;
      const difference = describeDifference(modelled, expected);
      if (difference !== null) throw driftOf(key, difference);
    }
    this.#tell(compared, `${compared} keys compared one by one at revision ${revision}, all as in etcd.`);
    return missing;
  }

  /** A key may have been deleted since the page was read, or the model lacks it. */
  async #askAgain(key: Buffer, signal: AbortSignal): Promise<void> {
    const { connection, model } = this.#options;
    for (let tries = 0; tries < MAX_UNCOUNTED; tries++) {
      let modRevision = 0;
      const take = (kv: KeyValueCursor) => {
        modRevision = kv.modRevision;
      };
      const { revision, count } = await connection.range({ key, serializable: true }, take, { signal });
      if (count === 0) return;
      while (model.revision < modRevision) await sleep(POLL_MS, undefined, { signal });
      if (model.lookUp(key)?.isLive) return;
      if (model.revision <= revision) throw driftOf(key, "is in etcd but not in the model");
    }
  }

  #tell(keys: number, text: string): void {
    this.#checkedKeys += keys;
    this.#options.onResult({ checkedAt: new Date(), checkedKeys: this.#checkedKeys, driftKeys: 0, text });
  }
}

function rangeBetween(bounds: readonly Buffer[], i: number): { key: Buffer; rangeEnd: Buffer } {
  return { key: bounds[i - 1] ?? FIRST_KEY, rangeEnd: bounds[i] ?? NO_END };
}

function take(kv: KeyValueCursor): ModelledKey & { key: Buffer } {
  const { modRevision, createRevision, version, valueBytes } = kv;
  return { key: kv.copyKey(), modRevision, createRevision, version, valueBytes, isLive: true };
}

/** As half a sentence; null: no difference. */
function describeDifference(modelled: ModelledKey, expected: ModelledKey): string | null {
  for (const fact of ["modRevision", "createRevision", "version", "valueBytes"] as const) {
    if (modelled[fact] !== expected[fact]) {
      return `has ${fact} ${expected[fact]} in etcd, ${modelled[fact]} in the model`;
    }
  }
  return null;
}

function driftOf(key: Buffer, difference: string): DriftError {
  return new DriftError(`the key ${toKeyText(key).text} ${difference}`);
}

function fitting(limit: number, bytesPerKey: number): number {
  return Math.max(1, Math.min(SAMPLE_KEYS, limit * 4, Math.floor(SAMPLE_BYTES / bytesPerKey)));
}
