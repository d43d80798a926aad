import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { openSecret, SecretBoxError, sealSecret } from "@/lib/db/secret-box";

const key = randomBytes(32);

test.each(["", "secret", "пароль 🔑", "x".repeat(100_000)])("a sealed text comes back: %#", (text) => {
  expect(openSecret(sealSecret(text, key), key)).toBe(text);
});

test("the same text is sealed differently each time, and is not readable in it", () => {
  const sealed = sealSecret("hunter2", key);
  expect(sealed.includes("hunter2")).toBe(false);
  expect(sealed.equals(sealSecret("hunter2", key))).toBe(false);
});

test("another key is named as the reason", () => {
  expect(() => openSecret(sealSecret("secret", key), randomBytes(32))).toThrow(/sealed with another secret key/);
});

test("a changed byte anywhere is noticed", () => {
  const sealed = sealSecret("secret", key);
  for (let at = 0; at < sealed.length; at++) {
    const damaged = Buffer.from(sealed);
    damaged[at] = (damaged[at] as number) ^ 1;
    expect(() => openSecret(damaged, key)).toThrow(SecretBoxError);
  }
  expect(() => openSecret(sealed.subarray(0, 20), key)).toThrow(/unknown format/);
});
