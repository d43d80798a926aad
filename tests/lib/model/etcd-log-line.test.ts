import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { reduceLogLine } from "@/lib/model/etcd-log-line";
import { LOG_SIGNAL_KINDS } from "@/lib/model/log-signals";
import type { TrafficEvent } from "@/lib/model/traffic";
import { checkReducedLine, hostileLogLine } from "./hostile-events";
import { recordedLogLines } from "./recorded-events";

function reduceAll(lines: string[]) {
  const reduced = lines.map(reduceLogLine);
  const events = reduced.flatMap((one) => ("event" in one && one.event ? [one.event] : []));
  const signals = reduced.flatMap((one) => ("signal" in one && one.signal ? [one.signal] : []));
  return { events, signals, faults: reduced.filter((one) => "fault" in one) };
}

function countBy<Item>(items: Item[], key: (item: Item) => string | null): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const item of items) counts[String(key(item))] = (counts[String(key(item))] ?? 0) + 1;
  return counts;
}

describe.each(["3.4", "3.5", "3.6"] as const)("the recorded log of etcd %s", (version) => {
  const lines = recordedLogLines(version);
  const parsed = lines.map((line) => JSON.parse(line));
  const { events, signals, faults } = reduceAll(lines);

  test("every logged request is an event, by method and address", () => {
    const requests = parsed.filter(({ msg }) => msg === "request stats");
    expect(faults).toEqual([]);
    expect(events.length).toBe(requests.length);
    const methodOf = (line: Record<string, string>) => (line["response type"] ?? "").split("/")[2] ?? "";
    expect(countBy(events, ({ verb }) => (verb ?? "").replaceAll("-", ""))).toEqual(
      countBy(requests, (line) => methodOf(line).toLowerCase()),
    );
    expect(countBy(events, ({ sourceAddress }) => sourceAddress)).toEqual(
      countBy(requests, ({ remote }) => remote.replace(/:\d+$/, "")),
    );
    expect(events.reduce((sum, { responseBytes }) => sum + (responseBytes ?? 0), 0)).toBe(
      requests.reduce((sum, line) => sum + Math.max(0, line["response size"]), 0),
    );
  });

  test("slow applies and traces are signals with their times", () => {
    const slow = parsed.filter(({ msg }) => msg === "apply request took too long");
    const traces = parsed.filter(({ msg }) => msg.startsWith("trace["));
    const kinds = countBy(signals, ({ kind }) => kind);
    expect(kinds["apply-took-too-long"] ?? 0).toBe(slow.length);
    expect(kinds.trace ?? 0).toBe(traces.length);
    const micros = (text: string) =>
      text.endsWith("ms") ? Math.round(Number(text.slice(0, -2)) * 1e3) : Math.round(Number(text.slice(0, -1)) * 1e6);
    const told = signals.filter(({ kind }) => kind === "apply-took-too-long").map((signal) => signal.micros);
    expect(told).toEqual(slow.map(({ took }) => micros(took)));
  });
});

const stats = (content: string, more: object = {}) => {
  const line = {
    level: "debug",
    ts: "2026-11-21T07:57:34.104Z",
    msg: "request stats",
    "time spent": "225.621µs",
    remote: "127.0.0.1:54344",
    "response type": "/etcdserverpb.KV/Range",
    "response size": 959,
    "request content": content,
    ...more,
  };
  const reduced = reduceLogLine(JSON.stringify(line));
  return ("event" in reduced && reduced.event) || expect.fail(JSON.stringify(reduced));
};

test.each<[string, Partial<TrafficEvent>]>([
  [
    'key:"/registry/pods/ns-4/app-59" limit:1 ',
    { resource: "pods", namespace: "ns-4", isUnpaged: false, isUncached: true, isClusterWide: false },
  ],
  [
    'key:"/registry/pods/" range_end:"/registry/pods0" ',
    { resource: "pods", namespace: "", isUnpaged: true, isUncached: true, isClusterWide: true },
  ],
  [
    'key:"/registry/pods/ns-1/a\\000" range_end:"/registry/pods0" limit:500 revision:7 serializable:true ',
    { resource: "pods", namespace: "", isUnpaged: false, isUncached: false, isClusterWide: true },
  ],
  [
    'key:"/registry/pods/ns-1/" range_end:"/registry/pods/ns-10" ',
    { resource: "pods", namespace: "ns-1", isUnpaged: true, isClusterWide: false },
  ],
  ['key:"/registry/pods/" range_end:"/registry/pods0" count_only:true ', { isUnpaged: false }],
  ['key:"/registry/apps.example.com/widgets/a/b" ', { resource: "widgets.apps.example.com", namespace: "a" }],
  ['key:"/registry/minions/node-1" ', { resource: "nodes", namespace: "" }],
  ['key:"/registry/pods" limit:1 ', { resource: "pods" }],
  ['key:"\\000" range_end:"\\000" ', { resource: "(top level)", isUnpaged: true }],
  ['key:"/app/users/17/name" ', { resource: "/app/users/", namespace: null }],
  ['key:"users:17:name" ', { resource: "users:17:" }],
  ['key:"counter" ', { resource: "(top level)" }],
  ['key:"/registry/pods/ns-4/cut of', { resource: "pods", namespace: "ns-4" }],
  ['key:"/a/\\"serializable:true limit:1/b" ', { resource: '/a/"serializable:true limit:1/', isUncached: true }],
  ["", { resource: null }],
])("a range of %s", (content, wanted) => {
  expect(stats(content)).toMatchObject(wanted);
});

