CREATE TABLE "collector_cost" (
	"cluster_id" bigint NOT NULL,
	"hour" timestamp with time zone NOT NULL,
	"purpose" text NOT NULL,
	"requests" bigint NOT NULL,
	"keys" bigint NOT NULL,
	"received_bytes" bigint NOT NULL,
	"request_seconds" double precision NOT NULL,
	"events" bigint NOT NULL,
	CONSTRAINT "collector_cost_cluster_id_hour_purpose_pk" PRIMARY KEY("cluster_id","hour","purpose")
) PARTITION BY RANGE ("hour");
--> statement-breakpoint
CREATE TABLE "prefix_day" (
	"cluster_id" bigint NOT NULL,
	"day" timestamp with time zone NOT NULL,
	"slot" integer NOT NULL,
	"observed_ms" integer NOT NULL,
	"revision" bigint NOT NULL,
	"keys" bigint NOT NULL,
	"key_bytes" bigint NOT NULL,
	"value_bytes" bigint NOT NULL,
	"history_bytes" bigint,
	"puts" bigint NOT NULL,
	"creates" bigint NOT NULL,
	"deletes" bigint NOT NULL,
	"written_bytes" bigint NOT NULL,
	CONSTRAINT "prefix_day_cluster_id_day_slot_pk" PRIMARY KEY("cluster_id","day","slot")
) PARTITION BY RANGE ("day");
--> statement-breakpoint
CREATE TABLE "retention" (
	"level" text PRIMARY KEY NOT NULL,
	"keep_hours" integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE "scan_boundary" (
	"cluster_id" bigint PRIMARY KEY NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"keys" bigint NOT NULL,
	"format" smallint NOT NULL,
	"payload" "bytea" NOT NULL
);
--> statement-breakpoint
CREATE TABLE "sealed_day" (
	"cluster_id" bigint NOT NULL,
	"day" timestamp with time zone NOT NULL,
	"format" smallint NOT NULL,
	"slots" "bytea" NOT NULL,
	"columns" "bytea" NOT NULL,
	"keys" "bytea" NOT NULL,
	"key_bytes" "bytea" NOT NULL,
	"value_bytes" "bytea" NOT NULL,
	"history_bytes" "bytea" NOT NULL,
	"puts" "bytea" NOT NULL,
	"creates" "bytea" NOT NULL,
	"deletes" "bytea" NOT NULL,
	"written_bytes" "bytea" NOT NULL,
	CONSTRAINT "sealed_day_cluster_id_day_pk" PRIMARY KEY("cluster_id","day")
) PARTITION BY RANGE ("day");
--> statement-breakpoint
CREATE TABLE "sealed_hour" (
	"cluster_id" bigint NOT NULL,
	"hour" timestamp with time zone NOT NULL,
	"format" smallint NOT NULL,
	"slots" "bytea" NOT NULL,
	"columns" "bytea" NOT NULL,
	"keys" "bytea" NOT NULL,
	"key_bytes" "bytea" NOT NULL,
	"value_bytes" "bytea" NOT NULL,
	"history_bytes" "bytea" NOT NULL,
	"puts" "bytea" NOT NULL,
	"creates" "bytea" NOT NULL,
	"deletes" "bytea" NOT NULL,
	"written_bytes" "bytea" NOT NULL,
	CONSTRAINT "sealed_hour_cluster_id_hour_pk" PRIMARY KEY("cluster_id","hour")
) PARTITION BY RANGE ("hour");
--> statement-breakpoint
CREATE TABLE "timeline_event" (
	"cluster_id" bigint NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"kind" text NOT NULL,
	"member_id" text DEFAULT '' NOT NULL,
	"until" timestamp with time zone,
	"text" text NOT NULL,
	CONSTRAINT "timeline_event_cluster_id_at_kind_member_id_pk" PRIMARY KEY("cluster_id","at","kind","member_id")
) PARTITION BY RANGE ("at");
--> statement-breakpoint
ALTER TABLE "cluster" ADD COLUMN "frame_seconds" integer DEFAULT 10 NOT NULL;--> statement-breakpoint
ALTER TABLE "cluster" ADD COLUMN "scan_share" double precision DEFAULT 0.25 NOT NULL;--> statement-breakpoint
ALTER TABLE "hot_minute" ADD COLUMN "unlisted_written_bytes" bigint;--> statement-breakpoint
ALTER TABLE "keyspace_frame" ADD COLUMN "history_bytes" bigint;--> statement-breakpoint
ALTER TABLE "keyspace_status" ADD COLUMN "compact_revision" bigint;--> statement-breakpoint
ALTER TABLE "keyspace_status" ADD COLUMN "history_revisions" bigint;--> statement-breakpoint
ALTER TABLE "keyspace_status" ADD COLUMN "history_reason" text;--> statement-breakpoint
ALTER TABLE "keyspace_status" ADD COLUMN "drift_checked_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "keyspace_status" ADD COLUMN "drift_checked_keys" bigint;--> statement-breakpoint
ALTER TABLE "keyspace_status" ADD COLUMN "drift_keys" bigint;--> statement-breakpoint
ALTER TABLE "prefix_hour" ADD COLUMN "history_bytes" bigint;--> statement-breakpoint
ALTER TABLE "prefix_state" ADD COLUMN "history_bytes" bigint;--> statement-breakpoint
ALTER TABLE "prefix_state" ADD COLUMN "history_revisions" bigint;--> statement-breakpoint
ALTER TABLE "prefix_state" ADD COLUMN "leased_keys" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
-- From here on by hand: sealed columns are deflated already, Postgres need not try again.
ALTER TABLE "sealed_hour" ALTER COLUMN "slots" SET STORAGE EXTERNAL, ALTER COLUMN "columns" SET STORAGE EXTERNAL, ALTER COLUMN "keys" SET STORAGE EXTERNAL, ALTER COLUMN "key_bytes" SET STORAGE EXTERNAL, ALTER COLUMN "value_bytes" SET STORAGE EXTERNAL, ALTER COLUMN "history_bytes" SET STORAGE EXTERNAL, ALTER COLUMN "puts" SET STORAGE EXTERNAL, ALTER COLUMN "creates" SET STORAGE EXTERNAL, ALTER COLUMN "deletes" SET STORAGE EXTERNAL, ALTER COLUMN "written_bytes" SET STORAGE EXTERNAL;--> statement-breakpoint
ALTER TABLE "sealed_day" ALTER COLUMN "slots" SET STORAGE EXTERNAL, ALTER COLUMN "columns" SET STORAGE EXTERNAL, ALTER COLUMN "keys" SET STORAGE EXTERNAL, ALTER COLUMN "key_bytes" SET STORAGE EXTERNAL, ALTER COLUMN "value_bytes" SET STORAGE EXTERNAL, ALTER COLUMN "history_bytes" SET STORAGE EXTERNAL, ALTER COLUMN "puts" SET STORAGE EXTERNAL, ALTER COLUMN "creates" SET STORAGE EXTERNAL, ALTER COLUMN "deletes" SET STORAGE EXTERNAL, ALTER COLUMN "written_bytes" SET STORAGE EXTERNAL;
