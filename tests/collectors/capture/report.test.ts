import { expect, test } from "vitest";
import { RequestCounts } from "@/collectors/capture/captured-requests";
import { CapturedWrites } from "@/collectors/capture/captured-writes";
import { toReport, toSummary } from "@/collectors/capture/report";
import { WatchedKey } from "@/collectors/etcd/watch-events";
import { KeyspaceModel } from "@/collectors/keyspace/keyspace-model";
import { decodeCaptureReport, encodeCaptureReport } from "@/lib/model/capture-codec";

/** Reports of more keys than one holds, against plain loops. */

const KEPT = 20_000;

test.each([
  { keys: 19_999, writesOf: (i: number) => 1 + (i % 5), what: "room for all" },
  { keys: 20_000, writesOf: () => 1, what: "just room for all" },
  { keys: 30_000, writesOf: (i: number) => 1 + (i % 3), what: "no room for the lightest" },
  { keys: 30_000, writesOf: () => 2, what: "no room, all alike" },
])("$keys keys, $what: the heaviest stand apart, and nothing is lost", async ({ keys, writesOf }) => {
  const session = sessionOf(keys, writesOf);
  const summary = toSummary(session, true);
  const report = toReport(session, summary);
  const truth = Array.from({ length: keys }, (_, i) => writesOf(i)).sort((a, b) => b - a);
  expect(report.keys.map(({ puts }) => puts)).toEqual(truth.slice(0, KEPT));
  expect(new Set(report.keys.map(({ keyBase64 }) => keyBase64)).size).toBe(Math.min(keys, KEPT));
  expect(summary.keys).toBe(keys);
  expect(report.otherKeys.keys).toBe(keys - report.keys.length);
  expect(report.otherKeys.puts).toBe(truth.slice(KEPT).reduce((sum, puts) => sum + puts, 0));
  expect(report.prefixes.find(({ prefixBase64 }) => prefixBase64 === "")).toMatchObject({ keys, puts: summary.puts });
  expect(summary.requests).toBe(0); // somebody would have told of them
  expect(await decodeCaptureReport(1, await encodeCaptureReport(report))).toEqual(report);
});

test("a report of a later version, or damaged, is refused", async () => {
  const payload = await encodeCaptureReport(
    toReport(
      sessionOf(1, () => 1),
      toSummary(
        sessionOf(1, () => 1),
        false,
      ),
    ),
  );
  await expect(decodeCaptureReport(2, payload)).rejects.toThrow(/unknown capture format 2/);
  await expect(decodeCaptureReport(1, payload.subarray(0, 20))).rejects.toThrow();
});

function sessionOf(keys: number, writesOf: (i: number) => number) {
  const { tree } = new KeyspaceModel();
  const writes = new CapturedWrites({ tree, afterRevision: 1, atMs: 0, seconds: 10 });
  let revision = 1;
  for (let i = 0; i < keys; i++) {
    const kv = new WatchedKey();
    kv.buffer = Buffer.from(`/registry/kind-${i % 9}/${i}`);
    kv.keyEnd = kv.buffer.length;
    tree.nodeOf(kv.buffer, 0, kv.keyEnd, true);
    for (let left = writesOf(i); left > 0; left--) writes.hear("put", Object.assign(kv, { modRevision: ++revision }));
  }
  writes.complete(revision);
  const requests = new RequestCounts({ fromMs: 0, toMs: 10_000 });
  return { tree, writes, requests, startMs: 0, endMs: 10_000, interruption: null, closeRequests: () => undefined };
}
