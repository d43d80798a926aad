import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { EtcdConnection } from "@/collectors/etcd/connection";
import { EtcdError, isCompacted, isFutureRevision } from "@/collectors/etcd/errors";
import { explainFailure } from "@/collectors/etcd/explain";
import { openAny } from "@/collectors/etcd/failover";
import type { RangeRequest } from "@/collectors/etcd/messages";
import { testConnection } from "@/collectors/etcd/test-connection";
import { startEtcd, startEtcdCluster, type TestEtcd } from "@/tests/support/etcd";
import { whileFrozen } from "@/tests/support/frozen";

const ALL_KEYS = { key: Buffer.from([0]), rangeEnd: Buffer.from([0]) };
const cleanUps: (() => unknown)[] = [];

function connect(etcd: TestEtcd, user: { username?: string; password?: string } = {}): EtcdConnection {
  const connection = EtcdConnection.open(etcd.endpoint, { endpoints: [etcd.endpoint], ...user });
  cleanUps.push(() => connection.close());
  return connection;
}

async function readAll(connection: EtcdConnection, request: Partial<RangeRequest> = {}) {
  const kvs: { key: string; value: number; create: number; mod: number; version: number; lease: string | undefined }[] =
    [];
  const answer = await connection.range({ ...ALL_KEYS, ...request }, (kv) => {
    const { valueBytes: value, createRevision: create, modRevision: mod, version, leaseId: lease } = kv;
    kvs.push({ key: kv.copyKey().toString("base64"), value, create, mod, version, lease });
  });
  return { answer, kvs };
}

interface CtlKeyValue {
  key: string;
  value?: string;
  create_revision: number;
  mod_revision: number;
  version: number;
  lease?: number;
}

afterAll(async () => {
  for (const cleanUp of cleanUps.reverse()) await cleanUp();
});

describe("one member", () => {
  let etcd: TestEtcd;
  let connection: EtcdConnection;
  beforeAll(async () => {
    etcd = await startEtcd();
    cleanUps.push(() => etcd.stop());
    connection = connect(etcd);
    for (const key of ["/a", "/b/c", "key\nwith\tcontrols", "snow☃"]) await etcd.etcdctl("put", key, `value of ${key}`);
    await etcd.etcdctl("put", "/a", "second");
    await etcd.etcdctl("put", "/empty", "");
    await etcd.etcdctlWithInput("x".repeat(1_400_000), "put", "/large");
    await etcd.etcdctl("put", "/gone", "1");
    await etcd.etcdctl("del", "/gone");
  });

  test("a range equals what etcdctl says", async () => {
    const lease = /lease (\w+) granted/.exec(await etcd.etcdctl("lease", "grant", "600"))?.[1] as string;
    await etcd.etcdctl("put", "/leased", "x", `--lease=${lease}`);
    const { kvs, answer } = await readAll(connection);
    const truth = JSON.parse(await etcd.etcdctl("get", "", "--prefix", "-w", "json")) as {
      header: { revision: number };
      kvs: CtlKeyValue[];
      count: number;
    };
    expect(kvs.map(({ lease: _, ...kv }) => kv)).toEqual(
      truth.kvs.map((kv) => ({
        key: kv.key,
        value: Buffer.from(kv.value ?? "", "base64").length,
        create: kv.create_revision,
        mod: kv.mod_revision,
        version: kv.version,
      })),
    );
    expect(answer).toMatchObject({ revision: truth.header.revision, count: truth.count, more: false, kvs: kvs.length });
    expect(kvs.filter((kv) => kv.lease !== undefined)).toMatchObject([{ lease: lease.padStart(16, "0") }]);
    const left = await connection.leaseTimeToLive(lease);
    expect(left.grantedTtlSeconds).toBe(600);
    expect(left.ttlSeconds).toBeGreaterThan(300);
    expect((await connection.leaseTimeToLive("7fffffffffffffff")).ttlSeconds).toBe(-1);
  });

  test("limit, count only, keys only, serializable, an older revision", async () => {
    expect((await readAll(connection, { limit: 2, serializable: true })).answer).toMatchObject({ kvs: 2, more: true });
    expect((await readAll(connection, { countOnly: true })).answer).toMatchObject({ kvs: 0, count: 7 });
    expect((await readAll(connection, { keysOnly: true })).kvs.every(({ value }) => value === 0)).toBe(true);
    expect((await readAll(connection, { revision: 2 })).kvs).toMatchObject([{ mod: 2, version: 1 }]);
  });

  test("a revision that is compacted or to come", async () => {
    await etcd.etcdctl("compact", "3");
    const compacted = await readAll(connection, { revision: 2 }).catch((error: unknown) => error);
    expect(isCompacted(compacted)).toBe(true);
    const future = await readAll(connection, { revision: 999_999 }).catch((error: unknown) => error);
    expect(isFutureRevision(future)).toBe(true);
  });

  test("status, members, alarms", async () => {
    const status = await connection.status();
    const truth = JSON.parse(await etcd.etcdctl("endpoint", "status", "-w", "json"))[0].Status;
    expect(status).toMatchObject({
      version: truth.version,
      revision: truth.header.revision,
      errors: [],
      isLearner: false,
    });
    expect(BigInt(`0x${status.memberId}`)).toBe(BigInt(await etcdctlMemberId(etcd)));
    expect(status.leaderId).toBe(status.memberId);
    const { members, clusterId } = await connection.memberList();
    expect(clusterId).toBe(status.clusterId);
    expect(members).toMatchObject([{ memberId: status.memberId, name: "default", clientUrls: [etcd.endpoint] }]);
    expect(await connection.alarmList()).toEqual([]);
  });

  test("a call that is aborted fails with the signal's reason", async () => {
    const stop = new AbortController();
    const calls = [
      connection.status({ signal: stop.signal }),
      connection.range(ALL_KEYS, () => undefined, { signal: stop.signal }),
    ];
    stop.abort(new Error("enough"));
    for (const call of calls) await expect(call).rejects.toThrow("enough");
    await expect(connection.status({ signal: stop.signal })).rejects.toThrow("enough");
  });

  test("a deadline is an EtcdError that names the endpoint", async () => {
    // A member that can answer may do so within any deadline.
    const error = await whileFrozen(etcd.pid, () =>
      connection.range(ALL_KEYS, () => undefined, { deadlineMs: 100 }).catch((fault: unknown) => fault),
    );
    expect(error).toBeInstanceOf(EtcdError);
    expect(error).toMatchObject({ endpoint: etcd.endpoint, method: "Range", code: 4 });
  });

  test("it connects anew when etcd has restarted", async () => {
    await etcd.kill();
    await expect(connection.status()).rejects.toThrow(EtcdError);
    await etcd.restart();
    await expect
      .poll(
        () =>
          connection.status().then(
            () => true,
            () => false,
          ),
        { timeout: 60_000 },
      )
      .toBe(true);
  });
});

