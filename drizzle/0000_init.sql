CREATE TABLE "cluster" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "cluster_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"name" text NOT NULL,
	"source" text NOT NULL,
	"endpoints" text[] NOT NULL,
	"ca_pem" text,
	"cert_pem" text,
	"key_sealed" "bytea",
	"server_name" text,
	"username" text,
	"password_sealed" "bytea",
	"paused" boolean DEFAULT false NOT NULL,
	"etcd_cluster_id" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "collector_state" (
	"cluster_id" bigint NOT NULL,
	"collector" text NOT NULL,
	"health" text NOT NULL,
	"reason" text,
	"remedy" text,
	"since" timestamp with time zone NOT NULL,
	"at" timestamp with time zone NOT NULL,
	CONSTRAINT "collector_state_cluster_id_collector_pk" PRIMARY KEY("cluster_id","collector")
);
--> statement-breakpoint
CREATE TABLE "hot_key" (
	"cluster_id" bigint NOT NULL,
	"key_id" integer NOT NULL,
	"key" "bytea" NOT NULL,
	CONSTRAINT "hot_key_cluster_id_key_id_pk" PRIMARY KEY("cluster_id","key_id")
);
--> statement-breakpoint
CREATE TABLE "hot_minute" (
	"cluster_id" bigint NOT NULL,
	"minute" timestamp with time zone NOT NULL,
	"observed_ms" integer NOT NULL,
	"key_ids" integer[] NOT NULL,
	"writes" integer[] NOT NULL,
	"written_bytes" bigint[] NOT NULL,
	"unlisted_writes" integer NOT NULL,
	CONSTRAINT "hot_minute_cluster_id_minute_pk" PRIMARY KEY("cluster_id","minute")
) PARTITION BY RANGE ("minute");
--> statement-breakpoint
CREATE TABLE "keyspace_frame" (
	"cluster_id" bigint NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"observed_ms" integer NOT NULL,
	"revision" bigint NOT NULL,
	"keys" bigint NOT NULL,
	"key_bytes" bigint NOT NULL,
	"value_bytes" bigint NOT NULL,
	"puts" bigint NOT NULL,
	"creates" bigint NOT NULL,
	"deletes" bigint NOT NULL,
	"written_bytes" bigint NOT NULL,
	"is_full" boolean NOT NULL,
	"format" smallint NOT NULL,
	"payload" "bytea" NOT NULL,
	CONSTRAINT "keyspace_frame_cluster_id_at_pk" PRIMARY KEY("cluster_id","at")
) PARTITION BY RANGE ("at");
--> statement-breakpoint
CREATE TABLE "keyspace_status" (
	"cluster_id" bigint PRIMARY KEY NOT NULL,
	"phase" text NOT NULL,
	"reason" text,
	"revision" bigint,
	"at" timestamp with time zone,
	"since" timestamp with time zone,
	"scanned_keys" bigint,
	"expected_keys" bigint,
	"endpoint" text,
	"model_bytes" bigint,
	"updated_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "member" (
	"cluster_id" bigint NOT NULL,
	"member_id" text NOT NULL,
	"name" text NOT NULL,
	"client_urls" text[] NOT NULL,
	"peer_urls" text[] NOT NULL,
	"is_learner" boolean NOT NULL,
	"is_leader" boolean NOT NULL,
	"version" text,
	"db_size_bytes" bigint,
	"db_size_in_use_bytes" bigint,
	"quota_backend_bytes" bigint,
	"revision" bigint,
	"raft_index" bigint,
	"raft_applied_index" bigint,
	"raft_term" bigint,
	"alarms" text[] NOT NULL,
	"errors" text[] NOT NULL,
	"status_ms" double precision,
	"failure" text,
	"at" timestamp with time zone,
	"checked_at" timestamp with time zone NOT NULL,
	CONSTRAINT "member_cluster_id_member_id_pk" PRIMARY KEY("cluster_id","member_id")
);
--> statement-breakpoint
CREATE TABLE "member_sample" (
	"cluster_id" bigint NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"member_id" text NOT NULL,
	"db_size_bytes" bigint NOT NULL,
	"db_size_in_use_bytes" bigint NOT NULL,
	"revision" bigint NOT NULL,
	"raft_index" bigint NOT NULL,
	"raft_applied_index" bigint NOT NULL,
	"is_leader" boolean NOT NULL,
	"status_ms" double precision NOT NULL,
	CONSTRAINT "member_sample_cluster_id_at_member_id_pk" PRIMARY KEY("cluster_id","at","member_id")
) PARTITION BY RANGE ("at");
--> statement-breakpoint
CREATE TABLE "prefix" (
	"cluster_id" bigint NOT NULL,
	"slot" integer NOT NULL,
	"parent_slot" integer,
	"prefix" "bytea" NOT NULL,
	"is_other" boolean NOT NULL,
	CONSTRAINT "prefix_cluster_id_slot_pk" PRIMARY KEY("cluster_id","slot")
);
--> statement-breakpoint
CREATE TABLE "prefix_hour" (
	"cluster_id" bigint NOT NULL,
	"hour" timestamp with time zone NOT NULL,
	"slot" integer NOT NULL,
	"observed_ms" integer NOT NULL,
	"revision" bigint NOT NULL,
	"keys" bigint NOT NULL,
	"key_bytes" bigint NOT NULL,
	"value_bytes" bigint NOT NULL,
	"puts" bigint NOT NULL,
	"creates" bigint NOT NULL,
	"deletes" bigint NOT NULL,
	"written_bytes" bigint NOT NULL,
	CONSTRAINT "prefix_hour_cluster_id_hour_slot_pk" PRIMARY KEY("cluster_id","hour","slot")
) PARTITION BY RANGE ("hour");
--> statement-breakpoint
CREATE TABLE "prefix_state" (
	"cluster_id" bigint NOT NULL,
	"slot" integer NOT NULL,
	"keys" bigint NOT NULL,
	"key_bytes" bigint NOT NULL,
	"value_bytes" bigint NOT NULL,
	"direct_keys" bigint NOT NULL,
	"child_prefixes" integer NOT NULL,
	"largest_value_bytes" bigint NOT NULL,
	"oldest_mod_revision" bigint,
	"newest_mod_revision" bigint,
	CONSTRAINT "prefix_state_cluster_id_slot_pk" PRIMARY KEY("cluster_id","slot")
);
--> statement-breakpoint
CREATE TABLE "question" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"cluster_id" bigint,
	"kind" text NOT NULL,
	"params" json NOT NULL,
	"asked_at" timestamp with time zone DEFAULT now() NOT NULL,
	"answered_at" timestamp with time zone,
	"answer" json,
	"error" text
);
--> statement-breakpoint
CREATE TABLE "worker" (
	"id" uuid PRIMARY KEY NOT NULL,
	"pid" integer NOT NULL,
	"started_at" timestamp with time zone NOT NULL,
	"at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX "cluster_name" ON "cluster" USING btree ("name");--> statement-breakpoint
CREATE UNIQUE INDEX "hot_key_by_digest" ON "hot_key" USING btree ("cluster_id",sha256("key"));--> statement-breakpoint
CREATE INDEX "keyspace_frame_by_revision" ON "keyspace_frame" USING btree ("cluster_id","revision");--> statement-breakpoint
CREATE UNIQUE INDEX "prefix_by_digest" ON "prefix" USING btree ("cluster_id",sha256("prefix"),"is_other");--> statement-breakpoint
CREATE INDEX "prefix_by_parent" ON "prefix" USING btree ("cluster_id","parent_slot");--> statement-breakpoint
CREATE INDEX "question_open" ON "question" USING btree ("asked_at") WHERE "question"."answered_at" is null;--> statement-breakpoint
-- From here on by hand: what drizzle-kit cannot express.
-- Makes the partitions of a table that are missing, from the period that holds "from_at" to the one that holds "to_at".
-- Bounds are UTC. There is no DEFAULT partition: one that fills would block adding ranges.
CREATE FUNCTION ensure_partitions(parent text, period text, from_at timestamptz, to_at timestamptz) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	step interval := ('1 ' || period)::interval;
	lower_utc timestamp := date_trunc(period, from_at AT TIME ZONE 'UTC');
	child text;
BEGIN
	PERFORM pg_advisory_xact_lock(hashtext('etcdscope.partitions'));
	WHILE lower_utc <= to_at AT TIME ZONE 'UTC' LOOP
		child := parent || '_' || to_char(lower_utc, CASE period WHEN 'day' THEN 'YYYYMMDD' ELSE 'YYYYMM' END);
		-- Looked up first: even IF NOT EXISTS locks the parent against its writers.
		IF to_regclass(quote_ident(child)) IS NULL THEN
			EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)', child, parent,
				to_char(lower_utc, 'YYYY-MM-DD') || ' 00:00:00+00', to_char(lower_utc + step, 'YYYY-MM-DD') || ' 00:00:00+00');
		END IF;
		lower_utc := lower_utc + step;
	END LOOP;
