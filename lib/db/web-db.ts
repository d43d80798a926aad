import type postgres from "postgres";
import { readWebConfig } from "@/lib/config";
import { type Db, type OpenDb, openDb } from "@/lib/db/client";

/** Next may evaluate a module more than once in a process; the pool lives beside all copies. */
const shared = globalThis as typeof globalThis & { etcdscopeWebDb?: OpenDb };

/** The web process's database, opened at the first call. */
export function webDb(): Db {
  return openOnce().db;
}

/** The pool under `webDb`, for LISTEN. */
export function webSql(): postgres.Sql {
  return openOnce().sql;
}

function openOnce(): OpenDb {
  shared.etcdscopeWebDb ??= openDb(readWebConfig().databaseUrl);
  return shared.etcdscopeWebDb;
}
