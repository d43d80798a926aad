import { describe, expect, test } from "vitest";
import type { HealthSignalName, HealthUnit } from "@/lib/model/health-signals";
import type { LogSignalKind } from "@/lib/model/log-signals";
import type { TimelineKind } from "@/lib/model/timeline";
import type { TriageVerdict } from "@/lib/model/triage";
import type { TimelineFact, TriageFacts } from "@/lib/rules/triage/triage-facts";
import { TRIAGE_RULES } from "@/lib/rules/triage/triage-rules";
import {
  CALM,
  clientOf,
  factsOf,
  GIB,
  MIB,
  prefixOf,
  STEP_MS,
  stays,
  WINDOW_MS,
  WINDOW_STEPS,
  went,
  withMember,
  withSignals,
} from "@/tests/lib/rules/triage/facts-of";

const LIKELY: TriageVerdict = "likely-cause";
const PART: TriageVerdict = "contributing";
const OUT: TriageVerdict = "ruled-out";
const NONE: TriageVerdict = "no-data";
const felt = { onsetMs: WINDOW_MS };
const at = (step: number) => WINDOW_MS + step * STEP_MS;

function slowNetwork(calm: number, now: number, serializable: number): TriageFacts {
  return withSignals(factsOf(felt), "all", {
    peerRttP99: went(calm, now),
    probeLinearizable: went(3, 250),
    probeSerializable: went(1, serializable),
  });
}

function check(id: string, facts: TriageFacts) {
  return (TRIAGE_RULES.find((rule) => rule.id === id) ?? expect.fail(id)).check(facts);
}

function signal(name: HealthSignalName, calm: number, now: number, unit: HealthUnit, more: Partial<TriageFacts> = {}) {
  return withSignals(factsOf(more), 1, { [name]: went(calm, now, { unit }) });
}

function event(kind: TimelineKind, atMs: number, memberId: string | null = "m1", text: string = kind): TimelineFact {
  return { kind, atMs, untilMs: null, memberId, text };
}

function logged(kind: LogSignalKind, windowLines: number, calmLines = 0, worstMs: number | null = null, example = "") {
  return factsOf({ ...felt, log: [{ kind, windowLines, calmLines, worstMs, example }] });
}

type Case = [id: string, what: string, facts: TriageFacts, verdict: TriageVerdict, isAlert?: boolean];

