import { mkdtemp, rm } from "node:fs/promises";
import { connect, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { EtcdConnection } from "@/collectors/etcd/connection";
import { FileFollower } from "@/collectors/traffic/file-follower";
import { TrafficStore } from "@/collectors/traffic/traffic-store";
import { TrafficParams } from "@/lib/api/traffic";
import { addCluster } from "@/lib/db/clusters";
import { ensurePartitions } from "@/lib/db/partitions";
import { log } from "@/lib/log";
import { listTraffic } from "@/lib/queries/traffic";
import { useTestDb } from "@/tests/support/db";
import { startEtcd, type TestEtcd } from "@/tests/support/etcd";
import { findEtcdVersions } from "@/tests/support/etcd-versions";
import { TEST_SECRET_KEY } from "@/tests/support/worker";

/** Clients of a real etcd that logs every request: who they are is found by the addresses they come from. */

/** Reads by each address, together below the 100 a second from which etcd logs only some. */
const READS = { "127.0.0.2": 24, "127.0.0.3": 16, "127.0.0.4": 8 };
const KEY = Buffer.from("/registry/pods/default/web-0");

const testDb = useTestDb();
beforeAll(() => ensurePartitions(testDb().db, Date.now()));

describe.each(await findEtcdVersions())("etcd $version at debug level", ({ version, binary }) => {
  const proxies: Server[] = [];
  let directory: string;
  let etcd: TestEtcd;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "etcdscope-request-log-"));
    const logFile = join(directory, "etcd.log");
    const extraArgs = ["--logger", "zap", "--log-level", "debug", "--log-outputs", logFile];
    etcd = await startEtcd({ binary, extraArgs });
  });
  afterAll(async () => {
    for (const proxy of proxies) proxy.close();
    await etcd?.stop();
    await rm(directory, { recursive: true, force: true });
  });

  test("three clients are found by their addresses, each with its requests", async () => {
    for (const [address, reads] of Object.entries(READS)) await readFrom(address, reads);
    const clusterId = await register(`by-log-${version}`);
    const paths = [join(directory, "etcd.log")];
    const store = new TrafficStore(testDb().db);
    const follower = new FileFollower({ store, clusterId, source: "etcd-log", paths, log });
    const stop = new AbortController();
    const running = follower.run(stop.signal);
    await expect.poll(() => readsByAddress(clusterId)).toEqual(READS);
    stop.abort();
    await running;
    const pods = await listTraffic(testDb().db, clusterId, params({ groupBy: "verb,resource" }), Date.now());
    const reads = Object.values(READS).reduce((sum, count) => sum + count, 0);
    expect(pods.items.find(({ resource }) => resource === "pods")).toMatchObject({ verb: "range", requests: reads });
  });

  /** Through a proxy that connects from the address. */
  async function readFrom(localAddress: string, reads: number): Promise<void> {
    const proxy = createServer((socket) => {
      const upstream = connect({ host: "127.0.0.1", port: etcd.clientPort, localAddress });
      socket.pipe(upstream).pipe(socket);
      for (const end of [socket, upstream]) end.on("error", () => undefined); // the other end may close first
    });
    proxies.push(proxy);
    await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
    const endpoint = `http://127.0.0.1:${(proxy.address() as { port: number }).port}`;
    const connection = EtcdConnection.open(endpoint, { endpoints: [endpoint] });
    for (let i = 0; i < reads; i++) await connection.range({ key: KEY }, () => undefined);
    connection.close();
  }
});

function register(name: string): Promise<number> {
  return addCluster(testDb().db, { name, source: "settings", access: { endpoints: [] } }, TEST_SECRET_KEY);
}

function params(given: Record<string, string>) {
  return TrafficParams.parse({ range: "15m", source: "etcd-log", ...given });
}

/** Of the addresses the test comes from: what starts the etcd asks it as well. */
async function readsByAddress(clusterId: number): Promise<Record<string, number>> {
  const { items } = await listTraffic(testDb().db, clusterId, params({ groupBy: "sourceAddress" }), Date.now());
  const own = items.filter(({ sourceAddress }) => sourceAddress !== null && sourceAddress in READS);
  return Object.fromEntries(own.map(({ sourceAddress, requests }) => [sourceAddress, requests]));
}
