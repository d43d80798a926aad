import type { PgDatabase } from "drizzle-orm/pg-core";
import { drizzle, type PostgresJsQueryResultHKT } from "drizzle-orm/postgres-js";
import postgres from "postgres";
import * as schema from "@/lib/db/schema";

/** The database as queries take it: a connection pool or a transaction. */
export type Db = PgDatabase<PostgresJsQueryResultHKT, typeof schema>;

export interface OpenDb {
  db: Db;
  /** The pool beneath, for LISTEN and advisory locks. It takes instants as ISO text, not as `Date`: drizzle sees to dates. */
  sql: postgres.Sql;
  close(): Promise<void>;
}

/** Opens a connection pool. Connects at the first query; a lost connection is made anew by the next one. */
export function openDb(databaseUrl: string, options: { max?: number } = {}): OpenDb {
  const sql = postgres(databaseUrl, {
    max: options.max ?? 10,
    connect_timeout: 10,
    backoff: (attempt) => Math.min(0.1 * 2 ** attempt, 1), // seconds; the default's 20 would outlast a restart
    onnotice: () => undefined, // "relation exists, skipping" and the like
    connection: { application_name: "etcdscope", TimeZone: "UTC" },
  });
  return { db: drizzle(sql, { schema }), sql, close: () => sql.end({ timeout: 5 }) };
}
