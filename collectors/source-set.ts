import { isDeepStrictEqual } from "node:util";
import { and, eq } from "drizzle-orm";
import { openApiserverCollector } from "@/collectors/apiserver/apiserver";
import type { CostLedger } from "@/collectors/cost-meter";
import { type Collector, keepRunning } from "@/collectors/keep-running";
import { openLeasesCollector } from "@/collectors/leases/leases";
import { openMetricsCollector } from "@/collectors/metrics/metrics";
import { reportState } from "@/collectors/report-state";
import { FileFollower } from "@/collectors/traffic/file-follower";
import type { TrafficStore } from "@/collectors/traffic/traffic-store";
import type { Db } from "@/lib/db/client";
import { collectorState } from "@/lib/db/schema";
import { type ConfiguredSource, readSources } from "@/lib/db/sources";
import type { Log } from "@/lib/log";
import type { ClusterAccess } from "@/lib/model/questions";
import type { SourceName } from "@/lib/model/sources";

export interface SourceSetOptions {
  db: Db;
  clusterId: number;
  access: ClusterAccess;
  secretKey: Buffer;
  store: TrafficStore;
  costs: CostLedger;
  log: Log;
}

interface RunningSource {
  configured: ConfiguredSource;
  /** Null: there is nothing to run. */
  stop: (() => Promise<void>) | null;
}

/** The sources of one cluster besides its keyspace and members, each as it is set now. */
export class SourceSet {
  #options: SourceSetOptions;
  #sources = new Map<SourceName, RunningSource>();
  #isStopped = false;

  constructor(options: SourceSetOptions) {
    this.#options = options;
  }

  /** Starts, stops and restarts what has been set otherwise since; the others go on undisturbed. */
  async adjust(): Promise<void> {
    const { db, clusterId, secretKey } = this.#options;
    for (const [source, configured] of await readSources(db, clusterId, secretKey)) {
      const running = this.#sources.get(source);
      if (running !== undefined && isDeepStrictEqual(running.configured, configured)) continue;
      if (this.#isStopped) return;
      await running?.stop?.();
      // What its collector said last is no longer so; of one that was off before we started, neither.
      if (running?.stop || !configured.enabled) await this.#forgetState(source);
      this.#sources.set(source, { configured, stop: await this.#start(source, configured) });
    }
  }

  /** Whether files of a source are being followed. */
  isFollowed(source: SourceName): boolean {
    return (source === "audit" || source === "etcd-log") && this.#sources.get(source)?.stop != null;
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await Promise.all([...this.#sources.values()].map(({ stop }) => stop?.()));
    this.#sources.clear();
  }

  async #start(source: SourceName, configured: ConfiguredSource): Promise<RunningSource["stop"]> {
    if (!configured.enabled) return null;
    const { db, clusterId, log } = this.#options;
    if (configured.secretsFault !== null) {
      const remedy = "Enter its secrets again under Settings, or switch it off.";
      await reportState(db, clusterId, source, { health: "failed", reason: configured.secretsFault, remedy });
      return null;
    }
    const collector = this.#open(source, configured);
    if (collector === null) return null;
    const stop = new AbortController();
    const running = keepRunning(collector, { db, clusterId, source, log }, stop.signal);
    return async () => {
      stop.abort();
      await running;
    };
  }

  #open(source: SourceName, configured: ConfiguredSource): Collector | null {
    const { db, clusterId, access, store, costs, log } = this.#options;
    const options = { db, clusterId, access, source: configured, costs, log };
    const hasEtcd = access.endpoints.length > 0;
    switch (source) {
      case "metrics":
        return hasEtcd || (configured.settings.urls ?? []).length > 0 ? openMetricsCollector(options) : null;
      case "apiserver":
        return openApiserverCollector(options);
      case "leases":
        return hasEtcd ? openLeasesCollector(options) : null;
      case "audit":
      case "etcd-log": {
        const paths = configured.settings.paths ?? [];
        return paths.length > 0 ? new FileFollower({ store, clusterId, source, paths, log }) : null;
      }
      case "connections":
        return null; // only ever sent
    }
  }

  async #forgetState(source: SourceName): Promise<void> {
    const { db, clusterId } = this.#options;
    await db
      .delete(collectorState)
      .where(and(eq(collectorState.clusterId, clusterId), eq(collectorState.collector, source)));
  }
}
