/**
 * The books of whoever writes to a test's etcd: what must be there now, worked out from etcd's answers alone. Shares
 * no code with the product, so that the two can be held against each other.
 */

/** What the books hold of one key. */
export interface Entry {
  valueBytes: number;
  version: number;
  createRevision: number;
  modRevision: number;
}

/** One step of a write, in the order etcd took them. Keys are latin1 text: one character a byte. */
export type Change =
  | { put: string; valueBytes: number }
  | { delete: string }
  | { deleteFrom: string; deleteTo: string };

/** How often things happened. */
export interface Tally {
  puts: number;
  creates: number;
  deletes: number;
  /** Key and value bytes of all puts. */
  writtenBytes: number;
}

/** Notes writes in whatever order their answers come, and works out what they come to in the order of revisions. */
export class Books {
  #notes: { revision: number; changes: Change[] }[] = [];

  /** Notes a write that etcd took as `revision`. A write that changed nothing has no revision and is not noted. */
  note(revision: number, changes: Change[]): void {
    this.#notes.push({ revision, changes });
  }

  /** What the keyspace holds after all that was noted, by key; and what it took. `expired` are gone by their leases. */
  balance(expired: Iterable<string> = []): { entries: Map<string, Entry>; tally: Tally; writes: Map<string, number> } {
    const account = new Account();
    this.#notes.sort((a, b) => a.revision - b.revision);
    this.#notes.forEach(({ revision, changes }, index) => {
      if (revision === this.#notes[index - 1]?.revision) throw new Error(`two writes claim revision ${revision}`);
      for (const change of changes) account.apply(change, revision);
    });
    for (const key of expired) account.apply({ delete: key }, 0);
    return account;
  }
}

class Account {
  readonly entries = new Map<string, Entry>();
  readonly tally: Tally = { puts: 0, creates: 0, deletes: 0, writtenBytes: 0 };
  /** Puts and deletes of every key. */
  readonly writes = new Map<string, number>();

  apply(change: Change, revision: number): void {
    if ("put" in change) this.#put(change.put, change.valueBytes, revision);
    else if ("delete" in change) this.#delete(change.delete);
    else {
      const covered = [...this.entries.keys()].filter((key) => key >= change.deleteFrom && key < change.deleteTo);
      for (const key of covered) this.#delete(key);
    }
  }

  #put(key: string, valueBytes: number, revision: number): void {
    const before = this.entries.get(key);
    const version = (before?.version ?? 0) + 1;
    const createRevision = before?.createRevision ?? revision;
    this.entries.set(key, { valueBytes, version, createRevision, modRevision: revision });
    this.tally.puts++;
    if (!before) this.tally.creates++;
    this.tally.writtenBytes += key.length + valueBytes;
    this.#count(key);
  }

  #delete(key: string): void {
    if (!this.entries.delete(key)) return;
    this.tally.deletes++;
    this.#count(key);
  }

  #count(key: string): void {
    this.writes.set(key, (this.writes.get(key) ?? 0) + 1);
  }
}
