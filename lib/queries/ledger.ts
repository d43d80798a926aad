import { and, asc, eq } from "drizzle-orm";
import type { LedgerAnswer, LedgerRow } from "@/lib/api/ledger";
import type { Db } from "@/lib/db/client";
import { member, prefixState } from "@/lib/db/schema";
import { type LedgerFacts, TRUSTED_FACTOR, toLedger } from "@/lib/model/ledger";
import { formatDuration } from "@/lib/model/units";
import { type HistoryStanding, type ModelStanding, readStandings } from "@/lib/queries/model-state";

const ROOT_SLOT = 0;
/** Sizes and keys read further apart than this belong to different files. */
const APART_MS = 60_000;

/**
 * What fills the file of each member: live and history bytes are those of the model, exact at its revision; the sizes of
 * the file are the member's own, as it told them last.
 */
export async function readLedger(db: Db, clusterId: number, nowMs: number): Promise<LedgerAnswer> {
  const { standings, root, members } = await db.transaction(
    async (tx) => ({
      standings: await readStandings(tx, clusterId, nowMs),
      root: await readRoot(tx, clusterId),
      members: await tx
        .select()
        .from(member)
        .where(eq(member.clusterId, clusterId))
        .orderBy(asc(member.name), asc(member.memberId)),
    }),
    { isolationLevel: "repeatable read", accessMode: "read only" },
  );
  const { standing, history } = standings;
  const keyspace = toKeyspace(standing.revision === null ? undefined : root, history);
  return {
    items: members.map((row) => toRow(row, { keyspace, standing })),
    nextCursor: null,
    ...standing,
    ...history,
  };
}

async function readRoot(db: Db, clusterId: number) {
  const [root] = await db
    .select()
    .from(prefixState)
    .where(and(eq(prefixState.clusterId, clusterId), eq(prefixState.slot, ROOT_SLOT)));
  return root;
}

type Keyspace = Pick<LedgerFacts, "liveBytes" | "keys" | "historyBytes" | "historyRevisions">;

function toKeyspace(root: typeof prefixState.$inferSelect | undefined, { historyReason }: HistoryStanding): Keyspace {
  if (!root) return { liveBytes: null, keys: null, historyBytes: null, historyRevisions: null };
  const { keys, keyBytes, valueBytes, historyBytes, historyRevisions } = root;
  const isKnown = historyReason === null;
  return {
    ...{ liveBytes: keyBytes + valueBytes, keys },
    ...{ historyBytes: isKnown ? historyBytes : null, historyRevisions: isKnown ? historyRevisions : null },
  };
}

type MemberRow = typeof member.$inferSelect;

function toRow(row: MemberRow, { keyspace, standing }: { keyspace: Keyspace; standing: ModelStanding }): LedgerRow {
  const { memberId, name, isLeader, dbSizeBytes, quotaBackendBytes, failure } = row;
  const ledger = dbSizeBytes === null ? null : toLedger({ ...keyspace, ...sizesOf(row), dbSizeBytes });
  const bytesOf = (thing: "overhead" | "free") =>
    ledger?.parts.find(({ covers }) => covers.length === 1 && covers[0] === thing)?.bytes ?? null;
  return {
    ...{ memberId, name, isLeader, dbSizeBytes, ...sizesOf(row), quotaBackendBytes },
    ...{ liveBytes: keyspace.liveBytes, historyBytes: keyspace.historyBytes },
    ...{ overheadBytes: bytesOf("overhead"), freeBytes: bytesOf("free") },
    ...{ parts: ledger?.parts ?? [], factor: ledger?.factor ?? null },
    notes: listNotes(row, ledger, standing),
    ...{ sampledAt: row.at?.toISOString() ?? null, failure },
  };
}

/** A version that does not tell its use tells 0, which no file has. */
function sizesOf({ dbSizeInUseBytes }: MemberRow) {
  return { dbSizeInUseBytes: dbSizeInUseBytes === 0 ? null : dbSizeInUseBytes };
}

function listNotes(row: MemberRow, ledger: ReturnType<typeof toLedger> | null, { at }: ModelStanding): string[] {
  if (ledger === null) return ["The member has not told the size of its file yet."];
  const notes: string[] = [];
  const apartMs = row.at === null || at === null ? 0 : Math.abs(Date.parse(at) - row.at.getTime());
  if (apartMs > APART_MS) {
    notes.push(`Its file was measured ${formatDuration(apartMs)} apart from the keys: the parts are of two instants.`);
  }
  if (ledger.isAhead) {
    notes.push(
      "Live and history bytes are more than the file was said to have in use: the readings are of different instants.",
    );
  }
  if (ledger.factor !== null && ledger.factor > TRUSTED_FACTOR) {
    notes.push(
      `k is ${ledger.factor.toFixed(2)}, above ${TRUSTED_FACTOR}: something other than keys and their history fills the file; estimates are not to be trusted.`,
    );
  }
  return notes;
}
