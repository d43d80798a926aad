import { isDeepStrictEqual } from "node:util";
import { ConsistencyCollector, type ConsistencySettings } from "@/collectors/consistency/consistency";
import { CostLedger } from "@/collectors/cost-meter";
import { GapWatch } from "@/collectors/gap-watch";
import { keepRunning } from "@/collectors/keep-running";
import { KeyspaceCollector, type KeyspaceSettings } from "@/collectors/keyspace/keyspace";
import { openMembersCollector } from "@/collectors/members/members";
import { watchMetricEvents } from "@/collectors/metrics/metric-events";
import { ProbeCollector } from "@/collectors/probe/probe";
import { repeat } from "@/collectors/repeat";
import { SourceSet } from "@/collectors/source-set";
import type { TrafficStore } from "@/collectors/traffic/traffic-store";
import type { OpenDb } from "@/lib/db/client";
import { type ClusterRow, readClusterAccess } from "@/lib/db/clusters";
import { cluster } from "@/lib/db/schema";
import { log } from "@/lib/log";
import type { ClusterAccess } from "@/lib/model/questions";
import type { SourceName } from "@/lib/model/sources";

const POLL_MS = 2_000;

export interface ClusterSetOptions extends Pick<OpenDb, "db" | "sql"> {
  secretKey: Buffer;
  /** Where checkpoints are kept; null: nowhere. */
  dataDir: string | null;
  /** What the writers of traffic share. */
  store: TrafficStore;
}

type ClusterSettings = KeyspaceSettings & ConsistencySettings;

/** One cluster whose collectors are running. */
export interface RunningCluster {
  access: ClusterAccess;
  /** Changed in place: the collectors read it as they go. */
  settings: ClusterSettings;
  /** Null: the cluster is registered without endpoints of etcd. */
  keyspace: KeyspaceCollector | null;
  /** As above. */
  consistency: ConsistencyCollector | null;
  costs: CostLedger;
  sources: SourceSet;
  stop(): Promise<void>;
}

/** The clusters this worker watches: those in the `cluster` table that are not paused, with their access as it is now. */
export class ClusterSet {
  #options: ClusterSetOptions;
  #running = new Map<number, RunningCluster>();

  constructor(options: ClusterSetOptions) {
    this.#options = options;
  }

  get(clusterId: number): RunningCluster | undefined {
    return this.#running.get(clusterId);
  }

  /** Whether files of a source of a cluster are being followed. */
  isFollowed(clusterId: number, source: SourceName): boolean {
    return this.#running.get(clusterId)?.sources.isFollowed(source) ?? false;
  }

  /** Starts and stops collectors as the table changes; heard by NOTIFY, with a poll behind it. */
  async run(signal: AbortSignal): Promise<void> {
    const queue = serially(() => this.#adjust(signal));
    const listening = this.#options.sql.listen("cluster", () => void queue().catch(logFailure));
    listening.catch(logFailure);
    await repeat("clusters", queue, POLL_MS, signal);
    await Promise.all([...this.#running.keys()].map((id) => this.#stop(id)));
  }

  async #adjust(signal: AbortSignal): Promise<void> {
    const { db, secretKey } = this.#options;
    const rows = await db.select().from(cluster);
    const wanted = new Map(rows.filter((row) => !row.paused).map((row) => [row.id, row]));
    for (const [id, running] of this.#running) {
      const row = wanted.get(id);
      if (row === undefined || !isDeepStrictEqual(readClusterAccess(row, secretKey), running.access))
        await this.#stop(id);
    }
    for (const [id, row] of wanted) {
      const running = this.#running.get(id);
      if (running !== undefined) Object.assign(running.settings, settingsOf(row));
      else if (!signal.aborted) this.#start(row, readClusterAccess(row, secretKey));
    }
    for (const [id, { sources }] of this.#running) {
      if (!signal.aborted) await sources.adjust().catch((error) => logSourceFailure(id, error));
    }
  }

  #start(row: ClusterRow, access: ClusterAccess): void {
    const { db, dataDir, secretKey, store } = this.#options;
    const { id: clusterId, name } = row;
    const stop = new AbortController();
    const settings = settingsOf(row);
    const costs = new CostLedger(db, clusterId);
    const options = { db, clusterId, access, log: log.child({ cluster: name }) };
    const hasEtcd = access.endpoints.length > 0;
    const keyspace = hasEtcd ? new KeyspaceCollector({ ...options, settings, costs, dataDir }) : null;
    const members = hasEtcd ? openMembersCollector({ ...options, meter: costs.of("members") }) : null;
    const sources = new SourceSet({ ...options, secretKey, store, costs });
    const probe = hasEtcd ? new ProbeCollector({ ...options, meter: costs.of("probe") }) : null;
    const consistency = hasEtcd ? new ConsistencyCollector({ ...options, settings, meter: costs.of("hash") }) : null;
    const watchers = [probe, consistency].flatMap((one) => one ?? []);
    const reading = Promise.all([
      ...[keyspace, members].map((collector) => collector?.run(stop.signal)),
      ...watchers.map((one) => keepRunning(one, { ...options, source: one.name }, stop.signal)),
      new GapWatch(db, clusterId).run(stop.signal),
      watchMetricEvents(db, clusterId, stop.signal),
    ]);
    const settled = new AbortController(); // the books are closed last
    const booking = costs.run(settled.signal);
    this.#running.set(clusterId, {
      ...{ access, settings, keyspace, consistency, costs, sources },
      stop: async () => {
        stop.abort();
        await Promise.all([reading, sources.stop()]);
        settled.abort();
        await booking;
      },
    });
    log.info({ cluster: name, endpoints: access.endpoints }, "watching cluster");
  }

  async #stop(clusterId: number): Promise<void> {
    const running = this.#running.get(clusterId);
    this.#running.delete(clusterId);
    await running?.stop();
  }
}

function settingsOf({ scanShare, frameSeconds, hashCheckHours }: ClusterRow): ClusterSettings {
  return { scanShare, frameMs: frameSeconds * 1_000, hashCheckHours };
}

/** Runs a job one call after the other, however often it is asked for. */
function serially(job: () => Promise<void>): () => Promise<void> {
  let last: Promise<void> = Promise.resolve();
  return () => {
    last = last.catch(() => undefined).then(job);
    return last;
  };
}

function logSourceFailure(clusterId: number, error: unknown): void {
  log.warn({ clusterId, error: String(error) }, "sources not read, will be tried again");
}

function logFailure(error: unknown): void {
  log.warn({ error: String(error) }, "clusters not read, will be tried again");
}
