import fc from "fast-check";
import { expect, test } from "vitest";
import { parseKeyText, toKeyText } from "@/lib/model/key-text";

test.each([
  { key: "/registry/pods/a", text: "/registry/pods/a" },
  { key: "", text: "" },
  { key: "grüße 🚀", text: "grüße 🚀" },
  { key: "nul\0and\nnewline", text: "nul\0and\nnewline" },
  { key: "\uFEFFmark", text: "\uFEFFmark" },
  { key: "back\\slash", text: "back\\slash" },
  { key: "not an escape: \\xZZ", text: "not an escape: \\xZZ" },
])("a key that is valid UTF-8 is its own text: $text", ({ key, text }) => {
  expect(toKeyText(Buffer.from(key))).toEqual({ text, base64: null });
});

test.each([
  { bytes: "ff", text: "\\xff" },
  { bytes: "61ff62", text: "a\\xffb" },
  { bytes: "c3", text: "\\xc3" },
  { bytes: "c0af", text: "\\xc0\\xaf" },
  { bytes: "eda080", text: "\\xed\\xa0\\x80" },
  { bytes: "f4908080", text: "\\xf4\\x90\\x80\\x80" },
  { bytes: "e282ac80", text: "€\\x80" },
  { bytes: "5cff", text: "\\x5c\\xff" },
])("bytes that are no UTF-8 are escaped, and base64 goes along: $bytes", ({ bytes, text }) => {
  const key = Buffer.from(bytes, "hex");
  expect(toKeyText(key)).toEqual({ text, base64: key.toString("base64") });
});

test("a valid key that reads like an escape is escaped itself", () => {
  const key = Buffer.from("a\\xffb");
  expect(toKeyText(key)).toEqual({ text: "a\\x5cxffb", base64: key.toString("base64") });
});

test("text leads back to the same bytes, whatever they are", () => {
  const anyKey = fc.oneof(
    fc.uint8Array({ maxLength: 64 }),
    fc.string({ unit: "binary" }).map((text) => Buffer.from(text)),
    fc.array(fc.constantFrom("\\", "x", "5", "c", "f", "\\xff", "é", "\0")).map((parts) => Buffer.from(parts.join(""))),
    fc
      .array(fc.oneof(fc.constantFrom(0x5c, 0x78, 0x66, 0xff, 0xc3, 0xa9), fc.nat(255)))
      .map((bytes) => Uint8Array.from(bytes)),
  );
  fc.assert(
    fc.property(anyKey, (key) => {
      const { text, base64 } = toKeyText(key);
      expect(parseKeyText(text).equals(key)).toBe(true);
      if (base64 === null) expect(Buffer.from(text).equals(key)).toBe(true);
      else expect(Buffer.from(base64, "base64").equals(key)).toBe(true);
    }),
    { numRuns: 2_000 },
  );
});

test("no two keys have the same text", () => {
  const bytes = fc.array(fc.constantFrom(0x5c, 0x78, 0x35, 0x63, 0xff, 0x61), { maxLength: 8 });
  fc.assert(
    fc.property(bytes, bytes, (a, b) => {
      const same = toKeyText(Uint8Array.from(a)).text === toKeyText(Uint8Array.from(b)).text;
      expect(same).toBe(Buffer.from(a).equals(Buffer.from(b)));
    }),
    { numRuns: 2_000 },
  );
});
