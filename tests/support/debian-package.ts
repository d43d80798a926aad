import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { readSearchPath } from "@/lib/config";

const run = promisify(execFile);

/** The path of a command on PATH, or null. */
export function findCommand(name: string): string | null {
  return (
    readSearchPath()
      .map((directory) => join(directory, name))
      .find((file) => existsSync(file)) ?? null
  );
}

/** As root on Debian or Ubuntu: installs a package and answers the path of its command, else null. */
export async function installDebianPackage(
  name: string,
  command: string,
  log: (text: string) => void,
): Promise<string | null> {
  if (process.getuid?.() !== 0 || findCommand("apt-get") === null) return null;
  log(`installing Debian's package ${name}`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive", LC_ALL: "C" };
  const options = { env, maxBuffer: 64 * 1024 ** 2, timeout: 600_000 };
  try {
    await run("apt-get", ["-q", "update"], options);
    await run("apt-get", ["-q", "install", "--yes", "--no-install-recommends", name], options);
  } catch (error) {
    const text = error instanceof Error && "stderr" in error ? String(error.stderr) : String(error);
    log(`the package ${name} could not be installed: ${text.trim().split("\n").at(-1)}`);
  }
  return findCommand(command);
}
