import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { eq } from "drizzle-orm";
import { openDb } from "@/lib/db/client";
import { removeCluster } from "@/lib/db/clusters";
import { startEmbeddedPostgres } from "@/lib/db/embedded/embedded-postgres";
import { migrateDb } from "@/lib/db/migrate";
import * as schema from "@/lib/db/schema";
import { seedHistory } from "./history-seed";

/**
 * A Postgres with 30 days of invented history to develop pages against, until it is stopped (Ctrl-C):
 *
 *     npx tsx tests/support/seed-dev.ts [directory] [days] [prefixes]
 */
const [directory = "/tmp/etcdscope-dev", days = "30", prefixes = "500"] = process.argv.slice(2);

const server = await startEmbeddedPostgres({ dataDir: directory });
await migrateDb(server.databaseUrl);
const { db, close } = openDb(server.databaseUrl);
const name = "history";
const [old] = await db.select({ id: schema.cluster.id }).from(schema.cluster).where(eq(schema.cluster.name, name));
if (old) await removeCluster(db, old.id);
const [added] = await db
  .insert(schema.cluster)
  .values({ name, source: "settings", endpoints: ["http://127.0.0.1:2379"], paused: true })
  .returning({ id: schema.cluster.id });
const startedMs = Date.now();
await seedHistory(db, added?.id ?? 0, { days: Number(days), prefixes: Number(prefixes), nowMs: startedMs });
await close();
console.log(`seeded ${days} days of ${prefixes} prefixes in ${((Date.now() - startedMs) / 1_000).toFixed(1)} s`);
console.log(`export DATABASE_URL=${server.databaseUrl}`);
console.log(`export ETCDSCOPE_SECRET_KEY=${readSecretKey()}`);
const waiting = setInterval(() => undefined, 2 ** 30); // Postgres is there as long as we are
for (const event of ["SIGTERM", "SIGINT"] as const) {
  process.once(event, () => {
    clearInterval(waiting);
    void server.stop();
  });
}

/** The same over restarts, beside the database. */
function readSecretKey(): string {
  const file = join(directory, "secret-key");
  if (!existsSync(file)) writeFileSync(file, randomBytes(32).toString("hex"), { mode: 0o600 });
  return readFileSync(file, "utf8");
}
