import { and, eq, max, sql } from "drizzle-orm";
import type { HotKeys } from "@/collectors/keyspace/hot-keys";
import type { KeyspaceFigures } from "@/collectors/keyspace/keyspace-model";
import { PrefixTree, ROOT } from "@/collectors/keyspace/prefix-tree";
import type { Db } from "@/lib/db/client";
import { hotKey, hotMinute, keyspaceFrame, keyspaceStatus, prefix } from "@/lib/db/schema";
import type { FrameCells } from "@/lib/model/frame";

export type StatusRow = Omit<typeof keyspaceStatus.$inferInsert, "clusterId" | "updatedAt">;
export type FrameRow = Omit<typeof keyspaceFrame.$inferInsert, "clusterId">;

/** A minute's most written keys, as far as the minute has come. */
export interface HotMinute {
  minuteMs: number;
  observedMs: number;
  hot: HotKeys;
}

/** What happened in an hour since the last time it was written. */
export interface HourIncrease {
  hourMs: number;
  observedMs: number;
  revision: number;
  /** False: the cells' history bytes say nothing. */
  historyKnown: boolean;
  cells: FrameCells;
}

/** What one tick has to tell Postgres; all of it is written, or nothing. */
export interface Publication {
  status: StatusRow;
  tree: PrefixTree;
  figures: KeyspaceFigures;
  /** False: the figures' history bytes and revisions say nothing. */
  historyKnown: boolean;
  frames: FrameRow[];
  hotMinutes: HotMinute[];
  hourIncreases: HourIncrease[];
}

const MAX_KNOWN_KEYS = 10_000;
/** A key not named for days is swept from the dictionary: what is remembered must be younger than that. */
const KEY_IDS_LIFE_MS = 3_600_000;

const STATE_FIGURES = [
  "keys",
  "keyBytes",
  "valueBytes",
  "directKeys",
  "largestValueBytes",
  "oldestModRevision",
  "newestModRevision",
  "historyBytes",
  "historyRevisions",
  "leasedKeys",
] as const;
/** One array for each of them, and behind these the number of child prefixes; in an array, as each is read for every slot. */
type StateColumns = readonly Float64Array[];

/** Reads the dictionary of prefixes back, so that a slot keeps its meaning over restarts. */
export async function restoreTree(db: Db, clusterId: number): Promise<PrefixTree> {
  const tree = new PrefixTree();
  const rows = await db.select().from(prefix).where(eq(prefix.clusterId, clusterId)).orderBy(prefix.slot);
  for (const row of rows) {
    if (row.slot !== ROOT) tree.restore(row.slot, row.parentSlot ?? -1, row.prefix, row.isOther);
  }
  return tree;
}

/** Writes what the model says to Postgres: only rows that changed since this publisher last wrote them. */
export class KeyspacePublisher {
  #published: StateColumns | null = null;
  #keyIds = new Map<string, number>();
  #keyIdsSinceMs = Date.now();

  constructor(
    private readonly db: Db,
    private readonly clusterId: number,
  ) {}

  /** Writes where the model stands, without figures: progress of a scan, a phase. */
  async writeStatus(status: Partial<StatusRow> & Pick<StatusRow, "phase">): Promise<void> {
    await this.#writeStatus(this.db, status);
  }

  /** Writes a publication in one transaction. */
  async publish(publication: Publication): Promise<void> {
    const { tree, figures, frames, hotMinutes, hourIncreases, status } = publication;
    const size = figures.keys.length;
    const state = stateColumns(publication);
    const keyIds = new Map(this.#keyIds);
    if (Date.now() - this.#keyIdsSinceMs > KEY_IDS_LIFE_MS) {
      keyIds.clear();
      this.#keyIdsSinceMs = Date.now();
    }
    await this.db.transaction(async (tx) => {
      await this.#writePrefixes(tx, tree, size);
      await this.#writeState(tx, state, size);
      for (const frame of frames) await this.#writeFrame(tx, frame);
      for (const increase of hourIncreases) await this.#writeHour(tx, increase);
      for (const minute of hotMinutes) await this.#writeHotMinute(tx, minute, keyIds);
      await this.#writeStatus(tx, status);
    });
    tree.announce(size);
    this.#published = state;
    this.#keyIds = keyIds;
  }

  async #writeStatus(db: Db, status: Partial<StatusRow> & Pick<StatusRow, "phase">): Promise<void> {
    const row = { ...status, updatedAt: new Date() };
    await db
      .insert(keyspaceStatus)
      .values({ clusterId: this.clusterId, ...row })
      .onConflictDoUpdate({ target: keyspaceStatus.clusterId, set: row });
  }

