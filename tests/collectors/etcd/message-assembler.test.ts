import fc from "fast-check";
import { expect, test } from "vitest";
import { MessageAssembler, MessageError, MessageMemory } from "@/collectors/etcd/message-assembler";

const MAX_BYTES = 20_000;

test("messages come whole and in order, however the stream is cut", () => {
  const anyMessage = fc.oneof(fc.uint8Array({ maxLength: 40 }), fc.uint8Array({ minLength: 4_000, maxLength: 6_000 }));
  fc.assert(
    fc.property(
      fc.array(anyMessage, { maxLength: 8 }),
      fc.array(fc.integer({ min: 1, max: 3_000 })),
      (messages, cuts) => {
        const stream = Buffer.concat(messages.flatMap((message) => [prefixOf(message.length), message]));
        const assembler = new MessageAssembler(MAX_BYTES);
        const taken: Buffer[] = [];
        for (let at = 0, i = 0; at < stream.length; i++) {
          const end = at + (cuts[i % cuts.length] ?? stream.length);
          assembler.push(Buffer.from(stream.subarray(at, end)), (message) => taken.push(Buffer.from(message)));
          at = end;
        }
        expect(taken.map(hex)).toEqual(messages.map(hex));
      },
    ),
    { numRuns: 200 },
  );
});

test("with memory of their own, long messages lie in the same place one after the other, and are whole", () => {
  const memory = new MessageMemory();
  const places = new Set<ArrayBufferLike>();
  for (const length of [6_000, 9_000, 100, 8_999]) {
    const message = Buffer.alloc(length, length);
    const assembler = new MessageAssembler(MAX_BYTES, memory);
    assembler.push(prefixOf(length), () => expect.unreachable());
    const halfAt = length / 2;
    assembler.push(message.subarray(0, halfAt), () => expect.unreachable());
    assembler.push(message.subarray(halfAt), (taken) => {
      expect(hex(taken)).toBe(hex(message));
      places.add(taken.buffer);
    });
  }
  expect(places.size).toBe(1);
});

test.each([
  { what: "a message beyond the limit", prefix: prefixOf(MAX_BYTES + 1), isTooLong: true },
  { what: "a compressed message", prefix: Buffer.from([1, 0, 0, 0, 1]), isTooLong: false },
])("$what is refused before anything of it is kept", ({ prefix, isTooLong }) => {
  const push = () => new MessageAssembler(MAX_BYTES).push(prefix, () => undefined);
  expect(push).toThrow(MessageError);
  try {
    push();
  } catch (error) {
    expect((error as MessageError).isTooLong).toBe(isTooLong);
  }
});

function prefixOf(length: number): Buffer {
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(length, 1);
  return prefix;
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
