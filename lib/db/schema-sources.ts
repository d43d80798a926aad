import { sql } from "drizzle-orm";
import {
  boolean,
  index,
  integer,
  json,
  pgTable,
  primaryKey,
  smallint,
  text,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { bytea, count, instant } from "@/lib/db/columns";
import type { SourceName, SourceSettings } from "@/lib/model/sources";

/** A source of a cluster besides the keyspace, as it was set. A source without a row has its default. */
export const clusterSource = pgTable(
  "cluster_source",
  {
    clusterId: count("cluster_id").notNull(),
    source: text("source").$type<SourceName>().notNull(),
    enabled: boolean("enabled").notNull(),
    settings: json("settings").$type<SourceSettings>().notNull(),
    /** JSON `SourceSecrets`, sealed (`lib/db/secret-box.ts`); null: none. */
    secretsSealed: bytea("secrets_sealed"),
  },
  (table) => [primaryKey({ columns: [table.clusterId, table.source] })],
);

/** Who may send events of a cluster. Of the secret only its SHA-256 is kept. */
export const ingestToken = pgTable(
  "ingest_token",
  {
    clusterId: count("cluster_id").notNull(),
    id: uuid("id").notNull().defaultRandom(),
    name: text("name").notNull(),
    secretSha256: bytea("secret_sha256").notNull(),
    createdAt: instant("created_at").notNull().defaultNow(),
    lastUsedAt: instant("last_used_at"),
    revokedAt: instant("revoked_at"),
  },
  (table) => [
    primaryKey({ columns: [table.clusterId, table.id] }),
    uniqueIndex("ingest_token_by_secret").on(table.clusterId, table.secretSha256),
  ],
);

/**
 * The inbox between web and worker: a batch that was acknowledged, reduced to what is counted (`lib/model/ingest-batch.ts`).
 * The worker takes it, empties `payload`, and keeps `eventIds` for as long as a sender may repeat itself.
 */
export const ingestBatch = pgTable(
  "ingest_batch",
  {
    clusterId: count("cluster_id").notNull(),
    id: count("id").notNull().generatedAlwaysAsIdentity(),
    kind: text("kind").$type<"audit" | "etcd-log" | "connections">().notNull(),
    receivedAt: instant("received_at").notNull().defaultNow(),
    events: integer("events").notNull(),
    format: smallint("format").notNull(),
    payload: bytea("payload").notNull(),
    /** 8 bytes an event: the head of a SHA-256 over its id. Empty where events have none. */
    eventIds: bytea("event_ids").notNull(),
    takenAt: instant("taken_at"),
  },
  (table) => [
    primaryKey({ columns: [table.clusterId, table.id] }),
    index("ingest_batch_open").on(table.clusterId, table.id).where(sql`${table.takenAt} is null`),
    index("ingest_batch_taken").on(table.clusterId, table.takenAt),
  ],
);

/** How far a followed file has been read. Written with what was read, in one transaction. */
export const fileCursor = pgTable(
  "file_cursor",
  {
    clusterId: count("cluster_id").notNull(),
    source: text("source").$type<SourceName>().notNull(),
    /** Device and inode, so that a renamed file is still the same. */
    file: text("file").notNull(),
    path: text("path").notNull(),
    offsetBytes: count("offset_bytes").notNull(),
    /** SHA-256 of the file's first bytes: an inode that was used again is noticed. */
    fingerprint: bytea("fingerprint").notNull(),
    at: instant("at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.clusterId, table.source, table.file] })],
);

/**
 * Dictionary of the cells of `traffic_minute`: one combination of who did what. A null is something the source cannot
 * know; in a folded cell it stands for all the values that were not kept apart.
 */
export const trafficCell = pgTable(
  "traffic_cell",
  {
    clusterId: count("cluster_id").notNull(),
    cellId: integer("cell_id").notNull(),
    source: text("source").$type<"audit" | "etcd-log">().notNull(),
    verb: text("verb"),
    resource: text("resource"),
    namespace: text("namespace"),
    user: text("user_name"),
    userAgent: text("user_agent"),
    sourceAddress: text("source_address"),
    code: smallint("code"),
    isFolded: boolean("is_folded").notNull(),
    firstSeenAt: instant("first_seen_at").notNull(),
    /** To the hour: what nobody names any more is dropped by it. */
    lastSeenAt: instant("last_seen_at").notNull(),
    /** SHA-256 over source, dimensions and `is_folded` (`lib/model/traffic.ts`). */
    digest: bytea("digest").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.clusterId, table.cellId] }),
    uniqueIndex("traffic_cell_by_digest").on(table.clusterId, table.digest),
  ],
);

const trafficColumns = () => ({
  clusterId: count("cluster_id").notNull(),
  at: instant("at").notNull(),
  source: text("source").$type<"audit" | "etcd-log">().notNull(),
  /** How much of the time the source was heard, in milliseconds; the rest is a gap. */
  observedMs: integer("observed_ms").notNull(),
  /** Events in it, all cells together. */
  events: count("events").notNull(),
  /** Cells that were folded into coarser ones for want of room. */
  foldedCells: integer("folded_cells").notNull(),
  format: smallint("format").notNull(),
  /** `lib/model/traffic-frame.ts`. */
  payload: bytea("payload").notNull(),
});

/** Who did what in one minute. Partitioned by day on `at`. */
export const trafficMinute = pgTable("traffic_minute", trafficColumns(), (table) => [
  primaryKey({ columns: [table.clusterId, table.at, table.source] }),
]);

/** The same by the hour, sealed from the minutes. Partitioned by month on `at`. */
export const trafficHour = pgTable("traffic_hour", trafficColumns(), (table) => [
  primaryKey({ columns: [table.clusterId, table.at, table.source] }),
]);

/** What a source could not use, by minute and why. Partitioned by day on `at`. */
export const ingestFault = pgTable(
  "ingest_fault",
  {
    clusterId: count("cluster_id").notNull(),
    at: instant("at").notNull(),
    source: text("source").$type<SourceName>().notNull(),
    /** `not-json`, `not-an-event`, `too-long`, `too-old`, `duplicate`, `truncated` ... (`lib/model/ingest-batch.ts`). */
    fault: text("fault").notNull(),
    events: count("events").notNull(),
  },
  (table) => [primaryKey({ columns: [table.clusterId, table.at, table.source, table.fault] })],
);

/** Lines of etcd's log that tell of trouble, by minute and kind (`lib/model/etcd-log-line.ts`). Partitioned by day on `at`. */
export const logSignal = pgTable(
  "log_signal",
  {
    clusterId: count("cluster_id").notNull(),
    at: instant("at").notNull(),
    kind: text("kind").notNull(),
    lines: count("lines").notNull(),
    /** Of the lines that say how long something took; null: none does. */
    worstMicros: count("worst_micros"),
    totalMicros: count("total_micros"),
    /** The worst line's own words, cut to 500 characters; no value of a key is in it. */
    example: text("example").notNull(),
  },
  (table) => [primaryKey({ columns: [table.clusterId, table.at, table.kind] })],
);
