import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { JsonItems } from "@/lib/model/json-items";
import { LineItems } from "@/lib/model/line-items";
import { checkBody, hostileBody } from "./hostile-events";
import { RECORDED_AUDIT, recordedAuditLines } from "./recorded-events";

function takeApart(text: string | Buffer, { size = 65_536, maxBytes = 1 << 20 } = {}): string[] {
  const found: string[] = [];
  const items = new JsonItems(maxBytes, {
    onItem: (bytes) => found.push(bytes.toString()),
    onBroken: () => found.push("broken"),
    onTooLong: () => found.push("too long"),
  });
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) items.push(bytes.subarray(at, at + size));
  items.finish();
  return found;
}

test.each([
  ['{"kind":"EventList","items":[{"a":1},{"b":"]}\\""}],"x":[{"c":1}]}', ['{"a":1}', '{"b":"]}\\""}']],
  ['{"items":[]}', []],
  ['{"kind":"EventList","metadata":{"items":[{"z":1}]},"items":[{"a":1}]}', ['{"a":1}']],
  ['[{"a":1},{"b":[{}]}]', ['{"a":1}', '{"b":[{}]}']],
  ['{"a":1}', ['{"a":1}']],
  ['{"a":{"items":[{"z":1}]}}', ['{"a":{"items":[{"z":1}]}}']],
  ['{"items":{"a":[{}]}}', ['{"items":{"a":[{}]}}']],
  ['{"a":1}\n\n{"b":2}\r\n{"c":3}', ['{"a":1}', '{"b":2}', '{"c":3}']],
  ['{"a":1}{"b":2} {"c":3}', ['{"a":1}', '{"b":2}', '{"c":3}']],
  ['{\n  "items": [\n    {\n      "a": 1\n    }\n  ]\n}\n', ['{\n      "a": 1\n    }']],
  ["", []],
  // Broken, and on with what looks whole:
  ['say "x\n{"a":1}', ["broken", '{"a":1}']],
  ['{"a":"b\n{"c":1}\n{"d":2}', ["broken", '{"c":1}', '{"d":2}']],
  ['{"a":1\n{"c":1}', ["broken", '{"c":1}']],
  ['{"items":[1,"x",[{"q":1}],{"a":1}]}', ["broken", "broken", "broken", '{"a":1}']],
  ['}}}\n{"a":1}', ["broken", '{"a":1}']],
  ['"text"', ["broken"]],
  ['{"items":[{"a":1},{"b":', ['{"a":1}', "broken"]],
])("%s", (text, wanted) => {
  expect(takeApart(text)).toEqual(wanted);
  expect(takeApart(text, { size: 1 })).toEqual(wanted);
});

test("an object beyond the limit is let go, and those around it are not", () => {
  const text = `{"items":[{"a":1},{"long":"${"x".repeat(1_000)}"},{"b":2}]}`;
  expect(takeApart(text, { maxBytes: 100, size: 7 })).toEqual(['{"a":1}', "too long", '{"b":2}']);
});

test("the recorded log as lines, as a list and as an array is the same", () => {
  const lines = recordedAuditLines();
  expect(takeApart(RECORDED_AUDIT)).toEqual(lines);
  expect(takeApart(`{"kind":"EventList","items":[${lines.join(",")}]}`, { size: 10_000 })).toEqual(lines);
  expect(takeApart(`[${lines.join(",\n")}]`, { size: 777 })).toEqual(lines);
});

test("how the bytes were cut into pieces makes no difference, whatever they are", () => {
  fc.assert(
    fc.property(hostileBody(), fc.integer({ min: 1, max: 20 }), (body, size) => checkBody(body, size)),
    { numRuns: 2_000 },
  );
});

describe("lines", () => {
  function takeLines(text: string, { size = 3, maxBytes = 10 } = {}): string[] {
    const found: string[] = [];
    const lines = new LineItems(maxBytes, {
      onItem: (bytes) => found.push(bytes.toString()),
      onTooLong: () => found.push("too long"),
    });
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; at += size) lines.push(bytes.subarray(at, at + size));
    lines.finish();
    return found;
  }

  test.each([
    ["a\nbb\nccc\n", ["a", "bb", "ccc"]],
    ["a\n\n\r\nb", ["a", "b"]],
    [`short\n${"x".repeat(50)}\nlast`, ["short", "too long", "last"]],
    ["", []],
  ])("%j", (text, wanted) => {
    for (const size of [1, 3, 1_000]) expect(takeLines(text, { size })).toEqual(wanted);
  });
});
