import type { PrefixesAnswer, PrefixesParams, PrefixRow } from "@/lib/api/prefixes";
import type { Db } from "@/lib/db/client";
import type { KeyGroup } from "@/lib/model/questions";
import type { TimeRange } from "@/lib/model/time-range";
import { askWorker } from "@/lib/queries/ask-worker";
import { WorkerAbsentError, WorkerAnswerError } from "@/lib/queries/errors";
import { toKeyBytes } from "@/lib/queries/key-bytes";
import { type HistoryStanding, type ModelStanding, readStandings } from "@/lib/queries/model-state";
import { findNode, listChildNodes, listNodesOf, type PrefixNode } from "@/lib/queries/prefix-nodes";
import { type PageOrder, sortEntries, toCursor, toKeyQuestion, toPageOrder } from "@/lib/queries/prefix-page";
import {
  type GroupHistory,
  type PrefixEntry,
  type RowContext,
  toGroupEntry,
  toKeyEntry,
  toNodeEntry,
} from "@/lib/queries/prefix-rows";
import { toQueryRange } from "@/lib/queries/query-range";
import { readRevisionClock } from "@/lib/queries/revision-clock";
import { type PrefixWindow, readWindow } from "@/lib/queries/window";

const TIMEOUT_MS = 5_000;
/** The worker lists so many keys in one answer. */
const MAX_ASKED_KEYS = 1_000;
/** Groups of a raw byte prefix; what is beyond comes as one *other* row. */
const MAX_GROUPS = 5_000;

/**
 * The children of a prefix, in an order, a page at a time; all pages together add up to the parent. Prefixes of the tree
 * come from Postgres, single keys and the children of a raw byte prefix (`/registry/po`) from the worker.
 *
 * Without a worker the single keys come as one *other* row beside the child prefixes; where there are none, or the
 * parent is a raw byte prefix, a `WorkerAbsentError` is thrown.
 */
export async function listPrefixes(
  db: Db,
  clusterId: number,
  params: PrefixesParams,
  nowMs: number,
): Promise<PrefixesAnswer> {
  const parent = toKeyBytes("parent", params.parent, params.parentBase64);
  const { order, range: cursorRange } = toPageOrder(params);
  const question = { parent, order, limit: params.limit, range: cursorRange ?? toQueryRange(params, nowMs), nowMs };
  // One snapshot for the standing and the figures: what the answer says of its revision is true of every row.
  const stored = await db.transaction(
    async (tx) => {
      const standings = await readStandings(tx, clusterId, nowMs);
      const node = standings.standing.revision === null ? null : await findNode(tx, clusterId, parent);
      return { ...standings, node, children: node ? await listChildNodes(tx, clusterId, node.slot) : [] };
    },
    { isolationLevel: "repeatable read", accessMode: "read only" },
  );
  if (stored.standing.revision === null) return emptyAnswer(stored, question.range);
  // A prefix of the tree that has been emptied may still begin keys that follow another separator.
  const answer =
    stored.node && (stored.node.keys > 0 || parent.length === 0)
      ? await listNodeChildren(db, clusterId, { ...stored, node: stored.node, ...question })
      : await listRawChildren(db, clusterId, { ...stored, ...question });
  return withInstants(db, clusterId, answer, nowMs);
}

/** Says when the newest revision under each prefix was written. */
async function withInstants(db: Db, clusterId: number, answer: PrefixesAnswer, nowMs: number): Promise<PrefixesAnswer> {
  const revisions = [answer.parent, ...answer.items].flatMap((row) => row?.newestModRevision ?? []);
  const clock = await readRevisionClock(db, clusterId, revisions, nowMs);
  const dated = (row: PrefixRow): PrefixRow => ({
    ...row,
    newestModAt: row.newestModRevision === null ? null : clock.at(row.newestModRevision),
  });
  return {
    ...answer,
    parent: answer.parent && dated(answer.parent),
    items: answer.items.map(dated),
    clockSince: clock.since,
  };
}

interface ChildQuestion {
  standing: ModelStanding;
  history: HistoryStanding;
  parent: Buffer;
  order: PageOrder;
  limit: number;
  range: TimeRange;
  nowMs: number;
}

async function listNodeChildren(
  db: Db,
  clusterId: number,
  question: ChildQuestion & { node: PrefixNode; children: PrefixNode[] },
): Promise<PrefixesAnswer> {
  const { node, children, range, nowMs } = question;
  const slots = new Set([node.slot, ...children.map(({ slot }) => slot)]);
  const window = await readWindow(db, clusterId, { range, slots, nowMs });
  const context = toContext(question.standing, node);
  const entries = children
    .filter(({ slot, keys, historyBytes }) => {
      const { puts, deletes } = window.counts(slot);
      return keys > 0 || puts + deletes > 0 || (historyBytes ?? 0) > 0;
    })
    .map((child) => toNodeEntry(child, window, context));
  if (node.directKeys > 0) entries.push(...(await listDirectKeys(db, clusterId, question, context)));
  return toAnswer(question, window, node.keys === 0 ? null : toNodeEntry(node, window, context), entries);
}

/** One more key than the page holds, so that a full page knows whether another follows. */
async function listDirectKeys(
  db: Db,
  clusterId: number,
  { node, children, order, limit, history }: ChildQuestion & { node: PrefixNode; children: PrefixNode[] },
  context: RowContext,
): Promise<PrefixEntry[]> {
  const keyQuestion = toKeyQuestion(order, { isHistoryKnown: history.historyReason === null });
  if (keyQuestion === null) return [];
  try {
    const answer = await askWorker(
      db,
      clusterId,
      "list-keys",
      {
        prefixBase64: node.prefix.toString("base64"),
        directOnly: true,
        limit: Math.min(limit + 1, MAX_ASKED_KEYS),
        ...keyQuestion,
      },
      { timeoutMs: TIMEOUT_MS },
    );
    return answer.keys.map((key) => toKeyEntry(key, context));
  } catch (error) {
    if (!isWorkerFailure(error) || children.every(({ keys }) => keys === 0)) throw error;
    return [toGroupEntry(directTotal(node, children), "other", { ...context, origin: "estimated" })];
  }
}

