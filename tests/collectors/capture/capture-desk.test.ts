import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { ensurePartitions } from "@/lib/db/partitions";
import type { CaptureReport } from "@/lib/model/capture";
import { TestCaptures } from "@/tests/support/captures";
import { useTestDb } from "@/tests/support/db";
import { startEtcd, type TestEtcd } from "@/tests/support/etcd";
import { findEtcdVersions } from "@/tests/support/etcd-versions";
import { countByWatch, type KeyWrites, LoggedWriters } from "@/tests/support/write-log";

/** Sessions on a real etcd, against the writers' own log and against a second watch over the same revisions. */

const testDb = useTestDb();
beforeAll(() => ensurePartitions(testDb().db, Date.now()));

describe.each(await findEtcdVersions())("a capture of etcd $version", ({ binary }) => {
  let etcd: TestEtcd;
  let captures: TestCaptures;
  let writers: LoggedWriters;

  beforeAll(async () => {
    etcd = await startEtcd({ binary });
    captures = await TestCaptures.start(testDb(), etcd.endpoint);
    writers = new LoggedWriters(etcd.endpoint, { clients: 8, seed: 5 });
  });
  afterEach(() => writers.stop());
  afterAll(async () => {
    writers?.close();
    await captures?.stop();
    await etcd?.stop();
  });

  test("counts every write of its revisions, key by key and byte by byte", async () => {
    writers.start();
    await expect.poll(() => writers.writes).toBeGreaterThan(100); // so that it begins in the middle
    const { summary, report, row } = await captures.finished(await captures.ask(3));
    await writers.stop();
    const revisions = { first: summary.firstRevision, last: summary.lastRevision };
    const logged = writers.count(revisions);
    expect(toBooks(report)).toEqual(logged.keys);
    expect(await countByWatch(etcd.endpoint, revisions)).toEqual(logged);
    expect(summary).toMatchObject({
      ...sumOf([...logged.keys.values()]),
      keys: logged.keys.size,
      revisions: logged.revisions,
      largestRevisionEvents: logged.largestRevisionEvents,
      isInterrupted: false,
    });
    expect(logged.revisions).toBe(revisions.last - revisions.first + 1);
    expect(summary.puts).toBeGreaterThan(100);
    expect(summary.deletes).toBeGreaterThan(0);
    expect(row).toMatchObject({ state: "done", reason: null });
    expect(report.otherKeys).toEqual({ keys: 0, puts: 0, deletes: 0, writtenBytes: 0 });
    for (const measure of ["puts", "deletes", "writtenBytes"] as const) {
      expect(report.perSecond[measure]).toHaveLength(3);
      expect(report.perSecond[measure].reduce((sum, each) => sum + each, 0)).toBe(summary[measure]);
    }
    const writes = report.keys.map(({ puts, deletes }) => puts + deletes);
    expect(writes).toEqual([...writes].sort((a, b) => b - a));
  });

  test("prefixes sum up what was written below them", async () => {
    writers.start();
    const { summary, report } = await captures.finished(await captures.ask(2));
    await writers.stop();
    const { keys } = writers.count({ first: summary.firstRevision, last: summary.lastRevision });
    expect(report.prefixes.map(({ prefixBase64 }) => fromBase64(prefixBase64))).toEqual(
      expect.arrayContaining(["", "/registry/", "/registry/pods/", "/registry/pods/ns-1/", "/ranged/", "/hostile/"]),
    );
    for (const { prefixBase64, keys: distinct, ...writes } of report.prefixes) {
      const below = [...keys].filter(([key]) => key.startsWith(fromBase64(prefixBase64))).map(([, each]) => each);
      const { puts, deletes, writtenBytes } = sumOf(below);
      expect({ distinct, ...writes }).toEqual({ distinct: below.length, puts, deletes, writtenBytes });
    }
  });

  test("a quiet one has no revisions, and zeros where it watched", async () => {
    const { summary, report } = await captures.finished(await captures.ask(2));
    expect(summary.lastRevision).toBe(summary.firstRevision - 1);
    expect(summary).toMatchObject({ puts: 0, deletes: 0, keys: 0, revisions: 0, requests: null, isInterrupted: false });
    expect(report).toMatchObject({ keys: [], prefixes: [], requests: [], perSecond: { puts: [0, 0] } });
  });

  test("a watch that breaks and is resumed misses nothing", async () => {
    writers.start();
    const id = await captures.ask(20);
    await expect.poll(() => captures.stateOf(id)).toBe("running");
    await writers.stop();
    const model = captures.collector.live()?.model;
    await etcd.pause();
    await etcd.restart();
    writers.start();
    const before = writers.writes;
    await expect.poll(() => writers.writes - before).toBeGreaterThan(50);
    const { summary, report } = await captures.finished(id);
    await writers.stop();
    expect(captures.collector.live()?.model).toBe(model);
    const revisions = { first: summary.firstRevision, last: summary.lastRevision };
    expect(toBooks(report)).toEqual(writers.count(revisions).keys);
    expect(summary.isInterrupted).toBe(false);
  });

  test("the third of a cluster waits; one that is removed ends at once and leaves nothing", async () => {
    const ids: string[] = [];
    for (let i = 0; i < 3; i++) ids.push(await captures.ask(280));
    const [first, second, third] = ids as [string, string, string];
    const states = () => Promise.all(ids.map((id) => captures.stateOf(id)));
    await expect.poll(states).toEqual(["running", "running", "waiting"]);
    await captures.remove(first);
    await expect.poll(states).toEqual([undefined, "running", "running"]);
    await captures.remove(second);
    await captures.remove(third);
    const { row } = await captures.finished(await captures.ask(1));
    expect(row.state).toBe("done");
    expect(await states()).toEqual([undefined, undefined, undefined]);
    await expect.poll(() => captures.collector.tap.listeners).toBeNull();
  });

  test("what a worker that is gone left running has failed, with the reason", async () => {
    const id = await captures.ask(100, "running");
    await expect.poll(() => captures.stateOf(id)).toBe("failed");
    expect((await captures.read(id))?.reason).toMatch(/^The worker ended in the middle/);
  });
});

