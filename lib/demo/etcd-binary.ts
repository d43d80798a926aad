import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { readEtcdBin, readSearchPath } from "@/lib/config";
import { downloadDebianEtcd, downloadNewerDebianEtcd } from "@/lib/demo/debian-etcd";

const run = promisify(execFile);

/** An etcd that runs on this machine. `etcdctl` is null where only the server could be found. */
export interface EtcdBinaries {
  etcd: string;
  etcdctl: string | null;
  /** As it prints it: `3.5.16`. */
  version: string;
}

/** No etcd could be found; the message says what was tried and how to get one. */
export class EtcdNotFoundError extends Error {
  constructor(tried: readonly string[], version?: string) {
    super(
      `No etcd${version ? ` ${version}` : ""} was found for the demo (tried: ${tried.join("; ")}). Install one (apt install etcd-server etcd-client, brew install etcd, or a release from https://github.com/etcd-io/etcd/releases on PATH), set ETCD_BIN to it, or give your own cluster with --endpoints.`,
    );
    this.name = "EtcdNotFoundError";
  }
}

/**
 * Finds an etcd server: `ETCD_BIN`, `PATH`, the cache, Debian's or Ubuntu's package unpacked into the cache, Homebrew's
 * places. With `version` ("3.5") only one of that minor version will do. `log` hears about a download.
 */
export async function findEtcd(options: {
  cacheDir: string;
  version?: string;
  log?: (text: string) => void;
}): Promise<EtcdBinaries> {
  const tried: string[] = [];
  const attempt = async (label: string, file: string) => tryBinary(label, file, { ...options, tried });
  const configured = readEtcdBin();
  if (configured) {
    const found = await attempt("ETCD_BIN", configured);
    if (found) return found;
  }
  for (const file of [
    ...readSearchPath().map((directory) => join(directory, "etcd")),
    cachedBinary(options.cacheDir),
  ]) {
    const found = existsSync(file) ? await attempt(file, file) : null;
    if (found) return found;
  }
  tried.push("PATH", options.cacheDir);
  const downloaded = await downloadDebianEtcd(options.cacheDir, options.log ?? (() => undefined));
  if (typeof downloaded === "string") tried.push(downloaded);
  else {
    const found = await attempt("the package etcd-server", cachedBinary(options.cacheDir));
    if (found) return found;
  }
  for (const file of BREW_BINARIES) {
    const found = existsSync(file) ? await attempt(file, file) : null;
    if (found) return found;
  }
  tried.push("Homebrew");
  throw new EtcdNotFoundError(tried, options.version);
}

/** An etcd 3.5: what `findEtcd` finds, if that is one, else the package of a newer Debian or Ubuntu. For tests. */
export async function findEtcd35(
  cacheDir: string,
  log: (text: string) => void = () => undefined,
): Promise<EtcdBinaries> {
  const tried: string[] = [];
  const files = [readEtcdBin(), ...readSearchPath().map((directory) => join(directory, "etcd")), ...BREW_BINARIES];
  const newerDir = join(cacheDir, "3.5");
  for (const file of [...files, cachedBinary(newerDir)]) {
    const found = file && existsSync(file) ? await tryBinary(file, file, { version: "3.5", tried }) : null;
    if (found) return found;
  }
  const downloaded = await downloadNewerDebianEtcd(newerDir, log);
  if (typeof downloaded === "string") tried.push(downloaded);
  const found = await tryBinary("the package etcd-server of a newer release", cachedBinary(newerDir), {
    version: "3.5",
    tried,
  });
  if (found) return found;
  throw new EtcdNotFoundError(tried, "3.5");
}

const BREW_BINARIES = ["/opt/homebrew", "/usr/local", "/home/linuxbrew/.linuxbrew"].flatMap((root) => [
  join(root, "bin/etcd"),
  join(root, "opt/etcd/bin/etcd"),
]);

function cachedBinary(cacheDir: string): string {
  return join(cacheDir, "etcd/usr/bin/etcd");
}

/** Runs the binary for its version; null, with the reason in `tried`, when it will not do. */
async function tryBinary(
  label: string,
  etcd: string,
  { version: wanted, tried }: { version?: string; tried: string[] },
): Promise<EtcdBinaries | null> {
  const version = await readVersion(etcd);
  if (version === null) tried.push(`${label}: does not run`);
  else if (wanted && !version.startsWith(`${wanted}.`)) tried.push(`${label}: is ${version}`);
  else return { etcd, etcdctl: findEtcdctl(etcd), version };
  return null;
}

async function readVersion(etcd: string): Promise<string | null> {
  try {
    const { stdout } = await run(etcd, ["--version"], { timeout: 10_000 });
    return /etcd Version:\s*(\S+)/.exec(stdout)?.[1] ?? null;
  } catch {
    return null;
  }
}

function findEtcdctl(etcd: string): string | null {
  const places = [dirname(etcd), ...readSearchPath()];
  return places.map((directory) => join(directory, "etcdctl")).find((file) => existsSync(file)) ?? null;
}
