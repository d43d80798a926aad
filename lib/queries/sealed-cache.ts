import type { Db } from "@/lib/db/client";
import { listSealedParts, listSealedVersions, SEALED, type SealedKind } from "@/lib/db/sealed-rows";
import type { FrameMeasure } from "@/lib/model/frame";
import { SealedStretch } from "@/lib/model/sealed";
import type { Stretch } from "@/lib/model/stretch";
import type { TimeRange } from "@/lib/model/time-range";
import { KeptStretch } from "@/lib/queries/kept-stretch";

/** What the sealed stretches kept in memory may take; those longest not asked for go first. */
const MAX_CACHED_BYTES = 192 * 2 ** 20;

/**
 * The sealed stretches that begin in `range`, oldest first. They stay in memory once read, unpacked as far as they were
 * asked for, until they are sealed again or others need the room.
 */
export async function listSealedCached(
  db: Db,
  kind: SealedKind,
  clusterId: number,
  { range, measures }: { range: TimeRange; measures: readonly FrameMeasure[] },
): Promise<Stretch[]> {
  const cache = caches.get(db) ?? new SealedCache();
  caches.set(db, cache);
  const versions = await listSealedVersions(db, kind, clusterId, range);
  const nameOf = (fromMs: number) => `${kind} ${clusterId} ${fromMs}`;
  const missing = versions.filter(({ fromMs, version }) => !cache.get(nameOf(fromMs), version)?.has(measures));
  const starts = missing.map(({ fromMs }) => fromMs);
  const read = new Map<number, KeptStretch>();
  for (const { fromMs, version, parts } of await listSealedParts(db, kind, clusterId, { starts, measures })) {
    const name = nameOf(fromMs);
    const known = cache.get(name, version);
    if (known) known.take(parts.blobs);
    else cache.put(name, version, new SealedStretch(parts, fromMs, SEALED[kind].columnMs));
    for (const blob of Object.values(parts.blobs)) cache.note(name, blob.length);
    const kept = cache.kept(name);
    if (kept) read.set(fromMs, kept);
  }
  const found = versions.flatMap(({ fromMs }) => read.get(fromMs) ?? cache.kept(nameOf(fromMs)) ?? []);
  cache.forgetOldest();
  return found;
}

const caches = new WeakMap<Db, SealedCache>();

class SealedCache {
  #entries = new Map<string, Entry>();
  #bytes = 0;

  /** The stretch of that version, made the last to be forgotten. */
  get(name: string, version: string): SealedStretch | null {
    const entry = this.#entries.get(name);
    if (entry?.version !== version) return null;
    this.#entries.delete(name); // and back to the end: a Map keeps the order of insertion
    this.#entries.set(name, entry);
    return entry.stretch;
  }

  put(name: string, version: string, stretch: SealedStretch): void {
    this.#bytes -= this.#entries.get(name)?.bytes ?? 0;
    this.#entries.delete(name);
    const entry = {
      version,
      stretch,
      bytes: 0,
      kept: new KeptStretch(stretch, (bytes) => this.#note(entry, name, bytes)),
    };
    this.#entries.set(name, entry);
    this.note(name, stretch.slots.byteLength + stretch.observedMs.byteLength + stretch.revisions.byteLength);
  }

  note(name: string, bytes: number): void {
    const entry = this.#entries.get(name);
    if (entry) this.#note(entry, name, bytes);
  }

  kept(name: string): KeptStretch | null {
    return this.#entries.get(name)?.kept ?? null;
  }

  forgetOldest(): void {
    for (const [name, { bytes }] of this.#entries) {
      if (this.#bytes <= MAX_CACHED_BYTES) return;
      this.#entries.delete(name);
      this.#bytes -= bytes;
    }
  }

  /** What is unpacked of a stretch that was forgotten meanwhile takes no room of ours. */
  #note(entry: Entry, name: string, bytes: number): void {
    if (this.#entries.get(name) !== entry) return;
    entry.bytes += bytes;
    this.#bytes += bytes;
  }
}

interface Entry {
  version: string;
  stretch: SealedStretch;
  kept: KeptStretch;
  bytes: number;
}