  async #writePrefixes(db: Db, tree: PrefixTree, size: number): Promise<void> {
    const rows = [];
    for (let slot = tree.firstUnannounced; slot < size; slot++) {
      const parentSlot = slot === ROOT ? null : tree.parent(slot);
      rows.push({ slot, parentSlot, prefix: tree.prefix(slot).toString("hex"), isOther: tree.isOther(slot) });
    }
    if (rows.length === 0) return;
    await db.execute(sql`
      insert into prefix (cluster_id, slot, parent_slot, prefix, is_other)
      select ${this.clusterId}, slot, "parentSlot", decode(prefix, 'hex'), "isOther"
      from json_to_recordset(${JSON.stringify(rows)}::json) as row(slot int, "parentSlot" int, prefix text, "isOther" bool)
      on conflict do nothing`);
  }

  async #writeState(db: Db, state: StateColumns, size: number): Promise<void> {
    const rows = [];
    for (let slot = 0; slot < size; slot++) {
      if (hasStateChanged(this.#published, state, slot)) rows.push(stateRow(state, slot));
    }
    if (rows.length === 0) return;
    await db.execute(sql`
      insert into prefix_state (cluster_id, slot, keys, key_bytes, value_bytes, direct_keys, largest_value_bytes,
        oldest_mod_revision, newest_mod_revision, history_bytes, history_revisions, leased_keys, child_prefixes)
      select ${this.clusterId}, (row->>0)::int, (row->>1)::bigint, (row->>2)::bigint, (row->>3)::bigint, (row->>4)::bigint,
        (row->>5)::bigint, (row->>6)::bigint, (row->>7)::bigint, (row->>8)::bigint, (row->>9)::bigint, (row->>10)::bigint,
        (row->>11)::int
      from json_array_elements(${JSON.stringify(rows)}::json) as row
      on conflict (cluster_id, slot) do update set keys = excluded.keys, key_bytes = excluded.key_bytes,
        value_bytes = excluded.value_bytes, direct_keys = excluded.direct_keys,
        largest_value_bytes = excluded.largest_value_bytes, oldest_mod_revision = excluded.oldest_mod_revision,
        newest_mod_revision = excluded.newest_mod_revision, history_bytes = excluded.history_bytes,
        history_revisions = excluded.history_revisions, leased_keys = excluded.leased_keys, child_prefixes = excluded.child_prefixes`);
  }

  async #writeFrame(db: Db, frame: FrameRow): Promise<void> {
    // A worker that restarts within a slice finds its forerunner's part there; the longer watched part stays.
    await db
      .insert(keyspaceFrame)
      .values({ clusterId: this.clusterId, ...frame })
      .onConflictDoUpdate({
        target: [keyspaceFrame.clusterId, keyspaceFrame.at],
        set: frame,
        setWhere: sql`${keyspaceFrame.observedMs} < excluded.observed_ms or excluded.is_full`,
      });
  }

  async #writeHour(db: Db, { hourMs, observedMs, revision, historyKnown, cells }: HourIncrease): Promise<void> {
    const rows = Array.from({ length: cells.length }, (_, i) => [
      cells.slots[i],
      cells.keys[i],
      cells.keyBytes[i],
      cells.valueBytes[i],
      historyKnown ? cells.historyBytes[i] : null,
      cells.puts[i],
      cells.creates[i],
      cells.deletes[i],
      cells.writtenBytes[i],
    ]);
    await db.execute(sql`
      insert into prefix_hour (cluster_id, hour, observed_ms, revision, slot, keys, key_bytes, value_bytes, history_bytes,
        puts, creates, deletes, written_bytes)
      select ${this.clusterId}, ${new Date(hourMs).toISOString()}::timestamptz, ${observedMs}, ${revision}, (row->>0)::int,
        (row->>1)::bigint, (row->>2)::bigint, (row->>3)::bigint, (row->>4)::bigint, (row->>5)::bigint, (row->>6)::bigint,
        (row->>7)::bigint, (row->>8)::bigint
      from json_array_elements(${JSON.stringify(rows)}::json) as row
      on conflict (cluster_id, hour, slot) do update set observed_ms = prefix_hour.observed_ms + excluded.observed_ms,
        revision = excluded.revision, keys = excluded.keys, key_bytes = excluded.key_bytes,
        value_bytes = excluded.value_bytes, history_bytes = excluded.history_bytes, puts = prefix_hour.puts + excluded.puts,
        creates = prefix_hour.creates + excluded.creates, deletes = prefix_hour.deletes + excluded.deletes,
        written_bytes = prefix_hour.written_bytes + excluded.written_bytes`);
  }

  async #writeHotMinute(db: Db, { minuteMs, observedMs, hot }: HotMinute, keyIds: Map<string, number>): Promise<void> {
    const row = {
      observedMs,
      keyIds: await this.#keyIdsOf(
        db,
        hot.keys.map(({ key }) => key),
        keyIds,
      ),
      writes: hot.keys.map(({ writes }) => writes),
      writtenBytes: hot.keys.map(({ writtenBytes }) => writtenBytes),
      unlistedWrites: hot.unlistedWrites,
      unlistedWrittenBytes: hot.unlistedWrittenBytes,
    };
    await db
      .insert(hotMinute)
      .values({ clusterId: this.clusterId, minute: new Date(minuteMs), ...row })
      .onConflictDoUpdate({
        target: [hotMinute.clusterId, hotMinute.minute],
        set: row,
        setWhere: sql`${hotMinute.observedMs} <= excluded.observed_ms`,
      });
  }

  /** The dictionary numbers of keys, made where they are missing. Remembers what it learnt in `known`. */
  async #keyIdsOf(db: Db, keys: Buffer[], known: Map<string, number>): Promise<number[]> {
    const missing = keys.filter((key) => !known.has(key.toString("latin1")));
    if (missing.length > 0) {
      const mine = eq(hotKey.clusterId, this.clusterId);
      const digests = sql`sha256(${hotKey.key}) in (select sha256(decode(value, 'hex')) from json_array_elements_text(${JSON.stringify(
        missing.map((key) => key.toString("hex")),
      )}::json))`;
      for (const row of await db.select().from(hotKey).where(and(mine, digests))) {
        known.set(row.key.toString("latin1"), row.keyId);
      }
      const [last] = await db
        .select({ keyId: max(hotKey.keyId) })
        .from(hotKey)
        .where(mine);
      let nextId = (last?.keyId ?? -1) + 1;
      const rows = missing
        .filter((key) => !known.has(key.toString("latin1")))
        .map((key) => ({ clusterId: this.clusterId, keyId: nextId++, key }));
      if (rows.length > 0) await db.insert(hotKey).values(rows);
      for (const row of rows) known.set(row.key.toString("latin1"), row.keyId);
    }
    const ids = keys.map((key) => known.get(key.toString("latin1")) as number);
    if (known.size > MAX_KNOWN_KEYS) known.clear();
    return ids;
  }
}

