import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  doublePrecision,
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
import type { TimelineKind } from "@/lib/model/timeline";

/** Where a cluster was declared. Only `settings` clusters can be edited in the UI. */
export type ClusterSource = "settings" | "file" | "demo";

/** The etcd clusters we know. A global table: its id leads the key of every measurement. */
export const cluster = pgTable(
  "cluster",
  {
    id: count("id").primaryKey().generatedAlwaysAsIdentity(),
    name: text("name").notNull(),
    source: text("source").$type<ClusterSource>().notNull(),
    endpoints: text("endpoints").array().notNull(),
    /** PEM text of the CA, the client certificate; the key and the password are sealed (`lib/db/secret-box.ts`). */
    caPem: text("ca_pem"),
    certPem: text("cert_pem"),
    keySealed: bytea("key_sealed"),
    serverName: text("server_name"),
    username: text("username"),
    passwordSealed: bytea("password_sealed"),
    paused: boolean("paused").notNull().default(false),
    /** Length of a frame in seconds: 10, 30 or 60. */
    frameSeconds: integer("frame_seconds").notNull().default(10),
    /** The share of the time a scan may keep etcd busy for us, above 0 to 1. */
    scanShare: doublePrecision("scan_share").notNull().default(0.25),
    /** Hours between two comparisons of the members' hashes; null: only when asked for. */
    hashCheckHours: integer("hash_check_hours"),
    /** etcd's own cluster id as 16 hex digits, once a member has answered. */
    etcdClusterId: text("etcd_cluster_id"),
    createdAt: instant("created_at").notNull().defaultNow(),
  },
  (table) => [uniqueIndex("cluster_name").on(table.name)],
);

/** Life signs of the worker process; `/readyz` wants one younger than a few seconds. Global. */
export const worker = pgTable("worker", {
  id: uuid("id").primaryKey(),
  pid: integer("pid").notNull(),
  startedAt: instant("started_at").notNull(),
  at: instant("at").notNull(),
});

/**
 * What the web asks of the worker, and the answer. Global. The worker hears `NOTIFY question`, the web `NOTIFY answer`.
 * `params` and `answer` hold keys as base64 (JSON cannot carry every byte); their types are in `lib/model/questions.ts`.
 */
export const question = pgTable(
  "question",
  {
    id: uuid("id").primaryKey().defaultRandom(),
    clusterId: count("cluster_id"),
    kind: text("kind").notNull(),
    params: json("params").$type<unknown>().notNull(),
    askedAt: instant("asked_at").notNull().defaultNow(),
    answeredAt: instant("answered_at"),
    answer: json("answer").$type<unknown>(),
    /** Set instead of `answer`: one sentence for the reader. */
    error: text("error"),
  },
  (table) => [index("question_open").on(table.askedAt).where(sql`${table.answeredAt} is null`)],
);

export type CollectorHealth = "ok" | "degraded" | "failed";

