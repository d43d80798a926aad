CREATE TABLE "connection_sample" (
	"cluster_id" bigint NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"reporter" text NOT NULL,
	"connections" integer NOT NULL,
	"clients" json NOT NULL,
	"other_connections" integer NOT NULL,
	CONSTRAINT "connection_sample_cluster_id_at_reporter_pk" PRIMARY KEY("cluster_id","at","reporter")
) PARTITION BY RANGE ("at");
--> statement-breakpoint
CREATE TABLE "lease_sample" (
	"cluster_id" bigint NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"leases" integer NOT NULL,
	"sampled_leases" integer NOT NULL,
	"distribution" json NOT NULL,
	CONSTRAINT "lease_sample_cluster_id_at_pk" PRIMARY KEY("cluster_id","at")
) PARTITION BY RANGE ("at");
--> statement-breakpoint
CREATE TABLE "metric_frame" (
	"cluster_id" bigint NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"target_id" integer NOT NULL,
	"from_at" timestamp with time zone,
	"format" smallint NOT NULL,
	"payload" "bytea" NOT NULL,
	CONSTRAINT "metric_frame_cluster_id_at_target_id_pk" PRIMARY KEY("cluster_id","at","target_id")
) PARTITION BY RANGE ("at");
--> statement-breakpoint
CREATE TABLE "metric_hour" (
	"cluster_id" bigint NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"target_id" integer NOT NULL,
	"format" smallint NOT NULL,
	"payload" "bytea" NOT NULL,
	CONSTRAINT "metric_hour_cluster_id_at_target_id_pk" PRIMARY KEY("cluster_id","at","target_id")
) PARTITION BY RANGE ("at");
--> statement-breakpoint
CREATE TABLE "metric_series" (
	"cluster_id" bigint NOT NULL,
	"series_id" integer NOT NULL,
	"source" text NOT NULL,
	"name" text NOT NULL,
	"labels" json NOT NULL,
	"kind" text NOT NULL,
	"digest" "bytea" NOT NULL,
	CONSTRAINT "metric_series_cluster_id_series_id_pk" PRIMARY KEY("cluster_id","series_id")
);
--> statement-breakpoint
CREATE TABLE "metric_target" (
	"cluster_id" bigint NOT NULL,
	"target_id" integer NOT NULL,
	"source" text NOT NULL,
	"url" text NOT NULL,
	"member_id" text,
	"at" timestamp with time zone,
	"scrape_ms" double precision,
	"body_bytes" bigint,
	"samples" integer,
	"kept_samples" integer,
	"started_at" timestamp with time zone,
	"failure" text,
	"checked_at" timestamp with time zone NOT NULL,
	CONSTRAINT "metric_target_cluster_id_target_id_pk" PRIMARY KEY("cluster_id","target_id")
);
--> statement-breakpoint
CREATE TABLE "cluster_source" (
	"cluster_id" bigint NOT NULL,
	"source" text NOT NULL,
	"enabled" boolean NOT NULL,
	"settings" json NOT NULL,
	"secrets_sealed" "bytea",
	CONSTRAINT "cluster_source_cluster_id_source_pk" PRIMARY KEY("cluster_id","source")
);
--> statement-breakpoint
CREATE TABLE "file_cursor" (
	"cluster_id" bigint NOT NULL,
	"source" text NOT NULL,
	"file" text NOT NULL,
	"path" text NOT NULL,
	"offset_bytes" bigint NOT NULL,
	"fingerprint" "bytea" NOT NULL,
	"at" timestamp with time zone NOT NULL,
	CONSTRAINT "file_cursor_cluster_id_source_file_pk" PRIMARY KEY("cluster_id","source","file")
);
--> statement-breakpoint
CREATE TABLE "ingest_batch" (
	"cluster_id" bigint NOT NULL,
	"id" bigint GENERATED ALWAYS AS IDENTITY (sequence name "ingest_batch_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"kind" text NOT NULL,
	"received_at" timestamp with time zone DEFAULT now() NOT NULL,
	"events" integer NOT NULL,
	"format" smallint NOT NULL,
	"payload" "bytea" NOT NULL,
	"event_ids" "bytea" NOT NULL,
	"taken_at" timestamp with time zone,
	CONSTRAINT "ingest_batch_cluster_id_id_pk" PRIMARY KEY("cluster_id","id")
);
--> statement-breakpoint
CREATE TABLE "ingest_fault" (
	"cluster_id" bigint NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"source" text NOT NULL,
	"fault" text NOT NULL,
	"events" bigint NOT NULL,
	CONSTRAINT "ingest_fault_cluster_id_at_source_fault_pk" PRIMARY KEY("cluster_id","at","source","fault")
) PARTITION BY RANGE ("at");
--> statement-breakpoint
CREATE TABLE "ingest_token" (
	"cluster_id" bigint NOT NULL,
	"id" uuid DEFAULT gen_random_uuid() NOT NULL,
	"name" text NOT NULL,
	"secret_sha256" "bytea" NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"last_used_at" timestamp with time zone,
	"revoked_at" timestamp with time zone,
	CONSTRAINT "ingest_token_cluster_id_id_pk" PRIMARY KEY("cluster_id","id")
);
--> statement-breakpoint
CREATE TABLE "log_signal" (
	"cluster_id" bigint NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"kind" text NOT NULL,
	"lines" bigint NOT NULL,
	"worst_micros" bigint,
	"total_micros" bigint,
	"example" text NOT NULL,
	CONSTRAINT "log_signal_cluster_id_at_kind_pk" PRIMARY KEY("cluster_id","at","kind")
) PARTITION BY RANGE ("at");
--> statement-breakpoint
CREATE TABLE "traffic_cell" (
	"cluster_id" bigint NOT NULL,
	"cell_id" integer NOT NULL,
	"source" text NOT NULL,
	"verb" text,
	"resource" text,
	"namespace" text,
	"user_name" text,
	"user_agent" text,
	"source_address" text,
	"code" smallint,
	"is_folded" boolean NOT NULL,
	"first_seen_at" timestamp with time zone NOT NULL,
	"last_seen_at" timestamp with time zone NOT NULL,
	"digest" "bytea" NOT NULL,
	CONSTRAINT "traffic_cell_cluster_id_cell_id_pk" PRIMARY KEY("cluster_id","cell_id")
);
--> statement-breakpoint
CREATE TABLE "traffic_hour" (
	"cluster_id" bigint NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"source" text NOT NULL,
	"observed_ms" integer NOT NULL,
	"events" bigint NOT NULL,
	"folded_cells" integer NOT NULL,
	"format" smallint NOT NULL,
	"payload" "bytea" NOT NULL,
	CONSTRAINT "traffic_hour_cluster_id_at_source_pk" PRIMARY KEY("cluster_id","at","source")
) PARTITION BY RANGE ("at");
--> statement-breakpoint
CREATE TABLE "traffic_minute" (
	"cluster_id" bigint NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"source" text NOT NULL,
	"observed_ms" integer NOT NULL,
	"events" bigint NOT NULL,
	"folded_cells" integer NOT NULL,
	"format" smallint NOT NULL,
	"payload" "bytea" NOT NULL,
	CONSTRAINT "traffic_minute_cluster_id_at_source_pk" PRIMARY KEY("cluster_id","at","source")
) PARTITION BY RANGE ("at");
--> statement-breakpoint
CREATE UNIQUE INDEX "metric_series_by_digest" ON "metric_series" USING btree ("cluster_id","digest");--> statement-breakpoint
CREATE INDEX "metric_series_by_name" ON "metric_series" USING btree ("cluster_id","source","name");--> statement-breakpoint
CREATE UNIQUE INDEX "metric_target_by_url" ON "metric_target" USING btree ("cluster_id","source","url");--> statement-breakpoint
CREATE INDEX "ingest_batch_open" ON "ingest_batch" USING btree ("cluster_id","id") WHERE "ingest_batch"."taken_at" is null;--> statement-breakpoint
CREATE INDEX "ingest_batch_taken" ON "ingest_batch" USING btree ("cluster_id","taken_at");--> statement-breakpoint
CREATE UNIQUE INDEX "ingest_token_by_secret" ON "ingest_token" USING btree ("cluster_id","secret_sha256");--> statement-breakpoint
CREATE UNIQUE INDEX "traffic_cell_by_digest" ON "traffic_cell" USING btree ("cluster_id","digest");--> statement-breakpoint
ALTER TABLE "metric_hour" ALTER COLUMN "payload" SET STORAGE EXTERNAL;--> statement-breakpoint
ALTER TABLE "traffic_minute" ALTER COLUMN "payload" SET STORAGE EXTERNAL;--> statement-breakpoint
ALTER TABLE "traffic_hour" ALTER COLUMN "payload" SET STORAGE EXTERNAL;--> statement-breakpoint
ALTER TABLE "ingest_batch" ALTER COLUMN "payload" SET STORAGE EXTERNAL;
