import { type SQL, sql } from "drizzle-orm";
import { HOUR_MS } from "@/collectors/traffic/limits";
import type { Db } from "@/lib/db/client";
import type { TrafficIdentity } from "@/lib/model/traffic";
import { cellDigest, type TrafficCell } from "@/lib/model/traffic-cells";

export type CellSource = "audit" | "etcd-log";

/** Of all clusters; the least recently used are looked up again. */
const CACHED_CELLS = 60_000;

interface KnownCell {
  cellId: number;
  firstSeenMs: number;
  /** To the hour. */
  lastSeenMs: number;
}

/** What of the `traffic_cell` table is at hand, so that a cell that comes every minute is not looked up every minute. */
export class CellCache {
  /** By cluster and digest, the least recently used first. */
  #known = new Map<string, KnownCell>();
  /** Cells in the dictionary by cluster, as far as they have been counted. */
  readonly sizes = new Map<number, number>();

  /** `maxCells`: identities of a cluster that the dictionary keeps; those that come later are counted folded. */
  constructor(readonly maxCells: number) {}

  get size(): number {
    return this.#known.size;
  }

  get(key: string): KnownCell | undefined {
    const known = this.#known.get(key);
    if (known === undefined) return undefined;
    this.#known.delete(key);
    this.#known.set(key, known);
    return known;
  }

  set(key: string, known: KnownCell): void {
    this.#known.delete(key);
    this.#known.set(key, known);
    if (this.#known.size <= CACHED_CELLS) return;
    const [oldest] = this.#known.keys();
    if (oldest !== undefined) this.#known.delete(oldest);
  }

  /** To be called when cells have been deleted from the table. */
  clear(): void {
    this.#known.clear();
    this.sizes.clear();
  }
}

/** The dictionary of one cluster within one transaction; what it learns enters the cache once that is committed. */
export class CellDictionary {
  #learned = new Map<string, KnownCell>();
  #inserted = 0;
  #nextId: number | null = null;

  constructor(
    private readonly tx: Db,
    private readonly clusterId: number,
    private readonly cache: CellCache,
  ) {}

  /** Fills in the `cellId` of cells that are in the dictionary. */
  async lookUp(source: CellSource, cells: readonly TrafficCell[]): Promise<void> {
    const open = new Map<string, TrafficCell>();
    for (const cell of cells) {
      if (cell.cellId !== null) continue;
      const digest = cellDigest(source, cell.identity, cell.isFolded).toString("hex");
      const known = this.#find(digest);
      if (known !== undefined) cell.cellId = known.cellId;
      else open.set(digest, cell);
    }
    if (open.size === 0) return;
    const rows = await this.tx.execute<KnownRow>(sql`
      select cell_id, encode(digest, 'hex') as digest, ${epochMs(sql`first_seen_at`)} as first_ms, ${epochMs(sql`last_seen_at`)} as last_ms
      from traffic_cell where cluster_id = ${this.clusterId} and digest = any(${byteaArray(open.keys())}::bytea[])`);
    for (const row of rows) {
      const known = { cellId: row.cell_id, firstSeenMs: Number(row.first_ms), lastSeenMs: Number(row.last_ms) };
      this.#learn(row.digest, known);
      const cell = open.get(row.digest);
      if (cell !== undefined) cell.cellId = known.cellId;
    }
  }

  /** Beyond what the dictionary takes, for cells that others are folded into. */
  get spareRoom(): number {
    return Math.ceil(this.cache.maxCells / 10);
  }

  /** How many cells more the dictionary takes; below zero when it has more than it should. */
  async room(): Promise<number> {
    let size = this.cache.sizes.get(this.clusterId);
    if (size === undefined) {
      const [row] = await this.tx.execute<{ cells: string }>(
        sql`select count(*) as cells from traffic_cell where cluster_id = ${this.clusterId}`,
      );
      size = Number(row?.cells ?? 0) - this.#inserted;
      this.cache.sizes.set(this.clusterId, size);
    }
    return this.cache.maxCells - size - this.#inserted;
  }

  /** Gives every cell that has none an id. All must have been looked up. */
  async insert(source: CellSource, cells: readonly TrafficCell[], atMs: number): Promise<void> {
    const fresh = cells.filter((cell) => cell.cellId === null);
    if (fresh.length === 0) return;
    this.#nextId ??= await this.#readNextId();
    const rows = fresh.map((cell) => {
      cell.cellId = this.#nextId as number;
      this.#nextId = cell.cellId + 1;
      const digest = cellDigest(source, cell.identity, cell.isFolded).toString("hex");
      this.#learn(digest, { cellId: cell.cellId, firstSeenMs: atMs, lastSeenMs: toHour(atMs) });
      return { id: cell.cellId, digest, folded: cell.isFolded, ...toRow(cell.identity) };
    });
    this.#inserted += rows.length;
    await this.tx.execute(sql`
      insert into traffic_cell (cluster_id, cell_id, source, verb, resource, namespace, user_name, user_agent,
        source_address, code, is_folded, first_seen_at, last_seen_at, digest)
      select ${this.clusterId}, id, ${source}, verb, resource, namespace, user_name, user_agent, source_address, code, folded,
        ${iso(atMs)}::timestamptz, ${iso(toHour(atMs))}::timestamptz, decode(digest, 'hex')
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as row(id integer, verb text, resource text, namespace text,
        user_name text, user_agent text, source_address text, code smallint, folded boolean, digest text)`);
  }