function isWorkerFailure(error: unknown): boolean {
  return error instanceof WorkerAbsentError || error instanceof WorkerAnswerError;
}

/** What hangs on the node itself. The largest value is an upper bound unless it is larger than every child's. */
function directTotal(node: PrefixNode, children: readonly PrefixNode[]): KeyGroup & GroupHistory {
  const { keys, keyBytes, valueBytes, historyBytes, historyRevisions, leasedKeys } = node;
  const total = { keys, keyBytes, valueBytes, historyBytes, historyRevisions, leasedKeys };
  for (const child of children) {
    total.keys -= child.keys;
    total.keyBytes -= child.keyBytes;
    total.valueBytes -= child.valueBytes;
    total.leasedKeys -= child.leasedKeys;
    total.historyBytes = lessKnown(total.historyBytes, child.historyBytes);
    total.historyRevisions = lessKnown(total.historyRevisions, child.historyRevisions);
  }
  const largestValueBytes = Math.min(node.largestValueBytes, total.valueBytes);
  return { prefixBase64: node.prefix.toString("base64"), isKey: false, ...total, largestValueBytes };
}

function lessKnown(total: number | null, part: number | null): number | null {
  return total === null || part === null ? null : total - part;
}

async function listRawChildren(db: Db, clusterId: number, question: ChildQuestion): Promise<PrefixesAnswer> {
  const { parent, range, nowMs, standing } = question;
  const answer = await askWorker(
    db,
    clusterId,
    "list-groups",
    { prefixBase64: parent.toString("base64"), limit: MAX_GROUPS },
    { timeoutMs: TIMEOUT_MS },
  );
  const answered = { ...question, standing: { ...standing, revision: answer.revision, at: answer.at } };
  const prefixes = answer.groups.filter(({ isKey }) => !isKey);
  const nodes = await listNodesOf(db, clusterId, prefixes.map(groupBytes));
  const window = await readWindow(db, clusterId, { range, slots: new Set(nodes.map(({ slot }) => slot)), nowMs });
  const context = toContext(standing, answer.total);
  const nodeOf = new Map(nodes.map((node) => [node.prefix.toString("base64"), node]));
  const entries = answer.groups.map((group) => {
    const node = group.isKey ? undefined : nodeOf.get(group.prefixBase64);
    if (!node) return toGroupEntry(group, group.isKey ? "key" : "prefix", context);
    // The worker's figures are newer than the published ones, and add up to its own total.
    const { keys, keyBytes, valueBytes, largestValueBytes } = group;
    return toNodeEntry({ ...node, keys, keyBytes, valueBytes, largestValueBytes }, window, context);
  });
  const rest = unlistedTotal(answer.total, answer.groups);
  if (rest.keys > 0) entries.push(toGroupEntry(rest, "other", context));
  const parentEntry = answer.total.keys === 0 ? null : toGroupEntry(answer.total, "prefix", context);
  return toAnswer(answered, window, parentEntry, entries);
}

function groupBytes(group: KeyGroup): Buffer {
  return Buffer.from(group.prefixBase64, "base64");
}

function unlistedTotal(total: KeyGroup, groups: readonly KeyGroup[]): KeyGroup {
  const rest = { ...total };
  for (const group of groups) {
    rest.keys -= group.keys;
    rest.keyBytes -= group.keyBytes;
    rest.valueBytes -= group.valueBytes;
  }
  return { ...rest, largestValueBytes: Math.min(total.largestValueBytes, rest.valueBytes) };
}

function toContext(standing: ModelStanding, parent: { keyBytes: number; valueBytes: number }): RowContext {
  return {
    parentLiveBytes: parent.keyBytes + parent.valueBytes,
    origin: standing.state === "live" ? "exact" : "estimated",
  };
}

function toAnswer(
  { standing, history, order, limit, range }: ChildQuestion,
  window: PrefixWindow,
  parent: PrefixEntry | null,
  entries: readonly PrefixEntry[],
): PrefixesAnswer {
  const sorted = sortEntries(entries, order);
  const page = sorted.slice(0, limit);
  const last = page.at(-1);
  // The worker gives no more keys than this at once: a page full of them may have a successor without showing it.
  const mayHaveMore = sorted.length > limit || (limit >= MAX_ASKED_KEYS && page.length === limit);
  return {
    parent: parent?.row ?? null,
    items: page.map(({ row }) => row),
    nextCursor: last && mayHaveMore ? toCursor(order, last, range) : null,
    ...standing,
    ...history,
    clockSince: null,
    range: toAnsweredRange(window),
  };
}

function toAnsweredRange({ range, observedSeconds }: Pick<PrefixWindow, "range" | "observedSeconds">) {
  return { from: new Date(range.fromMs).toISOString(), to: new Date(range.toMs).toISOString(), observedSeconds };
}

/** Before the first baseline is done nothing is known, not even that it is nothing. */
function emptyAnswer(
  { standing, history }: Pick<ChildQuestion, "standing" | "history">,
  range: TimeRange,
): PrefixesAnswer {
  return {
    parent: null,
    items: [],
    nextCursor: null,
    ...standing,
    ...history,
    clockSince: null,
    range: toAnsweredRange({ range, observedSeconds: 0 }),
  };
}
