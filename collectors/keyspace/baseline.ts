import type { EtcdConnection } from "@/collectors/etcd/connection";
import { readBoundaries, writeBoundaries } from "@/collectors/keyspace/boundaries";
import type { OpenCheckpoint } from "@/collectors/keyspace/checkpoint";
import type { KeyspaceModel } from "@/collectors/keyspace/keyspace-model";
import { scanKeyspace } from "@/collectors/keyspace/scan";
import type { Db } from "@/lib/db/client";
import type { Log } from "@/lib/log";

/** How an empty model gets its keys; the watch must be heard from the revision behind `revision`. */
export interface Baseline {
  revision: number;
  /** How many keys are to be expected; null: not known. */
  expectedKeys: number | null;
  /** It is a scan of etcd, and no checkpoint. */
  readsEtcd: boolean;
  /** Fills a model that has begun a scan. */
  fill(model: KeyspaceModel, progress: BaselineProgress): Promise<Filled>;
  /** To be called when `fill` will not be. */
  close(): Promise<void>;
}

export interface Filled {
  /** The model is complete once it has come to this revision. */
  revision: number;
  /** The last key of every page, as of now or of the last scan; empty when there has been none. */
  boundaries: readonly Buffer[];
}

export interface BaselineProgress {
  onKeys(keys: number): void;
  /** The scan waits for the member to recover, or goes on (null). */
  onHold(reason: string | null): void;
  signal: AbortSignal;
}

export interface ScanOptions {
  db: Db;
  clusterId: number;
  connection: EtcdConnection;
  /** Of the file, in use: where it is small, counting all keys in one call costs etcd nothing to speak of. */
  dbSizeInUseBytes: number;
  settings: { scanShare: number };
  log: Log;
}

const SMALL_FILE_BYTES = 100 * 1024 ** 2;
const PROGRESS_KEYS = 4_096;

/** Reads the keys from etcd, page by page, between the boundaries of the last scan where there are any. */
export async function openScan(options: ScanOptions): Promise<Baseline> {
  const { db, clusterId, connection, dbSizeInUseBytes, settings, log } = options;
  const known = await readBoundaries(db, clusterId);
  const { revision, count } = await connection.range(
    dbSizeInUseBytes < SMALL_FILE_BYTES ? { ...ALL_KEYS, countOnly: true } : { key: ALL_KEYS.key },
    () => undefined,
  );
  return {
    revision,
    expectedKeys: dbSizeInUseBytes < SMALL_FILE_BYTES ? count : (known?.keys ?? null),
    readsEtcd: true,
    close: async () => undefined,
    fill: async (model, { onKeys, onHold, signal }) => {
      const scan = await scanKeyspace({
        connection,
        minRevision: revision,
        boundaries: known?.boundaries ?? null,
        settings,
        load: (kv) => model.load(kv),
        onPage: onKeys,
        onHold,
        signal,
      });
      await writeBoundaries(db, clusterId, scan.keys, scan.boundaries).catch((error) => {
        log.warn({ error: String(error) }, "boundaries of the scan not written");
      });
      return scan;
    },
  };
}

/** Takes the keys from a checkpoint; etcd is not read. */
export function fromCheckpoint(
  checkpoint: OpenCheckpoint,
  { db, clusterId }: Pick<ScanOptions, "db" | "clusterId">,
): Baseline {
  const { revision, keys } = checkpoint.header;
  return {
    revision,
    expectedKeys: keys,
    readsEtcd: false,
    close: () => checkpoint.close(),
    fill: async (model, { onKeys, signal }) => {
      let loaded = 0;
      const end = await checkpoint.load((kv) => {
        model.load(kv);
        if (++loaded % PROGRESS_KEYS !== 0) return;
        signal.throwIfAborted();
        onKeys(loaded);
      });
      const known = await readBoundaries(db, clusterId);
      return { revision: end.revision, boundaries: known?.boundaries ?? [] };
    },
  };
}

/** The whole keyspace as a range. */
const ALL_KEYS = { key: Buffer.from([0]), rangeEnd: Buffer.from([0]) };
