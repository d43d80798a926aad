import { HEALTH_SIGNALS, type HealthSignalName, type HealthUnit } from "@/lib/model/health-signals";
import { compareMoved } from "@/lib/model/moved";
import type { ClientMover, MemberFacts, Moved, PrefixFacts, TriageFacts } from "@/lib/rules/triage/triage-facts";

/** Ten minutes: five of calm, five of window, in steps of ten seconds. */
export const STEP_MS = 10_000;
export const CALM_STEPS = 30;
export const WINDOW_STEPS = 30;
export const FROM_MS = Date.parse("2026-11-21T12:36:00Z");
export const WINDOW_MS = FROM_MS + CALM_STEPS * STEP_MS;
export const TO_MS = WINDOW_MS + WINDOW_STEPS * STEP_MS;
export const AXIS = { fromMs: FROM_MS, stepMs: STEP_MS, columns: CALM_STEPS + WINDOW_STEPS };
export const CALM = { fromMs: FROM_MS, toMs: WINDOW_MS };
export const WINDOW = { fromMs: WINDOW_MS, toMs: TO_MS };
export const MIB = 1024 ** 2;
export const GIB = 1024 ** 3;

/** A figure that stood at `calm` and stands at `now` from a step of the window on, for so many steps. */
export function went(
  calm: number | null,
  now: number | null,
  { unit = "milliseconds" as HealthUnit, fromStep = 0, steps = WINDOW_STEPS } = {},
): Moved {
  const values = Array.from({ length: AXIS.columns }, (_, step) => {
    const since = step - CALM_STEPS;
    return since >= fromStep && since < fromStep + steps ? now : calm;
  });
  return compareMoved(values, AXIS, { calm: CALM, window: WINDOW }, { unit });
}

/** A figure that does not move. */
export function stays(value: number | null, unit: HealthUnit = "milliseconds"): Moved {
  return went(value, value, { unit });
}

const QUIET: Partial<Record<HealthSignalName, number>> = {
  ...{ probeLinearizable: 3, probeSerializable: 1, statusMs: 2 },
  ...{ fsyncP99: 3, commitP99: 8, fsyncsPerSecond: 60, applyP99: 1 },
  ...{ clientRequestsPerSecond: 25, sentBytesPerSecond: 40_000, receivedBytesPerSecond: 20_000 },
  ...{ putsPerSecond: 60, deletesPerSecond: 1, slowAppliesPerSecond: 0 },
  ...{ slowReadIndexesPerSecond: 0, failedReadIndexesPerSecond: 0, hasLeader: 1, leaderChangesPerSecond: 0 },
  ...{ proposalsPending: 0, proposalsFailedPerSecond: 0, heartbeatFailuresPerSecond: 0, raftLag: 0, raftBehind: 2 },
  ...{ peerRttP99: 0.6, peerSendFailuresPerSecond: 0, dbSize: 200 * MIB, dbSizeInUse: 150 * MIB, quota: 8 * GIB },
  ...{ keys: 40_000, openReads: 1, watchers: 70, slowWatchers: 0, pendingEvents: 0 },
  ...{ compactionPauseP99: 0, compactionPauseMsPerSecond: 0, compactedKeysPerSecond: 0 },
  ...{ defragInflight: 0, defragsPerSecond: 0, snapshotsPerSecond: 0, snapshotSends: 0, snapshotReceives: 0 },
  ...{ leasesRevokedPerSecond: 0, leasesExpiredPerSecond: 0, cpuCores: 0.2, cpuLimit: 2, residentBytes: 300 * MIB },
  ...{ openFiles: 60, fileLimit: 65_536 },
};

