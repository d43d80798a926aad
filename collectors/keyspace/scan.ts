import { setTimeout as sleep } from "node:timers/promises";
import type { EtcdConnection } from "@/collectors/etcd/connection";
import type { KeyValueCursor } from "@/collectors/etcd/key-value";
import { Leap } from "@/collectors/keyspace/leap";
import { Pacer } from "@/collectors/keyspace/pacer";

const MAX_PAGE_KEYS = 1_000;
const MIN_PAGE_KEYS = 16;
const PAGE_BYTES = 2 * 1024 * 1024;
/** The first page knows nothing of the values' sizes. */
const FIRST_PAGE_KEYS = 100;
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
  connection: EtcdConnection;
  /** A page must have been read at this revision or later: what came after it is the watch's to tell. */
  minRevision: number;
  load(kv: KeyValueCursor): void;
  onPage(scannedKeys: number): void;
  signal: AbortSignal;
}

/**
 * Reads every key once, in bounded pages, each at the member's revision of that moment. The pages need no common
 * revision, because a watch from `minRevision` + 1 tells every change behind it: so no compaction can overtake a scan,
 * and etcd keeps no old revisions for us. Returns the revision of the latest page; throws the connection's EtcdError.
 */
export async function scanKeyspace(scan: Scan): Promise<number> {
  const leap = new Leap();
  const pacer = new Pacer();
  let limit = FIRST_PAGE_KEYS;
  let scannedKeys = 0;
  let latestRevision = scan.minRevision;
  await waitForRevision(scan);
  while (!leap.done) {
    scan.signal.throwIfAborted();
    const startedMs = performance.now();
    const page = await readPage(scan, leap, limit);
    if (page.revision < scan.minRevision)
      throw new BehindError(scan.connection.endpoint, page.revision, scan.minRevision);
    latestRevision = Math.max(latestRevision, page.revision);
    scannedKeys += page.keys;
    scan.onPage(scannedKeys);
    leap.advance(page, limit);
    await sleep(pacer.pauseMs(performance.now() - startedMs, page.keys, limit), undefined, { signal: scan.signal });
    limit = nextLimit(limit, page.keys, page.bytes);
  }
  return latestRevision;
}

/** A member's revision never goes back, so one look before the first page is enough. */
async function waitForRevision({ connection, minRevision, signal }: Scan): Promise<void> {
  const deadlineMs = performance.now() + BEHIND_PATIENCE_MS;
  for (;;) {
    const { revision } = await connection.status();
    if (revision >= minRevision) return;
    if (performance.now() > deadlineMs) throw new BehindError(connection.endpoint, revision, minRevision);
    await sleep(BEHIND_RETRY_MS, undefined, { signal });
  }
}

async function readPage(scan: Scan, leap: Leap, limit: number) {
  let firstKey: Buffer | null = null;
  const last = new KeyMark();
  let keys = 0;
  const answer = await scan.connection.range(
    { key: leap.from, rangeEnd: leap.to ?? Buffer.from([0]), limit, serializable: true },
    (kv) => {
      scan.load(kv);
      keys++;
      last.set(kv);
      if (firstKey === null) firstKey = last.copy();
    },
    { signal: scan.signal },
  );
  const { count, more, bytes, revision } = answer;
  return { firstKey, lastKey: keys > 0 ? last.copy() : null, keys, count, more, bytes, revision };
}

/** Where the key just visited lies; copied only when asked, once a page. */
class KeyMark {
  #buffer: Uint8Array = Buffer.alloc(0);
  #start = 0;
  #end = 0;

  set(kv: KeyValueCursor): void {
    this.#buffer = kv.buffer;
    this.#start = kv.keyStart;
    this.#end = kv.keyEnd;
  }

  copy(): Buffer {
    return Buffer.from(this.#buffer.subarray(this.#start, this.#end));
  }
}

/** As many keys as make about 2 MB at the size just seen, growing at most fourfold a page. */
function nextLimit(limit: number, keys: number, bytes: number): number {
  if (keys === 0) return limit;
  const fitting = Math.floor(PAGE_BYTES / (bytes / keys));
  return Math.max(MIN_PAGE_KEYS, Math.min(MAX_PAGE_KEYS, limit * 4, fitting));
}
