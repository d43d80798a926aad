import {
  doublePrecision,
  index,
  integer,
  json,
  pgTable,
  primaryKey,
  smallint,
  text,
  uniqueIndex,
} from "drizzle-orm/pg-core";
import { bytea, count, instant } from "@/lib/db/columns";
import type { LeaseDistribution } from "@/lib/model/leases";
import type { MetricKind, MetricSource } from "@/lib/model/metrics";

/** Where metrics are read from: a member of etcd, a kube-apiserver. A target keeps its id for ever. */
export const metricTarget = pgTable(
  "metric_target",
  {
    clusterId: count("cluster_id").notNull(),
    targetId: integer("target_id").notNull(),
    source: text("source").$type<MetricSource>().notNull(),
    url: text("url").notNull(),
    /** Hex text; null: an apiserver, or a member that has not been told apart. */
    memberId: text("member_id"),
    /** When it last answered, and what that cost. */
    at: instant("at"),
    scrapeMs: doublePrecision("scrape_ms"),
    bodyBytes: count("body_bytes"),
    /** Samples on the page, and how many of them are kept. */
    samples: integer("samples"),
    keptSamples: integer("kept_samples"),
    /** `process_start_time_seconds`, to notice a restart. */
    startedAt: instant("started_at"),
    /** How far its clock is ahead of ours: at least and at most, milliseconds; null: it does not tell. */
    clockAheadLeastMs: doublePrecision("clock_ahead_least_ms"),
    clockAheadMostMs: doublePrecision("clock_ahead_most_ms"),
    /** Why the last reading failed; null when it did not. */
    failure: text("failure"),
    checkedAt: instant("checked_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.clusterId, table.targetId] }),
    uniqueIndex("metric_target_by_url").on(table.clusterId, table.source, table.url),
  ],
);

/** Dictionary of series: a name and its labels, the same for all targets of a source. */
export const metricSeries = pgTable(
  "metric_series",
  {
    clusterId: count("cluster_id").notNull(),
    seriesId: integer("series_id").notNull(),
    source: text("source").$type<MetricSource>().notNull(),
    name: text("name").notNull(),
    labels: json("labels").$type<Record<string, string>>().notNull(),
    kind: text("kind").$type<MetricKind>().notNull(),
    /** SHA-256 over source, name and sorted labels. */
    digest: bytea("digest").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.clusterId, table.seriesId] }),
    uniqueIndex("metric_series_by_digest").on(table.clusterId, table.digest),
    index("metric_series_by_name").on(table.clusterId, table.source, table.name),
  ],
);

/**
 * One reading of one target: of counters what they grew by since the reading before, of gauges what they stand at
 * (`lib/model/metric-frame.ts`). Partitioned by day on `at`.
 */
export const metricFrame = pgTable(
  "metric_frame",
  {
    clusterId: count("cluster_id").notNull(),
    at: instant("at").notNull(),
    targetId: integer("target_id").notNull(),
    /** The reading before; null: there is none to count from (the first, or the target has restarted). */
    fromAt: instant("from_at"),
    format: smallint("format").notNull(),
    payload: bytea("payload").notNull(),
  },
  (table) => [primaryKey({ columns: [table.clusterId, table.at, table.targetId] })],
);

/** One hour of one target by minutes, series by series, sealed from its frames. Partitioned by day on `at`. */
export const metricHour = pgTable(
  "metric_hour",
  {
    clusterId: count("cluster_id").notNull(),
    at: instant("at").notNull(),
    targetId: integer("target_id").notNull(),
    format: smallint("format").notNull(),
    payload: bytea("payload").notNull(),
  },
  (table) => [primaryKey({ columns: [table.clusterId, table.at, table.targetId] })],
);

/** Established connections to a member by client address, as an agent beside it counted them. Partitioned by day on `at`. */
export const connectionSample = pgTable(
  "connection_sample",
  {
    clusterId: count("cluster_id").notNull(),
    at: instant("at").notNull(),
    /** The name the agent was given: the member's. */
    reporter: text("reporter").notNull(),
    connections: integer("connections").notNull(),
    /** Most connections first; what was not kept apart is in `otherConnections`. */
    clients: json("clients").$type<{ address: string; connections: number }[]>().notNull(),
    otherConnections: integer("other_connections").notNull(),
  },
  (table) => [primaryKey({ columns: [table.clusterId, table.at, table.reporter] })],
);

/** What one look at the leases said. Partitioned by day on `at`. */
export const leaseSample = pgTable(
  "lease_sample",
  {
    clusterId: count("cluster_id").notNull(),
    at: instant("at").notNull(),
    /** Exact, as LeaseLeases lists them. */
    leases: integer("leases").notNull(),
    /** How many of them were asked for their time to live and their keys. */
    sampledLeases: integer("sampled_leases").notNull(),
    distribution: json("distribution").$type<LeaseDistribution>().notNull(),
  },
  (table) => [primaryKey({ columns: [table.clusterId, table.at] })],
);
