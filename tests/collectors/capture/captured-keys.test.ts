import { expect, test } from "vitest";
import { CapturedKeys } from "@/collectors/capture/captured-keys";
import { RequestCounts } from "@/collectors/capture/captured-requests";
import { WatchedKey } from "@/collectors/etcd/watch-events";
import { KeyspaceModel } from "@/collectors/keyspace/keyspace-model";
import type { TrafficEvent } from "@/lib/model/traffic";

/** The bounds of what a capture holds, against plain loops. */

const KEYS = 900;
const WRITES = 5_000;

test.each([
  { bound: "keys", limits: { keys: 100, keyBytes: 1e9, otherKeys: 1e6 } },
  { bound: "key bytes", limits: { keys: 1e6, keyBytes: 2_000, otherKeys: 1e6 } },
  { bound: "nothing", limits: { keys: 1e6, keyBytes: 1e9, otherKeys: 1e6 } },
])("with a bound of $bound nothing that was written is lost, and different keys are counted", ({ limits }) => {
  const model = new KeyspaceModel();
  const captured = new CapturedKeys(model.tree, limits);
  const truth = { puts: 0, deletes: 0, writtenBytes: 0, keys: new Set<string>() };
  for (let i = 0; i < WRITES; i++) {
    const key = `/registry/kind-${i % 7}/key-${(i * i) % KEYS}\xff`;
    const type = i % 11 === 0 ? "delete" : "put";
    const kv = watched(key, { modRevision: i + 2, valueBytes: type === "put" ? i % 50 : 0 });
    if (type === "put") model.put(kv);
    else model.delete(kv);
    captured.add(type, kv);
    truth.keys.add(key);
    if (type === "delete") truth.deletes++;
    else {
      truth.puts++;
      truth.writtenBytes += key.length + kv.valueBytes;
    }
  }
  const all = [...captured.kept.values(), ...captured.beyond.values()];
  const sum = (figure: "puts" | "deletes" | "writtenBytes") => all.reduce((total, each) => total + each[figure], 0);
  expect(captured.keys).toBe(truth.keys.size);
  expect({ puts: sum("puts"), deletes: sum("deletes"), writtenBytes: sum("writtenBytes") }).toEqual({
    puts: truth.puts,
    deletes: truth.deletes,
    writtenBytes: truth.writtenBytes,
  });
  expect(captured.kept.size).toBeLessThanOrEqual(limits.keys);
  const bytes = [...captured.kept.keys()].reduce((total, key) => total + key.length, 0);
  expect(bytes).toBeLessThanOrEqual(limits.keyBytes);
});

test("keys beyond the second bound are at least so many", () => {
  const model = new KeyspaceModel();
  const captured = new CapturedKeys(model.tree, { keys: 10, keyBytes: 1e9, otherKeys: 20 });
  for (let i = 0; i < 100; i++) captured.add("put", watched(`/k/${i}`, { modRevision: i + 2, valueBytes: 1 }));
  expect(captured.keys).toBe(30);
  expect([...captured.beyond.values()].reduce((total, { puts }) => total + puts, 0)).toBe(90);
});

test("groups of requests beyond the bound are one row a source, and none is lost", () => {
  const counts = new RequestCounts({ fromMs: 1_000, toMs: 2_000 }, 3);
  for (let i = 0; i < 10; i++) counts.hear(i % 2 ? "audit" : "etcd-log", event(`agent-${i}`));
  counts.hear("audit", event("agent-1"));
  const rows = counts.list();
  expect(rows.filter(({ isRest }) => isRest).map(({ source, requests }) => [source, requests])).toEqual([
    ["audit", 4],
    ["etcd-log", 3],
  ]);
  expect(rows.find(({ userAgent }) => userAgent === "agent-1")?.requests).toBe(2);
  expect(rows.reduce((sum, { requests }) => sum + requests, 0)).toBe(11);
  expect(counts.requests).toBe(11);
});

test.each([
  { atMs: 999, wanted: false },
  { atMs: 1_000, wanted: true },
  { atMs: 1_499, wanted: true },
  { atMs: 1_500, wanted: false },
])("a request that ended at $atMs belongs to a session from 1,000 to 1,500: $wanted", ({ atMs, wanted }) => {
  const counts = new RequestCounts({ fromMs: 1_000, toMs: 2_000 });
  counts.endAt(1_500);
  expect(counts.wants(atMs)).toBe(wanted);
});

function watched(key: string, { modRevision, valueBytes }: { modRevision: number; valueBytes: number }): WatchedKey {
  const kv = new WatchedKey();
  kv.buffer = Buffer.from(key, "latin1");
  kv.keyEnd = kv.buffer.length;
  return Object.assign(kv, { modRevision, createRevision: modRevision, version: 1, valueBytes });
}

function event(userAgent: string): TrafficEvent {
  return {
    ...{ atMs: 1_100, verb: "get", resource: "pods", namespace: "", user: null, userAgent, sourceAddress: null },
    ...{ code: 200, durationMicros: 100, responseBytes: null, etcdMicros: null, queueMicros: null },
    ...{ isUnpaged: false, isUncached: false, isClusterWide: false },
  };
}
