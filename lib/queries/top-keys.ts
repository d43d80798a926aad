import type { TopKeyRow, TopKeysAnswer, TopKeysParams } from "@/lib/api/keys";
import type { Db } from "@/lib/db/client";
import { toKeyText } from "@/lib/model/key-text";
import type { KeySort, ListedKey } from "@/lib/model/questions";
import type { TimeRange } from "@/lib/model/time-range";
import { askWorker } from "@/lib/queries/ask-worker";
import { WorkerAbsentError, WorkerAnswerError } from "@/lib/queries/errors";
import { type HotKeyCount, type HotOrder, listHotKeys } from "@/lib/queries/hot-keys";
import { toKeyBytes } from "@/lib/queries/key-bytes";
import { readStandings } from "@/lib/queries/model-state";
import { toQueryRange } from "@/lib/queries/query-range";
import { type RevisionClock, readRevisionClock } from "@/lib/queries/revision-clock";

const TIMEOUT_MS = 5_000;
/** Current figures are an addition to hot keys: their list does not wait long for them. */
const JOIN_TIMEOUT_MS = 2_000;
/** Hot keys have been written lately, so the newest keys hold nearly all of them. */
const JOINED_KEYS = 1_000;

const ORDERS: Record<Exclude<TopKeysParams["by"], HotOrder>, { sort: KeySort; descending: boolean }> = {
  historyBytes: { sort: "historyBytes", descending: true },
  valueBytes: { sort: "valueBytes", descending: true },
  keyBytes: { sort: "keyBytes", descending: true },
  version: { sort: "version", descending: true },
  age: { sort: "age", descending: false },
};

/**
 * The top keys under a byte prefix. `by=writes` and `writtenBytes` count over the range, from the hot minutes in Postgres;
 * the other orders are of the keys as they are now, asked of the worker (throws what `askWorker` throws). While history
 * is not known nobody holds the most of it: the list is empty, and `historyReason` says why.
 */
export async function listTopKeys(
  db: Db,
  clusterId: number,
  params: TopKeysParams,
  nowMs: number,
): Promise<TopKeysAnswer> {
  const prefix = toKeyBytes("prefix", params.prefix, params.prefixBase64);
  const range = toQueryRange(params, nowMs);
  const { standing, history } = await readStandings(db, clusterId, nowMs);
  const { by, limit } = params;
  const question = { prefix, range, limit, nowMs };
  const list = () => {
    if (by === "writes" || by === "writtenBytes") return listMostWritten(db, clusterId, { ...question, by });
    if (by === "historyBytes" && history.historyReason !== null) return toNothing(range);
    return listLargest(db, clusterId, { ...question, by, isLive: standing.state === "live" });
  };
  const counted = await list();
  return { by, items: counted.items, nextCursor: null, ...standing, ...history, range: counted.range };
}

function toNothing(range: TimeRange): TopItems {
  return { items: [], range: toAnsweredRange(range, 0) };
}

interface TopQuestion {
  prefix: Buffer;
  range: TimeRange;
  limit: number;
  nowMs: number;
}
type TopItems = Pick<TopKeysAnswer, "items" | "range">;

async function listMostWritten(db: Db, clusterId: number, question: TopQuestion & { by: HotOrder }): Promise<TopItems> {
  const hot = await listHotKeys(db, clusterId, question);
  const current =
    hot.keys.length === 0 ? new Map<string, ListedKey>() : await listNewest(db, clusterId, question.prefix);
  const clock = await readClockOf(db, clusterId, [...current.values()], question.nowMs);
  const items = hot.keys.map((count) => {
    const key = current.get(count.key.toString("base64"));
    return { ...toRow(count.key, key, clock), ...toWrites(count, question.by, hot.observedSeconds) };
  });
  return { items, range: toAnsweredRange(hot.range, hot.observedSeconds) };
}

/** Exact is a row whose bounds meet in what it is ordered by. */
function toWrites({ key: _, ...counts }: HotKeyCount, by: HotOrder, observedSeconds: number) {
  const perSecond = (count: number) => (observedSeconds > 0 ? count / observedSeconds : null);
  const isExact = counts[by] === (by === "writes" ? counts.writesAtMost : counts.writtenBytesAtMost);
  return {
    ...counts,
    writesPerSecond: perSecond(counts.writes),
    writtenBytesPerSecond: perSecond(counts.writtenBytes),
    origin: isExact ? ("exact" as const) : ("estimated" as const),
  };
}

/** The keys written last, by their base64; none when the worker is not there to say. */
async function listNewest(db: Db, clusterId: number, prefix: Buffer): Promise<Map<string, ListedKey>> {
  try {
    const { keys } = await askWorker(
      db,
      clusterId,
      "list-keys",
      {
        prefixBase64: prefix.toString("base64"),
        directOnly: false,
        sort: "modRevision",
        descending: true,
        limit: JOINED_KEYS,
        after: null,
      },
      { timeoutMs: JOIN_TIMEOUT_MS },
    );
    return new Map(keys.map((key) => [key.keyBase64, key]));
  } catch (error) {
    if (error instanceof WorkerAbsentError || error instanceof WorkerAnswerError) return new Map();
    throw error;
  }
}

async function listLargest(
  db: Db,
  clusterId: number,
  { prefix, range, limit, nowMs, by, isLive }: TopQuestion & { by: keyof typeof ORDERS; isLive: boolean },
): Promise<TopItems> {
  const { keys } = await askWorker(
    db,
    clusterId,
    "list-keys",
    { prefixBase64: prefix.toString("base64"), directOnly: false, ...ORDERS[by], limit, after: null },
    { timeoutMs: TIMEOUT_MS },
  );
  const clock = await readClockOf(db, clusterId, keys, nowMs);
  const origin = isLive ? ("exact" as const) : ("estimated" as const);
  const items = keys.map((key) => ({
    ...toRow(Buffer.from(key.keyBase64, "base64"), key, clock),
    ...NO_WRITES,
    origin,
  }));
  return { items, range: toAnsweredRange(range, 0) };
}

const NO_WRITES = {
  writes: null,
  writesAtMost: null,
  writesPerSecond: null,
  writtenBytes: null,
  writtenBytesAtMost: null,
  writtenBytesPerSecond: null,
};

function readClockOf(db: Db, clusterId: number, keys: readonly ListedKey[], nowMs: number): Promise<RevisionClock> {
  const revisions = keys.flatMap(({ createRevision, modRevision }) => [createRevision, modRevision]);
  return readRevisionClock(db, clusterId, revisions, nowMs);
}

type KeyFigures = Omit<TopKeyRow, keyof typeof NO_WRITES | "origin">;

function toRow(bytes: Buffer, key: ListedKey | undefined, clock: RevisionClock): KeyFigures {
  const { text, base64 } = toKeyText(bytes);
  return {
    key: text,
    keyBase64: base64,
    keyBytes: bytes.length,
    valueBytes: key && !key.deleted ? key.valueBytes : null,
    version: key && !key.deleted ? key.version : null,
    createRevision: key?.createRevision ?? null,
    modRevision: key?.modRevision ?? null,
    createdAt: key ? clock.at(key.createRevision) : null,
    modifiedAt: key ? clock.at(key.modRevision) : null,
    clockSince: clock.since,
    historyBytes: key?.historyBytes ?? null,
    historyRevisions: key?.historyRevisions ?? null,
    deleted: key?.deleted ?? false,
    leased: key?.leased ?? null,
  };
}

function toAnsweredRange({ fromMs, toMs }: TimeRange, observedSeconds: number) {
  return { from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString(), observedSeconds };
}
