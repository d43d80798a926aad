import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  CheckpointError,
  type OpenCheckpoint,
  openCheckpoint,
  writeCheckpoint,
} from "@/collectors/keyspace/checkpoint";
import type { KeyspaceModel } from "@/collectors/keyspace/keyspace-model";
import type { Log } from "@/lib/log";

/** Well within what an API server leaves uncompacted (5 to 10 minutes), or the watch cannot be resumed from it. */
const INTERVAL_MS = 120_000;
const FIRST_AFTER_MS = 15_000;
/** Above this a last checkpoint would take longer than a worker has for stopping. */
const MAX_KEYS_AT_STOP = 3_000_000;

/** Which etcd a checkpoint must be of, and where that etcd stands. */
export interface EtcdStanding {
  etcdClusterId: string;
  raftTerm: number;
  /** The cluster's revision, linearizable. */
  revision: number;
}

/** The checkpoint file of one cluster: writes it now and then, and throws away what cannot be used. */
export class CheckpointKeeper {
  #directory: string;
  #path: string;
  #log: Log;
  #writtenRevision = 0;
  #writing: Promise<void> | null = null;

  /** `dataDir` is the installation's; the file lies in its `checkpoints`. */
  constructor({ dataDir, clusterId, log }: { dataDir: string; clusterId: number; log: Log }) {
    this.#directory = join(dataDir, "checkpoints");
    this.#path = join(this.#directory, `cluster-${clusterId}`);
    this.#log = log;
  }

  /** The checkpoint, when the watch can go on from it; null when a scan is needed. */
  async open(
    standing: EtcdStanding,
    canReplay: (events: number, keys: number) => boolean,
  ): Promise<OpenCheckpoint | null> {
    try {
      const checkpoint = await openCheckpoint(this.#path);
      if (checkpoint === null) return null;
      const fault = faultOf(checkpoint.header, standing, canReplay);
      if (fault === null) return checkpoint;
      await checkpoint.close();
      await this.discard(fault);
    } catch (error) {
      if (!(error instanceof CheckpointError)) throw error;
      await this.discard(error.message);
    }
    return null;
  }

  /** Throws the file away, and says why. */
  async discard(reason: string): Promise<void> {
    this.#writtenRevision = 0;
    this.#log.warn({ reason }, "checkpoint thrown away");
    await rm(this.#path, { force: true });
  }

  /** Writes the live model every two minutes, until told to stop. */
  async run(model: KeyspaceModel, of: Omit<EtcdStanding, "revision">, signal: AbortSignal): Promise<never> {
    for (let pauseMs = FIRST_AFTER_MS; ; pauseMs = INTERVAL_MS) {
      await sleep(pauseMs, undefined, { signal });
      await this.#write(model, of, signal);
    }
  }

  /** Writes a live model once more, at once, unless that would take too long. */
  async close(model: KeyspaceModel, of: Omit<EtcdStanding, "revision">): Promise<void> {
    if (model.keys <= MAX_KEYS_AT_STOP) await this.#write(model, of, undefined);
  }

  async #write(
    model: KeyspaceModel,
    of: Omit<EtcdStanding, "revision">,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    await this.#writing;
    if (model.revision === this.#writtenRevision) return;
    this.#writing = this.#tryWrite(model, of, signal);
    await this.#writing;
  }

  async #tryWrite(
    model: KeyspaceModel,
    of: Omit<EtcdStanding, "revision">,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const { revision } = model;
    const startedMs = performance.now();
    try {
      await mkdir(this.#directory, { recursive: true, mode: 0o700 });
      const { keys } = await writeCheckpoint(this.#path, model, { ...of, atOnce: signal === undefined, signal });
      this.#writtenRevision = revision;
      this.#log.debug({ keys, revision, tookMs: performance.now() - startedMs }, "checkpoint written");
    } catch (error) {
      if (!signal?.aborted) this.#log.warn({ error: String(error) }, "checkpoint not written");
    }
  }
}

function faultOf(
  header: OpenCheckpoint["header"],
  standing: EtcdStanding,
  canReplay: (events: number, keys: number) => boolean,
): string | null {
  const behind = standing.revision - header.revision;
  if (header.etcdClusterId !== standing.etcdClusterId) return `it is of etcd cluster ${header.etcdClusterId}`;
  if (header.raftTerm > standing.raftTerm || behind < 0) return "etcd's data was replaced or restored since";
  if (!canReplay(behind, header.keys)) return `it is ${behind} revisions behind`;
  return null;
}
