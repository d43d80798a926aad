import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import type { EtcdConnection } from "@/collectors/etcd/connection";
import type { KeyValueCursor } from "@/collectors/etcd/key-value";
import { BoundaryNotes } from "@/collectors/keyspace/boundaries";
import { MemberGate } from "@/collectors/keyspace/gate";
import { Leap, type LeapRange, PAGE_KEYS } from "@/collectors/keyspace/leap";
import { Pacer } from "@/collectors/keyspace/pacer";
import { type PageRange, PageReader } from "@/collectors/keyspace/page-reader";

const PAGE_BYTES = 2 * 1024 ** 2;
const MIN_PAGE_KEYS = 8;
/** The first page knows nothing of the values' sizes. */
const FIRST_PAGE_KEYS = 100;
/** Between boundaries of the last scan: that there were few bytes is known, and no growth up to this needs a second page. */
const STORED_PAGE_ROOM = 2;
/** A scan without pauses lets nobody in between, and takes so many pages as one. */
const UNPACED_PAGES = 2;
const BEHIND_RETRY_MS = 200;
const BEHIND_PATIENCE_MS = 10_000;

/** The member lags behind the revision the watch begins at: keys deleted in between would come back for ever. */
export class BehindError extends Error {
  constructor(endpoint: string, revision: number, minRevision: number) {
    super(`${endpoint} is at revision ${revision}, behind ${minRevision}; another member or a later try is needed`);
    this.name = "BehindError";
  }
}

export interface Scan {
  connection: Pick<EtcdConnection, "endpoint" | "status" | "rangePage">;
  /** A page must have been read at this revision or later: what came after it is the watch's to tell. */
  minRevision: number;
  /** Of the last scan; null: this is the first. */
  boundaries: readonly Buffer[] | null;
  /** Read before each page, so that a change takes effect at once. */
  settings: { readonly scanShare: number };
  load(kv: KeyValueCursor): void;
  /** After each page: how many keys have been read so far. */
  onPage(keys: number): void;
  /** The scan waits because the member is not well, or goes on (null). */
  onHold(reason: string | null): void;
  signal: AbortSignal;
}

export interface Scanned {
  /** Of the latest page. */
  revision: number;
  keys: number;
  /** The bounds of about equal pages, for the next scan. */
  boundaries: Buffer[];
}

/**
 * Reads every key once, in bounded pages, each at the member's revision of that moment. The pages need no common
 * revision, because a watch from `minRevision` + 1 tells every change behind it: so no compaction can overtake a scan,
 * and etcd keeps no old revisions for us. Without pauses (a share of 1) the next pages are on their way while one is
 * loaded. Throws a BehindError or the connection's EtcdError.
 */
export async function scanKeyspace(scan: Scan): Promise<Scanned> {
  const gate = new MemberGate(scan);
  const pages = new PageReader({ connection: scan.connection, gate, signal: scan.signal });
  await waitForRevision(scan);
  try {
    return await readAll(scan, gate, pages);
  } finally {
    pages.close();
  }
}

async function readAll(scan: Scan, gate: MemberGate, pages: PageReader): Promise<Scanned> {
  const { connection, minRevision, settings, signal } = scan;
  const pacer = new Pacer();
  const notes = new BoundaryNotes(PAGE_KEYS, PAGE_BYTES);
  const pagesAtOnce = settings.scanShare >= 1 ? UNPACED_PAGES : 1;
  const pageSize = new PageSize(pagesAtOnce);
  const leap = new Leap(everyNth(scan.boundaries ?? [], pagesAtOnce), pageSize.limit);
  const scanned = { revision: minRevision, keys: 0, boundaries: notes.boundaries };
  while (!leap.done) {
    await gate.pass();
    const range = pageSize.toPageRange(leap);
    const startedMs = performance.now();
    const page = await pages.take(range);
    if (page.revision < minRevision) throw new BehindError(connection.endpoint, page.revision, minRevision);
    scanned.revision = Math.max(scanned.revision, page.revision);
    scanned.keys += page.kvs;
    pageSize.learn(page);
    leap.advance(page, pageSize.limit);
    if (settings.scanShare >= 1 && !leap.done) {
      const ahead = leap.following === null ? [leap] : [leap, leap.following];
      pages.askAhead(ahead.map((next) => pageSize.toPageRange(next)));
      await nextTurn(); // requests leave at the end of a turn
    }
    page.load((kv) => {
      scan.load(kv);
      notes.visit(kv);
    });
    scan.onPage(scanned.keys);
    const tookMs = performance.now() - startedMs;
    const pauseMs = pacer.pauseMs(tookMs, page.kvs, { limit: range.limit, share: settings.scanShare });
    if (pauseMs > 0) await sleep(pauseMs, undefined, { signal });
  }
  return scanned;
}

function everyNth(boundaries: readonly Buffer[], n: number): readonly Buffer[] {
  return boundaries.filter((_, i) => (i + 1) % n === 0);
}

/** A member's revision never goes back, so one look before the first page is enough. */
async function waitForRevision({ connection, minRevision, signal }: Scan): Promise<void> {
  const deadlineMs = performance.now() + BEHIND_PATIENCE_MS;
  for (;;) {
    const { revision } = await connection.status({ signal });
    if (revision >= minRevision) return;
    if (performance.now() > deadlineMs) throw new BehindError(connection.endpoint, revision, minRevision);
    await sleep(BEHIND_RETRY_MS, undefined, { signal });
  }
}

/** As many keys as make about 2 MB at the size of the last ones, growing at most fourfold a page. */
class PageSize {
  limit = FIRST_PAGE_KEYS;
  #pages: number;
  #bytesPerKey = 0;

  /** `pages` of the usual size as one. */
  constructor(pages: number) {
    this.#pages = pages;
  }

  toPageRange({ from, to, isStored }: LeapRange): PageRange {
    return { from, to, limit: isStored ? STORED_PAGE_ROOM * this.#pages * PAGE_KEYS : this.limit };
  }

  learn({ kvs, bytes }: { kvs: number; bytes: number }): void {
    if (kvs === 0) return;
    // Large values are remembered for some pages: where some were there may be more.
    this.#bytesPerKey = Math.max(bytes / kvs, this.#bytesPerKey / 2);
    const fitting = Math.floor((this.#pages * PAGE_BYTES) / this.#bytesPerKey);
    this.limit = Math.max(MIN_PAGE_KEYS, Math.min(this.#pages * PAGE_KEYS, this.limit * 4, fitting));
  }
}
