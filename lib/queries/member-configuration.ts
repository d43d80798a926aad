import { and, asc, eq, gte } from "drizzle-orm";
import type { ConfigurationAnswer } from "@/lib/api/member-configuration";
import type { Db } from "@/lib/db/client";
import { cluster, member, timelineEvent } from "@/lib/db/schema";
import { memberConfig } from "@/lib/db/schema-health";
import type { ConfigFacts, ConfigMember } from "@/lib/model/config-facts";
import { inspectConfiguration } from "@/lib/model/config-inspection";
import type { TimeRange } from "@/lib/model/time-range";
import { findLine, type HealthSeries, readHealthSeries } from "@/lib/queries/health-series";
import { listKnownBugs } from "@/lib/rules/known-bugs";

const DAY_MS = 86_400_000;
const STEP_MS = 3_600_000;
/** An inference from fewer snapshots would be a guess. */
const MIN_SNAPSHOTS = 2;

/** How the members are set up, from the last day: metrics, Status, the timeline and what they logged at their start. */
export async function readConfiguration(db: Db, clusterId: number, nowMs: number): Promise<ConfigurationAnswer> {
  const facts = await readConfigFacts(db, clusterId, nowMs);
  return {
    items: inspectConfiguration(facts),
    nextCursor: null,
    at: new Date(nowMs).toISOString(),
    origin: "sampled",
  };
}

async function readConfigFacts(db: Db, clusterId: number, nowMs: number): Promise<ConfigFacts> {
  const range = { fromMs: nowMs - DAY_MS, toMs: nowMs };
  const names = ["quota", "peerRttP99", "proposalsAppliedPerSecond", "raftSnapshotsPerSecond"] as const;
  const series = await readHealthSeries(db, clusterId, { names, range, stepMs: STEP_MS });
  const logged = await readLogged(db, clusterId);
  const rows = await db
    .select()
    .from(member)
    .where(eq(member.clusterId, clusterId))
    .orderBy(asc(member.name), asc(member.memberId));
  const members = rows.map((row) => toConfigMember(row, { series, range, logged }));
  const [known] = await db.select({ createdAt: cluster.createdAt }).from(cluster).where(eq(cluster.id, clusterId));
  return {
    members,
    compactionsMs: await listCompactions(db, clusterId, range),
    watchedMs: nowMs - (known?.createdAt.getTime() ?? nowMs),
  };
}

interface Told {
  series: HealthSeries;
  range: TimeRange;
  logged: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

function toConfigMember(row: typeof member.$inferSelect, { series, range, logged }: Told): ConfigMember {
  const quota = findLine(series, "quota", row.memberId)?.values.findLast((value) => value !== null);
  return {
    name: row.name || row.memberId,
    version: row.version,
    isLearner: row.isLearner,
    quotaBytes: quota ?? row.quotaBackendBytes,
    logged: logged.get(row.name) ?? null,
    peerRttMs: findLine(series, "peerRttP99", row.memberId)?.over(range) ?? null,
    entriesPerSnapshot: entriesPerSnapshot(series, row.memberId, range),
    knownBugs: listKnownBugs(row.version ?? ""),
  };
}

/** Entries applied by snapshots made, over the same time. */
function entriesPerSnapshot(series: HealthSeries, memberId: string, range: TimeRange): number | null {
  const applied = findLine(series, "proposalsAppliedPerSecond", memberId)?.over(range) ?? null;
  const made = findLine(series, "raftSnapshotsPerSecond", memberId)?.over(range) ?? null;
  const observedSeconds = series.observedMs.reduce((sum, ms) => sum + ms, 0) / 1_000;
  if (applied === null || made === null || made * observedSeconds < MIN_SNAPSHOTS) return null;
  return Math.round(applied / made);
}

async function readLogged(db: Db, clusterId: number): Promise<Map<string, ReadonlyMap<string, string>>> {
  const rows = await db.select().from(memberConfig).where(eq(memberConfig.clusterId, clusterId));
  return new Map(rows.map((row) => [row.member, new Map(Object.entries(row.settings))]));
}

async function listCompactions(db: Db, clusterId: number, { fromMs }: TimeRange): Promise<number[]> {
  const rows = await db
    .select({ at: timelineEvent.at })
    .from(timelineEvent)
    .where(
      and(
        eq(timelineEvent.clusterId, clusterId),
        eq(timelineEvent.kind, "compaction"),
        gte(timelineEvent.at, new Date(fromMs)),
      ),
    )
    .orderBy(asc(timelineEvent.at));
  return rows.map(({ at }) => at.getTime());
}
