import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { EtcdConnection } from "@/collectors/etcd/connection";
import { FileFollower } from "@/collectors/traffic/file-follower";
import { TrafficIngest } from "@/collectors/traffic/ingest";
import { ensurePartitions } from "@/lib/db/partitions";
import { log } from "@/lib/log";
import { TestCaptures } from "@/tests/support/captures";
import { useTestDb } from "@/tests/support/db";
import { startEtcd, type TestEtcd } from "@/tests/support/etcd";
import { findEtcdVersions } from "@/tests/support/etcd-versions";
import { sendAudit } from "@/tests/support/ingest-rows";

/** Requests of a session, told by the log of a real etcd and by audit events, against plain loops over what was sent. */

const testDb = useTestDb();
beforeAll(() => ensurePartitions(testDb().db, Date.now()));

describe.each(await findEtcdVersions())("requests in a capture of etcd $version", ({ binary }) => {
  let etcd: TestEtcd;
  let captures: TestCaptures;
  let directory: string;
  let logFile: string;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "etcdscope-capture-"));
    logFile = join(directory, "etcd.log");
    const extraArgs = ["--logger", "zap", "--log-level", "debug", "--log-outputs", logFile];
    etcd = await startEtcd({ binary, extraArgs });
    captures = await TestCaptures.start(testDb(), etcd.endpoint);
  });
  afterAll(async () => {
    await captures?.stop();
    await etcd?.stop();
    await rm(directory, { recursive: true, force: true });
  });

  test("lines of etcd's log are counted, also when they come after its end", async () => {
    await readSecrets("before", 5);
    const id = await captures.ask(15);
    await expect.poll(() => captures.stateOf(id)).toBe("running");
    await readSecrets("within", 10);
    const { row, summary } = await captures.finished(id);
    expect(summary.requests).toBeNull(); // nobody has read the log so far
    await readSecrets("after", 5);
    const { clusterId, store } = captures;
    const follower = new FileFollower({ store, clusterId, source: "etcd-log", paths: [logFile], log });
    const ending = new AbortController();
    const following = follower.run(ending.signal);
    const truth = await countLines(row);
    expect(truth).toBeGreaterThan(0);
    await expect.poll(() => countSecrets(id), { timeout: 120_000 }).toBe(truth);
    ending.abort();
    await following;
    const { requests, summary: renewed } = await captures.reportOf(id);
    expect(requests.find(({ resource }) => resource === "secrets")).toMatchObject({
      ...{ source: "etcd-log", verb: "range", user: null, sourceAddress: "127.0.0.1" },
    });
    expect(renewed.requests).toBe(requests.reduce((sum, each) => sum + each.requests, 0));
  });

  test("audit events are counted once each, by who they came from, those of other times not", async () => {
    const { clusterId, store } = captures;
    const { db, sql } = testDb();
    const ingest = new TrafficIngest({ db, sql, store, isFollowed: () => false });
    const id = await captures.ask(10);
    await expect.poll(() => captures.stateOf(id)).toBe("running");
    const startMs = Number((await captures.read(id))?.startedAt);
    const lines = [-60_000, 2_000, 3_000, 4_000, 60_000].map((afterMs, i) =>
      auditLine(`${id}-${i}`, startMs + afterMs),
    );
    await sendAudit(db, clusterId, lines);
    await sendAudit(db, clusterId, lines); // sent twice
    await ingest.round();
    await captures.finished(id);
    await sendAudit(db, clusterId, [auditLine(`${id}-late`, startMs + 5_000)]);
    await ingest.round();
    const audited = async () => (await captures.reportOf(id)).requests.filter(({ source }) => source === "audit");
    await expect
      .poll(audited, { timeout: 120_000 })
      .toMatchObject([{ verb: "list", resource: "pods", user: "<b>eve</b>", userAgent: "=loop()", requests: 4 }]);
  });

  /** Reads keys until etcd has logged so many of the reads: of many a second it logs some. */
  async function readSecrets(name: string, lines: number): Promise<void> {
    const connection = EtcdConnection.open(etcd.endpoint, { endpoints: [etcd.endpoint] });
    const logged = async () => {
      await connection.range({ key: Buffer.from(`/registry/secrets/${name}/s`) }, () => undefined);
      return (await secretLines()).filter((line) => line.includes(`/registry/secrets/${name}/`)).length;
    };
    try {
      await expect.poll(logged).toBeGreaterThanOrEqual(lines);
    } finally {
      connection.close();
    }
  }

  async function secretLines(): Promise<string[]> {
    const lines = (await readFile(logFile, "utf8")).split("\n");
    return lines.filter((line) => /"request content":"key:\\"\/registry\/secrets\/(before|within|after)\//.test(line));
  }

  async function countLines({ startedAt, endedAt }: { startedAt: Date | null; endedAt: Date | null }): Promise<number> {
    const times = (await secretLines()).map((line) => Math.floor(Date.parse(JSON.parse(line).ts)));
    return times.filter((atMs) => atMs >= Number(startedAt) && atMs < Number(endedAt)).length;
  }

  async function countSecrets(id: string): Promise<number> {
    const { requests } = await captures.reportOf(id);
    return requests
      .filter(({ resource, verb }) => resource === "secrets" && verb === "range")
      .reduce((sum, each) => sum + each.requests, 0);
  }
});

function auditLine(auditID: string, endMs: number): string {
  const at = new Date(endMs).toISOString();
  return JSON.stringify({
    ...{ kind: "Event", auditID, stage: "ResponseComplete", verb: "list", requestURI: "/api/v1/pods" },
    ...{ user: { username: "<b>eve</b>" }, userAgent: "=loop()", sourceIPs: ["10.0.0.9"] },
    objectRef: { resource: "pods", apiVersion: "v1" },
    ...{ responseStatus: { code: 200 }, requestReceivedTimestamp: at, stageTimestamp: at },
  });
}
