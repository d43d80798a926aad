import { describe, expect, test } from "vitest";
import type { StatusAnswer } from "@/collectors/etcd/messages";
import { type KnownMember, listMemberEvents } from "@/collectors/members/events";
import type { MembersPoll, PolledMember } from "@/collectors/members/poll";

const AT = new Date("2026-03-01T12:00:00Z");
const MIB = 1024 ** 2;

function known(name: string, more: Partial<KnownMember> = {}): KnownMember {
  const figures = { dbSizeBytes: 1_000 * MIB, revision: 50, raftTerm: 3, version: "3.5.12" };
  return { memberId: `id-${name}`, name, isLeader: name === "m0", alarms: [], failure: null, ...figures, ...more };
}

type Polled = Partial<Pick<PolledMember, "isLeader" | "alarms" | "failure">> & {
  dbSizeBytes?: number;
  revision?: number;
  raftTerm?: number;
  version?: string;
};

function polled(name: string, more: Polled = {}): PolledMember {
  const { isLeader = name === "m0", alarms = [], failure = null } = more;
  const { dbSizeBytes = 1_000 * MIB, revision = 60, raftTerm = 3, version = "3.5.12" } = more;
  const memberId = `id-${name}`;
  const status = {
    ...{ clusterId: "c", memberId, revision, raftTerm, version, dbSizeBytes },
    ...{ dbSizeInUseBytes: 10 * MIB, leaderId: null, raftIndex: 1, raftAppliedIndex: 1, errors: [] },
    ...{ isLearner: false, quotaBackendBytes: null },
  };
  const member = { memberId, name, peerUrls: [], clientUrls: [], isLearner: false, isLeader, alarms, failure };
  return { ...member, status: failure === null ? status : null, statusMs: failure === null ? 1 : null, behind: null };
}

function events(before: KnownMember[], members: PolledMember[]) {
  const poll: MembersPoll = { clusterId: "c", at: AT, members, failures: [] };
  return listMemberEvents(before, poll).map(({ at, kind, memberId, text }) => {
    expect(at).toBe(AT);
    return [kind, memberId ?? null, text];
  });
}

test("nothing has happened where nothing changed, nor where nothing was known before", () => {
  expect(events([known("m0"), known("m1")], [polled("m0"), polled("m1")])).toEqual([]);
  expect(events([], [polled("m0", { alarms: ["NOSPACE"] })])).toEqual([]);
});

test("members come and go", () => {
  expect(events([known("m0")], [polled("m0"), polled("m1", { failure: "Refused." })])).toEqual([
    ["member-added", "id-m1", "m1 was added to the cluster."],
  ]);
  expect(events([known("m0")], [polled("m0"), { ...polled("", {}), isLearner: true }])).toEqual([
    ["member-added", "id-", "id- was added to the cluster as a learner."],
  ]);
  expect(events([known("m0"), known("m1")], [polled("m0")])).toEqual([
    ["member-removed", "id-m1", "m1 was removed from the cluster."],
  ]);
});

test("another quota is told where the version reports it", () => {
  const at = (quotaBackendBytes: number | null) => {
    const member = polled("m0");
    return { ...member, status: { ...(member.status as StatusAnswer), quotaBackendBytes } };
  };
  const before = [known("m0", { quotaBackendBytes: 2_048 * MIB })];
  expect(events(before, [at(8_192 * MIB)])).toEqual([
    ["quota-change", "id-m0", "The space quota of m0 went from 2.00 GiB to 8.00 GiB."],
  ]);
  expect(events(before, [at(2_048 * MIB)])).toEqual([]);
  expect(events(before, [at(null)])).toEqual([]);
  expect(events([known("m0", { quotaBackendBytes: null })], [at(MIB)])).toEqual([]);
});

test("a member that goes and comes back is told once each", () => {
  const away = polled("m1", { failure: "Connection refused." });
  expect(events([known("m0"), known("m1")], [polled("m0"), away])).toEqual([
    ["member-down", "id-m1", "m1 does not answer. Connection refused."],
  ]);
  const gone = known("m1", { failure: "Connection refused." });
  expect(events([known("m0"), gone], [polled("m0"), away])).toEqual([]);
  expect(events([known("m0"), gone], [polled("m0"), polled("m1")])).toEqual([
    ["member-up", "id-m1", "m1 answers again."],
  ]);
});

