import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { findEtcd, findEtcd35 } from "@/lib/demo/etcd-binary";
import { findChromium } from "@/tests/support/chromium";
import { findCommand, installDebianPackage } from "@/tests/support/debian-package";
import { findPrometheus } from "@/tests/support/prometheus";

/**
 * Finds or gets everything the tests need beside npm's packages, and writes it to the file given. Fails with a sentence
 * for each part that cannot be had: a test that is left out would look like one that passed.
 */

export interface Tools {
  chromium: string;
}

const CACHE_DIR = join(import.meta.dirname, "../../.etcdscope/cache");
const log = (text: string) => console.log(`  ${text}`);
const faults: string[] = [];

async function get<Part>(name: string, find: () => Promise<Part>, describe: (part: Part) => string) {
  try {
    const part = await find();
    log(`${name.padEnd(10)} ${describe(part)}`);
    return part;
  } catch (error) {
    faults.push(error instanceof Error ? error.message : String(error));
    return null;
  }
}

const etcdctlOf = ({ etcd, etcdctl, version }: { etcd: string; etcdctl: string | null; version: string }) => {
  if (etcdctl === null) faults.push(`There is no etcdctl beside ${etcd} or on PATH; install the package etcd-client.`);
  return `${version}, ${etcd}`;
};

async function findOpenssl(): Promise<string> {
  const found = findCommand("openssl") ?? (await installDebianPackage("openssl", "openssl", log));
  if (found) return found;
  throw new Error(
    "No openssl was found, which the TLS tests need (tried PATH and, as root, Debian's package). Install it.",
  );
}

const chromium = await get(
  "Chromium",
  () => findChromium(log),
  (path) => path,
);
await get("etcd", () => findEtcd({ cacheDir: CACHE_DIR, log }), etcdctlOf);
await get("etcd 3.5", () => findEtcd35(CACHE_DIR, log), etcdctlOf);
await get("openssl", findOpenssl, (path) => path);
await get(
  "Prometheus",
  () => findPrometheus(log),
  ({ prometheus, alertmanager }) => `${prometheus}, ${alertmanager}`,
);
for (const fault of faults) console.error(fault);
if (chromium !== null && faults.length === 0) {
  const tools: Tools = { chromium };
  writeFileSync(process.argv[2] ?? "/dev/stdout", JSON.stringify(tools));
}
process.exitCode = faults.length > 0 ? 1 : 0;
