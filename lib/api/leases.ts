import { queryOptions } from "@tanstack/react-query";
import * as z from "zod";
import { AnsweredRange, Origin, RangeParams } from "@/lib/api/common";
import { clusterPath, getJson } from "@/lib/api/get-json";
import { isOfCluster, seriesRefreshMs } from "@/lib/api/refresh";

/** `GET …/{cluster}/leases`. */
export const LeasesParams = RangeParams;
export type LeasesParams = z.infer<typeof LeasesParams>;

export const LeasesAnswer = z.object({
  /** Exact at `at`; null: never looked. */
  leases: z.number().nullable(),
  /** Keys of the model that are attached to a lease, exact; null while the model is not live. */
  leasedKeys: z.number().nullable(),
  sampledLeases: z.number().nullable().describe("How many were asked for what follows"),
  grantedTtls: z.array(z.object({ ttlSeconds: z.number(), leases: z.number() })),
  otherTtlLeases: z.number(),
  remainingTenths: z.array(z.number()).describe("Leases by the share of their time that is left, in tenths"),
  keysPerLease: z.array(z.object({ upTo: z.number().nullable(), leases: z.number() })),
  meanKeysPerLease: z.number().nullable(),
  orphans: z.number().nullable().describe("Of the sampled leases: no key is attached"),
  estimatedOrphans: z.object({ leases: z.number(), low: z.number(), high: z.number() }).nullable(),
  /** Prefixes that hold the most leased keys, exact. */
  prefixes: z.array(z.object({ prefix: z.string(), prefixBase64: z.string().nullable(), leasedKeys: z.number() })),
  series: z.object({ atMs: z.array(z.number()), leases: z.array(z.number().nullable()), stepSeconds: z.number() }),
  at: z.string().nullable(),
  reason: z.string().nullable().describe("Why there is nothing, in plain words"),
  range: AnsweredRange,
  origin: Origin.describe("Of everything but `leases` and `leasedKeys`"),
});
export type LeasesAnswer = z.infer<typeof LeasesAnswer>;

/** `GET …/{cluster}/members/connections`: established connections by client address, as agents counted them. */
export const ConnectionsAnswer = z.object({
  /** One a member that reports; its newest report. */
  items: z.array(
    z.object({
      reporter: z.string(),
      connections: z.number(),
      otherConnections: z.number(),
      clients: z.array(z.object({ address: z.string(), resolvedName: z.string().nullable(), connections: z.number() })),
      at: z.string(),
      /** Against the mean of all that report; above 2 is named as imbalance. Null: only one reports. */
      againstMean: z.number().nullable(),
    }),
  ),
  nextCursor: z.null(),
  /** One sentence when the members are not evenly used; null: they are, or too few report. */
  imbalance: z.string().nullable(),
  reason: z.string().nullable().describe("Why there is nothing, and how to start an agent"),
  series: z.object({
    atMs: z.array(z.number()),
    stepSeconds: z.number(),
    series: z.array(z.object({ name: z.string(), values: z.array(z.number().nullable()) })),
  }),
  range: AnsweredRange,
  origin: Origin,
});
export type ConnectionsAnswer = z.infer<typeof ConnectionsAnswer>;

/** What is known of a cluster's leases. */
export function leasesOptions(cluster: string, params: LeasesParams) {
  return queryOptions({
    queryKey: ["leases", cluster, params],
    queryFn: ({ signal }) => getJson<LeasesAnswer>(clusterPath(cluster, "/leases"), params, signal),
    refetchInterval: seriesRefreshMs(params),
    placeholderData: (previous, query) => (isOfCluster(query, cluster) ? previous : undefined),
  });
}

/** Who is connected to which member. */
export function connectionsOptions(cluster: string, params: RangeParams) {
  return queryOptions({
    queryKey: ["connections", cluster, params],
    queryFn: ({ signal }) => getJson<ConnectionsAnswer>(clusterPath(cluster, "/members/connections"), params, signal),
    refetchInterval: seriesRefreshMs(params),
    placeholderData: (previous, query) => (isOfCluster(query, cluster) ? previous : undefined),
  });
}
