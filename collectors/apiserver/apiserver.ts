import { APISERVER_FAMILIES } from "@/collectors/apiserver/catalogue";
import { toScrapeAccess } from "@/collectors/metrics/endpoint-url";
import {
  type MetricsCollector,
  type MetricsCollectorOptions,
  runWhenSet,
  toIntervalMs,
} from "@/collectors/metrics/metrics";
import { toCatalogue } from "@/collectors/metrics/page-reader";
import { planUrls } from "@/collectors/metrics/plan";
import { SeriesDictionary } from "@/collectors/metrics/series-dictionary";
import { TargetSet } from "@/collectors/metrics/target-set";

const DEFAULT_INTERVAL_SECONDS = 30;
/** Pages of 4 MB take seconds under load. */
const TIMEOUT_MS = 30_000;
const catalogue = toCatalogue(APISERVER_FAMILIES);

/**
 * The `apiserver` collector of one cluster: what the metrics pages of its kube-apiservers say, every 30 s, or less
 * often where a page takes long. How etcd is reached says nothing about how to enter an apiserver.
 */
export function openApiserverCollector(options: MetricsCollectorOptions): MetricsCollector {
  const { db, clusterId, source, log, costs } = options;
  const { urls = [], intervalSeconds = DEFAULT_INTERVAL_SECONDS } = source.settings;
  const set = new TargetSet({
    name: "apiserver",
    subjects: "kube-apiservers",
    context: {
      db,
      clusterId,
      source: "apiserver",
      access: toScrapeAccess(source),
      catalogue,
      dictionary: new SeriesDictionary(db, clusterId, "apiserver"),
      timeoutMs: TIMEOUT_MS,
      meter: costs.of("apiserver"),
    },
    intervalMs: toIntervalMs(intervalSeconds),
    log,
    plan: async () => planUrls(urls),
  });
  return { name: "apiserver", run: (signal) => runWhenSet(options, { name: "apiserver", set, signal }) };
}
