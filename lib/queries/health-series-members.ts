import { asc, eq } from "drizzle-orm";
import type { Db } from "@/lib/db/client";
import { member } from "@/lib/db/schema";
import type { MetricSamples } from "@/lib/model/metrics";

/** A member by its id (hex text) and the name it is shown under. */
export interface HealthMember {
  memberId: string;
  name: string;
}

/**
 * The members of a cluster by name, and whose metrics each target tells: by the id its page tells, else by the member's
 * client URLs. What is nobody's is left out.
 */
export async function readHealthMembers(
  db: Db,
  clusterId: number,
  targets: MetricSamples["targets"],
): Promise<{ members: HealthMember[]; memberOfTarget: ReadonlyMap<number, string> }> {
  const { memberId, name, clientUrls } = member;
  const rows = await db
    .select({ memberId, name, clientUrls })
    .from(member)
    .where(eq(member.clusterId, clusterId))
    .orderBy(asc(name), asc(memberId));
  const memberOfTarget = new Map<number, string>();
  for (const target of targets) {
    const owner = target.memberId ?? findByUrl(rows, target.url);
    if (owner !== null) memberOfTarget.set(target.targetId, owner);
  }
  return { members: rows.map((row) => ({ memberId: row.memberId, name: row.name || row.memberId })), memberOfTarget };
}

function findByUrl(rows: readonly { memberId: string; clientUrls: string[] }[], url: string): string | null {
  const host = hostOf(url);
  if (host === null) return null;
  const owners = rows.filter(({ clientUrls }) => clientUrls.some((own) => hostOf(own) === host));
  return owners.length === 1 ? (owners[0]?.memberId ?? null) : null;
}

function hostOf(url: string): string | null {
  return URL.canParse(url) ? new URL(url).host : null;
}
