import { and, desc, eq, isNotNull, isNull } from "drizzle-orm";
import { toMemberUrl, toMetricsUrl } from "@/collectors/metrics/endpoint-url";
import type { TargetPlan } from "@/collectors/metrics/target-loop";
import type { Db } from "@/lib/db/client";
import { member } from "@/lib/db/schema";
import { metricTarget } from "@/lib/db/schema-metrics";
import { AccessError } from "@/lib/model/endpoint";
import type { ClusterAccess } from "@/lib/model/questions";

/** URLs that were set, each a target of its own. Throws an AccessError when one is none. */
export function planUrls(urls: readonly string[]): TargetPlan[] {
  return [...new Set(urls.map(toMetricsUrl))].map((url) => ({
    key: url,
    subject: new URL(url).host,
    memberId: null,
    urls: [url],
  }));
}

/**
 * The members of a cluster: each at the URL that worked last, its own client URLs, then the cluster's endpoints (its
 * own may not be reachable from here). Before the members are known, the endpoints, whoever is behind them.
 */
export async function planMembers(db: Db, clusterId: number, access: ClusterAccess): Promise<TargetPlan[]> {
  const endpoints = toUrls(access.endpoints, access);
  const members = await db.select().from(member).where(eq(member.clusterId, clusterId)).orderBy(member.memberId);
  if (members.length === 0) return planUrls(endpoints);
  const known = await listKnownUrls(db, clusterId);
  return members
    .filter(({ clientUrls }) => clientUrls.length > 0) // added to the cluster, never started
    .map(({ memberId, name, clientUrls }) => ({
      key: memberId,
      subject: name || memberId,
      memberId,
      urls: [...new Set([...(known.get(memberId) ?? []), ...toUrls(clientUrls, access), ...endpoints])],
    }));
}

/** An address that is none is left to the members collector, which says so. */
function toUrls(addresses: readonly string[], access: ClusterAccess): string[] {
  return addresses.flatMap((address) => {
    try {
      return [toMemberUrl(address, access)];
    } catch (error) {
      if (error instanceof AccessError) return [];
      throw error;
    }
  });
}

async function listKnownUrls(db: Db, clusterId: number): Promise<Map<string, string[]>> {
  const { memberId, url, source, failure, at } = metricTarget;
  const isGood = and(eq(source, "etcd"), isNotNull(memberId), isNull(failure));
  const rows = await db
    .select({ memberId, url })
    .from(metricTarget)
    .where(and(eq(metricTarget.clusterId, clusterId), isGood))
    .orderBy(desc(at));
  const urls = new Map<string, string[]>();
  for (const row of rows) {
    if (row.memberId !== null) urls.set(row.memberId, [...(urls.get(row.memberId) ?? []), row.url]);
  }
  return urls;
}
