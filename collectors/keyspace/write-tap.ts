import type { WatchedKey } from "@/collectors/etcd/watch-events";

/** Hears every write that the watch tells, once each and in etcd's order, for as long as it is on the tap. */
export interface WriteListener {
  /** An event that the model has just been told. `kv` is reused for the next: take what is needed at once. */
  hear(type: "put" | "delete", kv: WatchedKey): void;
  /** Every event up to `revision` has been heard. */
  complete(revision: number): void;
  /** Nothing more comes: writes would be missing from here on. One sentence says why. */
  end(reason: string): void;
}

/**
 * Where listeners hear the watch of a keyspace. It outlives a watch that is resumed where it broke, for then no write is
 * missed or heard twice; it ends its listeners when the model starts anew.
 */
export class WriteTap {
  /** Null: nobody listens, and listening costs nothing. */
  listeners: readonly WriteListener[] | null = null;

  add(listener: WriteListener): void {
    this.listeners = [...(this.listeners ?? []), listener];
  }

  remove(listener: WriteListener): void {
    const left = (this.listeners ?? []).filter((one) => one !== listener);
    this.listeners = left.length > 0 ? left : null;
  }

  /** Lets all listeners go. */
  end(reason: string): void {
    const all = this.listeners ?? [];
    this.listeners = null;
    for (const listener of all) listener.end(reason);
  }
}