/** How each collector of each cluster is doing, in plain words. */
export const collectorState = pgTable(
  "collector_state",
  {
    clusterId: count("cluster_id").notNull(),
    collector: text("collector").notNull(),
    health: text("health").$type<CollectorHealth>().notNull(),
    reason: text("reason"),
    remedy: text("remedy"),
    since: instant("since").notNull(),
    at: instant("at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.clusterId, table.collector] })],
);

/** The latest answer of every member. Ids are hex text, as `etcdctl` prints them. */
export const member = pgTable(
  "member",
  {
    clusterId: count("cluster_id").notNull(),
    memberId: text("member_id").notNull(),
    name: text("name").notNull(),
    clientUrls: text("client_urls").array().notNull(),
    peerUrls: text("peer_urls").array().notNull(),
    isLearner: boolean("is_learner").notNull(),
    isLeader: boolean("is_leader").notNull(),
    version: text("version"),
    dbSizeBytes: count("db_size_bytes"),
    dbSizeInUseBytes: count("db_size_in_use_bytes"),
    /** Null where the version does not report it (etcd 3.5 and older). */
    quotaBackendBytes: count("quota_backend_bytes"),
    revision: count("revision"),
    raftIndex: count("raft_index"),
    raftAppliedIndex: count("raft_applied_index"),
    raftTerm: count("raft_term"),
    alarms: text("alarms").array().notNull(),
    errors: text("errors").array().notNull(),
    /** Milliseconds the Status call took. */
    statusMs: doublePrecision("status_ms"),
    /**
     * At least so many revisions, and raft entries, behind the leader, by samples in both orders: what the time between
     * two samples explains is not in it. Null: it did not answer, or there was no leader to compare with.
     */
    revisionsBehind: count("revisions_behind"),
    raftBehind: count("raft_behind"),
    /** Why the last call failed; null when it answered. */
    failure: text("failure"),
    /** When the figures above were read; kept from the last good answer. */
    at: instant("at"),
    checkedAt: instant("checked_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.clusterId, table.memberId] })],
);

/** One Status answer of one member, every 10 s. Partitioned by day on `at`. */
export const memberSample = pgTable(
  "member_sample",
  {
    clusterId: count("cluster_id").notNull(),
    at: instant("at").notNull(),
    memberId: text("member_id").notNull(),
    dbSizeBytes: count("db_size_bytes").notNull(),
    dbSizeInUseBytes: count("db_size_in_use_bytes").notNull(),
    revision: count("revision").notNull(),
    raftIndex: count("raft_index").notNull(),
    raftAppliedIndex: count("raft_applied_index").notNull(),
    isLeader: boolean("is_leader").notNull(),
    statusMs: doublePrecision("status_ms").notNull(),
    /** As of `member`. */
    revisionsBehind: count("revisions_behind"),
    raftBehind: count("raft_behind"),
  },
  (table) => [primaryKey({ columns: [table.clusterId, table.at, table.memberId] })],
);

export type KeyspacePhase = "baseline" | "live" | "resync";

/** Where the keyspace model of a cluster stands. One row a cluster, written about once a second. */
export const keyspaceStatus = pgTable("keyspace_status", {
  clusterId: count("cluster_id").primaryKey(),
  phase: text("phase").$type<KeyspacePhase>().notNull(),
  /** Why a resync was needed; null in a first baseline and while live. */
  reason: text("reason"),
  /** The revision up to which `prefix_state` is complete; null before the first baseline is done. */
  revision: count("revision"),
  /** The instant up to which `prefix_state` is complete: nothing written before it is missing. */
  at: instant("at"),
  /** Counted without a gap since then; the cumulative counters of `prefix_state` start here. */
  since: instant("since"),
  /** Progress of a running scan. `expectedKeys` is etcd's own count at its start. */
  scannedKeys: count("scanned_keys"),
  expectedKeys: count("expected_keys"),
  /** The endpoint the scan and the watch read from. */
  endpoint: text("endpoint"),
  /** Bytes of memory the model's arrays take. */
  modelBytes: count("model_bytes"),
  /** The revision etcd has compacted up to, as last probed; null: not known yet. */
  compactRevision: count("compact_revision"),
  /** Superseded revisions and tombstones that compaction has left; null while they have not been measured. */
  historyRevisions: count("history_revisions"),
  /** Why history is not known, in plain words; null while it is. */
  historyReason: text("history_reason"),
  /** The last comparison of the model with etcd: keys compared since `since`, and those that differed. */
  driftCheckedAt: instant("drift_checked_at"),
  driftCheckedKeys: count("drift_checked_keys"),
  driftKeys: count("drift_keys"),
  updatedAt: instant("updated_at").notNull(),
});

/** The dictionary of prefixes: a slot number stands for the same prefix for ever. Slot 0 is the whole keyspace. */
export const prefix = pgTable(
  "prefix",
  {
    clusterId: count("cluster_id").notNull(),
    slot: integer("slot").notNull(),
    parentSlot: integer("parent_slot"),
    /** The whole prefix, not just the last segment. For an *other* node, its parent's prefix. */
    prefix: bytea("prefix").notNull(),
    /** Stands for all children of its parent that have no slot of their own. */
    isOther: boolean("is_other").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.clusterId, table.slot] }),
    // A prefix can be longer than a btree entry may be, hence the digest.
    uniqueIndex("prefix_by_digest").on(table.clusterId, sql`sha256(${table.prefix})`, table.isOther),
    index("prefix_by_parent").on(table.clusterId, table.parentSlot),
  ],
);

/** What a prefix holds now, as of `keyspace_status`. A row whose keys are 0 has been emptied since. */
export const prefixState = pgTable(
  "prefix_state",
  {
    clusterId: count("cluster_id").notNull(),
    slot: integer("slot").notNull(),
    keys: count("keys").notNull(),
    keyBytes: count("key_bytes").notNull(),
    valueBytes: count("value_bytes").notNull(),
    /** Keys that hang directly under the prefix, with no further separator. */
    directKeys: count("direct_keys").notNull(),
    childPrefixes: integer("child_prefixes").notNull(),
    largestValueBytes: count("largest_value_bytes").notNull(),
    oldestModRevision: count("oldest_mod_revision"),
    newestModRevision: count("newest_mod_revision"),
    /** Bytes (key + value) and number of superseded revisions and tombstones not compacted yet; null: not measured. */
    historyBytes: count("history_bytes"),
    historyRevisions: count("history_revisions"),
    /** Keys attached to a lease. */
    leasedKeys: count("leased_keys").notNull().default(0),
  },
  (table) => [primaryKey({ columns: [table.clusterId, table.slot] })],
);

/**
 * One 10 s slice of one cluster. Partitioned by day on `at`, the slice's aligned start. The plain columns are the
 * totals of slot 0; `payload` holds the touched slots (`lib/model/frame.ts`). A slice nobody watched has no row.
 */
export const keyspaceFrame = pgTable(
  "keyspace_frame",
  {
    clusterId: count("cluster_id").notNull(),
    at: instant("at").notNull(),
    /** How much of the slice was watched, in milliseconds. */
    observedMs: integer("observed_ms").notNull(),
    revision: count("revision").notNull(),
    keys: count("keys").notNull(),
    keyBytes: count("key_bytes").notNull(),
    valueBytes: count("value_bytes").notNull(),
    /** Null: not measured at the time, and the payload's column says nothing. */
    historyBytes: count("history_bytes"),
    puts: count("puts").notNull(),
    creates: count("creates").notNull(),
    deletes: count("deletes").notNull(),
    writtenBytes: count("written_bytes").notNull(),
    /** The most keys one revision put, and the longest value put, in the slice; null: not measured at the time. */
    largestRevisionPuts: integer("largest_revision_puts"),
    largestPutBytes: count("largest_put_bytes"),
    /** A full frame lists every slot that holds keys; others only those that changed in the slice. */
    isFull: boolean("is_full").notNull(),
    format: smallint("format").notNull(),
    payload: bytea("payload").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.clusterId, table.at] }),
    // The revision clock: which slice wrote this revision?
    index("keyspace_frame_by_revision").on(table.clusterId, table.revision),
  ],
);

