import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDb } from "@/lib/db/client";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "@/lib/db/embedded/embedded-postgres";

/** A Postgres of its own for a test file: for tests of what starts and fills one. */
export async function startScratchPostgres(): Promise<EmbeddedPostgres & { createDatabase(): Promise<string> }> {
  const dataDir = mkdtempSync(join(tmpdir(), "etcdscope-pg-"));
  const server = await startEmbeddedPostgres({ dataDir });
  return {
    ...server,
    async createDatabase() {
      const name = `test_${randomUUID().replaceAll("-", "")}`;
      const { sql, close } = openDb(server.databaseUrl, { max: 1 });
      await sql`create database ${sql(name)}`;
      await close();
      return server.databaseUrl.replace(/[^/]+$/, name);
    },
    async stop() {
      await server.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
