import { expect, test } from "vitest";
import type { CallListener } from "@/collectors/etcd/grpc";
import { visitEvents, WatchStream } from "@/collectors/etcd/watch";
import { WireError, WireWriter } from "@/collectors/etcd/wire";

const REQUEST = { key: Buffer.from([0]), rangeEnd: Buffer.from([0]) };
/** More than the packer has room for at first. */
const MESSAGE_EVENTS = 300;

interface Told {
  type: "put" | "delete";
  key: string;
  modRevision: number;
  valueBytes: number;
  hasLease: boolean;
  beforeBytes: number | null;
}

/** A watch message with these events, as etcd would send it. */
function message(events: readonly Told[]): Buffer {
  const writer = new WireWriter().message(1, new WireWriter().number(3, 7).finish());
  for (const { type, key, modRevision, valueBytes, hasLease, beforeBytes } of events) {
    const kv = new WireWriter().bytes(1, Buffer.from(key)).number(2, 1).number(3, modRevision).number(4, 2);
    if (hasLease) kv.id(6, "ffffffffffffffff");
    kv.bytes(5, Buffer.alloc(valueBytes, "v"));
    const event = new WireWriter().number(1, type === "delete" ? 1 : 0).message(2, kv.finish());
    if (beforeBytes !== null) event.message(3, new WireWriter().bytes(5, Buffer.alloc(beforeBytes)).finish());
    writer.message(11, event.finish());
  }
  return writer.finish();
}

/** Events that differ from each other, numbered from `from` on. */
function someEvents(from: number, count: number): Told[] {
  return Array.from({ length: count }, (_, i) => ({
    type: i % 7 === 3 ? "delete" : "put",
    key: `/keys/${"long/".repeat(i % 30)}${from + i}`,
    modRevision: 2 ** 40 + from + i,
    valueBytes: i % 50,
    hasLease: i % 5 === 0,
    beforeBytes: i % 3 === 0 ? i : null,
  }));
}

/** A watch whose messages the test sends, all through the same memory, as the assembler does. */
async function openFake(gatherMs = 0) {
  let listener: CallListener | null = null;
  const state = { isCanceled: false };
  const cancel = () => {
    state.isCanceled = true;
  };
  const call = { write() {}, finish() {}, pause() {}, resume() {}, cancel };
  const stream = new WatchStream("fake", { ...REQUEST, gatherMs }, async (heard) => {
    listener = heard;
    return call;
  });
  await Promise.resolve();
  const memory = Buffer.alloc(1024 ** 2);
  const send = (bytes: Buffer) => {
    bytes.copy(memory);
    (listener as CallListener | null)?.onMessage(memory.subarray(0, bytes.length));
    memory.fill(0xff, 0, bytes.length);
  };
  return { stream, send, state };
}

/** Adds what the watch tells to `told`, until there are `count`. */
async function readEvents(stream: WatchStream, told: Told[], count: number): Promise<void> {
  for await (const batch of stream) {
    if (batch.kind !== "events") continue;
    visitEvents(batch, (type, kv, beforeBytes) => {
      const { modRevision, valueBytes, hasLease } = kv;
      told.push({ type, key: kv.copyKey().toString(), modRevision, valueBytes, hasLease, beforeBytes });
    });
    if (told.length >= count) break;
  }
}

test.each([0, 1])("tells what messages said whose memory others have since, gathered for %i ms", async (gatherMs) => {
  const { stream, send } = await openFake(gatherMs);
  const events = someEvents(0, MESSAGE_EVENTS * 3);
  for (let at = 0; at < events.length; at += MESSAGE_EVENTS) send(message(events.slice(at, at + MESSAGE_EVENTS)));
  const told: Told[] = [];
  await readEvents(stream, told, events.length);
  expect(told).toEqual(events);
});

test("behind a message that is none everything before it is still told, then the watch fails", async () => {
  const { stream, send, state } = await openFake();
  const events = someEvents(0, 5);
  send(message(events));
  const good = message(someEvents(5, 2));
  send(good.subarray(0, good.length - 3));
  const told: Told[] = [];
  await expect(readEvents(stream, told, events.length + 1)).rejects.toThrow(WireError);
  expect(told).toEqual(events);
  expect(state.isCanceled).toBe(true);
});
