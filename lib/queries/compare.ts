import {
  CHANGE_STATUSES,
  type Change,
  type ChangeStatus,
  type CompareAnswer,
  type ComparedInstant,
  type CompareParams,
  type ComparePreset,
  type CompareRow,
  type HeldAt,
} from "@/lib/api/compare";
import type { Db } from "@/lib/db/client";
import { toKeyText } from "@/lib/model/key-text";
import { ParameterError } from "@/lib/queries/errors";
import { toKeyBytes } from "@/lib/queries/key-bytes";
import { readModelStanding } from "@/lib/queries/model-state";
import { findNode, listChildNodes, type PrefixNode } from "@/lib/queries/prefix-nodes";
import { readRecordsSince } from "@/lib/queries/records-since";
import { readStateAt } from "@/lib/queries/samples";

const HOUR_MS = 3_600_000;
const PRESET_MS: Record<ComparePreset, number> = {
  "1h": HOUR_MS,
  "1d": 24 * HOUR_MS,
  "7d": 7 * 24 * HOUR_MS,
  "30d": 30 * 24 * HOUR_MS,
};

/**
 * The children of a prefix at two instants, the largest change first. The changes of all rows add up to the parent's: keys
 * right below it, *other* and what is beyond the limit have rows of their own. Now is what the model holds; any other
 * instant is read from the records, to their precision.
 */
export async function comparePrefixes(
  db: Db,
  clusterId: number,
  params: CompareParams,
  nowMs: number,
): Promise<CompareAnswer> {
  const bytes = toKeyBytes("parent", params.parent, params.parentBase64);
  const instants = toInstants(params, nowMs);
  const { node, children, now } = await readTree(db, clusterId, bytes, nowMs);
  const nodes = node ? [node, ...children] : [];
  const before = await readHeld(db, clusterId, instants.beforeMs, nodes);
  const after = instants.afterMs >= nowMs ? now : await readHeld(db, clusterId, instants.afterMs, nodes);
  const recordsSince = before && after ? null : await readRecordsSince(db, clusterId);
  const answer = {
    nextCursor: null,
    before: toInstant(instants.beforeMs, before, recordsSince),
    after: toInstant(instants.afterMs, after, recordsSince),
    recordsSince: recordsSince?.toISOString() ?? null,
    isRecorded: node !== null,
  };
  if (!node || !before || !after) return { ...answer, parent: null, items: [], totals: toTotals([]) };
  const parent = toChange(before.of(node), after.of(node));
  const rows = toRows(node, children, { before, after, parent });
  const { text: prefix, base64: prefixBase64 } = toKeyText(bytes);
  return {
    ...answer,
    parent: { prefix, prefixBase64, ...parent },
    items: toPage(rows, params, { prefix, prefixBase64 }),
    totals: toTotals(rows),
  };
}

function toInstants({ at, with: earlier }: CompareParams, nowMs: number) {
  const afterMs = at === undefined ? nowMs : Date.parse(at);
  const beforeMs = earlier in PRESET_MS ? afterMs - PRESET_MS[earlier as ComparePreset] : Date.parse(earlier);
  if (!(beforeMs < afterMs)) throw new ParameterError("with", "must lie before the instant it is compared with");
  if (beforeMs < 0) throw new ParameterError("with", "must lie after 1970");
  return { beforeMs, afterMs };
}

/** What every node held at an instant. */
interface Held {
  atMs: number;
  resolutionMs: number;
  of(node: PrefixNode): HeldAt;
}

/** Null when nobody watched at the instant, or not long enough to know of each of `nodes`. */
async function readHeld(db: Db, clusterId: number, atMs: number, nodes: readonly PrefixNode[]): Promise<Held | null> {
  const state = await readStateAt(db, clusterId, atMs);
  if (state === null || nodes.some(({ slot }) => Number.isNaN(state.keys(slot)))) return null;
  return {
    atMs: state.atMs,
    resolutionMs: state.resolutionMs,
    of: ({ slot }) => ({
      keys: state.keys(slot),
      liveBytes: state.liveBytes(slot),
      historyBytes: state.historyBytes(slot),
    }),
  };
}

/** A node, its children, and what they hold now; `now` null before the first baseline. One snapshot. */
async function readTree(db: Db, clusterId: number, bytes: Buffer, nowMs: number) {
  return db.transaction(
    async (tx) => {
      const { at, revision } = await readModelStanding(tx, clusterId, nowMs);
      const node = await findNode(tx, clusterId, bytes);
      const children = node ? await listChildNodes(tx, clusterId, node.slot) : [];
      const now: Held | null = revision === null || at === null ? null : toHeldNow(Date.parse(at));
      return { node, children, now };
    },
    { isolationLevel: "repeatable read", accessMode: "read only" },
  );
}

