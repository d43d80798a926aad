import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { EtcdConnection } from "@/collectors/etcd/connection";
import type { StatusAnswer } from "@/collectors/etcd/messages";
import { findFault, MemberGate } from "@/collectors/keyspace/gate";
import { scanKeyspace } from "@/collectors/keyspace/scan";
import { startEtcd, type TestEtcd } from "../../support/etcd";
import { whileFrozen } from "../../support/frozen";

const QUOTA_BYTES = 16 * 1024 ** 2;

let etcd: TestEtcd;
let connection: EtcdConnection;

beforeAll(async () => {
  etcd = await startEtcd({ extraArgs: [`--quota-backend-bytes=${QUOTA_BYTES}`] });
  connection = EtcdConnection.open(etcd.endpoint, { endpoints: [etcd.endpoint] });
});

afterAll(async () => {
  connection?.close();
  await etcd?.stop();
});

describe("a member", () => {
  const well: StatusAnswer = {
    ...{
      clusterId: "1",
      memberId: "2",
      revision: 9,
      raftTerm: 2,
      version: "3.5.30",
      dbSizeBytes: 1,
      dbSizeInUseBytes: 1,
    },
    ...{
      leaderId: "2",
      raftIndex: 5_000,
      raftAppliedIndex: 4_000,
      errors: [],
      isLearner: false,
      quotaBackendBytes: null,
    },
  };
  test.each<{ what: string; status: StatusAnswer; tookMs: number; fault: string | null }>([
    { what: "a little behind", status: well, tookMs: 1_000, fault: null },
    { what: "far behind", status: { ...well, raftAppliedIndex: 3_999 }, tookMs: 1, fault: "1001 entries behind" },
    { what: "slow", status: well, tookMs: 1_001, fault: "took 1.0 s" },
    { what: "without a leader", status: { ...well, leaderId: null }, tookMs: 1, fault: "no leader" },
    { what: "out of space", status: { ...well, errors: ["2 alarm:NOSPACE"] }, tookMs: 1, fault: "NOSPACE" },
    { what: "with another alarm", status: { ...well, errors: ["2 alarm:CORRUPT"] }, tookMs: 1, fault: null },
  ])("that is $what: $fault", ({ status, tookMs, fault }) => {
    const found = findFault(status, tookMs, "http://m");
    if (fault === null) expect(found).toBeNull();
    else expect(found).toContain(fault);
  });
});

/** A gate on the real member, and what it says. */
function openGate() {
  const holds: (string | null)[] = [];
  const gate = new MemberGate({
    connection,
    onHold: (reason) => holds.push(reason),
    signal: AbortSignal.timeout(60_000),
  });
  return { gate, holds };
}

test("a member that is well is let read, and looked at now and then only", async () => {
  const { gate, holds } = openGate();
  for (let i = 0; i < 50; i++) await gate.pass();
  expect(holds.filter((reason) => reason !== null && !reason.includes("took"))).toEqual([]); // this machine may be slow
});

test("while a member is silent, reads wait until it answers again", async () => {
  const { gate, holds } = openGate();
  let hasPassed = false;
  let passing: Promise<void> | undefined;
  await whileFrozen(etcd.pid, async () => {
    passing = gate.pass().then(() => {
      hasPassed = true;
    });
    await expect.poll(() => holds.join()).toContain("does not answer");
    expect(hasPassed).toBe(false);
  });
  await passing;
  expect(holds.at(-1)).toBeNull();
});

test("a scan waits while the member is out of space, says why, and goes on when the alarm is disarmed", async () => {
  const value = "v".repeat(900_000);
  let isFull = false;
  for (let i = 0; !isFull && i < 60; i++) {
    await etcd.etcdctlWithInput(value, "put", `/full/${i}`).catch(() => {
      isFull = true;
    });
  }
  expect(isFull).toBe(true);
  const holds: (string | null)[] = [];
  let pages = 0;
  const scanning = scanKeyspace({
    ...{ connection, minRevision: 1, boundaries: null, settings: { scanShare: 1 }, load: () => undefined },
    onPage: () => pages++,
    onHold: (reason) => holds.push(reason),
    signal: AbortSignal.timeout(60_000),
  });
  await expect.poll(() => holds.join()).toContain("NOSPACE");
  expect(pages).toBe(0);
  await etcd.etcdctl("alarm", "disarm");
  const { keys, boundaries } = await scanning;
  const listed = JSON.parse(await etcd.etcdctl("get", "", "--prefix", "--keys-only", "-w", "json"));
  expect(keys).toBe(listed.kvs.length);
  expect(boundaries.length).toBeGreaterThan(keys / 3 - 1); // two values of 900 kB make 2 MB
  expect(holds.at(-1)).toBeNull();
});
