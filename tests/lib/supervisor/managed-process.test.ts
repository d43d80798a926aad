import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { isAlive } from "@/lib/db/embedded/postmaster";
import { ManagedProcess } from "@/lib/supervisor/managed-process";

let directory: string;
let managed: ManagedProcess | null = null;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "etcdscope-process-"));
});
afterEach(async () => {
  await managed?.stop();
  rmSync(directory, { recursive: true, force: true });
});

test("a process that ends is started again, later each time, and its output is kept", async () => {
  const waits: number[] = [];
  managed = start('console.log("here"); process.exit(3)', (reason, nextStartMs) => {
    expect(reason).toBe("exit code 3");
    waits.push(nextStartMs);
    return waits.length < 3;
  });
  await expect.poll(() => waits).toEqual([500, 1_000, 2_000]);
  expect(readFileSync(join(directory, "log"), "utf8")).toBe("here\nhere\nhere\n");
});

test("a process that is stopped stays stopped", async () => {
  let ends = 0;
  managed = start("setInterval(() => undefined, 1000)", () => {
    ends++;
    return true;
  });
  const pid = managed.pid ?? 0;
  await managed.stop();
  expect(isAlive(pid)).toBe(false);
  expect(ends).toBe(0);
});

test("the web process ends when its supervisor is killed", async () => {
  const server = join(directory, "server.js");
  writeFileSync(server, "setInterval(() => undefined, 1000);");
  const wrapper = join(process.cwd(), "lib/supervisor/web-process.mjs");
  const supervisor = spawn(
    process.execPath,
    [
      "-e",
      `const child = require("child_process").fork(${JSON.stringify(wrapper)}, [${JSON.stringify(server)}]); console.log(child.pid)`,
    ],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  const pid = await new Promise<number>((resolve) => supervisor.stdout.on("data", (text) => resolve(Number(text))));
  expect(isAlive(pid)).toBe(true);
  supervisor.kill("SIGKILL");
  await expect.poll(() => isAlive(pid)).toBe(false);
});

function start(script: string, onEnd: (reason: string, nextStartMs: number) => boolean): ManagedProcess {
  const module = join(directory, "child.mjs");
  writeFileSync(module, script);
  const plan = {
    name: "child",
    module,
    isTypeScript: false,
    directory,
    environment: {},
    logFile: join(directory, "log"),
  };
  return new ManagedProcess(plan, { onEnd });
}
