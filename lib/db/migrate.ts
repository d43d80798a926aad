import { join } from "node:path";
import { drizzle } from "drizzle-orm/postgres-js";
import { migrate } from "drizzle-orm/postgres-js/migrator";
import { openDb } from "@/lib/db/client";
import { ensurePartitions } from "@/lib/db/partitions";

const MIGRATIONS_DIR = join(import.meta.dirname, "../../drizzle");
const MIGRATION_LOCK = 7_361_001; // any number of our own; two migrators must agree on it
const OLDEST_SERVER = 150_000; // Postgres 15, as its server_version_num

/** Brings the database to this version's schema and makes today's partitions. Safe to run from several processes at once. */
export async function migrateDb(databaseUrl: string): Promise<void> {
  // A single connection, so that the session lock and the migration share it.
  const { db, sql, close } = openDb(databaseUrl, { max: 1 });
  try {
    const [server] =
      await sql`select current_setting('server_version_num')::int as number, current_setting('server_version') as text`;
    if (server?.number < OLDEST_SERVER) {
      throw new Error(`DATABASE_URL leads to Postgres ${server?.text}; etcdscope needs Postgres 15 or later.`);
    }
    await sql`select pg_advisory_lock(${MIGRATION_LOCK})`;
    await migrate(drizzle(sql), { migrationsFolder: MIGRATIONS_DIR });
    await ensurePartitions(db, Date.now());
  } finally {
    await close();
  }
}
