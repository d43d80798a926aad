import { CostLedger } from "@/collectors/cost-meter";
import { KeyspaceCollector, type KeyspaceOptions } from "@/collectors/keyspace/keyspace";
import { log } from "@/lib/log";

/** The keyspace collector as the worker runs it, of cluster 1, until `stop`. */
export function runTestCollector(options: Pick<KeyspaceOptions, "db" | "access"> & Partial<KeyspaceOptions>): {
  collector: KeyspaceCollector;
  stop(): Promise<void>;
} {
  const clusterId = options.clusterId ?? 1;
  const collector = new KeyspaceCollector({
    clusterId,
    log,
    dataDir: null,
    settings: { scanShare: 1, frameMs: 10_000 },
    costs: new CostLedger(options.db, clusterId),
    ...options,
  });
  const ending = new AbortController();
  const running = collector.run(ending.signal);
  return {
    collector,
    stop: async () => {
      ending.abort();
      await running;
    },
  };
}