const CASES: Case[] = [
  // disk
  ["L01", "10 ms is in spec", signal("fsyncP99", 3, 10, "milliseconds", felt), OUT],
  ["L01", "10.1 ms is not", signal("fsyncP99", 3, 10.1, "milliseconds", felt), LIKELY],
  ["L01", "out of spec before as well", signal("fsyncP99", 20, 21, "milliseconds", felt), PART],
  ["L01", "doubled, and nothing is felt", signal("fsyncP99", 8, 17, "milliseconds"), PART],
  ["L01", "doubled, and felt", signal("fsyncP99", 8, 17, "milliseconds", felt), LIKELY],
  ["L01", "three times, felt or not", signal("fsyncP99", 8, 24, "milliseconds"), LIKELY],
  ["L01", "500 ms is no alert", signal("fsyncP99", 8, 500, "milliseconds"), LIKELY, false],
  ["L01", "501 ms is", signal("fsyncP99", 8, 501, "milliseconds"), LIKELY, true],
  ["L01", "an alert that is chronic is one all the same", signal("fsyncP99", 600, 600, "milliseconds"), PART, true],
  ["L01", "one slow step of thirty", steps("fsyncP99", 3, 400, 1), OUT],
  ["L01", "one that is very slow, and felt", steps("fsyncP99", 3, 400, 1, felt), LIKELY],
  ["L01", "one over the alert, not felt", steps("fsyncP99", 3, 900, 1), PART, false],
  ["L01", "a quarter of the steps", steps("fsyncP99", 3, 100, 8), LIKELY],
  [
    "L01",
    "a quantile over 40 syncs",
    withSignals(signal("fsyncP99", 3, 100, "milliseconds"), 1, { fsyncsPerSecond: stays(0.13, "perSecond") }),
    OUT,
  ],
  ["L01", "the calm time is not known", withSignals(factsOf(felt), 1, { fsyncP99: went(null, 60) }), PART],
  ["L02", "25 ms is in spec", signal("commitP99", 8, 25, "milliseconds", felt), OUT],
  ["L02", "26 ms is not", signal("commitP99", 8, 26, "milliseconds", felt), LIKELY, false],
  ["L02", "250 ms is no alert", signal("commitP99", 8, 250, "milliseconds"), LIKELY, false],
  ["L02", "251 ms is", signal("commitP99", 8, 251, "milliseconds"), LIKELY, true],
  ["L03", "no line", logged("slow-fdatasync", 0), OUT],
  ["L03", "one line", logged("slow-fdatasync", 1, 0, 1_300), LIKELY],
  ["L03", "as many before", logged("slow-fdatasync", 3, 2), PART],
  ["L03", "no log", factsOf({ log: null }), NONE],
  // quorum
  ["L04", "no change", factsOf(), OUT],
  ["L04", "a change in the window", factsOf({ timeline: [event("leader-change", at(3))] }), LIKELY, false],
  ["L04", "a change 20 s before it", factsOf({ timeline: [event("leader-change", at(-2))] }), LIKELY],
  ["L04", "100 s before it, and felt", factsOf({ ...felt, timeline: [event("leader-change", at(-10))] }), LIKELY],
  ["L04", "100 s before it, not felt", factsOf({ timeline: [event("leader-change", at(-10))] }), OUT],
  ["L04", "130 s before it", factsOf({ ...felt, timeline: [event("leader-change", at(-13))] }), OUT],
  [
    "L04",
    "counted by a member only",
    withSignals(factsOf(), 1, { leaderChangesPerSecond: went(0, 0.1, { unit: "perSecond", steps: 1 }) }),
    LIKELY,
  ],
  [
    "L04",
    "a member knew of none",
    withSignals(factsOf(), 1, { hasLeader: went(1, 0, { unit: "count", steps: 2 }) }),
    LIKELY,
  ],
  [
    "L04",
    "three changes in five minutes are no alert",
    factsOf({ timeline: [1, 5, 9].map((step) => event("leader-change", at(step))) }),
    LIKELY,
    false,
  ],
  [
    "L04",
    "four are",
    factsOf({ timeline: [1, 5, 9, 12].map((step) => event("leader-change", at(step))) }),
    LIKELY,
    true,
  ],
  [
    "L04",
    "as often as before",
    factsOf({ timeline: [event("leader-change", CALM.fromMs + 5_000), event("leader-change", at(5))] }),
    PART,
  ],
  ["L04", "nobody leads", leaderless(), LIKELY, true],
  ["L05", "all answer", factsOf(), OUT],
  [
    "L05",
    "a read failed",
    withMember(factsOf(), 1, { probes: { asked: 60, serializableFailed: 1, linearizableFailed: 1 } }),
    LIKELY,
    false,
  ],
  [
    "L05",
    "only linearizable reads failed",
    withMember(factsOf(), 1, { probes: { asked: 60, serializableFailed: 0, linearizableFailed: 30 } }),
    OUT,
  ],
  ["L05", "one answer in 0.9 s", steps("probeSerializable", 1, 900, 1), OUT],
  ["L05", "one answer in 1 s", steps("probeSerializable", 1, 1_000, 1), LIKELY],
  ["L05", "that is as slow in the calm time", signal("probeSerializable", 900, 1_100, "milliseconds"), OUT],
  ["L05", "all are as slow", withSignals(factsOf(), "all", { probeSerializable: went(1, 1_500) }), OUT],
  ["L05", "all stand still", withSignals(factsOf(), "all", { probeSerializable: went(1, 4_000) }), LIKELY],
  ["L05", "Status took long", steps("statusMs", 2, 2_500, 1), LIKELY],
  ["L05", "unreachable by our endpoints, and answering the probe", withMember(factsOf(), 1, { isDown: true }), OUT],
  ["L05", "down", withMember(factsOf(), 1, { isDown: true, probes: null }), LIKELY, true],
  ["L05", "went down", factsOf({ timeline: [event("member-down", at(3))] }), LIKELY, true],
  [
    "L05",
    "was down and came back",
    factsOf({ timeline: [event("member-down", at(3)), event("member-up", at(4))] }),
    LIKELY,
    false,
  ],
  [
    "L05",
    "none could be reached",
    withMember(factsOf({ timeline: [event("member-down", at(3), null)] }), 1, { probes: null }),
    LIKELY,
  ],
  // alarms
  ["L06", "none", factsOf(), OUT],
  ["L06", "NOSPACE", withMember(factsOf(), 1, { alarms: ["NOSPACE"] }), LIKELY, true],
  [
    "L06",
    "one that is cleared",
    factsOf({ timeline: [event("alarm", at(1), "m1", "etcd-1 raises the NOSPACE alarm.")] }),
    LIKELY,
    false,
  ],
  [
    "L06",
    "only a clearing",
    factsOf({ timeline: [event("alarm", at(1), "m1", "The NOSPACE alarm of etcd-1 is cleared.")] }),
    OUT,
  ],
  ["L06", "refused writes in the log", logged("space-exceeded", 5), LIKELY],
  ["L32", "equal hashes", factsOf({ lastHashCheck: { atMs: at(0), verdict: "equal", members: [] } }), OUT],
  [
    "L32",
    "different hashes",
    factsOf({ lastHashCheck: { atMs: at(0), verdict: "different", members: ["etcd-2"] } }),
    PART,
    true,
  ],
  ["L32", "a key more at the same revision", withMember(factsOf(), 1, { keysApart: 1 }), PART, false],
  ["L32", "a key more while behind", withMember(factsOf(), 1, { keysApart: 1, revisionsBehind: 3 }), OUT],
  // maintenance
  ["L07", "running", signal("defragInflight", 0, 1, "count"), LIKELY],
  [
    "L07",
    "counted",
    withSignals(factsOf(), 1, { defragsPerSecond: went(0, 0.1, { unit: "perSecond", steps: 1 }) }),
    LIKELY,
  ],
  ["L07", "seen by the size", factsOf({ timeline: [event("defragmentation", at(3))] }), LIKELY],
  ["L07", "logged", logged("defragmentation", 1, 0, 4_000), LIKELY],
  ["L07", "before the window", factsOf({ timeline: [event("defragmentation", at(-5))] }), OUT],
  ["L08", "a snapshot that nobody feels", steps("snapshotsPerSecond", 0, 0.1, 1), PART],
  ["L08", "a snapshot as latency rose", steps("snapshotsPerSecond", 0, 0.1, 1, felt), LIKELY],
  [
    "L08",
    "a snapshot of 31 s",
    withSignals(steps("snapshotsPerSecond", 0, 0.1, 1), 1, { snapshotP99: went(null, 31_000) }),
    LIKELY,
  ],
  [
    "L08",
    "a snapshot of 30 s",
    withSignals(steps("snapshotsPerSecond", 0, 0.1, 1), 1, { snapshotP99: went(null, 30_000) }),
    PART,
  ],
  ["L08", "sent to a follower", signal("snapshotSends", 0, 1, "count"), PART],
  ["L08", "a read open for two steps", steps("openReads", 1, 2, 2), OUT],
  ["L08", "a read open for three", steps("openReads", 1, 2, 3), PART],
  ["L11", "99,000 revisions", compacted(99_000), OUT],
  ["L11", "100,000 revisions", compacted(100_000), LIKELY],
  [
    "L11",
    "as many in the calm time",
    withSignals(compacted(100_000), "all", { compactedKeysPerSecond: stays(340, "perSecond") }),
    OUT,
  ],
  [
    "L11",
    "few, with pauses over 100 ms, as latency rose",
    withSignals(compacted(5_000, felt), "all", { compactionPauseP99: went(0, 101) }),
    LIKELY,
  ],
  [
    "L11",
    "few, with pauses of 100 ms, as latency rose",
    withSignals(compacted(5_000, felt), "all", { compactionPauseP99: went(0, 100) }),
    OUT,
  ],
  [
    "L11",
    "few, but latency rose after two earlier ones, too",
    { ...compacted(5_000, felt), earlierTimeline: recurring(2) },
    LIKELY,
  ],
  ["L11", "few, and after one earlier one", { ...compacted(5_000, felt), earlierTimeline: recurring(1) }, OUT],
  // network
  ["L09", "100 ms", withSignals(factsOf(felt), "all", { peerRttP99: went(1, 100) }), OUT],
  ["L09", "101 ms", withSignals(factsOf(felt), "all", { peerRttP99: went(1, 101) }), LIKELY, false],
  ["L09", "151 ms", withSignals(factsOf(felt), "all", { peerRttP99: went(1, 151) }), LIKELY, true],
  ["L09", "five times the calm, as only linearizable reads became slow", slowNetwork(10, 50, 1), LIKELY, false],
  ["L09", "less than five times", slowNetwork(10, 49, 1), OUT],
  ["L09", "less than 20 ms more", slowNetwork(2, 21, 1), OUT],
  ["L09", "five times the calm, as all reads became slow", slowNetwork(10, 50, 200), OUT],
  ["L09", "far apart all the time", withSignals(factsOf(felt), "all", { peerRttP99: stays(120) }), PART],
  ["L10", "a round trip of 100 ms", withSignals(factsOf(), "all", { peerRttP99: stays(100) }), OUT],
  ["L10", "a round trip of 101 ms", withSignals(factsOf(), "all", { peerRttP99: stays(101) }), PART],
  [
    "L10",
    "the members differ",
    withMember(factsOf(), 2, {
      config: new Map([
        ["heartbeat-interval", "250ms"],
        ["election-timeout", "2.5s"],
      ]),
    }),
    PART,
  ],
  [
    "L10",
    "not known",
    { ...factsOf(), members: factsOf().members.map((member) => ({ ...member, config: null })) },
    NONE,
  ],
  // apply
  ["L12", "one slow apply", signal("slowAppliesPerSecond", 0, 1 / 300, "perSecond", felt), OUT],
  ["L12", "four", signal("slowAppliesPerSecond", 0, 4 / 300, "perSecond", felt), PART],
  ["L12", "six, and felt", signal("slowAppliesPerSecond", 0, 6 / 300, "perSecond", felt), LIKELY],
  ["L12", "six, not felt", signal("slowAppliesPerSecond", 0, 6 / 300, "perSecond"), PART],
  ["L12", "one a second", signal("slowAppliesPerSecond", 0, 1, "perSecond"), LIKELY],
  ["L13", "1,000 entries", signal("raftLag", 0, 1_000, "count"), OUT],
  ["L13", "1,001", signal("raftLag", 0, 1_001, "count"), LIKELY, false],
  ["L13", "5,001", signal("raftLag", 0, 5_001, "count"), LIKELY, true],
  ["L14", "100 wait", signal("proposalsPending", 0, 100, "count"), OUT],
  ["L14", "101 wait", signal("proposalsPending", 0, 101, "count"), LIKELY, false],
  ["L14", "5 failed", signal("proposalsFailedPerSecond", 0, 5 / 300, "perSecond"), OUT],
  ["L14", "17 failed in five minutes", signal("proposalsFailedPerSecond", 0, 17 / 300, "perSecond"), LIKELY, true],
  ["L17", "none", factsOf(felt), OUT],
  ["L17", "six, and felt", signal("slowReadIndexesPerSecond", 0, 6 / 300, "perSecond", felt), LIKELY],
  ["L17", "six, not felt", signal("slowReadIndexesPerSecond", 0, 6 / 300, "perSecond"), PART],
  [
    "L17",
    "failed reads of the probe, and felt",
    withMember(factsOf(felt), 1, { probes: { asked: 60, serializableFailed: 0, linearizableFailed: 2 } }),
    LIKELY,
  ],
  ["L20", "80 % of two CPUs", signal("cpuCores", 0.4, 1.6, "ratio", felt), OUT],
  ["L20", "81 %", signal("cpuCores", 0.4, 1.62, "ratio", felt), LIKELY, false],
  ["L20", "96 %", signal("cpuCores", 0.4, 1.92, "ratio", felt), LIKELY, true],
  ["L20", "how many CPUs is not told", noLimit(1.2), NONE],
  ["L20", "not told, but hardly any is used", noLimit(0.3), OUT],
  [
    "L21",
    "twice what is in use and a GiB",
    withSignals(factsOf(), "all", { residentBytes: stays(2 * (GIB + 150 * MIB), "bytes") }),
    OUT,
  ],
  ["L21", "more", signal("residentBytes", 1, 2 * (GIB + 150 * MIB) + MIB, "bytes"), PART, true],
  [
    "L21",
    "twice the leader's",
    withSignals(signal("residentBytes", 1, 2 * GIB, "bytes"), 0, { residentBytes: stays(0.9 * GIB, "bytes") }),
    PART,
    false,
  ],
  ["L34", "5,000 behind", signal("raftBehind", 0, 5_000, "count"), OUT],
  ["L34", "5,001 behind", signal("raftBehind", 0, 5_001, "count"), LIKELY, true],
  ["L34", "30 s of a snapshot", steps("snapshotReceives", 0, 1, 3), OUT],
  ["L34", "40 s of a snapshot", steps("snapshotReceives", 0, 1, 4), LIKELY, true],
  // workload
  ["L15", "answers of 1 MiB, 1 a second", reader({ meanResponseBytes: MIB }), LIKELY],
  ["L15", "answers below", reader({ meanResponseBytes: MIB - 1 }), OUT],
  ["L15", "unpaged, 300 ms each", reader({ meanResponseBytes: 1_000, unpagedLists: 9, latencyP99Ms: 300 }), LIKELY],
  ["L15", "unpaged, quicker", reader({ meanResponseBytes: 1_000, unpagedLists: 9, latencyP99Ms: 299 }), OUT],
  ["L15", "as often before", reader({ meanResponseBytes: 9 * MIB, requests: stays(1, "perSecond") }), PART],
  [
    "L15",
    "an audited list that never reached etcd",
    reader({ verb: "list", source: "audit", meanResponseBytes: 9 * MIB }),
    PART,
  ],
  ["L15", "an address that does much else besides", mixedReader({}), LIKELY],
  ["L15", "one that reads nothing large", mixedReader({ unpagedLists: 0 }), OUT],
  [
    "L15",
    "while no more is sent than before",
    withSignals(mixedReader({}), "all", { sentBytesPerSecond: stays(9 * MIB, "bytesPerSecond") }),
    PART,
  ],
  ["L15", "twice", reader({ meanResponseBytes: 9 * MIB, requests: went(0, 2 / 300, { unit: "perSecond" }) }), OUT],
  ["L15", "no log, nothing slow, no more sent", factsOf({ log: null, clients: null }), OUT],
  [
    "L15",
    "no log, and slow applies",
    signal("slowAppliesPerSecond", 0, 1, "perSecond", { log: null, clients: null }),
    NONE,
  ],
  ["L16", "99 keys at once", txn(99), OUT],
  ["L16", "100 keys", txn(100), LIKELY],
  ["L16", "as many before", { ...factsOf(felt), largestRevisionPuts: stays(500, "count") }, PART],
  [
    "L16",
    "a value of 512 KiB less a byte",
    { ...factsOf(felt), largestPutBytes: went(700, 524_287, { unit: "bytes" }) },
    OUT,
  ],
  ["L16", "a value of 512 KiB", { ...factsOf(felt), largestPutBytes: went(700, 524_288, { unit: "bytes" }) }, LIKELY],
  [
    "L16",
    "one transaction among many writes, not felt",
    { ...factsOf(), largestRevisionPuts: went(1, 900, { unit: "count", steps: 1 }) },
    PART,
  ],
  ["L16", "transactions of 5 s (p99)", slowTxn(5_000), OUT],
  ["L16", "of more", slowTxn(5_001), PART],
  ["L24", "three times", hot(10, 30, 0.4), LIKELY],
  ["L24", "less than three times", hot(10, 29.9, 0.4), OUT],
  ["L24", "a fifth of the writes", hot(1, 50, 0.2), LIKELY],
  ["L24", "less than a fifth", hot(1, 50, 0.19), OUT],
  ["L24", "five writes a second more", hot(0, 5, 0.5), LIKELY],
  ["L24", "fewer", hot(0, 4.9, 0.5), OUT],
  [
    "L24",
    "from an unknown calm",
    { ...factsOf(), prefixes: [prefixOf("/a/", { writes: went(null, 900, { unit: "perSecond" }), writesShare: 0.9 })] },
    OUT,
  ],
  ["L24", "64 KiB/s more", fat(65_536), LIKELY],
  ["L24", "a byte less", fat(65_535), OUT],
  ["L24", "long after latency rose", { ...hot(1, 300, 0.5, 15), onsetMs: at(0) }, PART],
  ["L24", "within two minutes of it", { ...hot(1, 300, 0.5, 11), onsetMs: at(0) }, LIKELY],
  ["L29", "five leases a second more", signal("leasesRevokedPerSecond", 0, 5, "perSecond"), LIKELY],
  ["L29", "fewer", signal("leasesRevokedPerSecond", 0, 4.9, "perSecond"), OUT],
  ["L29", "less than three times", signal("leasesExpiredPerSecond", 10, 29, "perSecond"), OUT],
  // clients
  ["L18", "10,000 events pending", slowWatchers(10_000), PART, false],
  ["L18", "10,001", slowWatchers(10_001), LIKELY, true],
  ["L18", "a watcher that starts", steps("slowWatchers", 0, 1, 1), OUT],
  ["L19", "a fifth more", withSignals(factsOf(), "all", { watchers: went(1_000, 1_200, { unit: "count" }) }), OUT],
  [
    "L19",
    "more than a fifth",
    withSignals(factsOf(), "all", { watchers: went(1_000, 1_201, { unit: "count" }) }),
    PART,
  ],
  [
    "L19",
    "with as many more keys",
    withSignals(factsOf(), "all", {
      watchers: went(1_000, 1_300, { unit: "count" }),
      keys: went(40_000, 52_000, { unit: "count" }),
    }),
    OUT,
  ],
  ["L23", "twice the mean", balance(200), OUT],
  ["L23", "more", balance(202), PART],
  [
    "L24",
    "a calm time nobody watched",
    { ...factsOf(), writes: { ...factsOf().writes, calm: null } as TriageFacts["writes"] },
    NONE,
  ],
  ["L25", "three times", asked(40, 120), LIKELY],
  ["L25", "less", asked(40, 119), OUT],
  ["L25", "few, not felt", asked(0, 9), OUT],
  ["L25", "few, felt", { ...asked(0, 9), ...felt }, LIKELY],
  [
    "L25",
    "1 MiB/s more is sent",
    withSignals(factsOf(), 1, { sentBytesPerSecond: went(0, MIB + 120_000, { unit: "bytesPerSecond" }) }),
    LIKELY,
  ],
  ["L30", "5 logins a second", logins(0, 5), LIKELY],
  ["L30", "fewer", logins(0, 4.9), OUT],
  ["L30", "as many before", logins(6, 7), PART],
  ["L33", "500 ms", call(500), OUT],
  ["L33", "501 ms, etcd quick", call(501), LIKELY],
  ["L33", "501 ms, etcd slow as well", withSignals(call(501), 1, { probeLinearizable: went(3, 120) }), PART],
  [
    "L33",
    "hardly ever asked",
    {
      ...factsOf(),
      apiserver: [{ operation: "get", resource: "x", p99Ms: went(5, 900), requests: stays(0.05, "perSecond") }],
    },
    OUT,
  ],
  // configuration
  ["L22", "80 %", signal("openFiles", 1, 52_428, "count"), OUT],
  ["L22", "more", signal("openFiles", 1, 0.81 * 65_536, "count"), PART, true],
  ["L22", "97 %", signal("openFiles", 1, 0.975 * 65_536, "count"), LIKELY, true],
  ["L26", "75 %", signal("dbSize", 1, 6 * GIB, "bytes"), OUT],
  ["L26", "76 %", signal("dbSize", 1, 6.1 * GIB, "bytes"), PART, false],
  ["L26", "85 %", signal("dbSize", 1, 0.85 * 8 * GIB, "bytes"), PART, false],
  ["L26", "86 %", signal("dbSize", 1, 0.86 * 8 * GIB, "bytes"), PART, true],
  ["L27", "a day away", factsOf({ growthBytesPerSecond: (7.8 * GIB) / 90_000 }), OUT],
  ["L27", "ten hours away", factsOf({ growthBytesPerSecond: (7.8 * GIB) / 36_000 }), PART, false],
  ["L27", "three hours away", factsOf({ growthBytesPerSecond: (7.8 * GIB) / 10_800 }), PART, true],
  ["L27", "shrinking", factsOf({ growthBytesPerSecond: -5 }), OUT],
  ["L28", "half in use", signal("dbSize", 1, 300 * MIB, "bytes"), OUT],
  ["L28", "less than half", signal("dbSize", 1, 301 * MIB, "bytes"), PART, true],
  [
    "L28",
    "less than half, of little",
    withSignals(factsOf(), 1, { dbSize: stays(900 * MIB, "bytes"), dbSizeInUse: stays(100 * MIB, "bytes") }),
    OUT,
  ],
  ["L31", "no known bug", factsOf(), OUT, false],
  ["L31", "one that makes it slow", withMember(factsOf(), 1, { version: "3.5.17" }), PART, false],
  ["L31", "one that does not", withMember(factsOf(), 1, { version: "3.6.4" }), OUT, false],
  [
    "L31",
    "versions that are none",
    { ...factsOf(), members: factsOf().members.map((member) => ({ ...member, version: "main" })) },
    NONE,
  ],
  // our own
  ["L35", "none", factsOf(felt), OUT],
  ["L35", "a scan as latency rose", ours(-1, 5), LIKELY],
  ["L35", "a scan that began a minute before", ours(-6, 5), LIKELY],
  ["L35", "one that had run for long", ours(-20, 5), PART],
  ["L35", "one that began after", ours(4, 9), OUT],
  ["L35", "one that nobody felt", { ...ours(-1, 5), onsetMs: null }, PART],
];

