import { sql } from "drizzle-orm";
import {
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
import { bytea, count, instant, sparseIntegers } from "@/lib/db/columns";
import type { CaptureSummary } from "@/lib/model/capture";
import type { HashResult, HashVerdict, ProbeFailure } from "@/lib/model/consistency";
import type { FindingSeverity, NotificationPayload, WebhookKind } from "@/lib/model/notifications";
import type { SpikeSignal } from "@/lib/model/spikes";

/**
 * What a user of etcd feels: reads of one absent key at one member, twelve times a minute. Slot `i` of the arrays is the
 * probe that began in the minute's seconds `5 i` to `5 i + 5`. Partitioned by day on `minute`.
 */
export const probeMinute = pgTable(
  "probe_minute",
  {
    clusterId: count("cluster_id").notNull(),
    minute: instant("minute").notNull(),
    memberId: text("member_id").notNull(),
    /** Microseconds; -1: it failed, or took longer than the deadline; null: not asked. */
    serializableMicros: sparseIntegers("serializable_micros").notNull(),
    linearizableMicros: sparseIntegers("linearizable_micros").notNull(),
    /** Why those that failed did, in plain words. */
    failures: json("failures").$type<ProbeFailure[]>().notNull(),
  },
  (table) => [primaryKey({ columns: [table.clusterId, table.minute, table.memberId] })],
);

/** One comparison of the members' hashes at one revision. Partitioned by month on `at`. */
export const hashCheck = pgTable(
  "hash_check",
  {
    clusterId: count("cluster_id").notNull(),
    at: instant("at").notNull(),
    revision: count("revision").notNull(),
    verdict: text("verdict").$type<HashVerdict>().notNull(),
    results: json("results").$type<HashResult[]>().notNull(),
  },
  (table) => [primaryKey({ columns: [table.clusterId, table.at] })],
);

/** How a member was configured, as the line it logged at its start says. `member` is the name it was given. */
export const memberConfig = pgTable(
  "member_config",
  {
    clusterId: count("cluster_id").notNull(),
    member: text("member").notNull(),
    startedAt: instant("started_at").notNull(),
    /** By etcd's own names (`heartbeat-interval`), as text. */
    settings: json("settings").$type<Record<string, string>>().notNull(),
  },
  (table) => [primaryKey({ columns: [table.clusterId, table.member] })],
);

/** A latency or a rate that left its usual band, from onset to end. Partitioned by month on `onset`. */
export const spike = pgTable(
  "spike",
  {
    clusterId: count("cluster_id").notNull(),
    onset: instant("onset").notNull(),
    signal: text("signal").$type<SpikeSignal>().notNull(),
    /** Which member (hex id), prefix (slot number), client (JSON of its dimensions) or verb; empty: the cluster. */
    subject: text("subject").notNull(),
    /** Its name for the reader, when it was found. */
    label: text("label").notNull(),
    /** Null: it goes on. */
    endedAt: instant("ended_at"),
    /** In the signal's unit: the highest value, and the band it left. */
    peak: doublePrecision("peak").notNull(),
    peakAt: instant("peak_at").notNull(),
    median: doublePrecision("median").notNull(),
    mad: doublePrecision("mad").notNull(),
    /** Median absolute deviation and median of what: `hour-of-week`, `hour-of-day` or `recent`. */
    baseline: text("baseline").notNull(),
    checkedAt: instant("checked_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.clusterId, table.onset, table.signal, table.subject] })],
);

/** A condition that holds, or held: what a rule found in the last minutes, once from its begin to its end. */
export const finding = pgTable(
  "finding",
  {
    clusterId: count("cluster_id").notNull(),
    id: uuid("id").notNull().defaultRandom(),
    /** `L05` and so on (`lib/rules/triage/`). */
    rule: text("rule").notNull(),
    /** What it is about: a member's id, a prefix; empty: the whole cluster. */
    scope: text("scope").notNull(),
    severity: text("severity").$type<FindingSeverity>().notNull(),
    title: text("title").notNull(),
    /** One sentence with its numbers, as it was last found. */
    text: text("text").notNull(),
    next: text("next").notNull(),
    openedAt: instant("opened_at").notNull(),
    /** When it was last found to hold. */
    checkedAt: instant("checked_at").notNull(),
    closedAt: instant("closed_at"),
  },
  (table) => [
    primaryKey({ columns: [table.clusterId, table.id] }),
    uniqueIndex("finding_open").on(table.clusterId, table.rule, table.scope).where(sql`${table.closedAt} is null`),
  ],
);

export type CaptureState = "waiting" | "running" | "done" | "failed";

/** An exact session of some seconds, asked for by a reader, and its report. */
export const capture = pgTable(
  "capture",
  {
    clusterId: count("cluster_id").notNull(),
    id: uuid("id").notNull().defaultRandom(),
    askedAt: instant("asked_at").notNull().defaultNow(),
    seconds: integer("seconds").notNull(),
    state: text("state").$type<CaptureState>().notNull(),
    startedAt: instant("started_at"),
    endedAt: instant("ended_at"),
    /** Why it failed, one sentence. */
    reason: text("reason"),
    summary: json("summary").$type<CaptureSummary>(),
    /** The whole report (`lib/model/capture.ts`), deflated. */
    format: smallint("format"),
    payload: bytea("payload"),
  },
  (table) => [primaryKey({ columns: [table.clusterId, table.id] })],
);

/** Where notifications go. Global. The URL is a secret: it is sealed. */
export const webhook = pgTable("webhook", {
  id: uuid("id").primaryKey().defaultRandom(),
  name: text("name").notNull(),
  kind: text("kind").$type<WebhookKind>().notNull(),
  urlSealed: bytea("url_sealed").notNull(),
  /** An `Authorization` header, sealed; null: none. */
  authorizationSealed: bytea("authorization_sealed"),
  /** Null: all clusters. */
  clusterIds: count("cluster_ids").array(),
  leastSeverity: text("least_severity").$type<FindingSeverity>().notNull(),
  sendsSpikes: boolean("sends_spikes").notNull(),
  enabled: boolean("enabled").notNull(),
  createdAt: instant("created_at").notNull().defaultNow(),
});

/** A notification on its way to a webhook, or sent. One a webhook, subject and change of its state. */
export const webhookDelivery = pgTable(
  "webhook_delivery",
  {
    clusterId: count("cluster_id").notNull(),
    id: uuid("id").notNull().defaultRandom(),
    webhookId: uuid("webhook_id").notNull(),
    /** What it is about, the same while it lasts: sending it again is no news. */
    dedupeKey: text("dedupe_key").notNull(),
    payload: json("payload").$type<NotificationPayload>().notNull(),
    state: text("state").$type<"waiting" | "sent" | "failed" | "silenced">().notNull(),
    attempts: integer("attempts").notNull().default(0),
    nextAt: instant("next_at").notNull(),
    lastError: text("last_error"),
    createdAt: instant("created_at").notNull().defaultNow(),
    sentAt: instant("sent_at"),
  },
  (table) => [
    primaryKey({ columns: [table.clusterId, table.id] }),
    index("webhook_delivery_waiting").on(table.clusterId, table.nextAt).where(sql`${table.state} = 'waiting'`),
    index("webhook_delivery_by_key").on(table.clusterId, table.webhookId, table.dedupeKey),
  ],
);

/** What is not to be told for a while. */
export const silence = pgTable(
  "silence",
  {
    clusterId: count("cluster_id").notNull(),
    id: uuid("id").notNull().defaultRandom(),
    /** A rule (`L05`), `spike`, or empty for everything of the cluster. */
    rule: text("rule").notNull(),
    /** As of a finding or spike; empty: whatever it is about. */
    scope: text("scope").notNull(),
    reason: text("reason").notNull(),
    createdAt: instant("created_at").notNull().defaultNow(),
    until: instant("until").notNull(),
  },
  (table) => [primaryKey({ columns: [table.clusterId, table.id] })],
);