test("another version is told once it is seen, also after an absence; one that was never known is none", () => {
  const told = ["version-change", "id-m1", "m1 was restarted with etcd 3.5.13; it ran 3.5.12 before."];
  const newer = polled("m1", { version: "3.5.13" });
  expect(events([known("m0"), known("m1")], [polled("m0"), newer])).toEqual([told]);
  expect(events([known("m0"), known("m1", { version: "3.5.13" })], [polled("m0"), newer])).toEqual([]);
  const gone = known("m1", { failure: "Connection refused." });
  expect(events([known("m0"), gone], [polled("m0"), newer])).toEqual([
    ["member-up", "id-m1", "m1 answers again."],
    told,
  ]);
  expect(events([known("m0"), known("m1", { version: null })], [polled("m0"), newer])).toEqual([]);
  const away = polled("m1", { version: "3.5.13", failure: "Connection refused." });
  expect(events([known("m0"), gone], [polled("m0"), away])).toEqual([]);
});

test("alarms are told when they are raised and when they are cleared, of one member in one event", () => {
  expect(events([known("m0")], [polled("m0", { alarms: ["NOSPACE"] })])).toEqual([
    ["alarm", "id-m0", "m0 raises the NOSPACE alarm."],
  ]);
  expect(events([known("m0", { alarms: ["NOSPACE"] })], [polled("m0", { alarms: ["NOSPACE"] })])).toEqual([]);
  expect(events([known("m0", { alarms: ["NOSPACE"] })], [polled("m0", { alarms: ["CORRUPT"] })])).toEqual([
    ["alarm", "id-m0", "m0 raises the CORRUPT alarm. The NOSPACE alarm of m0 is cleared."],
  ]);
});

describe("a defragmentation", () => {
  test.each([
    { dbSizeBytes: 910 * MIB, told: false },
    { dbSizeBytes: 900 * MIB, told: true },
    { dbSizeBytes: 310 * MIB, told: true },
    { dbSizeBytes: 2_000 * MIB, told: false },
  ])("is told at $dbSizeBytes of 1,000 MiB: $told", ({ dbSizeBytes, told }) => {
    const kinds = events([known("m0")], [polled("m0", { dbSizeBytes })]).map(([kind]) => kind);
    expect(kinds).toEqual(told ? ["defragmentation"] : []);
  });

  test("comes with its figures", () => {
    const [event] = events(
      [known("m0", { dbSizeBytes: 1.2 * 1024 * MIB })],
      [polled("m0", { dbSizeBytes: 310 * MIB })],
    );
    expect(event?.[2]).toBe(
      "m0 was defragmented: db size went from 1.20 GiB to 310 MiB, of which 10.0 MiB are in use.",
    );
  });

  test("is no name for data restored from a backup", () => {
    expect(events([known("m0")], [polled("m0", { dbSizeBytes: MIB, revision: 10 })])).toEqual([]);
  });
});

describe("the leader", () => {
  const before = [known("m0"), known("m1")];

  test("changes, with the raft terms", () => {
    const after = [polled("m0", { isLeader: false, raftTerm: 5 }), polled("m1", { isLeader: true, raftTerm: 5 })];
    expect(events(before, after)).toEqual([
      ["leader-change", "id-m1", "m1 is the leader in place of m0, raft term 5 after 3."],
    ]);
  });

  test("is lost and found", () => {
    expect(events(before, [polled("m0", { isLeader: false }), polled("m1")])).toEqual([
      ["leader-change", null, "The cluster has lost its leader, m0."],
    ]);
    const leaderless = [known("m0", { isLeader: false }), known("m1")];
    expect(events(leaderless, [polled("m0", { isLeader: false }), polled("m1")])).toEqual([]);
    expect(events(leaderless, [polled("m0", { raftTerm: 4 }), polled("m1", { raftTerm: 4 })])).toEqual([
      ["leader-change", "id-m0", "m0 is the leader; there was none before, raft term 4 after 3."],
    ]);
  });

  test("that wins another election is told", () => {
    expect(events(before, [polled("m0", { raftTerm: 4 }), polled("m1", { raftTerm: 4 })])).toEqual([
      ["leader-change", "id-m0", "m0 was elected leader once more, raft term 4 after 3."],
    ]);
  });
});