/** What a roll-up row says: gauges at the end of its time (or now, while it is open), counts within it. */
const rollUpColumns = () => ({
  slot: integer("slot").notNull(),
  observedMs: integer("observed_ms").notNull(),
  revision: count("revision").notNull(),
  keys: count("keys").notNull(),
  keyBytes: count("key_bytes").notNull(),
  valueBytes: count("value_bytes").notNull(),
  /** Null: not measured at the time. */
  historyBytes: count("history_bytes"),
  puts: count("puts").notNull(),
  creates: count("creates").notNull(),
  deletes: count("deletes").notNull(),
  writtenBytes: count("written_bytes").notNull(),
});

/** Hourly roll-up of a prefix, plain rows that SQL and Grafana can read. Partitioned by month on `hour`. */
export const prefixHour = pgTable(
  "prefix_hour",
  { clusterId: count("cluster_id").notNull(), hour: instant("hour").notNull(), ...rollUpColumns() },
  (table) => [primaryKey({ columns: [table.clusterId, table.hour, table.slot] })],
);

/** Daily roll-up (UTC days), made from the hours of a day that is over. Partitioned by month on `day`. */
export const prefixDay = pgTable(
  "prefix_day",
  { clusterId: count("cluster_id").notNull(), day: instant("day").notNull(), ...rollUpColumns() },
  (table) => [primaryKey({ columns: [table.clusterId, table.day, table.slot] })],
);

/**
 * A stretch of time that is over, all its slots together, one packed column a measure (`lib/model/sealed.ts`): reading
 * one measure leaves the others on the disk.
 */
const sealedColumns = () => ({
  format: smallint("format").notNull(),
  /** Which slots are in it, ascending; the rows of every measure's matrix. */
  slots: bytea("slots").notNull(),
  /** Of each column of the matrix: how long it was watched, its last revision, whether history was measured. */
  columns: bytea("columns").notNull(),
  keys: bytea("keys").notNull(),
  keyBytes: bytea("key_bytes").notNull(),
  valueBytes: bytea("value_bytes").notNull(),
  historyBytes: bytea("history_bytes").notNull(),
  puts: bytea("puts").notNull(),
  creates: bytea("creates").notNull(),
  deletes: bytea("deletes").notNull(),
  writtenBytes: bytea("written_bytes").notNull(),
});