function toHeldNow(atMs: number): Held {
  return {
    atMs,
    resolutionMs: 0,
    of: ({ keys, keyBytes, valueBytes, historyBytes }) => ({ keys, liveBytes: keyBytes + valueBytes, historyBytes }),
  };
}

function toInstant(askedMs: number, held: Held | null, recordsSince: Date | null): ComparedInstant {
  const askedAt = new Date(askedMs).toISOString();
  if (held !== null) {
    const { atMs, resolutionMs } = held;
    return { askedAt, at: new Date(atMs).toISOString(), resolutionSeconds: resolutionMs / 1_000, reason: null };
  }
  const isBefore = recordsSince === null || askedMs <= recordsSince.getTime();
  return { askedAt, at: null, resolutionSeconds: null, reason: isBefore ? "before-records" : "not-watched" };
}

function toChange(before: HeldAt, after: HeldAt): Change {
  return {
    before,
    after,
    changeBytes: after.liveBytes - before.liveBytes,
    changeKeys: after.keys - before.keys,
    changeHistoryBytes: less(after.historyBytes, before.historyBytes),
  };
}

function toRows(
  node: PrefixNode,
  children: readonly PrefixNode[],
  { before, after, parent }: { before: Held; after: Held; parent: Change },
): CompareRow[] {
  const rows = children.map((child): CompareRow => {
    const change = toChange(before.of(child), after.of(child));
    const kind = child.isOther ? "other" : "prefix";
    return toRow(child.prefix, kind, change, !child.isOther && change.after.keys + change.before.keys > 0);
  });
  rows.push(toRow(node.prefix, "direct", rows.reduce(lessChange, parent), false));
  return rows
    .filter((row) => isThere(row.before) || isThere(row.after))
    .sort((a, b) => Math.abs(b.changeBytes) - Math.abs(a.changeBytes) || compareText(a, b));
}

function toRow(bytes: Buffer, kind: CompareRow["kind"], change: Change, hasChildren: boolean): CompareRow {
  const { text: prefix, base64: prefixBase64 } = toKeyText(bytes);
  return { prefix, prefixBase64, kind, status: statusOf(change), ...change, hasChildren };
}

function isThere({ keys, liveBytes, historyBytes }: HeldAt): boolean {
  return keys !== 0 || liveBytes !== 0 || (historyBytes ?? 0) !== 0;
}

function compareText(a: CompareRow, b: CompareRow): number {
  return a.prefix === b.prefix ? (a.kind < b.kind ? -1 : 1) : a.prefix < b.prefix ? -1 : 1;
}

function statusOf({ before, after, changeBytes, changeKeys }: Change): ChangeStatus {
  if (before.keys === 0 && after.keys > 0) return "new";
  if (after.keys === 0 && before.keys > 0) return "gone";
  const change = changeBytes === 0 ? changeKeys : changeBytes;
  return change === 0 ? "same" : change > 0 ? "grown" : "shrunk";
}

/** The rows of a status up to the limit; what is beyond it in one more. */
function toPage(
  rows: readonly CompareRow[],
  { status, limit }: CompareParams,
  parent: Pick<CompareRow, "prefix" | "prefixBase64">,
): CompareRow[] {
  const wanted = status === undefined ? rows : rows.filter((row) => row.status === status);
  if (wanted.length <= limit) return [...wanted];
  const change = wanted.slice(limit).reduce(plusChange, toChange(NOTHING, NOTHING));
  const rest = { ...parent, kind: "rest" as const, status: status ?? statusOf(change), ...change, hasChildren: false };
  return [...wanted.slice(0, limit), rest];
}

const NOTHING: HeldAt = { keys: 0, liveBytes: 0, historyBytes: 0 };

function toTotals(rows: readonly CompareRow[]): CompareAnswer["totals"] {
  const totals = {} as CompareAnswer["totals"];
  for (const status of CHANGE_STATUSES) {
    const wanted = rows.filter((row) => row.status === status);
    totals[status] = { rows: wanted.length, ...wanted.reduce(plusChange, toChange(NOTHING, NOTHING)) };
  }
  return totals;
}

function plusChange(sum: Change, row: Change): Change {
  return toChange(combine(sum.before, row.before, 1), combine(sum.after, row.after, 1));
}

function lessChange(total: Change, row: Change): Change {
  return toChange(combine(total.before, row.before, -1), combine(total.after, row.after, -1));
}

function combine(total: HeldAt, part: HeldAt, sign: 1 | -1): HeldAt {
  return {
    keys: total.keys + sign * part.keys,
    liveBytes: total.liveBytes + sign * part.liveBytes,
    historyBytes:
      total.historyBytes === null || part.historyBytes === null ? null : total.historyBytes + sign * part.historyBytes,
  };
}

function less(after: number | null, before: number | null): number | null {
  return after === null || before === null ? null : after - before;
}
