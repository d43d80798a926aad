/** What a sample of a cluster's leases looked like. Sampled: every figure is of `sampledLeases`. */
export interface LeaseDistribution {
  /** Granted times to live, ascending: seconds and how many leases have it; at most 50 kinds, the rest together. */
  grantedTtls: { ttlSeconds: number; leases: number }[];
  otherTtlLeases: number;
  /** Share of the granted time that is left, in tenths: [0] is below 10 %. */
  remainingTenths: number[];
  /** Keys a lease: upper bounds (inclusive) and how many leases lie below each; the last has none. */
  keysPerLease: { upTo: number | null; leases: number }[];
  /** Keys on the sampled leases together. */
  keys: number;
  /** Leases no key is attached to. */
  orphans: number;
  /** Asked for, but gone by then. */
  expired: number;
  /**
   * Leases whose keys this access may not list: they are in the times, but in none of the figures about keys. Absent: 0.
   */
  withheld?: number;
}
