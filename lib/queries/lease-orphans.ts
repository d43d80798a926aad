/** z of a 95 % interval. */
const Z = 1.96;

/**
 * How many of all leases hold no key, from a sample: the estimate and Wilson's 95 % interval, narrowed for a sample that
 * is a large part of the whole (finite population). Exact, as both bounds show, when every lease was asked.
 */
export function estimateOrphans({ leases, sampled, orphans }: { leases: number; sampled: number; orphans: number }): {
  leases: number;
  low: number;
  high: number;
} {
  const total = Math.max(leases, sampled);
  const ratio = orphans / sampled;
  const exact = { leases: orphans, low: orphans, high: orphans };
  if (sampled >= total) return exact;
  const correction = total > 1 ? (total - sampled) / (total - 1) : 0;
  const z2 = Z * Z * correction;
  const centre = (ratio + z2 / (2 * sampled)) / (1 + z2 / sampled);
  const spread =
    (Math.sqrt(z2) / (1 + z2 / sampled)) * Math.sqrt((ratio * (1 - ratio)) / sampled + z2 / (4 * sampled * sampled));
  return {
    leases: Math.round(ratio * total),
    // What was seen is there, whatever the interval says.
    low: Math.max(orphans, Math.floor((centre - spread) * total)),
    high: Math.min(total - (sampled - orphans), Math.ceil((centre + spread) * total)),
  };
}
