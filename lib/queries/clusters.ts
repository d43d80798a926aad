import { eq } from "drizzle-orm";
import type { ClusterSummary, ClustersAnswer } from "@/lib/api/clusters";
import type { Db } from "@/lib/db/client";
import { cluster } from "@/lib/db/schema";
import { type ClusterActivity, readActivity } from "@/lib/queries/cluster-activity";
import { type ClusterFacts, readClusterFacts } from "@/lib/queries/cluster-facts";
import { toHistoryStanding, toModelStanding } from "@/lib/queries/model-state";

/** The fleet, sorted by risk: failed ones, degraded ones, the fullest, then by name. */
export async function listClusters(db: Db, nowMs: number): Promise<ClustersAnswer> {
  const rows = await db.select().from(cluster).orderBy(cluster.name);
  const items = await summarize(db, rows, nowMs);
  return { items: items.sort(compareRisk), nextCursor: null };
}

/** One cluster by name or id; null when there is none. */
export async function readCluster(db: Db, nameOrId: string, nowMs: number): Promise<ClusterSummary | null> {
  const row = await findCluster(db, nameOrId);
  if (!row) return null;
  return (await summarize(db, [row], nowMs))[0] ?? null;
}

/** The id of a cluster given by id or name; null when there is none. */
export async function resolveClusterId(db: Db, nameOrId: string): Promise<number | null> {
  return (await findCluster(db, nameOrId))?.id ?? null;
}

/** The stored row of a cluster; digits are tried as an id first, then as a name. */
export async function findCluster(db: Db, nameOrId: string): Promise<ClusterRow | null> {
  if (/^\d{1,15}$/.test(nameOrId)) {
    const [byId] = await db
      .select()
      .from(cluster)
      .where(eq(cluster.id, Number(nameOrId)));
    if (byId) return byId;
  }
  if (nameOrId.includes("\0")) return null; // Postgres refuses it in text, and no name has one
  const [byName] = await db.select().from(cluster).where(eq(cluster.name, nameOrId));
  return byName ?? null;
}

/** A cluster as it is stored, secrets sealed. */
export type ClusterRow = typeof cluster.$inferSelect;

async function summarize(db: Db, rows: readonly ClusterRow[], nowMs: number): Promise<ClusterSummary[]> {
  if (rows.length === 0) return [];
  const ids = rows.map(({ id }) => id);
  const facts = await readClusterFacts(db, ids, nowMs);
  const activity = await readActivity(db, ids, nowMs);
  return rows.map((row) => toSummary(row, facts.of(row.id), activity.of(row.id), nowMs));
}

function toSummary(row: ClusterRow, facts: ClusterFacts, activity: ClusterActivity, nowMs: number): ClusterSummary {
  const { state: phase, ...standing } = toModelStanding(facts.status, nowMs);
  // A size belongs to a member; the largest file is the one that reaches its quota first.
  const largest = facts.members.reduce<(typeof facts.members)[number] | null>(
    (most, member) => ((member.dbSizeBytes ?? -1) > (most?.dbSizeBytes ?? -1) ? member : most),
    null,
  );
  const speaker = facts.members.find(({ isLeader, version }) => isLeader && version !== null);
  return {
    id: row.id,
    name: row.name,
    source: row.source,
    isDemo: row.source === "demo",
    paused: row.paused,
    endpoints: row.endpoints,
    isManaged: row.endpoints.length === 0,
    etcdClusterId: row.etcdClusterId,
    usesTls: row.endpoints.some((endpoint) => endpoint.startsWith("https://")),
    username: row.username,
    createdAt: row.createdAt.toISOString(),
    health: toHealth(row, facts.collectors),
    collectors: facts.collectors,
    keyspace: {
      phase,
      ...standing,
      reason: facts.status?.reason ?? null,
      since: facts.status?.since?.toISOString() ?? null,
      scannedKeys: facts.status?.scannedKeys ?? null,
      expectedKeys: facts.status?.expectedKeys ?? null,
      endpoint: facts.status?.endpoint ?? null,
      ...toHistoryStanding(facts.status),
      driftCheckedAt: facts.status?.driftCheckedAt?.toISOString() ?? null,
      driftCheckedKeys: facts.status?.driftCheckedKeys ?? null,
      driftKeys: facts.status?.driftKeys ?? null,
    },
    version: (speaker ?? facts.members.find(({ version }) => version !== null))?.version ?? null,
    memberCount: facts.members.length > 0 ? facts.members.length : null,
    membersAnswering: facts.members.length > 0 ? facts.members.filter(({ failure }) => failure === null).length : null,
    alarms: [...new Set(facts.members.flatMap(({ alarms }) => alarms))].sort(),
    dbSizeBytes: largest?.dbSizeBytes ?? null,
    dbSizeInUseBytes: largest?.dbSizeInUseBytes ?? null,
    quotaBackendBytes: largest?.quotaBackendBytes ?? null,
    sampledAt: largest?.at?.toISOString() ?? null,
    keys: facts.root?.keys ?? null,
    liveBytes: facts.root ? facts.root.keyBytes + facts.root.valueBytes : null,
    historyBytes: facts.root?.historyBytes ?? null,
    ...activity,
  };
}

const WORST_FIRST = ["failed", "degraded", "ok"] as const;

function toHealth(row: ClusterRow, collectors: ClusterSummary["collectors"]): ClusterSummary["health"] {
  if (row.paused) return "paused";
  return WORST_FIRST.find((health) => collectors.some((report) => report.health === health)) ?? "unknown";
}

const RISKY: readonly string[] = ["failed", "degraded"];

function compareRisk(a: ClusterSummary, b: ClusterSummary): number {
  return riskOf(a) - riskOf(b) || fullRatio(b) - fullRatio(a) || (a.name < b.name ? -1 : 1);
}

function riskOf({ health }: ClusterSummary): number {
  return RISKY.includes(health) ? RISKY.indexOf(health) : RISKY.length;
}

function fullRatio({ dbSizeBytes, quotaBackendBytes }: ClusterSummary): number {
  return dbSizeBytes !== null && quotaBackendBytes ? dbSizeBytes / quotaBackendBytes : 0;
}
