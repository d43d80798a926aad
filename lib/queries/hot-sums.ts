import { sql } from "drizzle-orm";
import type { Db } from "@/lib/db/client";
import type { TimeRange } from "@/lib/model/time-range";

const HOUR_MS = 3_600_000;
/** What the sums kept in memory may take; those longest not asked for go first. */
const MAX_CACHED_BYTES = 48 * 2 ** 20;
const PIECE_BYTES = 400;

/** The hot minutes of a stretch of time added up; every array has one figure a key. */
export interface HotSums {
  observedMs: number;
  unlistedWrites: number;
  unlistedWrittenBytes: number;
  /** Minutes that do not say how many bytes an unlisted key had at most. */
  unknownMinutes: number;
  /** The keys that any minute lists, by their numbers in the dictionary. */
  keyIds: Int32Array;
  /** What the minutes that list the key say of it, and of those they do not list. */
  ofKeys: Record<HotFigure, Float64Array>;
}

export const HOT_FIGURES = [
  "writes",
  "writtenBytes",
  "unlistedWrites",
  "unlistedWrittenBytes",
  "unknownMinutes",
] as const;
export type HotFigure = (typeof HOT_FIGURES)[number];

/** The hot minutes that begin in `range`, hour by hour. A whole hour is added up once, unless one of its minutes changes. */
export async function listHotSums(db: Db, clusterId: number, range: TimeRange): Promise<HotSums[]> {
  const cache = caches.get(db) ?? new SumsCache();
  caches.set(db, cache);
  const hours = await listHourVersions(db, clusterId, range);
  const nameOf = (hourMs: number) => `${clusterId} ${hourMs}`;
  const isKept = ({ fromMs, version }: Piece) => version !== null && cache.get(nameOf(fromMs), version) !== null;
  const missing = hours.filter((piece) => !isKept(piece));
  const read = await readSums(db, clusterId, missing);
  const found = hours.flatMap(({ fromMs, version }) => {
    return read.get(fromMs) ?? (version === null ? [] : (cache.get(nameOf(fromMs), version) ?? []));
  });
  for (const { fromMs, version } of missing) {
    const sums = read.get(fromMs);
    if (sums && version !== null) cache.put(nameOf(fromMs), version, sums);
  }
  return found;
}

/** A part of the range within one hour; a whole hour has a version, which changes with any of its minutes. */
interface Piece extends TimeRange {
  version: string | null;
}

async function listHourVersions(db: Db, clusterId: number, range: TimeRange): Promise<Piece[]> {
  const rows = await db.execute<{ hour_ms: string; version: string }>(sql`
    select extract(epoch from date_trunc('hour', minute, 'UTC')) * 1000 as hour_ms,
      count(*) || ' ' || sum(xmin::text::bigint) as version
    from hot_minute
    where cluster_id = ${clusterId} and minute >= ${toIso(range.fromMs)}::timestamptz
      and minute < ${toIso(range.toMs)}::timestamptz
    group by 1 order by 1`);
  return rows.map(({ hour_ms, version }) => {
    const hourMs = Number(hour_ms);
    const piece = { fromMs: Math.max(hourMs, range.fromMs), toMs: Math.min(hourMs + HOUR_MS, range.toMs) };
    return { ...piece, version: piece.toMs - piece.fromMs === HOUR_MS ? version : null };
  });
}

type SumsRow = Record<"from_ms" | "observed_ms" | "unlisted_writes" | "unlisted_bytes" | "unknown_minutes", string> & {
  keys: string | null;
};

/** By the start of each piece. The figures of its keys come as one text: that many rows would take far longer to read. */
async function readSums(db: Db, clusterId: number, pieces: readonly TimeRange[]): Promise<Map<number, HotSums>> {
  if (pieces.length === 0) return new Map();
  const toArray = (instants: number[]) => sql`${`{${instants.map(toIso).join(",")}}`}::timestamptz[]`;
  const rows = await db.execute<SumsRow>(sql`
    select extract(epoch from piece.since) * 1000 as from_ms, total.*, listed.keys
    from unnest(${toArray(pieces.map(({ fromMs }) => fromMs))}, ${toArray(pieces.map(({ toMs }) => toMs))})
      as piece(since, until)
    cross join lateral (
      select sum(observed_ms) as observed_ms, sum(unlisted_writes) as unlisted_writes,
        coalesce(sum(unlisted_written_bytes), 0) as unlisted_bytes,
        count(*) filter (where unlisted_written_bytes is null) as unknown_minutes
      from hot_minute where cluster_id = ${clusterId} and minute >= piece.since and minute < piece.until
    ) as total
    cross join lateral (
      select string_agg(concat_ws(' ', key_id, writes, written_bytes, unlisted_writes, unlisted_bytes, unknown), ',') as keys
      from (
        select each.key_id, sum(each.writes) as writes, sum(each.written_bytes) as written_bytes,
          sum(unlisted_writes) as unlisted_writes, coalesce(sum(unlisted_written_bytes), 0) as unlisted_bytes,
          count(*) filter (where unlisted_written_bytes is null) as unknown
        from hot_minute
        cross join lateral unnest(key_ids, hot_minute.writes, hot_minute.written_bytes)
          as each(key_id, writes, written_bytes)
        where cluster_id = ${clusterId} and minute >= piece.since and minute < piece.until
        group by each.key_id
      ) as counted
    ) as listed`);
  return new Map(rows.map((row) => [Number(row.from_ms), toSums(row)]));
}

function toSums({ keys, ...total }: SumsRow): HotSums {
  const listed = keys ? keys.split(",") : [];
  const keyIds = new Int32Array(listed.length);
  const ofKeys = {} as HotSums["ofKeys"];
  for (const figure of HOT_FIGURES) ofKeys[figure] = new Float64Array(listed.length);
  for (const [i, key] of listed.entries()) {
    const [keyId, ...figures] = key.split(" ");
    keyIds[i] = Number(keyId);
    for (const [place, figure] of HOT_FIGURES.entries()) ofKeys[figure][i] = Number(figures[place]);
  }
  return {
    observedMs: Number(total.observed_ms),
    unlistedWrites: Number(total.unlisted_writes),
    unlistedWrittenBytes: Number(total.unlisted_bytes),
    unknownMinutes: Number(total.unknown_minutes),
    keyIds,
    ofKeys,
  };
}

const caches = new WeakMap<Db, SumsCache>();

class SumsCache {
  #entries = new Map<string, { version: string; sums: HotSums }>();
  #bytes = 0;

  get(name: string, version: string): HotSums | null {
    const entry = this.#entries.get(name);
    if (entry?.version !== version) return null;
    this.#entries.delete(name); // and back to the end: a Map keeps the order of insertion
    this.#entries.set(name, entry);
    return entry.sums;
  }

  put(name: string, version: string, sums: HotSums): void {
    this.#drop(name);
    this.#entries.set(name, { version, sums });
    this.#bytes += bytesOf(sums);
    for (const oldest of this.#entries.keys()) {
      if (this.#bytes <= MAX_CACHED_BYTES) return;
      this.#drop(oldest);
    }
  }

  #drop(name: string): void {
    const entry = this.#entries.get(name);
    if (entry) this.#bytes -= bytesOf(entry.sums);
    this.#entries.delete(name);
  }
}

function bytesOf({ keyIds }: HotSums): number {
  return PIECE_BYTES + keyIds.length * (4 + 8 * HOT_FIGURES.length);
}

function toIso(ms: number): string {
  return new Date(ms).toISOString();
}
