import { describe, expect, test } from "vitest";
import { type EventReading, listMetricEvents } from "@/collectors/metrics/list-metric-events";

const AT_MS = Date.UTC(2026, 2, 1, 12);
const MIB = 1024 ** 2;
const MEMBERS = ["m0", "m1", "m2"].map((name) => ({ memberId: `id-${name}`, name, tellsQuota: false }));

function reading(name: string, seconds: number, figures: Record<string, number>): EventReading {
  return { memberId: `id-${name}`, atMs: AT_MS + seconds * 1_000, figures: new Map(Object.entries(figures)) };
}

function events(readings: EventReading[], members = MEMBERS) {
  return listMetricEvents(members, readings).map(({ at, until, kind, memberId, text }) => {
    const seconds = (instant?: Date) => (instant === undefined ? null : (instant.getTime() - AT_MS) / 1_000);
    return [kind, memberId ?? null, seconds(at), seconds(until), text];
  });
}

const changed = { etcd_server_leader_changes_seen_total: 1 };

test("readings in which nothing grew tell nothing", () => {
  const figures = { etcd_disk_backend_snapshot_duration_seconds_count: 0, etcd_server_leader_changes_seen_total: 0 };
  expect(events([reading("m0", 0, figures), reading("m9", 1, changed)])).toEqual([]);
});

test("a snapshot is told with how long it took", () => {
  const name = "etcd_disk_backend_snapshot_duration_seconds";
  const why = "a backup, or a member that had fallen behind.";
  expect(events([reading("m1", 30, { [`${name}_count`]: 1, [`${name}_sum`]: 12 })])).toEqual([
    ["snapshot", "id-m1", 18, 30, `m1 sent a snapshot of its db in 12 s: ${why}`],
  ]);
  expect(events([reading("m1", 30, { [`${name}_count`]: 2, [`${name}_sum`]: 1.5 })])).toEqual([
    ["snapshot", "id-m1", 30, 30, `m1 sent 2 snapshots of its db in 1.5 s: ${why}`],
  ]);
});

test("another quota is told once, of members whose Status does not tell it", () => {
  const quota = (bytes: number) => ({ etcd_server_quota_backend_bytes: bytes });
  const readings = [quota(MIB), quota(MIB), quota(2 * MIB), quota(2 * MIB)].map((one, i) => reading("m0", i * 10, one));
  expect(events(readings)).toEqual([
    ["quota-change", "id-m0", 20, null, "The space quota of m0 went from 1.00 MiB to 2.00 MiB."],
  ]);
  expect(events(readings, [{ memberId: "id-m0", name: "m0", tellsQuota: true }])).toEqual([]);
});

describe("a change of leader", () => {
  test("that most members saw is one event", () => {
    const readings = [reading("m2", 3, changed), reading("m0", 7, changed), reading("m1", 12, changed)];
    expect(events(readings)).toEqual([
      ["leader-change", null, 3, null, "The leader changed between two looks at the members, as their metrics tell."],
    ]);
    const again = [...readings, reading("m0", 70, changed), reading("m1", 71, { ...changed })];
    expect(events(again).map(([, , at]) => at)).toEqual([3, 70]);
  });

  test("that one member alone saw is its own affair", () => {
    expect(events([reading("m0", 0, changed), reading("m1", 60, changed)])).toEqual([]);
    expect(events([reading("m0", 0, changed)], MEMBERS.slice(0, 1))).toHaveLength(1);
  });
});
