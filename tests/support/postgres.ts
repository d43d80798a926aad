import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { openDb } from "@/lib/db/client";
import { startEmbeddedPostgres } from "@/lib/db/embedded/embedded-postgres";
import { migrateDb } from "@/lib/db/migrate";

declare module "vitest" {
  export interface ProvidedContext {
    /** A server of which every test file may have databases, and the migrated one to copy. */
    postgresUrl: string;
    templateDatabase: string;
  }
}

const TEMPLATE = "etcdscope_template";

/** Vitest's global set-up: one embedded Postgres for the run, with a migrated database to copy. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dataDir = await mkdtemp(join(tmpdir(), "etcdscope-tests-"));
  const server = await startEmbeddedPostgres({ dataDir });
  const { sql, close } = openDb(server.databaseUrl, { max: 1 });
  await sql`create database ${sql(TEMPLATE)}`;
  await close();
  await migrateDb(server.databaseUrl.replace(/[^/]+$/, TEMPLATE));
  project.provide("postgresUrl", server.databaseUrl);
  project.provide("templateDatabase", TEMPLATE);
  return async () => {
    await server.stop();
    await rm(dataDir, { recursive: true, force: true });
  };
}
