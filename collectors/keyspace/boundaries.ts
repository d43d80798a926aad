import { deflateRawSync, inflateRawSync } from "node:zlib";
import { eq, sql } from "drizzle-orm";
import type { KeyValueCursor } from "@/collectors/etcd/key-value";
import { WireError, WireReader } from "@/collectors/etcd/wire";
import { commonLength } from "@/collectors/keyspace/key-shape";
import type { Db } from "@/lib/db/client";
import { scanBoundary } from "@/lib/db/schema";
import { log } from "@/lib/log";

/** Per boundary how many bytes it shares with the one before, and the others; all of it deflated. */
const FORMAT = 1;
/** A million boundaries of 256 bytes: a damaged row must not take all memory. */
const MAX_BYTES = 256 * 1024 ** 2;

/** As the end of a range it would mean the end of the keyspace, so no boundary is or comes before it. */
const FIRST_KEY = Buffer.from([0]);

/** Where the pages of the last whole scan began, and how many keys it found. */
export interface KnownBoundaries {
  keys: number;
  boundaries: Buffer[];
}

/** Cuts a scan into stretches of so many keys or bytes, whichever comes first. */
export class BoundaryNotes {
  /** The first keys of all stretches but the first. */
  readonly boundaries: Buffer[] = [];
  #maxKeys: number;
  #maxBytes: number;
  #keys = 0;
  #bytes = 0;

  constructor(maxKeys: number, maxBytes: number) {
    this.#maxKeys = maxKeys;
    this.#maxBytes = maxBytes;
  }

  visit(kv: KeyValueCursor): void {
    const bytes = kv.keyEnd - kv.keyStart + kv.valueBytes;
    if (this.#keys === this.#maxKeys || (this.#keys > 0 && this.#bytes + bytes > this.#maxBytes)) {
      this.boundaries.push(kv.copyKey());
      this.#keys = 0;
      this.#bytes = 0;
    }
    this.#keys++;
    this.#bytes += bytes;
  }
}

/** The stored boundaries of a cluster; null when there are none. A row that cannot be read is passed over, and logged. */
export async function readBoundaries(db: Db, clusterId: number): Promise<KnownBoundaries | null> {
  const [row] = await db.select().from(scanBoundary).where(eq(scanBoundary.clusterId, clusterId));
  if (!row) return null;
  try {
    if (row.format !== FORMAT) throw new WireError(`unknown format ${row.format}`);
    return { keys: row.keys, boundaries: decodeBoundaries(row.payload) };
  } catch (error) {
    log.warn({ clusterId, error: String(error) }, "stored scan boundaries not usable");
    return null;
  }
}

/** Keeps the boundaries of a scan that found `keys` keys, in place of those of the scan before. */
export async function writeBoundaries(
  db: Db,
  clusterId: number,
  keys: number,
  boundaries: readonly Buffer[],
): Promise<void> {
  const row = { at: sql`now()`, keys, format: FORMAT, payload: encodeBoundaries(boundaries) };
  await db
    .insert(scanBoundary)
    .values({ clusterId, ...row })
    .onConflictDoUpdate({ target: scanBoundary.clusterId, set: row });
}

/** Packs keys that are in order. */
export function encodeBoundaries(boundaries: readonly Buffer[]): Buffer {
  const parts: Buffer[] = [varint(boundaries.length)];
  let before: Buffer = FIRST_KEY;
  for (const boundary of boundaries) {
    const shared = commonLength(before, boundary);
    parts.push(varint(shared), varint(boundary.length - shared), boundary.subarray(shared));
    before = boundary;
  }
  return deflateRawSync(Buffer.concat(parts));
}

/** Throws when the bytes are not those of keys in order. */
export function decodeBoundaries(payload: Uint8Array): Buffer[] {
  const reader = new WireReader().open(inflateRawSync(payload, { maxOutputLength: MAX_BYTES }));
  const count = reader.number();
  const boundaries: Buffer[] = [];
  let before: Buffer = FIRST_KEY;
  for (let i = 0; i < count; i++) {
    const shared = reader.number();
    const end = reader.number() + reader.at;
    if (shared > before.length || end > reader.end) throw new WireError("a boundary ends behind its bytes");
    const boundary = Buffer.concat([before.subarray(0, shared), reader.buffer.subarray(reader.at, end)]);
    if (boundary.compare(before) <= 0) throw new WireError("boundaries are not in order");
    reader.at = end;
    boundaries.push(boundary);
    before = boundary;
  }
  if (reader.at !== reader.end) throw new WireError("there is more behind the last boundary");
  return boundaries;
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80);
  return Buffer.from([...bytes, rest]);
}
