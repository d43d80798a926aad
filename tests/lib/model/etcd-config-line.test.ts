import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { packConfigs, unpackConfigs } from "@/lib/model/etcd-config-line";
import { reduceLogLine } from "@/lib/model/etcd-log-line";
import { decodeIngestBatch, emptyIngestBatch, encodeIngestBatch } from "@/lib/model/ingest-batch";

function readLog(version: string): string[] {
  const file = new URL(`../../fixtures/etcd-${version}-log.jsonl.gz`, import.meta.url);
  return gunzipSync(readFileSync(file)).toString().split("\n");
}

function configOf(line: string) {
  const reduced = reduceLogLine(line);
  return "config" in reduced ? (reduced.config ?? null) : null;
}

const line = (fields: object) =>
  JSON.stringify({ ts: "2026-11-21T07:02:39.169Z", msg: "starting an etcd server", name: "m0", ...fields });

describe.each([
  { version: "3.4", member: "n12479", quota: "8589934592", snapshots: "100000" },
  { version: "3.5", member: "n12379", quota: "8589934592", snapshots: "100000" },
  { version: "3.6", member: "cp-1", quota: "2147483648", snapshots: "10000" },
])("the log of etcd $version", ({ version, member, quota, snapshots }) => {
  test("tells how the member was started", () => {
    const starts = readLog(version).filter((text) => text.includes('"starting an etcd server"'));
    expect(starts.length).toBeGreaterThan(0);
    const config = configOf(starts[0] as string);
    expect(config?.member).toBe(member);
    expect(config?.startedAtMs).toBe(Date.parse(JSON.parse(starts[0] as string).ts));
    expect(Object.fromEntries(config?.settings ?? [])).toMatchObject({
      "heartbeat-interval": "100ms",
      "election-timeout": "1s",
      "snapshot-count": snapshots,
      "quota-backend-bytes": quota,
      "max-request-bytes": "1572864",
      "auto-compaction-mode": "periodic",
      "auto-compaction-retention": "0s",
    });
  });
});

test("what is known by no name, no text or too long is not kept", () => {
  const config = configOf(
    line({
      "data-dir": "/var/lib/etcd",
      "discovery-user": "root:secret",
      "snapshot-count": { deep: [1] },
      "election-timeout": "x".repeat(10_000),
      "heartbeat-interval": "1\u0000\ud800",
      "max-learners": null,
      "pre-vote": true,
    }),
  );
  expect(Object.fromEntries(config?.settings ?? [])).toEqual({
    "election-timeout": "x".repeat(100),
    "heartbeat-interval": "1\ufffd\ufffd",
    "pre-vote": "true",
  });
});

test("hostile names of settings and members do no harm", () => {
  const hostile = `{"ts":1764000000,"msg":"starting an etcd server","name":"__proto__","__proto__":{"pre-vote":true},"snapshot-count":1}`;
  const config = configOf(hostile);
  expect(config?.member).toBe("__proto__");
  expect([...(config?.settings ?? [])]).toEqual([["snapshot-count", "1"]]);
  for (const fields of [{ name: "" }, { name: 7 }, { name: null }, { name: ["a"] }]) {
    expect(reduceLogLine(line(fields))).toEqual({ skip: "nothing-to-count" });
  }
  expect(reduceLogLine(line({ ts: "yesterday" }))).toEqual({ fault: "bad-time" });
});

test("it travels in a batch; a batch without is written as before", () => {
  const config = configOf(line({ "pre-vote": false, "snapshot-count": 5 }));
  if (config === null) throw new Error("no configuration");
  const batch = { ...emptyIngestBatch(), configs: [config, { ...config, member: "__proto__" }] };
  const packed = encodeIngestBatch(batch);
  expect(decodeIngestBatch(packed.format, packed.payload, packed.eventIds)).toEqual(batch);
  expect(encodeIngestBatch(emptyIngestBatch()).format).toBe(1);
});

test.each(["", "{}", "7", "[7]", '[["a"]]', '[["a",1,"b"]]', '[["a",1,["b"]]]', '[["a","1",["b","c"]]]'])(
  "damage is told: %s",
  (text) => {
    expect(() => unpackConfigs(text)).toThrow();
  },
);

test("nothing packed is nothing", () => {
  expect(unpackConfigs(packConfigs([]))).toEqual([]);
});