/** A member of a calm cluster; `index` 0 leads. */
export function memberOf(index: number, given: Partial<MemberFacts> = {}, count = 3): MemberFacts {
  const signals = Object.fromEntries(
    Object.entries(QUIET)
      .filter(([name]) => count > 1 || !["peerRttP99", "raftBehind"].includes(name))
      .map(([name, value]) => [name, stays(value, HEALTH_SIGNALS[name as HealthSignalName].unit)]),
  );
  return {
    ...{ memberId: `m${index}`, name: `etcd-${index}`, version: "3.5.33", isLearner: false, isLeader: index === 0 },
    ...{ signals, splitSignals: { requestsPerSecond: new Map([["Range", stays(20, "perSecond")]]) } },
    ...{ probes: { asked: 60, serializableFailed: 0, linearizableFailed: 0 }, isDown: false },
    ...{ revisionsBehind: 0, keysApart: 0, alarms: [], quotaBytes: null },
    config: new Map([
      ["heartbeat-interval", "100ms"],
      ["election-timeout", "1s"],
    ]),
    ...given,
  };
}

/** A prefix of a calm cluster. */
export function prefixOf(prefix: string, given: Partial<PrefixFacts> = {}): PrefixFacts {
  return {
    ...{ prefix, slot: 1, writes: stays(3, "perSecond"), writtenBytes: stays(3_000, "bytesPerSecond") },
    ...{ writesShare: 0.05, bytesShare: 0.05, keys: 100, liveBytes: 100_000, hotKey: null, isEvents: false },
    ...given,
  };
}

/** A client that logged or audited requests name. */
export function clientOf(given: Partial<ClientMover> = {}): ClientMover {
  return {
    ...{ name: "10.0.0.7", userAgent: null, user: null, sourceAddress: "10.0.0.7", verb: "range", resource: "secrets" },
    ...{ requests: stays(0.1, "perSecond"), responseBytesPerSecond: null, unpagedLists: 0, meanResponseBytes: 2_000 },
    ...{ latencyP99Ms: 5, source: "etcd-log" as const },
    ...given,
  };
}

/** A calm cluster of three, of which everything is known, but for what is given. */
export function factsOf(given: Partial<TriageFacts> = {}, memberCount = 3): TriageFacts {
  return {
    ...{ window: WINDOW, calm: CALM, axis: AXIS, onsetMs: null },
    members: Array.from({ length: memberCount }, (_, index) => memberOf(index, {}, memberCount)),
    ...{ memberCount, timeline: [], earlierTimeline: [] },
    prefixes: [prefixOf("/registry/pods/"), prefixOf("/registry/leases/", { writesShare: 0.3 })],
    ...{ writes: stays(60, "perSecond"), writtenBytes: stays(60_000, "bytesPerSecond") },
    ...{ largestRevisionPuts: stays(1, "count"), largestPutBytes: stays(700, "bytes") },
    ...{ clients: [clientOf()], log: [], apiserver: [], leases: { leases: 300, at: WINDOW_MS } },
    ...{ lastHashCheck: null, ownWork: [], growthBytesPerSecond: 10 },
    ...given,
  };
}

/** Nothing is known, not even the members. */
export function blindFacts(given: Partial<TriageFacts> = {}): TriageFacts {
  return factsOf({
    ...{ members: [], memberCount: 0, prefixes: null, writes: null, writtenBytes: null, largestRevisionPuts: null },
    ...{ largestPutBytes: null, clients: null, log: null, apiserver: null, leases: null, growthBytesPerSecond: null },
    ...given,
  });
}

/** Members that answer, but of which no figure is known. */
export function bareMembers(count = 3): MemberFacts[] {
  return Array.from({ length: count }, (_, index) =>
    memberOf(index, {
      ...{ signals: {}, splitSignals: {}, probes: null, config: null, isLeader: null, version: null },
      ...{ revisionsBehind: null, keysApart: null },
    }),
  );
}

/** The facts with a signal of a member, or of all members, put in another's place. */
export function withSignals(
  facts: TriageFacts,
  who: number | "all",
  signals: Partial<Record<HealthSignalName, Moved>>,
): TriageFacts {
  const members = facts.members.map((member, index) =>
    who === "all" || who === index ? { ...member, signals: { ...member.signals, ...signals } } : member,
  );
  return { ...facts, members };
}

/** The facts with a member changed. */
export function withMember(facts: TriageFacts, index: number, given: Partial<MemberFacts>): TriageFacts {
  return {
    ...facts,
    members: facts.members.map((member, at) => (at === index ? { ...member, ...given } : member)),
  };
}