test.each(CASES)("%s: %s", (id, _what, facts, verdict, isAlert) => {
  const finding = check(id, facts);
  expect([id, finding.verdict, finding.text]).toEqual([id, verdict, expect.any(String)]);
  if (isAlert !== undefined) expect(finding.isAlert).toBe(isAlert);
  if (verdict === "likely-cause" || verdict === "contributing") expect(finding.next.length).toBeGreaterThan(0);
});

test("every check has both sides of a line in the table", () => {
  for (const { id } of TRIAGE_RULES) {
    const verdicts = new Set(CASES.filter(([of]) => of === id).map(([, , , verdict]) => verdict));
    expect([id, verdicts.has(OUT), verdicts.size > 1]).toEqual([id, true, true]);
  }
});

describe("who is named", () => {
  test("a member whose disk is slow alone, all where all are", () => {
    expect(check("L01", signal("fsyncP99", 3, 60, "milliseconds")).subject).toEqual({
      kind: "member",
      memberId: "m1",
      name: "etcd-1",
    });
    const all = withSignals(factsOf(), "all", { fsyncP99: went(3, 60) });
    expect(check("L01", all).subject).toEqual({ kind: "cluster" });
    expect(check("L01", all).next[0]).toMatch(/storage class or the load/);
  });

  test("the only member", () => {
    const finding = check("L01", withSignals(factsOf({}, 1), 0, { fsyncP99: went(3, 60) }));
    expect(finding.subject).toEqual({ kind: "member", memberId: "m0", name: "etcd-0" });
  });

  test("the deepest prefix that has the rise", () => {
    const rise = { writes: went(0, 300, { unit: "perSecond" as const }), writesShare: 0.8 };
    const prefixes = [
      prefixOf("/registry/", rise),
      prefixOf("/registry/pods/a/", rise),
      prefixOf("/registry/pods/", rise),
    ];
    expect(check("L24", factsOf({ prefixes })).subject).toEqual({ kind: "prefix", prefix: "/registry/pods/a/" });
  });

  test("who lost the quorum", () => {
    const down = { isDown: true, probes: null };
    const two = withMember(withMember(factsOf(), 1, down), 2, down);
    expect(check("L05", two)).toMatchObject({ isAlert: true, because: "a lost quorum", weight: 0.99 });
    expect(check("L05", withMember(factsOf(), 1, down)).because).toBe("etcd-1 down");
  });
});

