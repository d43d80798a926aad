import { createHash } from "node:crypto";
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  lchownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { type Account, listAccounts, runAs } from "@/lib/db/embedded/account";
import { listPostgresBinaries, type PostgresBinaries, packageName } from "@/lib/db/embedded/binaries";

const OLDEST_MAJOR = 15;
const ROOT_HOME = "/var/lib/etcdscope"; // for root, where the data directory cannot be reached by the other account

/** Which binaries run, under which account, on which directory. */
export interface Installation {
  account: Account;
  binDir: string;
  major: number;
  /** Holds `data/`, the log and the settings. */
  home: string;
}

/** Postgres cannot be run here; the message is a sentence that says what was tried and what to do. */
export class EmbeddedPostgresError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "EmbeddedPostgresError";
  }
}

/** Chooses binaries and account by trying them. Existing data decides the major version. */
export async function findInstallation(dataDir: string): Promise<Installation> {
  const tried: string[] = [];
  const binaries = listPostgresBinaries();
  if (binaries.length === 0) tried.push(`no package ${packageName()}, no Postgres on this system`);
  let otherMajor: { home: string; wanted: number; found: number } | null = null;
  for (const account of listAccounts()) {
    const home = await prepareHome(account, dataDir);
    if (home === null) {
      tried.push(`${account.description}: not possible here`);
      continue;
    }
    const wanted = readDataMajor(home);
    for (const candidate of binaries) {
      const reachable = await findReachable(account, candidate, home);
      if (reachable === null) tried.push(`${candidate.binDir} ${account.description}: does not run`);
      else if (reachable.major < OLDEST_MAJOR)
        tried.push(`${candidate.binDir}: Postgres ${reachable.major} is too old`);
      else if (wanted !== null && wanted !== reachable.major) otherMajor ??= { home, wanted, found: reachable.major };
      else return { account, home, ...reachable };
    }
    if (otherMajor) throw new EmbeddedPostgresError(describeOtherMajor(otherMajor));
  }
  throw new EmbeddedPostgresError(
    `Postgres cannot be started here (tried: ${tried.join("; ")}). Install Postgres ${OLDEST_MAJOR} or later, start as a user other than root, or set DATABASE_URL to a Postgres server.`,
  );
}

/** The major version that wrote the data below `home`; null when there is none yet. */
function readDataMajor(home: string): number | null {
  const file = join(home, "data/PG_VERSION");
  return existsSync(file) ? Number.parseInt(readFileSync(file, "utf8"), 10) : null;
}

function describeOtherMajor({ home, wanted, found }: { home: string; wanted: number; found: number }): string {
  return `The data in ${home} was written by Postgres ${wanted}, but only Postgres ${found} is installed here. Install Postgres ${wanted}, or move ${home} away to start empty.`;
}

/** Where Postgres may keep its files: below the data directory, else, for root, in a place of its own. */
export function listHomes(dataDir: string): string[] {
  const real = realpathSync(dataDir);
  const hash = createHash("sha256").update(real).digest("hex").slice(0, 12);
  return [join(real, "postgres"), ...(process.getuid?.() === 0 ? [join(ROOT_HOME, hash)] : [])];
}

/** The first of these places that the account can enter and write. */
async function prepareHome(account: Account, dataDir: string): Promise<string | null> {
  for (const home of listHomes(dataDir)) {
    const isNew = !existsSync(home);
    try {
      mkdirSync(home, { recursive: true, mode: 0o700 });
      if (home.startsWith(ROOT_HOME)) chmodSync(ROOT_HOME, 0o711);
      changeOwner(home, account.owner ?? { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 });
      await runAs(account, "sh", ["-c", 'cd "$0" && test -w .', home], home);
      return home;
    } catch {
      if (isNew) rmSync(home, { recursive: true, force: true }); // not reachable for this account: the next place
    }
  }
  return null;
}

/** Gives a whole tree to a user, if root and it belongs to another. */
function changeOwner(path: string, owner: { uid: number; gid: number }): void {
  if (process.getuid?.() !== 0 || statSync(path).uid === owner.uid) return;
  for (const entry of readdirSync(path, { recursive: true, encoding: "utf8" })) {
    lchownSync(join(path, entry), owner.uid, owner.gid);
  }
  chownSync(path, owner.uid, owner.gid);
}

/** The binaries where the account can run them, copied into `home` if need be; null when they do not run at all. */
async function findReachable(
  account: Account,
  binaries: PostgresBinaries,
  home: string,
): Promise<{ binDir: string; major: number } | null> {
  const major = await readMajor(account, binaries.binDir, home);
  if (major !== null) return { binDir: binaries.binDir, major };
  if (account.owner === null || binaries.homeDir === null) return null;
  const copyDir = join(home, "binaries");
  const lead = basename(dirname(dirname(binaries.homeDir)));
  if (!existsSync(join(copyDir, lead))) {
    cpSync(binaries.homeDir, join(copyDir, lead), { recursive: true, verbatimSymlinks: true });
    const { uid, gid } = account.owner;
    for (const entry of readdirSync(copyDir, { recursive: true, encoding: "utf8" }))
      lchownSync(join(copyDir, entry), uid, gid);
    chownSync(copyDir, uid, gid);
  }
  const binDir = join(copyDir, lead, "bin");
  const copiedMajor = await readMajor(account, binDir, home);
  return copiedMajor === null ? null : { binDir, major: copiedMajor };
}

async function readMajor(account: Account, binDir: string, home: string): Promise<number | null> {
  try {
    const version = await runAs(account, join(binDir, "postgres"), ["--version"], home);
    return Number(/\s(\d+)/.exec(version)?.[1] ?? Number.NaN) || null;
  } catch {
    return null;
  }
}
