/**
 * The byte ledger of a member: what its backend file is made of. The parts add up to the file to the byte, whatever is
 * known: what cannot be told apart is one part that covers several things.
 */

/** What a file is made of, in the order it is drawn. */
export const LEDGER_THINGS = ["live", "history", "overhead", "free"] as const;
export type LedgerThing = (typeof LEDGER_THINGS)[number];

/** One stretch of the bar: these things together take so many bytes. Negative only for overhead, between two readings. */
export interface LedgerPart {
  covers: LedgerThing[];
  bytes: number;
}

/** What is known of a member and of the keyspace it holds. Null: not known. */
export interface LedgerFacts {
  dbSizeBytes: number;
  dbSizeInUseBytes: number | null;
  liveBytes: number | null;
  keys: number | null;
  historyBytes: number | null;
  historyRevisions: number | null;
}

/** A file, taken apart. */
export interface Ledger {
  parts: LedgerPart[];
  /** In use, divided by what the keys and their history should take; null: not known. */
  factor: number | null;
  /** More is in the keyspace than the file was said to hold: its size was read at another instant. */
  isAhead: boolean;
}

/** What a revision costs beside its key and value: its own bookkeeping in the backend. */
export const REVISION_BYTES = 80;
/** Beyond this factor something other than keys fills the file, and estimates from them are not to be trusted. */
export const TRUSTED_FACTOR = 2;

/**
 * Takes a file apart: live + history + overhead + free = dbSize, with free = dbSize − dbSizeInUse and overhead the rest of
 * what is in use. k = dbSizeInUse / (live + history + 80 × revisions).
 */
export function toLedger(facts: LedgerFacts): Ledger {
  const parts: LedgerPart[] = [];
  let covers: LedgerThing[] = [];
  let reachedBytes = 0;
  for (const { thing, untilBytes } of listBounds(facts)) {
    covers.push(thing);
    if (untilBytes === null) continue;
    parts.push({ covers, bytes: untilBytes - reachedBytes });
    reachedBytes = untilBytes;
    covers = [];
  }
  return { parts, factor: toFactor(facts), isAhead: parts.some(({ bytes }) => bytes < 0) };
}

/** Up to which byte of the file each thing reaches when all are laid end to end; null where that is not known. */
function listBounds(facts: LedgerFacts): { thing: LedgerThing; untilBytes: number | null }[] {
  const { dbSizeBytes, dbSizeInUseBytes, liveBytes, historyBytes } = facts;
  const held = liveBytes === null || historyBytes === null ? null : liveBytes + historyBytes;
  return [
    { thing: "live", untilBytes: liveBytes },
    { thing: "history", untilBytes: held },
    { thing: "overhead", untilBytes: dbSizeInUseBytes },
    { thing: "free", untilBytes: dbSizeBytes },
  ];
}

function toFactor({ dbSizeInUseBytes, liveBytes, keys, historyBytes, historyRevisions }: LedgerFacts): number | null {
  if (dbSizeInUseBytes === null || liveBytes === null || keys === null) return null;
  if (historyBytes === null || historyRevisions === null) return null;
  const expectedBytes = liveBytes + historyBytes + REVISION_BYTES * (keys + historyRevisions);
  return expectedBytes === 0 ? null : dbSizeInUseBytes / expectedBytes;
}