test("a transaction is counted under its first key, whatever it does", () => {
  const content =
    'compare:<target:MOD key:"/registry/leases/kube-node-lease/n" mod_revision:3 > success:<request_put:<key:"/x" value_size:1 >> failure:<>';
  expect(stats(content, { "response type": "/etcdserverpb.KV/Txn" })).toMatchObject({
    ...{ verb: "txn", resource: "leases.coordination.k8s.io", namespace: "kube-node-lease" },
    ...{ isUncached: false, isUnpaged: false, durationMicros: 226, responseBytes: 959 },
  });
});

test.each([
  ["[::1]:54344", "::1"],
  ["[fe80::1%eth0]:1", "fe80::1"],
  ["10.0.0.7:2379", "10.0.0.7"],
  ["@", null],
  ["", null],
])("the address of %s is %s", (remote, address) => {
  expect(stats("", { remote }).sourceAddress).toBe(address);
});

// etcd's own messages, of 3.4 to 3.6.
test.each([
  [{ msg: "slow fdatasync", took: "1.263337456s", "expected-duration": "1s" }, "slow-fdatasync", 1_263_337],
  [
    {
      msg: "leader failed to send out heartbeat on time; took too long, leader is overloaded likely from slow disk",
      ...{ to: "63b75c3d731594fc", "exceeded-duration": "61.150187ms" },
    },
    "heartbeat-late",
    61_150,
  ],
  [{ msg: "waiting for ReadIndex response took too long, retrying", "retry-timeout": "500ms" }, "slow-request", null],
  [
    { msg: "timed out waiting for read index response (local node might have slow network)", timeout: "7s" },
    "request-timeout",
    7_000_000,
  ],
  [
    { msg: "dropped internal Raft message since sending buffer is full (overloaded network)" },
    "overloaded-network",
    null,
  ],
  [{ msg: "prober found high clock drift", "clock-drift": "8m0.640985013s" }, "clock-difference", 480_640_985],
  [{ msg: "failed to reach the peer URL", error: "i/o timeout" }, "peer-unreachable", null],
  [{ msg: "raft.node: a elected leader b at term 4" }, "leader-changed", null],
  [{ msg: "raft.node: a changed leader from b to c at term 4" }, "leader-changed", null],
  [{ msg: "raft.node: a lost leader b at term 4" }, "leader-lost", null],
  [{ msg: "a is starting a new election at term 3" }, "election", null],
  [{ msg: "finished scheduled compaction", took: "1m4.586516881s" }, "compaction", 64_586_517],
  [{ msg: "finished defragmenting directory", took: "1.5s" }, "defragmentation", 1_500_000],
  [{ msg: "saved snapshot", "snapshot-index": 100_028 }, "snapshot", null],
  [{ msg: "alarm raised", alarm: "NOSPACE" }, "space-exceeded", null],
  [{ msg: "failed to apply", error: "etcdserver: mvcc: database space exceeded" }, "space-exceeded", null],
  [{ msg: "failed to publish", error: "etcdserver: request timed out" }, "request-timeout", null],
])("%j is %s", (fields, kind, micros) => {
  const reduced = reduceLogLine(JSON.stringify({ level: "warn", ts: "2026-11-21T07:57:34.104Z", ...fields }));
  expect(reduced).toMatchObject({ signal: { kind, micros, atMs: Date.parse("2026-11-21T07:57:34.104Z") } });
  expect(LOG_SIGNAL_KINDS).toContain(kind);
});

test("an example shows keys and times, and nothing of a value", () => {
  const line = {
    ...{ ts: "2026-11-21T07:57:34.104Z", msg: "apply request took too long", took: "1s", password: "hush" },
    request: 'header:<ID:7 > put:<key:"/registry/secrets/a/b" value:"TOP SECRET" lease:3 >',
    value: "TOP SECRET",
  };
  const reduced = reduceLogLine(JSON.stringify(line));
  const example = ("signal" in reduced && reduced.signal?.example) || "";
  expect(example).toContain("/registry/secrets/a/b");
  expect(example).not.toMatch(/SECRET|hush/);
});

test.each([
  '2022-07-04T06:35:26.512448489Z {"level":"warn","ts":"2022-07-04T06:35:26.512Z","msg":"slow fdatasync","took":"2s"}',
  '2022-07-04T06:35:26.5Z stderr F {"level":"warn","ts":"2022-07-04T06:35:26.512Z","msg":"slow fdatasync","took":"2s"}',
  'Apr  7 16:25:14 n1 etcd[884]: {"level":"warn","ts":"2022-04-07T16:25:14.635+0800","msg":"slow fdatasync","took":"2s"}',
  '{"log":"{\\"ts\\":\\"2022-07-04T06:35:26.512Z\\",\\"msg\\":\\"slow fdatasync\\",\\"took\\":\\"2s\\"}\\n","stream":"stderr"}',
])("what a runtime or a shipper puts around a line is stepped over: %s", (line) => {
  expect(reduceLogLine(line)).toMatchObject({ signal: { kind: "slow-fdatasync", micros: 2_000_000 } });
});

test.each([
  ["2020-01-15 22:08:31.613174 I | mvcc: store.index: compact 446329", "not-json"],
  ["", "not-json"],
  ['{"level":"info"', "not-json"],
  ["[1,2]", "not-json"],
  ['{"level":"info"}', "not-an-event"],
  ['{"msg":"request stats","ts":"soon"}', "bad-time"],
])("%s is refused as %s", (line, fault) => {
  expect(reduceLogLine(line)).toEqual({ fault });
});

test("a line that tells nothing of interest is skipped", () => {
  expect(reduceLogLine('{"level":"info","ts":"2026-11-21T07:56:18.836Z","msg":"serving metrics"}')).toEqual({
    skip: "nothing-to-count",
  });
});

test("whatever a line is, nothing is thrown and nothing is long", () => {
  fc.assert(
    fc.property(hostileLogLine(), (line) => checkReducedLine(line)),
    { numRuns: 2_000 },
  );
});