END $$;--> statement-breakpoint
-- Drops the partitions of a table that end at or before "before_at". Answers how many.
CREATE FUNCTION drop_partitions(parent text, period text, before_at timestamptz) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
	step interval := ('1 ' || period)::interval;
	child text;
	dropped integer := 0;
BEGIN
	PERFORM pg_advisory_xact_lock(hashtext('etcdscope.partitions'));
	FOR child IN
		SELECT relation.relname FROM pg_inherits JOIN pg_class relation ON relation.oid = inhrelid
		WHERE inhparent = quote_ident(parent)::regclass ORDER BY relation.relname
	LOOP
		IF to_date(rpad(substr(child, length(parent) + 2), 8, '01'), 'YYYYMMDD') + step <= before_at AT TIME ZONE 'UTC' THEN
			EXECUTE format('DROP TABLE %I', child);
			dropped := dropped + 1;
		END IF;
	END LOOP;
	RETURN dropped;
END $$;--> statement-breakpoint
CREATE FUNCTION notify_cluster() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_notify('cluster', ''); RETURN NULL; END $$;--> statement-breakpoint
CREATE TRIGGER cluster_changed AFTER INSERT OR UPDATE OR DELETE ON "cluster" FOR EACH STATEMENT EXECUTE FUNCTION notify_cluster();--> statement-breakpoint
CREATE FUNCTION notify_question() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_notify(TG_ARGV[0], NEW.id::text); RETURN NULL; END $$;--> statement-breakpoint
CREATE TRIGGER question_asked AFTER INSERT ON "question" FOR EACH ROW EXECUTE FUNCTION notify_question('question');--> statement-breakpoint
CREATE TRIGGER question_answered AFTER UPDATE ON "question" FOR EACH ROW WHEN (OLD.answered_at IS NULL AND NEW.answered_at IS NOT NULL) EXECUTE FUNCTION notify_question('answer');
