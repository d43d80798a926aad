import { and, asc, desc, eq, isNull, sql } from "drizzle-orm";
import type { ConsistencyAnswer, HashCheckRow } from "@/lib/api/consistency";
import type { Db } from "@/lib/db/client";
import { eachFrame, listSeriesRows, listTargetRows } from "@/lib/db/metric-rows";
import { cluster, member, question } from "@/lib/db/schema";
import { hashCheck } from "@/lib/db/schema-health";
import { type HashOutcome, hashWords } from "@/lib/model/consistency";
import { type KeyReading, keysApart } from "@/lib/model/keys-apart";
import { askWorker } from "@/lib/queries/ask-worker";

const MAX_CHECKS = 10;
/** A key count is compared over so long. */
const KEYS_SPAN_MS = 60_000;
const KEYS_SERIES = "etcd_debugging_mvcc_keys_total";
/** Three members of some GB each take minutes. */
const CHECK_TIMEOUT_MS = 600_000;

/** Whether the members hold the same: where each stands beside the leader, and the last comparisons of their hashes. */
export async function readConsistency(db: Db, clusterId: number, nowMs: number): Promise<ConsistencyAnswer> {
  const [rows, checks, [settings], asked, keys] = await Promise.all([
    db.select().from(member).where(eq(member.clusterId, clusterId)).orderBy(asc(member.name), asc(member.memberId)),
    listHashChecks(db, clusterId, MAX_CHECKS),
    db.select({ hours: cluster.hashCheckHours }).from(cluster).where(eq(cluster.id, clusterId)),
    db.$count(question, and(eq(question.clusterId, clusterId), eq(question.kind, "hash-check"), isOpen())),
    readKeyReadings(db, clusterId, nowMs),
  ]);
  const leader = keys.get(rows.find(({ isLeader }) => isLeader)?.memberId ?? "") ?? [];
  const sizes = rows.flatMap(({ dbSizeInUseBytes }) => dbSizeInUseBytes ?? []);
  return {
    items: rows.map((row) => {
      const { memberId, name, isLeader, isLearner, revision, revisionsBehind, raftBehind, failure, at } = row;
      const own = keys.get(memberId) ?? [];
      return {
        ...{ memberId, name: name || memberId, isLeader, isLearner, revision, revisionsBehind, raftBehind },
        keys: own.at(-1)?.keys ?? null,
        keysApart: keysApart(own, leader),
        ...{ failure, at: at?.toISOString() ?? null },
      };
    }),
    nextCursor: null,
    checks,
    isChecking: asked > 0,
    hashCheckHours: settings?.hours ?? null,
    largestDbBytes: sizes.length === 0 ? null : Math.max(...sizes),
    origin: "sampled",
  };
}

/** The newest comparisons of the members' hashes, the newest first. Served by the primary key. */
export async function listHashChecks(db: Db, clusterId: number, limit: number): Promise<HashCheckRow[]> {
  const rows = await db
    .select()
    .from(hashCheck)
    .where(eq(hashCheck.clusterId, clusterId))
    .orderBy(desc(hashCheck.at))
    .limit(limit);
  return rows.map(({ at, ...outcome }) => toRow(at.toISOString(), outcome));
}

/** Has the worker compare the hashes now. Throws what `askWorker` throws. */
export async function compareHashes(db: Db, clusterId: number): Promise<HashCheckRow> {
  const { at, ...outcome } = await askWorker(db, clusterId, "hash-check", {}, { timeoutMs: CHECK_TIMEOUT_MS });
  return toRow(at, outcome);
}

function toRow(at: string, outcome: HashOutcome): HashCheckRow {
  const { revision, verdict } = outcome;
  const results = [...outcome.results].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  return { at, revision, verdict, text: hashWords({ revision, verdict, results }), results };
}

/** A worker that has gone leaves its questions open. */
function isOpen() {
  return and(isNull(question.answeredAt), sql`${question.askedAt} > now() - interval '1 hour'`);
}

/** How many keys each member had in the last minute, by its metrics. */
async function readKeyReadings(db: Db, clusterId: number, nowMs: number): Promise<Map<string, KeyReading[]>> {
  const [targets, [series]] = await Promise.all([
    listTargetRows(db, clusterId, "etcd"),
    listSeriesRows(db, clusterId, { source: "etcd", names: [KEYS_SERIES] }),
  ]);
  const readings = new Map<string, KeyReading[]>();
  if (series === undefined) return readings;
  const memberIds = new Map(targets.map(({ targetId, memberId }) => [targetId, memberId]));
  const range = { fromMs: nowMs - KEYS_SPAN_MS, toMs: nowMs };
  for await (const { targetId, atMs, cells } of eachFrame(db, clusterId, { targetIds: [...memberIds.keys()], range })) {
    const place = cells.ids.indexOf(series.seriesId);
    const memberId = memberIds.get(targetId);
    if (place < 0 || !memberId) continue;
    readings.set(memberId, [...(readings.get(memberId) ?? []), { atMs, keys: cells.values[place] as number }]);
  }
  return readings;
}
