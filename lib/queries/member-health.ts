import type { MemberFigureName, MemberHealth } from "@/lib/api/member-health";
import type { MemberRow, MembersAnswer, MembersParams } from "@/lib/api/members";
import type { Db } from "@/lib/db/client";
import type { MetricTargetRow } from "@/lib/db/metric-rows";
import type { HealthSignalName } from "@/lib/model/health-signals";
import type { TimeRange } from "@/lib/model/time-range";
import { findLine, type HealthSeries, readHealthSeries } from "@/lib/queries/health-series";
import { compareClocks } from "@/lib/queries/member-clocks";
import { readMemberConnections } from "@/lib/queries/member-connections";
import { listImbalances } from "@/lib/queries/member-imbalance";
import { explainFigure, type WhyUnknown } from "@/lib/queries/member-unknown";
import { listMembers } from "@/lib/queries/members";
import { listMetricTargets } from "@/lib/queries/metrics";
import { toQueryRange, toStepMs } from "@/lib/queries/query-range";
import { explainAbsence } from "@/lib/queries/source-standing";
import { listKnownBugs } from "@/lib/rules/known-bugs";

/** Figures of the whole range. */
const OVER_RANGE = {
  fsyncP99Ms: "fsyncP99",
  commitP99Ms: "commitP99",
  linearizableP99Ms: "probeLinearizable",
  serializableP99Ms: "probeSerializable",
  peerRttP99Ms: "peerRttP99",
  requestsPerSecond: "requestsPerSecond",
  sentBytesPerSecond: "sentBytesPerSecond",
  cpuCores: "cpuCores",
} as const satisfies Partial<Record<MemberFigureName, HealthSignalName>>;

/** What stands somewhere: as it was told last in the range. */
const AT_END = {
  quotaBytes: "quota",
  watchers: "watchers",
  cpuLimit: "cpuLimit",
  residentBytes: "residentBytes",
  openFiles: "openFiles",
  fileLimit: "fileLimit",
} as const satisfies Partial<Record<MemberFigureName, HealthSignalName>>;

/** The members side by side: as they answered last, and their figures over a range, each null with its reason. */
export async function readMembersHealth(
  db: Db,
  clusterId: number,
  params: MembersParams,
  nowMs: number,
): Promise<MembersAnswer> {
  const now = await listMembers(db, clusterId);
  if (params.figures === "now") return now;
  const range = toQueryRange(params, nowMs);
  const names = [...Object.values(OVER_RANGE), ...Object.values(AT_END)];
  const series = await readHealthSeries(db, clusterId, { names, range, stepMs: toStepMs(range) });
  const told: Told = {
    series,
    range,
    targets: await listMetricTargets(db, clusterId, "etcd"),
    connections: await readMemberConnections(db, clusterId, range),
    why: {
      members: now.items.length,
      metrics: (await explainAbsence(db, clusterId, "metrics")).reason,
      connections: (await explainAbsence(db, clusterId, "connections")).reason,
    },
  };
  const items = now.items.map((row) => ({ ...row, health: toHealth(row, told) }));
  return { items, nextCursor: null, compared: compare(items, told) };
}

interface Told {
  series: HealthSeries;
  range: TimeRange;
  targets: readonly MetricTargetRow[];
  connections: ReadonlyMap<string, number>;
  why: Pick<WhyUnknown, "members" | "metrics" | "connections">;
}

function toHealth(row: MemberRow, told: Told): MemberHealth {
  const { series, range, targets, connections, why } = told;
  const line = (signal: HealthSignalName) => findLine(series, signal, row.memberId);
  const over = (signal: HealthSignalName) => line(signal)?.over(range) ?? null;
  const last = (signal: HealthSignalName) => line(signal)?.values.findLast((value) => value !== null) ?? null;
  const target = targets.filter(({ memberId }) => memberId === row.memberId).sort(byLastRead)[0];
  const figures = {
    ...mapFigures(OVER_RANGE, over),
    ...mapFigures(AT_END, last),
    fragmentationRatio: fragmentationOf(row),
    quotaBytes: last("quota") ?? row.quotaBackendBytes,
    raftLag: lagOf(row),
    raftBehind: row.failure === null ? row.raftBehind : null,
    connections: connections.get(row.name) ?? null,
    clockAheadLeastMs: target?.clockAheadLeastMs ?? null,
    clockAheadMostMs: target?.clockAheadMostMs ?? null,
    startedAt: target?.startedAt?.toISOString() ?? null,
  };
  const unknown = (Object.keys(figures) as MemberFigureName[])
    .filter((name) => figures[name] === null)
    .map((name) => [name, explainFigure(name, { ...why, row, target: target ?? null })]);
  return { ...figures, knownBugs: bugsOf(row.version), unknown: Object.fromEntries(unknown) };
}

function mapFigures<Names extends Partial<Record<MemberFigureName, HealthSignalName>>>(
  names: Names,
  figureOf: (signal: HealthSignalName) => number | null,
): { [Name in keyof Names]: number | null } {
  const entries = Object.entries(names).map(([name, signal]) => [name, figureOf(signal as HealthSignalName)]);
  return Object.fromEntries(entries);
}

function byLastRead(a: MetricTargetRow, b: MetricTargetRow): number {
  return (b.at?.getTime() ?? 0) - (a.at?.getTime() ?? 0);
}

function fragmentationOf({ dbSizeBytes, dbSizeInUseBytes }: MemberRow): number | null {
  if (dbSizeBytes === null || dbSizeInUseBytes === null || dbSizeBytes === 0) return null;
  return Math.max(0, 1 - dbSizeInUseBytes / dbSizeBytes);
}

/** Only while the member answers: of one that does not, the indexes are from different times. */
function lagOf({ failure, raftIndex, raftAppliedIndex }: MemberRow): number | null {
  if (failure !== null || raftIndex === null || raftAppliedIndex === null) return null;
  return Math.max(0, raftIndex - raftAppliedIndex);
}

function bugsOf(version: string | null): MemberHealth["knownBugs"] {
  return listKnownBugs(version ?? "").map(({ problem, fixedIn, severity, source, sourceUrl }) => ({
    ...{ problem, fixedIn, severity, source, sourceUrl },
  }));
}

function compare(items: readonly (MemberRow & { health: MemberHealth })[], { series, range }: Told) {
  const clocks = items.flatMap(({ name, memberId, health }) => {
    const { clockAheadLeastMs: leastMs, clockAheadMostMs: mostMs } = health;
    return leastMs === null || mostMs === null ? [] : [{ name: name || memberId, leastMs, mostMs }];
  });
  const loads = items.map(({ name, memberId, isLeader, health: { requestsPerSecond, connections } }) => ({
    ...{ name: name || memberId, isLeader, requestsPerSecond, connections },
  }));
  const observedMs = series.observedMs.reduce((sum, ms) => sum + ms, 0);
  return {
    imbalances: listImbalances(loads),
    clockSkew: compareClocks(clocks),
    range: {
      from: new Date(range.fromMs).toISOString(),
      to: new Date(range.toMs).toISOString(),
      observedSeconds: Math.min(observedMs, range.toMs - range.fromMs) / 1_000,
    },
  };
}
