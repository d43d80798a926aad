import { sql } from "drizzle-orm";
import type { Db } from "@/lib/db/client";
import { type HeatNode, type HeatRow, planHeatRows } from "@/lib/model/heat-rows";
import { toKeyText } from "@/lib/model/key-text";
import { toLabelValue } from "@/lib/model/prometheus-exposition";
import type { FamilySet } from "@/lib/queries/export-families";

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const ROOT_SLOT = 0;
/** Heavy prefixes looked at for each line: *other* nodes and ties at the end take some. */
const NODES_PER_ROW = 2;
/** Which prefixes have a line is looked at again when the answer is older. */
const PLAN_KEPT_MS = 300_000;

const plans = new WeakMap<Db, Map<string, { atMs: number; rows: Promise<HeatRow[]> }>>();

/**
 * The prefixes of a cluster that have a line of their own: at most `budget`, the heaviest by live bytes and by writes
 * since yesterday. They are a cut through the tree: no key is in two of them, and with the rests all keys are in one.
 */
export async function planExportRows(
  db: Db,
  clusterId: number,
  { budget, nowMs }: { budget: number; nowMs: number },
): Promise<HeatRow[]> {
  const kept = plans.get(db) ?? new Map<string, { atMs: number; rows: Promise<HeatRow[]> }>();
  plans.set(db, kept);
  const key = `${clusterId} ${budget}`;
  const plan = kept.get(key);
  if (plan !== undefined && nowMs - plan.atMs < PLAN_KEPT_MS && nowMs >= plan.atMs) return plan.rows;
  const rows = listHeavyNodes(db, clusterId, { limit: budget * NODES_PER_ROW, nowMs }).then((nodes) =>
    planHeatRows(nodes, ROOT_SLOT, budget),
  );
  kept.set(key, { atMs: nowMs, rows });
  rows.then(
    (found) => found.length === 0 && kept.delete(key), // before the first scan is done
    () => kept.delete(key),
  );
  return rows;
}

/** A node weighs its share of the live bytes and its share of the writes: so children never outweigh their parent. */
async function listHeavyNodes(
  db: Db,
  clusterId: number,
  { limit, nowMs }: { limit: number; nowMs: number },
): Promise<HeatNode[]> {
  const since = new Date(startOfDay(nowMs) - DAY_MS).toISOString();
  const rows = await db.execute<Record<string, string | boolean | Buffer | null>>(sql`
    with written as (
      select slot, sum(puts + deletes) as writes from prefix_hour
      where cluster_id = ${clusterId} and hour >= ${since}::timestamptz group by slot
    ), weighed as (
      select slot, key_bytes + value_bytes as bytes, coalesce(writes, 0) as writes, child_prefixes, direct_keys
      from prefix_state left join written using (slot) where cluster_id = ${clusterId}
    )
    select prefix.slot, parent_slot, prefix, is_other, child_prefixes, direct_keys,
      bytes / greatest(1, max(bytes) over ())::float8 + writes / greatest(1, max(writes) over ())::float8 as weight
    from weighed
    join prefix on prefix.cluster_id = ${clusterId} and prefix.slot = weighed.slot
    order by (prefix.slot = ${ROOT_SLOT}) desc, weight desc, prefix, prefix.slot
    limit ${limit + 1}`);
  return rows.map((row) => ({
    slot: Number(row.slot),
    parentSlot: row.parent_slot === null ? null : Number(row.parent_slot),
    prefix: row.prefix as Buffer,
    isOther: row.is_other === true,
    weight: Number(row.weight),
    childPrefixes: Number(row.child_prefixes),
    directKeys: Number(row.direct_keys),
  }));
}

/** What the planned prefixes hold now. To be called while the model is up to date. */
export async function addPrefixGauges(
  set: FamilySet,
  db: Db,
  { clusterId, cluster, rows }: { clusterId: number; cluster: string; rows: readonly HeatRow[] },
): Promise<void> {
  const found = await db.execute<Record<"slot" | "keys" | "live" | "history", string | null>>(sql`
    select slot, keys, key_bytes + value_bytes as live, history_bytes as history from prefix_state
    where cluster_id = ${clusterId} and slot = any(${toArray(slotsOf(rows))}::int[])`);
  const bySlot = new Map(found.map((row) => [Number(row.slot), row]));
  const figure = (row: HeatRow, name: "keys" | "live" | "history") => {
    const of = (slot: number) => {
      const value = bySlot.get(slot)?.[name];
      return value == null ? Number.NaN : Number(value);
    };
    const value = row.less.reduce((left, slot) => left - of(slot), of(row.slot));
    return Number.isNaN(value) ? null : Math.max(0, value);
  };
  for (const row of rows) {
    const labels = labelsOf(cluster, row);
    set.add("etcdscope_prefix_keys", labels, figure(row, "keys"));
    set.add("etcdscope_prefix_live_bytes", labels, figure(row, "live"));
    set.add("etcdscope_prefix_history_bytes", labels, figure(row, "history"));
  }
}

const COUNTERS = ["puts", "deletes", "written_bytes"] as const;

/**
 * What was written since the UTC day began: a sum of the hours of the day, which only grows until midnight, whichever
 * process is asked. A rest has no counters: it would jump whenever another prefix gets a line of its own.
 */
export async function addWriteCounters(
  set: FamilySet,
  db: Db,
  question: { clusterId: number; cluster: string; rows: readonly HeatRow[]; nowMs: number },
): Promise<void> {
  const { clusterId, cluster, rows, nowMs } = question;
  const whole = rows.filter(({ kind, slot }) => kind === "prefix" && slot !== ROOT_SLOT);
  const found = await db.execute<Record<"slot" | (typeof COUNTERS)[number], string>>(sql`
    select slot, sum(puts) as puts, sum(deletes) as deletes, sum(written_bytes) as written_bytes from prefix_hour
    where cluster_id = ${clusterId} and hour = any(${toArray(hoursOf(nowMs))}::timestamptz[])
      and slot = any(${toArray([ROOT_SLOT, ...slotsOf(whole)])}::int[])
    group by slot`);
  const bySlot = new Map(found.map((row) => [Number(row.slot), row]));
  for (const counter of COUNTERS) {
    set.add(`etcdscope_keyspace_${counter}_total`, { cluster }, Number(bySlot.get(ROOT_SLOT)?.[counter] ?? 0));
    for (const row of whole) {
      const { part: _, ...labels } = labelsOf(cluster, row);
      set.add(`etcdscope_prefix_${counter}_total`, labels, Number(bySlot.get(row.slot)?.[counter] ?? 0));
    }
  }
}

/** `part` says whether the line is all of the prefix: its identity changes when its meaning does. */
function labelsOf(cluster: string, { prefix, kind, slot }: HeatRow) {
  const part = kind === "prefix" ? "all" : "rest";
  return { cluster, prefix: toLabelValue(toKeyText(prefix).text, `slot ${slot}`), part };
}

function slotsOf(rows: readonly HeatRow[]): number[] {
  return [...new Set(rows.flatMap(({ slot, less }) => [slot, ...less]))];
}

/** The hours of the UTC day so far. */
function hoursOf(nowMs: number): string[] {
  const hours: string[] = [];
  for (let atMs = startOfDay(nowMs); atMs <= nowMs; atMs += HOUR_MS) hours.push(new Date(atMs).toISOString());
  return hours;
}

function startOfDay(nowMs: number): number {
  return Math.floor(nowMs / DAY_MS) * DAY_MS;
}

/** As Postgres writes an array of numbers or instants. */
function toArray(values: readonly (number | string)[]): string {
  return `{${values.join(",")}}`;
}