/** One hour by minutes, sealed from its frames. Partitioned by day on `hour`. */
export const sealedHour = pgTable(
  "sealed_hour",
  { clusterId: count("cluster_id").notNull(), hour: instant("hour").notNull(), ...sealedColumns() },
  (table) => [primaryKey({ columns: [table.clusterId, table.hour] })],
);

/** One UTC day by hours, sealed from its hourly roll-ups. Partitioned by month on `day`. */
export const sealedDay = pgTable(
  "sealed_day",
  { clusterId: count("cluster_id").notNull(), day: instant("day").notNull(), ...sealedColumns() },
  (table) => [primaryKey({ columns: [table.clusterId, table.day] })],
);

/** How long each level of storage is kept. Global; a level without a row has its default (`lib/model/retention.ts`). */
export const retention = pgTable("retention", {
  level: text("level").primaryKey(),
  keepHours: integer("keep_hours").notNull(),
});

/** Where the pages of the last whole scan ended, in key order: the bounds of the next one. One row a cluster. */
export const scanBoundary = pgTable("scan_boundary", {
  clusterId: count("cluster_id").primaryKey(),
  at: instant("at").notNull(),
  keys: count("keys").notNull(),
  format: smallint("format").notNull(),
  payload: bytea("payload").notNull(),
});

/** What reading a cluster cost it, by hour and by who read. Exact. Partitioned by month on `hour`. */
export const collectorCost = pgTable(
  "collector_cost",
  {
    clusterId: count("cluster_id").notNull(),
    hour: instant("hour").notNull(),
    /** One of `COST_PURPOSES`. */
    purpose: text("purpose").notNull(),
    requests: count("requests").notNull(),
    keys: count("keys").notNull(),
    /** Of the answers, as messages. */
    receivedBytes: count("received_bytes").notNull(),
    /** Seconds etcd's answers took, watches not counted. */
    requestSeconds: doublePrecision("request_seconds").notNull(),
    /** Events told on watches. */
    events: count("events").notNull(),
  },
  (table) => [primaryKey({ columns: [table.clusterId, table.hour, table.purpose] })],
);

/** What happened to a cluster and when, a line each. Partitioned by month on `at`. */
export const timelineEvent = pgTable(
  "timeline_event",
  {
    clusterId: count("cluster_id").notNull(),
    at: instant("at").notNull(),
    kind: text("kind").$type<TimelineKind>().notNull(),
    /** The member it happened to, hex text; empty for the whole cluster. */
    memberId: text("member_id").notNull().default(""),
    /** Where it lasted; null for an instant. */
    until: instant("until"),
    /** One sentence for the reader. */
    text: text("text").notNull(),
  },
  (table) => [primaryKey({ columns: [table.clusterId, table.at, table.kind, table.memberId] })],
);

/** Dictionary of the keys that `hot_minute` names. */
export const hotKey = pgTable(
  "hot_key",
  {
    clusterId: count("cluster_id").notNull(),
    keyId: integer("key_id").notNull(),
    key: bytea("key").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.clusterId, table.keyId] }),
    uniqueIndex("hot_key_by_digest").on(table.clusterId, sql`sha256(${table.key})`),
  ],
);

/** The most written keys of one minute, by writes and by bytes, most writes first. Partitioned by day on `minute`. */
export const hotMinute = pgTable(
  "hot_minute",
  {
    clusterId: count("cluster_id").notNull(),
    minute: instant("minute").notNull(),
    observedMs: integer("observed_ms").notNull(),
    keyIds: integer("key_ids").array().notNull(),
    writes: integer("writes").array().notNull(),
    writtenBytes: bigint("written_bytes", { mode: "number" }).array().notNull(),
    /** The most writes any key that is not listed can have had; 0 when all are listed. */
    unlistedWrites: integer("unlisted_writes").notNull(),
    /** The most bytes written to any key that is not listed; null: not known. */
    unlistedWrittenBytes: count("unlisted_written_bytes"),
  },
  (table) => [primaryKey({ columns: [table.clusterId, table.minute] })],
);
