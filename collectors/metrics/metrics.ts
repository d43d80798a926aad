import type { CostLedger } from "@/collectors/cost-meter";
import { ETCD_FAMILIES } from "@/collectors/metrics/catalogue";
import { toScrapeAccess } from "@/collectors/metrics/endpoint-url";
import { toCatalogue } from "@/collectors/metrics/page-reader";
import { planMembers, planUrls } from "@/collectors/metrics/plan";
import { SeriesDictionary } from "@/collectors/metrics/series-dictionary";
import { TargetSet } from "@/collectors/metrics/target-set";
import { reportState } from "@/collectors/report-state";
import type { Db } from "@/lib/db/client";
import type { Log } from "@/lib/log";
import type { ClusterAccess } from "@/lib/model/questions";
import type { SourceSecrets, SourceSettings } from "@/lib/model/sources";

/** A source of metrics as it was set. */
export interface MetricSourceOptions {
  enabled: boolean;
  settings: SourceSettings;
  secrets: SourceSecrets;
  /** Why its secrets cannot be opened; null: they can. */
  secretsFault?: string | null;
}

export interface MetricsCollectorOptions {
  db: Db;
  clusterId: number;
  access: ClusterAccess;
  source: MetricSourceOptions;
  log: Log;
  costs: CostLedger;
}

export interface MetricsCollector {
  readonly name: "metrics" | "apiserver";
  /** Reads until told to stop, not at all when the source is off. Never throws. */
  run(signal: AbortSignal): Promise<void>;
}

const DEFAULT_INTERVAL_SECONDS = 10;
const TIMEOUT_MS = 10_000;
const catalogue = toCatalogue(ETCD_FAMILIES);

/** The `metrics` collector of one cluster: what its members' metrics pages say, every 10 s. */
export function openMetricsCollector(options: MetricsCollectorOptions): MetricsCollector {
  const { db, clusterId, access, source, log, costs } = options;
  const { urls = [], intervalSeconds = DEFAULT_INTERVAL_SECONDS } = source.settings;
  const set = new TargetSet({
    name: "metrics",
    subjects: "members",
    context: {
      db,
      clusterId,
      source: "etcd",
      access: toScrapeAccess(source, access),
      catalogue,
      dictionary: new SeriesDictionary(db, clusterId, "etcd"),
      timeoutMs: TIMEOUT_MS,
      meter: costs.of("metrics"),
    },
    intervalMs: toIntervalMs(intervalSeconds),
    log,
    plan: async () => (urls.length > 0 ? planUrls(urls) : planMembers(db, clusterId, access)),
  });
  return { name: "metrics", run: (signal) => runWhenSet(options, { name: "metrics", set, signal }) };
}

/** Between five seconds and two minutes: a longer pause would make a gap of every reading. */
export function toIntervalMs(seconds: number): number {
  return Math.min(Math.max(seconds, 5), 120) * 1_000;
}

/** Runs the targets of a source that is on and whose secrets are at hand. */
export async function runWhenSet(
  { db, clusterId, source, log }: MetricsCollectorOptions,
  { name, set, signal }: { name: "metrics" | "apiserver"; set: TargetSet; signal: AbortSignal },
): Promise<void> {
  if (!source.enabled) return;
  const { secretsFault = null } = source;
  if (secretsFault === null) return set.run(signal);
  const report = { health: "failed" as const, reason: secretsFault, remedy: "Enter them anew in Settings." };
  await reportState(db, clusterId, name, report).catch((error) =>
    log.warn({ collector: name, error: String(error) }, "collector state not written"),
  );
}