test("a member that tells nothing is said", () => {
  const facts = withMember(factsOf(), 2, { signals: {} });
  expect(check("L01", facts).text).toMatch(/One member does not tell it\.$/);
});

function steps(name: HealthSignalName, calm: number, now: number, count: number, more: Partial<TriageFacts> = {}) {
  return withSignals(factsOf(more), 1, { [name]: went(calm, now, { steps: count }) });
}

function leaderless(): TriageFacts {
  const facts = withSignals(factsOf(), "all", { hasLeader: went(1, 0, { unit: "count", fromStep: 10 }) });
  return { ...facts, members: facts.members.map((member) => ({ ...member, isLeader: false })) };
}

function compacted(revisions: number, more: Partial<TriageFacts> = {}): TriageFacts {
  const facts = factsOf({ ...more, timeline: [event("compaction", at(1), null)] });
  const rate = revisions / (STEP_MS / 1_000);
  return withSignals(facts, "all", {
    compactedKeysPerSecond: went(0, rate, { unit: "perSecond", steps: 1, fromStep: 1 }),
  });
}

function recurring(times: number): TimelineFact[] {
  return Array.from({ length: times }, (_, index) => CALM.fromMs - (index + 1) * 300_000).flatMap((atMs) => [
    event("compaction", atMs, null),
    event("spike", atMs + 15_000, null),
  ]);
}