test("a worker that is stopped keeps what it has counted", async () => {
  const etcd = await startEtcd();
  const writers = new LoggedWriters(etcd.endpoint, { clients: 2, seed: 9 });
  try {
    const captures = await TestCaptures.start(testDb(), etcd.endpoint);
    const id = await captures.ask(290);
    await expect.poll(() => captures.stateOf(id)).toBe("running");
    await expect.poll(() => captures.collector.tap.listeners).not.toBeNull();
    writers.start();
    await expect.poll(() => writers.writes).toBeGreaterThan(20);
    await writers.stop();
    await expect.poll(() => captures.collector.live()?.model.revision).toBeGreaterThan(20);
    await captures.stop();
    const { row, report, summary } = await captures.finished(id);
    expect(row.reason).toMatch(/^It ended early: the worker/);
    expect(summary.isInterrupted).toBe(true);
    const { keys } = writers.count({ first: summary.firstRevision, last: summary.lastRevision });
    expect(toBooks(report)).toEqual(keys);
    expect(keys.size).toBeGreaterThan(0);
    expect(report.perSecond.puts.length).toBeLessThan(290);
  } finally {
    writers.close();
    await etcd.stop();
  }
});

function toBooks({ keys }: CaptureReport): Map<string, KeyWrites> {
  return new Map(keys.map(({ keyBase64, ...writes }) => [fromBase64(keyBase64), writes]));
}

function sumOf(writes: readonly KeyWrites[]): KeyWrites {
  const sum = { puts: 0, deletes: 0, writtenBytes: 0, largestPutBytes: 0 };
  for (const { puts, deletes, writtenBytes, largestPutBytes } of writes) {
    sum.puts += puts;
    sum.deletes += deletes;
    sum.writtenBytes += writtenBytes;
    sum.largestPutBytes = Math.max(sum.largestPutBytes, largestPutBytes);
  }
  return sum;
}

function fromBase64(text: string): string {
  return Buffer.from(text, "base64").toString("latin1");
}
