import type { LeaseKeys } from "@/collectors/etcd/lease-calls";
import type { LeaseDistribution } from "@/lib/model/leases";

const MOST_TTL_KINDS = 50;
const TENTHS = 10;
/** Keys a lease; an apiserver of today puts up to 1,000 events on one. */
const KEY_BOUNDS = [0, 1, 10, 100, 1_000, null] as const;

/** Sums up what sampled leases answered. */
export class DistributionTally {
  #ttls = new Map<number, number>();
  #tenths = new Array<number>(TENTHS).fill(0);
  #byKeys = new Array<number>(KEY_BOUNDS.length).fill(0);
  #keys = 0;
  #orphans = 0;
  #expired = 0;
  #withheld = 0;

  /** Leases taken in so far. */
  get leases(): number {
    return this.#expired + this.#tenths.reduce((sum, leases) => sum + leases, 0);
  }

  add({ ttlSeconds, grantedTtlSeconds, keys }: LeaseKeys): void {
    if (ttlSeconds < 0) {
      this.#expired++;
      return;
    }
    this.#ttls.set(grantedTtlSeconds, (this.#ttls.get(grantedTtlSeconds) ?? 0) + 1);
    const leftRatio = grantedTtlSeconds === 0 ? 0 : ttlSeconds / grantedTtlSeconds;
    const tenth = Math.min(TENTHS - 1, Math.floor(leftRatio * TENTHS));
    this.#tenths[tenth] = (this.#tenths[tenth] ?? 0) + 1;
    if (keys === null) this.#withheld++;
    else this.#addKeys(keys);
  }

  finish(): LeaseDistribution {
    const byCount = [...this.#ttls].sort(([a, many], [b, more]) => more - many || a - b);
    const other = byCount.slice(MOST_TTL_KINDS).reduce((sum, [, leases]) => sum + leases, 0);
    return {
      grantedTtls: byCount
        .slice(0, MOST_TTL_KINDS)
        .map(([ttlSeconds, leases]) => ({ ttlSeconds, leases }))
        .sort((a, b) => a.ttlSeconds - b.ttlSeconds),
      otherTtlLeases: other,
      remainingTenths: this.#tenths,
      keysPerLease: KEY_BOUNDS.map((upTo, at) => ({ upTo, leases: this.#byKeys[at] ?? 0 })),
      keys: this.#keys,
      orphans: this.#orphans,
      expired: this.#expired,
      withheld: this.#withheld,
    };
  }

  #addKeys(keys: number): void {
    const at = KEY_BOUNDS.findIndex((upTo) => upTo === null || keys <= upTo);
    this.#byKeys[at] = (this.#byKeys[at] ?? 0) + 1;
    this.#keys += keys;
    if (keys === 0) this.#orphans++;
  }
}
