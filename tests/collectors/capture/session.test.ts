import { expect, test } from "vitest";
import { toReport, toSummary } from "@/collectors/capture/report";
import { type CapturedKeyspace, NotLiveError, runSession } from "@/collectors/capture/session";
import { WatchedKey } from "@/collectors/etcd/watch-events";
import { KeyspaceModel } from "@/collectors/keyspace/keyspace-model";
import { WriteTap } from "@/collectors/keyspace/write-tap";
import { EventObservers } from "@/collectors/traffic/event-observers";

/** A session where the watch lags or ends: what belongs to it is decided by revisions. */

test("a watch that lags at the end is waited for, and what came after the end is not counted", async () => {
  const watch = new FakeWatch({ revision: 10, heads: [12, 15] });
  const running = run(watch, 1);
  await expect.poll(() => watch.tap.listeners).not.toBeNull();
  watch.write(11); // committed before it began, though told later
  watch.write(12);
  watch.write(13);
  await expect.poll(() => watch.asked).toBe(2); // its time is over, and the watch is behind
  watch.write(14);
  watch.write(15);
  watch.write(16);
  const session = await running;
  expect(toSummary(session, false)).toMatchObject({ firstRevision: 13, lastRevision: 15, puts: 3, revisions: 3 });
  expect(
    toReport(session, toSummary(session, false))
      .keys.map(({ keyBase64 }) => atob(keyBase64))
      .sort(),
  ).toEqual([...["/k/13", "/k/14", "/k/15"]]);
  expect(session.interruption).toBeNull();
  expect(watch.tap.listeners).toBeNull();
});

test("a model that starts anew ends it at once, with what there is and the reason", async () => {
  const watch = new FakeWatch({ revision: 10, heads: [10] });
  const running = run(watch, 300);
  await expect.poll(() => watch.tap.listeners).not.toBeNull();
  watch.write(11);
  watch.tap.end("All keys had to be read anew (500 revisions behind).");
  const session = await running;
  expect(session.interruption).toBe("It ended early: all keys had to be read anew (500 revisions behind).");
  const summary = toSummary(session, false);
  expect(summary).toMatchObject({ firstRevision: 11, lastRevision: 11, puts: 1, isInterrupted: true });
  expect(toReport(session, summary).perSecond.puts.length).toBeLessThan(300);
});

test("without a live model it does not begin", async () => {
  const watch = new FakeWatch({ revision: 10, heads: [] });
  watch.isLive = false;
  await expect(run(watch, 1)).rejects.toThrow(NotLiveError);
  expect(watch.tap.listeners).toBeNull();
});

function run(watch: FakeWatch, seconds: number) {
  const signal = new AbortController().signal;
  return runSession({ keyspace: watch, clusterId: 1, observers: new EventObservers(), seconds, signal });
}

/** A keyspace whose watch tells what the test wants it to, when it wants it to. */
class FakeWatch implements CapturedKeyspace {
  readonly tap = new WriteTap();
  isLive = true;
  asked = 0;
  #model = new KeyspaceModel();
  #heads: number[];

  constructor({ revision, heads }: { revision: number; heads: number[] }) {
    this.#model.completeRevision(revision);
    this.#heads = heads;
  }

  live() {
    return this.isLive ? { model: this.#model, completeAtMs: 0 } : null;
  }

  async readHeadRevision(): Promise<number> {
    const head = this.#heads[this.asked++];
    if (head === undefined) throw new Error("etcd does not answer");
    return head;
  }

  write(revision: number): void {
    const kv = new WatchedKey();
    kv.buffer = Buffer.from(`/k/${revision}`);
    kv.keyEnd = kv.buffer.length;
    Object.assign(kv, { modRevision: revision, createRevision: revision, version: 1, valueBytes: 3 });
    this.#model.put(kv);
    this.#model.completeRevision(revision);
    for (const listener of this.tap.listeners ?? []) {
      listener.hear("put", kv);
      listener.complete(revision);
    }
  }
}
