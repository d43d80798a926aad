import { sql } from "drizzle-orm";
import type { Db } from "@/lib/db/client";
import { retention } from "@/lib/db/schema";
import { DEFAULT_RETENTION, RETENTION_LEVELS, type Retention } from "@/lib/model/retention";

/** How long each level is kept, as set or by default. */
export async function readRetention(db: Db): Promise<Retention> {
  const set = new Map((await db.select().from(retention)).map(({ level, keepHours }) => [level, keepHours]));
  const entries = RETENTION_LEVELS.map((level) => [level, set.get(level) ?? DEFAULT_RETENTION[level]]);
  return Object.fromEntries(entries) as Retention;
}

/** Sets how long each level is kept. The worker drops what is too old within a minute. */
export async function writeRetention(db: Db, kept: Retention): Promise<void> {
  const rows = RETENTION_LEVELS.map((level) => ({ level, keepHours: kept[level] }));
  await db
    .insert(retention)
    .values(rows)
    .onConflictDoUpdate({ target: retention.level, set: { keepHours: sql`excluded.keep_hours` } });
}