describe("a user", () => {
  let etcd: TestEtcd;
  beforeAll(async () => {
    etcd = await startEtcd({ auth: { rootPassword: "secret" }, extraArgs: ["--auth-token", "simple"] });
    cleanUps.push(() => etcd.stop());
    await etcd.etcdctl("role", "add", "reader");
    await etcd.etcdctl("role", "grant-permission", "reader", "--prefix=true", "read", "");
    await etcd.etcdctl("user", "add", "reader:right");
    await etcd.etcdctl("user", "grant-role", "reader", "reader");
  });

  test("logs in by itself, and again when the token is no longer known", async () => {
    const connection = connect(etcd, { username: "reader", password: "right" });
    expect((await readAll(connection)).answer.count).toBe(0);
    await etcd.pause();
    await etcd.restart(); // simple tokens live in the member's memory
    await expect
      .poll(() => readAll(connection).then(({ answer }) => answer.count, String), { timeout: 60_000 })
      .toBe(0);
  });

  test("logs in again when users and roles have changed", async () => {
    const connection = connect(etcd, { username: "reader", password: "right" });
    await readAll(connection);
    await etcd.etcdctl("role", "add", "unrelated");
    expect((await readAll(connection)).answer.count).toBe(0);
  });

  test("is not needed where etcd runs without authentication", async () => {
    const open = await startEtcd();
    cleanUps.push(() => open.stop());
    const connection = connect(open, { username: "reader", password: "right" });
    expect(await connection.authenticate()).toBe(false);
    expect((await readAll(connection)).answer.count).toBe(0);
  });
});

describe("three members", () => {
  let members: TestEtcd[];
  beforeAll(async () => {
    members = await startEtcdCluster(3);
    cleanUps.push(() => Promise.all(members.map((member) => member.stop())));
  });

  test("a follower is taken, and another member when that one dies", async () => {
    const access = { endpoints: members.map(({ endpoint }) => endpoint) };
    const first = await openAny(access);
    cleanUps.push(() => first.connection.close());
    expect(first.failures).toEqual([]);
    expect(first.status.leaderId).not.toBe(first.status.memberId);
    await members.find(({ endpoint }) => endpoint === first.connection.endpoint)?.kill();
    const second = await openAny(access);
    cleanUps.push(() => second.connection.close());
    expect(second.connection.endpoint).not.toBe(first.connection.endpoint);
    expect(second.status.clusterId).toBe(first.status.clusterId);
    expect(second.failures).toMatchObject([{ endpoint: first.connection.endpoint, error: expect.any(EtcdError) }]);
    expect((await readAll(second.connection, { serializable: true })).answer.count).toBe(0);
  });
});

test("a learner is taken only where there is nobody else", async () => {
  const voter = await startEtcd({ name: "voter" });
  const learner = await startEtcd({ name: "learner", learnerOf: voter });
  cleanUps.push(() => Promise.all([learner.stop(), voter.stop()]));
  const both = await openAny({ endpoints: [learner.endpoint, voter.endpoint] });
  const alone = await openAny({ endpoints: [learner.endpoint] });
  cleanUps.push(
    () => both.connection.close(),
    () => alone.connection.close(),
  );
  expect(both.connection.endpoint).toBe(voter.endpoint);
  expect(alone.status).toMatchObject({ isLearner: true, clusterId: both.status.clusterId });
  expect((await readAll(alone.connection, { serializable: true })).answer.count).toBe(0);
  const refused = await alone.connection.memberList().catch((error: unknown) => error);
  const access = { endpoints: [learner.endpoint] };
  expect((await explainFailure(refused, { endpoint: "", access })).reason).toContain("is a learner");
  expect(await testConnection(access)).toMatchObject({ ok: true, members: null });
});

/** As a decimal number, from the JSON's text: JSON.parse would round it. */
async function etcdctlMemberId(etcd: TestEtcd): Promise<string> {
  return /"member_id":(\d+)/.exec(await etcd.etcdctl("endpoint", "status", "-w", "json"))?.[1] ?? "";
}