function noLimit(cores: number): TriageFacts {
  const facts = withSignals(factsOf(), "all", { cpuCores: stays(cores, "ratio") });
  return {
    ...facts,
    members: facts.members.map(({ signals: { cpuLimit: _, ...signals }, ...member }) => ({ ...member, signals })),
  };
}

function reader(given: Parameters<typeof clientOf>[0]): TriageFacts {
  const facts = factsOf({ clients: [clientOf({ requests: went(0, 1, { unit: "perSecond" }), ...given })] });
  const sent =
    given?.source === "audit" ? stays(40_000, "bytesPerSecond") : went(40_000, 2 * MIB, { unit: "bytesPerSecond" });
  return withSignals(facts, 0, { sentBytesPerSecond: sent });
}

function mixedReader(given: Parameters<typeof clientOf>[0]): TriageFacts {
  const responseBytesPerSecond = went(0, 40 * MIB, { unit: "bytesPerSecond" });
  const mixed = { verb: null, resource: null, unpagedLists: 9, meanResponseBytes: 600_000, responseBytesPerSecond };
  const facts = factsOf({ clients: [clientOf({ requests: stays(66, "perSecond"), ...mixed, ...given })] });
  return withSignals(facts, 0, { sentBytesPerSecond: went(40_000, 40 * MIB, { unit: "bytesPerSecond" }) });
}

