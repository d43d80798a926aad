import { desc, sql } from "drizzle-orm";
import type { Db } from "@/lib/db/client";
import { worker } from "@/lib/db/schema";

/** Whether some worker has given a sign of life within `withinMs`. By Postgres's clock, which wrote the sign. */
export async function isWorkerAlive(db: Db, withinMs: number): Promise<boolean> {
  const rows = await db
    .select({ id: worker.id })
    .from(worker)
    .where(sql`${worker.at} > now() - ${withinMs}::float8 * interval '1 millisecond'`)
    .limit(1);
  return rows.length > 0;
}

/** The newest sign of life of any worker; null when none has ever run, or its row has been swept. */
export async function readLastSign(db: Db): Promise<Date | null> {
  const [row] = await db.select({ at: worker.at }).from(worker).orderBy(desc(worker.at)).limit(1);
  return row?.at ?? null;
}
