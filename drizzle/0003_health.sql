CREATE TABLE "capture" (
	"cluster_id" bigint NOT NULL,
	"id" uuid DEFAULT gen_random_uuid() NOT NULL,
	"asked_at" timestamp with time zone DEFAULT now() NOT NULL,
	"seconds" integer NOT NULL,
	"state" text NOT NULL,
	"started_at" timestamp with time zone,
	"ended_at" timestamp with time zone,
	"reason" text,
	"summary" json,
	"format" smallint,
	"payload" "bytea",
	CONSTRAINT "capture_cluster_id_id_pk" PRIMARY KEY("cluster_id","id")
);
--> statement-breakpoint
CREATE TABLE "finding" (
	"cluster_id" bigint NOT NULL,
	"id" uuid DEFAULT gen_random_uuid() NOT NULL,
	"rule" text NOT NULL,
	"scope" text NOT NULL,
	"severity" text NOT NULL,
	"title" text NOT NULL,
	"text" text NOT NULL,
	"next" text NOT NULL,
	"opened_at" timestamp with time zone NOT NULL,
	"checked_at" timestamp with time zone NOT NULL,
	"closed_at" timestamp with time zone,
	CONSTRAINT "finding_cluster_id_id_pk" PRIMARY KEY("cluster_id","id")
);
--> statement-breakpoint
CREATE TABLE "hash_check" (
	"cluster_id" bigint NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"revision" bigint NOT NULL,
	"verdict" text NOT NULL,
	"results" json NOT NULL,
	CONSTRAINT "hash_check_cluster_id_at_pk" PRIMARY KEY("cluster_id","at")
) PARTITION BY RANGE ("at");
--> statement-breakpoint
CREATE TABLE "member_config" (
	"cluster_id" bigint NOT NULL,
	"member" text NOT NULL,
	"started_at" timestamp with time zone NOT NULL,
	"settings" json NOT NULL,
	CONSTRAINT "member_config_cluster_id_member_pk" PRIMARY KEY("cluster_id","member")
);
--> statement-breakpoint
CREATE TABLE "probe_minute" (
	"cluster_id" bigint NOT NULL,
	"minute" timestamp with time zone NOT NULL,
	"member_id" text NOT NULL,
	"serializable_micros" integer[] NOT NULL,
	"linearizable_micros" integer[] NOT NULL,
	"failures" json NOT NULL,
	CONSTRAINT "probe_minute_cluster_id_minute_member_id_pk" PRIMARY KEY("cluster_id","minute","member_id")
) PARTITION BY RANGE ("minute");
--> statement-breakpoint
CREATE TABLE "silence" (
	"cluster_id" bigint NOT NULL,
	"id" uuid DEFAULT gen_random_uuid() NOT NULL,
	"rule" text NOT NULL,
	"scope" text NOT NULL,
	"reason" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"until" timestamp with time zone NOT NULL,
	CONSTRAINT "silence_cluster_id_id_pk" PRIMARY KEY("cluster_id","id")
);
--> statement-breakpoint
CREATE TABLE "spike" (
	"cluster_id" bigint NOT NULL,
	"onset" timestamp with time zone NOT NULL,
	"signal" text NOT NULL,
	"subject" text NOT NULL,
	"label" text NOT NULL,
	"ended_at" timestamp with time zone,
	"peak" double precision NOT NULL,
	"peak_at" timestamp with time zone NOT NULL,
	"median" double precision NOT NULL,
	"mad" double precision NOT NULL,
	"baseline" text NOT NULL,
	"checked_at" timestamp with time zone NOT NULL,
	CONSTRAINT "spike_cluster_id_onset_signal_subject_pk" PRIMARY KEY("cluster_id","onset","signal","subject")
) PARTITION BY RANGE ("onset");
--> statement-breakpoint
CREATE TABLE "webhook" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"name" text NOT NULL,
	"kind" text NOT NULL,
	"url_sealed" "bytea" NOT NULL,
	"authorization_sealed" "bytea",
	"cluster_ids" bigint[],
	"least_severity" text NOT NULL,
	"sends_spikes" boolean NOT NULL,
	"enabled" boolean NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "webhook_delivery" (
	"cluster_id" bigint NOT NULL,
	"id" uuid DEFAULT gen_random_uuid() NOT NULL,
	"webhook_id" uuid NOT NULL,
	"dedupe_key" text NOT NULL,
	"payload" json NOT NULL,
	"state" text NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"next_at" timestamp with time zone NOT NULL,
	"last_error" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"sent_at" timestamp with time zone,
	CONSTRAINT "webhook_delivery_cluster_id_id_pk" PRIMARY KEY("cluster_id","id")
);
--> statement-breakpoint
ALTER TABLE "metric_target" ADD COLUMN "clock_ahead_least_ms" double precision;--> statement-breakpoint
ALTER TABLE "metric_target" ADD COLUMN "clock_ahead_most_ms" double precision;--> statement-breakpoint
ALTER TABLE "cluster" ADD COLUMN "hash_check_hours" integer;--> statement-breakpoint
ALTER TABLE "keyspace_frame" ADD COLUMN "largest_revision_puts" integer;--> statement-breakpoint
ALTER TABLE "keyspace_frame" ADD COLUMN "largest_put_bytes" bigint;--> statement-breakpoint
ALTER TABLE "member" ADD COLUMN "revisions_behind" bigint;--> statement-breakpoint
ALTER TABLE "member" ADD COLUMN "raft_behind" bigint;--> statement-breakpoint
ALTER TABLE "member_sample" ADD COLUMN "revisions_behind" bigint;--> statement-breakpoint
ALTER TABLE "member_sample" ADD COLUMN "raft_behind" bigint;--> statement-breakpoint
CREATE UNIQUE INDEX "finding_open" ON "finding" USING btree ("cluster_id","rule","scope") WHERE "finding"."closed_at" is null;--> statement-breakpoint
CREATE INDEX "webhook_delivery_waiting" ON "webhook_delivery" USING btree ("cluster_id","next_at") WHERE "webhook_delivery"."state" = 'waiting';--> statement-breakpoint
CREATE INDEX "webhook_delivery_by_key" ON "webhook_delivery" USING btree ("cluster_id","webhook_id","dedupe_key");