function txn(keys: number): TriageFacts {
  return { ...factsOf(), largestRevisionPuts: went(1, keys, { unit: "count", steps: WINDOW_STEPS / 2 }) };
}

function slowTxn(ms: number): TriageFacts {
  return withMember(factsOf(), 1, { splitSignals: { grpcP99: new Map([["Txn", stays(ms)]]) } });
}

function hot(calm: number, now: number, writesShare: number, fromStep = 0): TriageFacts {
  const writes = went(calm, now, { unit: "perSecond", fromStep });
  return factsOf({ prefixes: [prefixOf("/registry/pods/", { writes, writesShare })] });
}

function fat(bytesPerSecond: number): TriageFacts {
  const writtenBytes = went(0, bytesPerSecond, { unit: "bytesPerSecond" });
  return factsOf({ prefixes: [prefixOf("/registry/pods/", { writtenBytes, bytesShare: 0.9 })] });
}

function slowWatchers(pending: number): TriageFacts {
  return withSignals(factsOf(), 1, {
    slowWatchers: went(0, 700, { unit: "count" }),
    pendingEvents: went(0, pending, { unit: "count" }),
  });
}

function balance(perSecond: number): TriageFacts {
  const facts = withSignals(factsOf(), "all", { clientRequestsPerSecond: stays(50, "perSecond") });
  return withSignals(facts, 1, { clientRequestsPerSecond: stays(perSecond, "perSecond") });
}

function asked(calm: number, now: number): TriageFacts {
  const facts = withSignals(factsOf(), "all", { clientRequestsPerSecond: stays(0, "perSecond") });
  return withSignals(facts, 1, { clientRequestsPerSecond: went(calm, now, { unit: "perSecond" }) });
}

function logins(calm: number, now: number): TriageFacts {
  const requestsPerSecond = new Map([["Authenticate", went(calm, now, { unit: "perSecond" })]]);
  return withMember(factsOf(), 1, { splitSignals: { requestsPerSecond } });
}

function call(ms: number): TriageFacts {
  return factsOf({
    ...felt,
    apiserver: [{ operation: "list", resource: "pods", p99Ms: went(20, ms), requests: stays(3, "perSecond") }],
  });
}

function ours(fromStep: number, toStep: number): TriageFacts {
  return factsOf({ ...felt, ownWork: [{ atMs: at(fromStep), untilMs: at(toStep), what: "A scan" }] });
}
