import { WireReader, WireWriter } from "@/collectors/etcd/wire";

/** How many leases there are, and some of them, evenly drawn. */
export interface LeaseList {
  leases: number;
  /** Hex text, at most as many as asked for, in random order. */
  sample: string[];
}

/** A lease's time and how many keys are attached to it. */
export interface LeaseKeys {
  /** Seconds left; -1 when the lease is gone. */
  ttlSeconds: number;
  grantedTtlSeconds: number;
  /** Null when the keys were not asked for. */
  keys: number | null;
}

/** The request that lists all leases: `LeaseLeasesRequest` has no fields. */
export function encodeLeaseList(): Buffer {
  return Buffer.alloc(0);
}

/**
 * Counts the leases of an answer and draws `sampleSize` of them (reservoir), so that a hundred thousand ids are never
 * kept. `random` answers numbers in [0, 1).
 */
export function decodeLeaseList(message: Uint8Array, sampleSize: number, random: () => number): LeaseList {
  const reader = new WireReader().open(message);
  const sample: string[] = [];
  let leases = 0;
  for (let field = reader.field(); field !== 0; field = reader.field()) {
    if (field !== 2) {
      reader.skip();
      continue;
    }
    const place = leases < sampleSize ? leases : Math.floor(random() * (leases + 1));
    leases++;
    if (place < sampleSize) sample[place] = readLeaseId(reader);
    else reader.skip();
  }
  return { leases, sample: shuffled(sample, random) };
}

/** Asks for a lease's time to live and, with `keys`, for the keys attached to it. `leaseId` is hex text. */
export function encodeLeaseKeys(leaseId: string, keys: boolean): Buffer {
  return new WireWriter().id(1, leaseId).bool(2, keys).finish();
}

/** Reads the answer; of the keys it only counts how many there are. */
export function decodeLeaseKeys(message: Uint8Array, withKeys: boolean): LeaseKeys {
  const reader = new WireReader().open(message);
  const answer = { ttlSeconds: 0, grantedTtlSeconds: 0 };
  let keys = 0;
  for (let field = reader.field(); field !== 0; field = reader.field()) {
    if (field === 3) answer.ttlSeconds = reader.signedField();
    else if (field === 4) answer.grantedTtlSeconds = reader.numberField();
    else {
      if (field === 5) keys++;
      reader.skip();
    }
  }
  return { ...answer, keys: withKeys ? keys : null };
}

/** Reads the `LeaseStatus` the reader stands at. */
function readLeaseId(reader: WireReader): string {
  const outerEnd = reader.enter();
  let id = "0".repeat(16);
  for (let field = reader.field(); field !== 0; field = reader.field()) {
    if (field === 1) id = reader.idField();
    else reader.skip();
  }
  reader.leave(outerEnd);
  return id;
}

/** In random order, so that those asked before a budget is used up are drawn as evenly as the whole sample. */
function shuffled(ids: string[], random: () => number): string[] {
  for (let at = ids.length - 1; at > 0; at--) {
    const other = Math.floor(random() * (at + 1));
    [ids[at], ids[other]] = [ids[other] as string, ids[at] as string];
  }
  return ids;
}
