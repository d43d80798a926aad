import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { childEnvironment } from "@/lib/config";

const run = promisify(execFile);
const ETCD = { packages: ["etcd-server", "etcd-client"], target: "etcd" };

/** Packages of this system, and the directory below the cache that they are unpacked to. */
export interface DebianPackages {
  packages: readonly string[];
  target: string;
}

/** Releases that carry etcd 3.5, by the name their mirror's path ends with. */
const NEWER_SUITES: Record<string, string[]> = { debian: ["trixie", "sid"], ubuntu: ["questing", "plucky"] };

/**
 * Downloads this system's etcd packages and unpacks them to `<cacheDir>/etcd`, without installing and without root.
 * Answers true, or the reason why not.
 */
export async function downloadDebianEtcd(cacheDir: string, log: (text: string) => void): Promise<true | string> {
  return downloadDebianPackages(cacheDir, ETCD, log);
}

/** The same of any packages: their files without what they would set up or start. */
export async function downloadDebianPackages(
  cacheDir: string,
  wanted: DebianPackages,
  log: (text: string) => void,
): Promise<true | string> {
  if (!(await hasApt())) return "no apt-get here";
  log(`downloading ${wanted.target} (packages ${wanted.packages.join(", ")})`);
  const apt = new Apt(cacheDir, wanted);
  try {
    return await apt.unpack([]);
  } catch {
    // No lists, or old ones that name a version the mirror no longer has: fetch our own.
  }
  try {
    await apt.update([]);
    return await apt.unpack(apt.ownState());
  } catch (error) {
    return `apt-get download ${wanted.packages[0]}: ${lastLine(error)}`;
  } finally {
    apt.clean();
  }
}

/** The same from a newer release of this machine's own mirror, with package lists of our own. */
export async function downloadNewerDebianEtcd(cacheDir: string, log: (text: string) => void): Promise<true | string> {
  if (!(await hasApt())) return "no apt-get here";
  const mirror = await findMirror();
  if (!mirror) return "no Debian or Ubuntu mirror in the apt sources";
  let reason = "";
  for (const suite of NEWER_SUITES[mirror.family] ?? []) {
    log(`downloading etcd 3.5 (${mirror.family} ${suite})`);
    const apt = new Apt(cacheDir, ETCD);
    try {
      const source = join(cacheDir, "apt.list");
      const keyring = `/usr/share/keyrings/${mirror.family}-archive-keyring.gpg`;
      const signedBy = existsSync(keyring) ? `[signed-by=${keyring}] ` : "";
      const component = mirror.family === "ubuntu" ? "main universe" : "main";
      writeFileSync(source, `deb ${signedBy}${mirror.url} ${suite} ${component}\n`);
      const options = [`Dir::Etc::sourcelist=${source}`, "Dir::Etc::sourceparts=/dev/null"];
      await apt.update(options);
      return await apt.unpack([...apt.ownState(), ...options]);
    } catch (error) {
      reason = `apt-get download etcd-server from ${suite}: ${lastLine(error)}`;
    } finally {
      apt.clean();
    }
  }
  return reason;
}

/** apt with its state in a directory of ours, so that it needs no root and changes nothing of the system. */
class Apt {
  readonly #cacheDir: string;
  readonly #wanted: DebianPackages;
  readonly #workDir: string;

  constructor(cacheDir: string, wanted: DebianPackages) {
    this.#cacheDir = cacheDir;
    this.#wanted = wanted;
    this.#workDir = join(cacheDir, `apt.${process.pid}`);
    mkdirSync(join(this.#workDir, "state/lists/partial"), { recursive: true });
    mkdirSync(join(this.#workDir, "cache/archives/partial"), { recursive: true });
    mkdirSync(join(this.#workDir, "download"), { recursive: true });
  }

  ownState(): string[] {
    const state = [`Dir::State=${join(this.#workDir, "state")}`, `Dir::Cache=${join(this.#workDir, "cache")}`];
    return [...state, "Dir::State::status=/var/lib/dpkg/status", "Acquire::Languages=none"];
  }

  async update(options: string[]): Promise<void> {
    await this.#apt("update", [...this.ownState(), ...options], ["--error-on=any"]);
  }

  async unpack(options: string[]): Promise<true> {
    const downloadDir = join(this.#workDir, "download");
    await this.#apt("download", options, [...this.#wanted.packages]);
    const unpackedDir = join(this.#workDir, this.#wanted.target);
    for (const file of readdirSync(downloadDir)) await run("dpkg", ["-x", join(downloadDir, file), unpackedDir]);
    const target = join(this.#cacheDir, this.#wanted.target);
    rmSync(target, { recursive: true, force: true });
    renameSync(unpackedDir, target);
    this.clean();
    return true;
  }

  clean(): void {
    rmSync(this.#workDir, { recursive: true, force: true });
  }

  async #apt(command: string, options: string[], rest: string[]): Promise<void> {
    // Root's apt gives up its rights for downloading, and may then not write into our directory.
    const all = [
      "APT::Sandbox::User=root",
      "Debug::NoLocking=1",
      "Acquire::Retries=2",
      "Acquire::http::Timeout=20",
      ...options,
    ];
    await run("apt-get", ["-q", ...all.flatMap((option) => ["-o", option]), command, ...rest], {
      cwd: join(this.#workDir, "download"),
      env: childEnvironment({ LC_ALL: "C", DEBIAN_FRONTEND: "noninteractive" }),
      timeout: 180_000,
    });
  }
}

async function hasApt(): Promise<boolean> {
  try {
    await Promise.all([run("apt-get", ["--version"]), run("dpkg", ["--version"])]);
    return true;
  } catch {
    return false;
  }
}

/** The mirror that the machine's own apt sources name. */
async function findMirror(): Promise<{ url: string; family: string } | null> {
  const { stdout } = await run("apt-get", ["indextargets", "--format", "$(SITE)"]).catch(() => ({ stdout: "" }));
  for (const url of stdout.split("\n").map((line) => line.trim().replace(/\/$/, ""))) {
    const family = /\/(debian|ubuntu)$/.exec(url)?.[1];
    if (family) return { url, family };
  }
  return null;
}

function lastLine(error: unknown): string {
  const text = error instanceof Error && "stderr" in error && error.stderr ? String(error.stderr) : String(error);
  return text.trim().split("\n").at(-1)?.trim() ?? "failed";
}