  /** Notes that these cells were named by the minute or hour `atMs`. */
  async touch(source: CellSource, cells: readonly TrafficCell[], atMs: number): Promise<void> {
    const ids: number[] = [];
    for (const cell of cells) {
      const digest = cellDigest(source, cell.identity, cell.isFolded).toString("hex");
      const known = this.#find(digest);
      if (known === undefined || (known.lastSeenMs >= toHour(atMs) && known.firstSeenMs <= atMs)) continue;
      const firstSeenMs = Math.min(known.firstSeenMs, atMs);
      this.#learn(digest, { ...known, firstSeenMs, lastSeenMs: Math.max(known.lastSeenMs, toHour(atMs)) });
      ids.push(known.cellId);
    }
    if (ids.length === 0) return;
    await this.tx.execute(sql`
      update traffic_cell set first_seen_at = least(first_seen_at, ${iso(atMs)}::timestamptz),
        last_seen_at = greatest(last_seen_at, ${iso(toHour(atMs))}::timestamptz)
      where cluster_id = ${this.clusterId} and cell_id = any(${intArray(ids)}::int[])`);
  }

  /** Who the cells of these ids are; an id that is not in the dictionary is missing from the answer. */
  async identities(ids: readonly number[]): Promise<Map<number, { identity: TrafficIdentity; isFolded: boolean }>> {
    const rows = await this.tx.execute<IdentityRow>(sql`
      select cell_id, verb, resource, namespace, user_name, user_agent, source_address, code, is_folded
      from traffic_cell where cluster_id = ${this.clusterId} and cell_id = any(${intArray(ids)}::int[])`);
    return new Map(rows.map((row) => [row.cell_id, { identity: toIdentity(row), isFolded: row.is_folded }]));
  }

  /** To be called once the transaction is committed. */
  keep(): void {
    for (const [digest, known] of this.#learned) this.cache.set(this.#key(digest), known);
    const size = this.cache.sizes.get(this.clusterId);
    if (size !== undefined) this.cache.sizes.set(this.clusterId, size + this.#inserted);
  }

  #find(digest: string): KnownCell | undefined {
    return this.#learned.get(digest) ?? this.cache.get(this.#key(digest));
  }

  #learn(digest: string, known: KnownCell): void {
    this.#learned.set(digest, known);
  }

  #key(digest: string): string {
    return `${this.clusterId} ${digest}`;
  }

  async #readNextId(): Promise<number> {
    const [row] = await this.tx.execute<{ next: number }>(
      sql`select coalesce(max(cell_id), 0) + 1 as next from traffic_cell where cluster_id = ${this.clusterId}`,
    );
    return row?.next ?? 1;
  }
}

interface KnownRow extends Record<string, unknown> {
  cell_id: number;
  digest: string;
  first_ms: string;
  last_ms: string;
}

interface IdentityRow extends Record<string, unknown> {
  cell_id: number;
  verb: string | null;
  resource: string | null;
  namespace: string | null;
  user_name: string | null;
  user_agent: string | null;
  source_address: string | null;
  code: number | null;
  is_folded: boolean;
}

function toRow({ user, userAgent, sourceAddress, ...same }: TrafficIdentity) {
  return { ...same, user_name: user, user_agent: userAgent, source_address: sourceAddress };
}

function toIdentity({ verb, resource, namespace, code, ...row }: IdentityRow): TrafficIdentity {
  return {
    ...{ verb, resource, namespace, code },
    ...{ user: row.user_name, userAgent: row.user_agent, sourceAddress: row.source_address },
  };
}

function toHour(atMs: number): number {
  return Math.floor(atMs / HOUR_MS) * HOUR_MS;
}

function iso(atMs: number): string {
  return new Date(atMs).toISOString();
}

function epochMs(instant: SQL): SQL {
  return sql`extract(epoch from ${instant}) * 1000`;
}

/** One parameter, so that a list of any length is one prepared statement. */
function intArray(ids: Iterable<number>): string {
  return `{${[...ids].join(",")}}`;
}

function byteaArray(digests: Iterable<string>): string {
  return `{${[...digests].map((digest) => `"\\\\x${digest}"`).join(",")}}`;
}
