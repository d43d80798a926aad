import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeHashKv, decodeProbe } from "@/collectors/etcd/health-calls";
import { KeyValueCursor } from "@/collectors/etcd/key-value";
import {
  decodeAlarmList,
  decodeAuthenticate,
  decodeLeaseTimeToLive,
  decodeMemberList,
  decodeRange,
  decodeStatus,
} from "@/collectors/etcd/messages";
import { decodeWatchMessage, visitEvents } from "@/collectors/etcd/watch";
import { WireError, WireReader, WireWriter } from "@/collectors/etcd/wire";

/** A message of one field, its cursor standing behind the tag. */
function read(message: Buffer): WireReader {
  const reader = new WireReader().open(message);
  reader.field();
  return reader;
}

describe("what is written is read", () => {
  test("numbers up to the largest safe integer", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
        fc.integer({ min: 1, max: 5_000 }),
        (value, field) => {
          const reader = new WireReader().open(new WireWriter().number(field, value).finish());
          expect(reader.field()).toBe(field);
          expect(reader.numberField()).toBe(value);
          expect(reader.field()).toBe(0);
        },
      ),
    );
  });

  test("ids of all 64 bits", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (id) => {
        const hex = id.toString(16).padStart(16, "0");
        expect(read(new WireWriter().id(1, hex).finish()).idField()).toBe(hex);
      }),
    );
  });

  test("a key-value, with the length of its value in place of the value", () => {
    const keyValue = fc.record({
      key: fc.uint8Array({ minLength: 1, maxLength: 300 }),
      value: fc.uint8Array({ maxLength: 300 }),
      createRevision: fc.nat(),
      modRevision: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
      version: fc.nat(),
      lease: fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }),
    });
    fc.assert(
      fc.property(fc.array(keyValue, { maxLength: 5 }), fc.boolean(), fc.nat(), (list, more, count) => {
        const message = new WireWriter();
        for (const kv of list) {
          const inner = new WireWriter().bytes(1, kv.key).number(2, kv.createRevision).number(3, kv.modRevision);
          inner.number(4, kv.version).bytes(5, kv.value).id(6, kv.lease.toString(16));
          message.message(2, inner.finish());
        }
        const bytes = message.bool(3, more).number(4, count).finish();
        const seen: unknown[] = [];
        const answer = decodeRange(bytes, new KeyValueCursor(), (kv) => {
          const { createRevision, modRevision, version, valueBytes, leaseId } = kv;
          seen.push({ key: [...kv.copyKey()], createRevision, modRevision, version, valueBytes, leaseId });
        });
        expect(answer).toEqual({ revision: 0, count, more, kvs: list.length, bytes: bytes.length });
        expect(seen).toEqual(
          list.map(({ key, value, createRevision, modRevision, version, lease }) => ({
            key: [...key],
            createRevision,
            modRevision,
            version,
            valueBytes: value.length,
            leaseId: lease === 0n ? undefined : lease.toString(16).padStart(16, "0"),
          })),
        );
      }),
    );
  });
});

describe("what cannot be read is a WireError", () => {
  test.each([
    { what: "a number that is no safe integer", bytes: [0x08, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x10] },
    { what: "a negative number", bytes: [0x08, ...Array(9).fill(0xff), 0x01] },
    { what: "a number that ends too early", bytes: [0x08, 0x80] },
    { what: "a number of eleven bytes", bytes: [0x08, ...Array(11).fill(0x80)] },
    { what: "text for a number", bytes: [0x0a, 0x01, 0x61] },
  ])("$what", ({ bytes }) => {
    expect(() => read(Buffer.from(bytes)).numberField()).toThrow(WireError);
  });

  test("a field longer than its message, a group, field number 0", () => {
    expect(() => read(Buffer.from([0x0a, 0x05, 0x61])).lengthEnd()).toThrow(WireError);
    expect(() => read(Buffer.from([0x0b])).skip()).toThrow(WireError);
    expect(() => read(Buffer.from([0x00, 0x01]))).toThrow(WireError);
    expect(() => read(Buffer.from([0x09, 0x01])).skip()).toThrow(WireError);
  });

  test("a nested field may not reach out of its message", () => {
    // Field 2 holds a message of 2 bytes whose own field 1 claims 4: the bytes behind it are the outer message's.
    const message = Buffer.from([0x12, 0x02, 0x0a, 0x04, 0x18, 0x01, 0x20, 0x01]);
    expect(() => decodeRange(message, new KeyValueCursor(), () => undefined)).toThrow(WireError);
  });

  /** Random bytes, and bytes that begin like a message and go wrong somewhere. */
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc
      .array(
        fc.tuple(fc.integer({ min: 1, max: 13 }), fc.integer({ min: 0, max: 5 }), fc.uint8Array({ maxLength: 24 })),
        { maxLength: 8 },
      )
      .map((fields) =>
        Uint8Array.from(fields.flatMap(([field, type, rest]) => [field * 8 + type, rest.length, ...rest])),
      ),
  );
  const decoders: Record<string, (message: Uint8Array) => unknown> = {
    range: (message) => decodeRange(message, new KeyValueCursor(), (kv) => kv.copyKey()),
    status: decodeStatus,
    members: decodeMemberList,
    alarms: decodeAlarmList,
    lease: decodeLeaseTimeToLive,
    token: decodeAuthenticate,
    hash: decodeHashKv,
    probe: decodeProbe,
    watch: (message) => {
      const batch = decodeWatchMessage(message);
      if (batch.kind === "events") visitEvents(batch, (_, kv) => kv.copyKey());
    },
  };
  test.each(Object.entries(decoders))("random bytes as %s: an answer or a WireError, nothing else", (_, decode) => {
    fc.assert(
      fc.property(bytes, (message) => {
        try {
          decode(message);
        } catch (error) {
          expect(error).toBeInstanceOf(WireError);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

test("a hash of nothing compacted yet, and one of all 32 bits", () => {
  const header = new WireWriter().id(1, "f".repeat(16)).id(2, "8e9e05c52164694d").number(3, 7).number(4, 2).finish();
  const hash = (compactRevision: string) =>
    decodeHashKv(new WireWriter().message(1, header).number(2, 4_294_967_295).id(3, compactRevision).finish());
  expect(hash("f".repeat(16))).toEqual({
    ...{ clusterId: "f".repeat(16), memberId: "8e9e05c52164694d", revision: 7, raftTerm: 2 },
    ...{ hash: "4294967295", compactRevision: -1 },
  });
  expect(hash("a").compactRevision).toBe(10);
  expect(decodeProbe(new WireWriter().message(1, header).number(4, 3).finish())).toMatchObject({
    revision: 7,
    count: 3,
  });
});

describe("status of 3.6", () => {
  const status = (version: string, quota: number) =>
    decodeStatus(new WireWriter().text(2, version).number(12, quota).finish()).quotaBackendBytes;
  test.each([
    { version: "3.6.8", quota: 8 * 1024 ** 3, expected: 8 * 1024 ** 3 },
    { version: "3.6.1", quota: 0, expected: 2 * 1024 ** 3 }, // etcd's default, reported as 0 before 3.6.6
    { version: "3.5.16", quota: 0, expected: null },
  ])("$version reporting $quota has the quota $expected", ({ version, quota, expected }) => {
    expect(status(version, quota)).toBe(expected);
  });

  test("a negative quota is switched off", () => {
    const message = Buffer.concat([
      new WireWriter().text(2, "3.6.8").finish(),
      Buffer.from([0x60, ...Array(9).fill(0xff), 1]),
    ]);
    expect(decodeStatus(message).quotaBackendBytes).toBeNull();
  });
});
