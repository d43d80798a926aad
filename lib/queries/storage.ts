import { sql } from "drizzle-orm";
import type { StorageAnswer, StorageLevel, StoragePatch } from "@/lib/api/storage";
import type { Db } from "@/lib/db/client";
import { PARTITIONED } from "@/lib/db/partitions";
import { readRetention, writeRetention } from "@/lib/db/retention";
import { findRetentionFault, RETENTION, RETENTION_LEVELS, type RetentionLevel } from "@/lib/model/retention";
import { ParameterError } from "@/lib/queries/errors";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const PROJECTED_DAYS = 30;

/** The table whose samples a level is made of, and how long one row of it is. */
const MAIN: Record<RetentionLevel, { table: string; at: string; rowMs: number }> = {
  frames: { table: "keyspace_frame", at: "at", rowMs: 10_000 },
  minutes: { table: "sealed_hour", at: "hour", rowMs: HOUR_MS },
  hours: { table: "sealed_day", at: "day", rowMs: DAY_MS },
  days: { table: "prefix_day", at: "day", rowMs: DAY_MS },
};

/** What each level takes on disk, how long it is kept, and what that comes to. */
export async function readStorage(db: Db): Promise<StorageAnswer> {
  const [retention, sizes, database] = await Promise.all([readRetention(db), readSizes(db), readDatabaseBytes(db)]);
  const levels: StorageLevel[] = [];
  for (const level of RETENTION_LEVELS) {
    const { bytes, rows } = sizes.get(level) ?? { bytes: 0, rows: 0 };
    const span = await readSpan(db, level);
    const { resolution, minHours, maxHours } = RETENTION[level];
    const days = span === null ? 0 : (span.newestMs - span.oldestMs) / DAY_MS;
    levels.push({
      ...{ level, resolution, keepHours: retention[level], minHours, maxHours, bytes, rows },
      bytesPerDay: days < 1 / 24 ? null : bytes / days,
      oldest: span && new Date(span.oldestMs).toISOString(),
      newest: span && new Date(span.newestMs).toISOString(),
    });
  }
  const otherBytes = database - levels.reduce((sum, { bytes }) => sum + bytes, 0);
  return {
    databaseBytes: database,
    otherBytes,
    inThirtyDaysBytes: project(levels, otherBytes),
    levels,
    clusters: await listShares(db),
    origin: "estimated",
  };
}

/** Sets how long levels are kept. Throws a `ParameterError` that names the level at fault. */
export async function changeRetention(db: Db, patch: StoragePatch): Promise<void> {
  const given = Object.fromEntries(Object.entries(patch).filter(([, hours]) => hours !== undefined));
  const retention = { ...(await readRetention(db)), ...given };
  const fault = findRetentionFault(retention);
  if (fault) throw new ParameterError(fault.level, fault.message);
  await writeRetention(db, retention);
}

/** The database after 30 more days: each level grows until it is as long as it is kept. */
function project(levels: readonly StorageLevel[], otherBytes: number): number | null {
  if (levels.every(({ bytesPerDay }) => bytesPerDay === null)) return null;
  return levels.reduce((sum, { bytes, bytesPerDay, keepHours }) => {
    if (bytesPerDay === null) return sum + bytes;
    const days = Math.min(bytes / bytesPerDay + PROJECTED_DAYS, keepHours / 24 + 1); // dropped a partition at a time
    return sum + Math.max(0, bytesPerDay * days);
  }, otherBytes);
}

async function readSizes(db: Db): Promise<Map<RetentionLevel, { bytes: number; rows: number }>> {
  const rows = await db.execute<{ parent: string; bytes: string; rows: string }>(sql`
    select parent.relname as parent, sum(pg_total_relation_size(child.oid)) as bytes,
      sum(greatest(child.reltuples, coalesce(stat.n_live_tup, 0), 0)) as rows
    from pg_inherits
    join pg_class parent on parent.oid = inhparent and parent.relkind = 'p'
    join pg_class child on child.oid = inhrelid
    left join pg_stat_all_tables stat on stat.relid = child.oid
    where parent.relnamespace = current_schema()::regnamespace
    group by parent.relname`);
  const sizes = new Map<RetentionLevel, { bytes: number; rows: number }>();
  for (const { parent, bytes, rows: count } of rows) {
    const level = PARTITIONED.find(({ table }) => table === parent)?.level;
    if (level === undefined) continue;
    const known = sizes.get(level) ?? { bytes: 0, rows: 0 };
    sizes.set(level, { bytes: known.bytes + Number(bytes), rows: known.rows + Number(count) });
  }
  return sizes;
}

async function readDatabaseBytes(db: Db): Promise<number> {
  const [row] = await db.execute<{ bytes: string }>(sql`select pg_database_size(current_database()) as bytes`);
  return Number(row?.bytes ?? 0);
}

/** From when to when a level has samples of any cluster. One look at each end of the index for every cluster. */
async function readSpan(db: Db, level: RetentionLevel): Promise<{ oldestMs: number; newestMs: number } | null> {
  const { table, at, rowMs } = MAIN[level];
  const [instant, name] = [sql.identifier(at), sql.identifier(table)];
  const [row] = await db.execute<{ oldest: string | null; newest: string | null }>(sql`
    select extract(epoch from min(span.oldest)) * 1000 as oldest, extract(epoch from max(span.newest)) * 1000 as newest
    from cluster cross join lateral (
      select min(${instant}) as oldest, max(${instant}) as newest from ${name} where cluster_id = cluster.id
    ) as span`);
  if (!row?.oldest || !row.newest) return null;
  return { oldestMs: Number(row.oldest), newestMs: Number(row.newest) + rowMs };
}

/** Who writes how much of it: by the frames of the last hour. */
async function listShares(db: Db): Promise<StorageAnswer["clusters"]> {
  const rows = await db.execute<{ cluster: string; bytes: string }>(sql`
    select cluster.name as cluster, coalesce(sum(length(frame.payload)), 0) as bytes
    from cluster left join keyspace_frame frame on frame.cluster_id = cluster.id and frame.at > now() - interval '1 hour'
    group by cluster.name order by bytes desc, cluster.name`);
  const total = rows.reduce((sum, { bytes }) => sum + Number(bytes), 0);
  return rows.map(({ cluster, bytes }) => ({ cluster, share: total === 0 ? 0 : Number(bytes) / total }));
}
