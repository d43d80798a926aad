import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { parseKeyText, toKeyText } from "@/lib/model/key-text";
import { hotPrefix } from "@/lib/rules/triage/hot-prefix";
import { command, shellArgument, shellKey, shellWord, steps } from "@/lib/rules/triage/shell-words";
import { factsOf, prefixOf, went } from "@/tests/lib/rules/triage/facts-of";

const HOSTILE = [
  "/registry/pods/shop/web-1",
  "it's",
  "'; touch /tmp/owned; '",
  "$(id)",
  "`id`",
  "$HOME and more",
  "a b\tc",
  "line\nline",
  "back\\slash",
  "\\",
  "quote\"s and 'both'",
  "!!",
  "*?[a]~#",
  "--prefix",
  "-rf",
  "\u202egpj.exe",
  "héllo ✓ 日本",
  "🦀\u{e0001}",
  "\x1b[2J",
  "\\x41 is not an escape of ours",
  "",
];

test.each(HOSTILE)("bash reads the word of %j as that name", (name) => {
  expect(readByBash(shellWord(name) ?? expect.fail("no word")).toString("utf8")).toBe(name);
});

test.each([
  ...HOSTILE.map((name) => Buffer.from(name)),
  Buffer.from([0xff, 0x2f, 0x27, 0x5c, 0x80]),
  Buffer.from([0xc3, 0x28]),
])("bash reads the word of the key %s as its bytes", (key) => {
  const { text } = toKeyText(key);
  expect(parseKeyText(text)).toEqual(key);
  expect(readByBash(shellKey(text) ?? expect.fail("no word"))).toEqual(key);
});

test("what looks like a flag, or is endless, is no argument", () => {
  expect(shellArgument("--help")).toBeNull();
  expect(shellArgument("it's")).toBe("'it'\\''s'");
  expect(shellWord("a".repeat(1_001))).toBeNull();
  expect(shellKey("a".repeat(100_000))).toBeNull();
  expect(command`ping ${null}`).toBeNull();
  expect(steps("a", null, false, undefined, "")).toEqual(["a"]);
});

test("the steps of a hot key with a hostile name run nothing but what they say", () => {
  const key = "/registry/configmaps/it's/$(touch owned)`id`";
  const writes = went(0, 500, { unit: "perSecond" });
  const hot = prefixOf("/registry/configmaps/it's/", {
    ...{ writes, writesShare: 0.9 },
    hotKey: { key, writesPerSecond: 499, valueBytes: 10 },
  });
  const [who] = hotPrefix.check(factsOf({ prefixes: [hot] })).next;
  const line = who?.replace(/^[^:]*: /, "").replace(/ \| jq.*$/, "") ?? "";
  expect(line).toMatch(/^kubectl get configmaps /);
  const words = execFileSync("bash", ["-c", `kubectl() { printf '%s\\0' "$@"; }; ${line}`], { encoding: "utf8" });
  expect(words.split("\0").slice(0, 5)).toEqual(["get", "configmaps", "$(touch owned)`id`", "-n", "it's"]);
});

function readByBash(word: string): Buffer {
  return execFileSync("bash", ["-c", `printf %s ${word === "" ? "''" : word}`], {
    env: { ...process.env, LC_ALL: "C.UTF-8" },
  });
}
