import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, inject } from "vitest";
import { type OpenDb, openDb } from "@/lib/db/client";

export interface TestDb extends Pick<OpenDb, "db" | "sql"> {
  databaseUrl: string;
}

/** A fresh, migrated database for this test file, on real Postgres. To be called at the top of the file. */
export function useTestDb(): () => TestDb {
  let open: (OpenDb & { databaseUrl: string }) | undefined;
  beforeAll(async () => {
    const databaseUrl = await createTestDatabase();
    open = { ...openDb(databaseUrl), databaseUrl };
  });
  afterAll(async () => {
    await open?.close();
  });
  return () => {
    if (!open) throw new Error("the test database is there only while tests run");
    return open;
  };
}

/** A fresh, migrated database; it goes when the run's server goes. */
export async function createTestDatabase(): Promise<string> {
  const postgresUrl = inject("postgresUrl");
  const name = `test_${randomUUID().replaceAll("-", "")}`;
  const { sql, close } = openDb(postgresUrl, { max: 1 });
  try {
    await sql`create database ${sql(name)} template ${sql(inject("templateDatabase"))} strategy file_copy`;
  } finally {
    await close();
  }
  return postgresUrl.replace(/[^/]+$/, name);
}