function stateColumns({ tree, figures, historyKnown }: Publication): StateColumns {
  const size = figures.keys.length;
  const childPrefixes = new Float64Array(size);
  for (let slot = 0; slot < size; slot++) childPrefixes[slot] = tree.childPrefixes(slot);
  const unknown = historyKnown ? null : new Float64Array(size).fill(Number.NaN); // null in JSON
  const columns = STATE_FIGURES.map((figure) => (figure.startsWith("history") && unknown) || figures[figure]);
  return [...columns, childPrefixes];
}

function hasStateChanged(before: StateColumns | null, now: StateColumns, slot: number): boolean {
  if (before === null || slot >= (before[0] as Float64Array).length) return true;
  for (let i = 0; i < now.length; i++) {
    const a = (before[i] as Float64Array)[slot] as number;
    const b = (now[i] as Float64Array)[slot] as number;
    if (a !== b && !(Number.isNaN(a) && Number.isNaN(b))) return true;
  }
  return false;
}

/** A row as the upsert reads it, by position; a prefix without keys has no oldest and newest revision. */
function stateRow(state: StateColumns, slot: number): (number | null)[] {
  const row: (number | null)[] = [slot];
  for (let i = 0; i < state.length; i++) row.push((state[i] as Float64Array)[slot] as number);
  if (row[1 + KEYS_COLUMN] === 0) for (const column of REVISION_COLUMNS) row[1 + column] = null;
  return row;
}

const KEYS_COLUMN = STATE_FIGURES.indexOf("keys");
const REVISION_COLUMNS = [STATE_FIGURES.indexOf("oldestModRevision"), STATE_FIGURES.indexOf("newestModRevision")];
