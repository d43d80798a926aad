import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { lockDataDir, readSecretKey } from "@/lib/supervisor/data-dir";

let dataDir: string;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "etcdscope-data-"));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

test("a second supervisor on the same directory is refused, until the first lets go", () => {
  const lock = lockDataDir(dataDir);
  expect(() => lockDataDir(dataDir)).toThrow(
    `etcdscope is already running on ${dataDir} (process ${process.pid}). Stop it first`,
  );
  lock.release();
  const next = lockDataDir(dataDir);
  expect(next.wasStale).toBe(false);
  next.release();
  expect(existsSync(join(dataDir, "supervisor.lock"))).toBe(false);
});

test.each([
  { left: "by a process that is gone", content: () => `${spawnSync("true").pid} 12345\n` },
  { left: "by a process whose number was given anew", content: () => `${process.pid} 12345\n` },
  { left: "empty", content: () => "" },
  { left: "unreadable", content: () => "junk" },
])("a lock left $left is taken over", ({ content }) => {
  writeFileSync(join(dataDir, "supervisor.lock"), content());
  const lock = lockDataDir(dataDir);
  expect(lock.wasStale).toBe(true);
  expect(readFileSync(join(dataDir, "supervisor.lock"), "utf8")).toMatch(new RegExp(`^${process.pid} `));
  lock.release();
});

test("a directory that cannot be made is named", () => {
  writeFileSync(join(dataDir, "file"), "");
  expect(() => lockDataDir(join(dataDir, "file/below"))).toThrow(
    /cannot be made \(.*\); choose another with --data-dir/,
  );
});

test.runIf(existsSync("/proc/self"))(
  "a file system that makes no directories does not hold the start up for ever",
  () => {
    expect(() => lockDataDir("/proc/etcdscope")).toThrow(/\/proc\/etcdscope cannot be made/);
  },
);

test("the secret key is made once, for its owner only", () => {
  const key = readSecretKey(dataDir);
  expect(key).toMatch(/^[0-9a-f]{64}$/);
  expect(readSecretKey(dataDir)).toBe(key);
  expect(statSync(join(dataDir, "secret.key")).mode & 0o777).toBe(0o600);
  writeFileSync(join(dataDir, "secret.key"), "cut off");
  expect(() => readSecretKey(dataDir)).toThrow(/does not hold a secret key/);
});
