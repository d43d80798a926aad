import { execFile, execFileSync } from "node:child_process";
import { promisify } from "node:util";
import { childEnvironment } from "@/lib/config";

const run = promisify(execFile);

/** Who runs Postgres. It refuses to run as root, so root must find another way. */
export interface Account {
  /** For messages: "as user nobody". */
  description: string;
  /** What to execute so that `command` runs under this account. */
  wrap(command: string, args: readonly string[]): { command: string; args: string[] };
  /** Set where a process is spawned under another user, who must also own its files. */
  owner: { uid: number; gid: number } | null;
}

const SELF: Account = {
  description: "as the current user",
  wrap: (command, args) => ({ command, args: [...args] }),
  owner: null,
};

/** A user namespace in which root is nobody: files stay root's, no account and no change of owner is needed. */
const NAMESPACE: Account = {
  description: "in a user namespace",
  wrap: (command, args) => ({
    command: "unshare",
    args: ["-U", "--map-user=65534", "--map-group=65534", "--", command, ...args],
  }),
  owner: null,
};

/** The accounts to try, in order. */
export function listAccounts(): Account[] {
  if (process.getuid?.() !== 0) return [SELF];
  return [NAMESPACE, ...["postgres", "nobody"].flatMap(findUser)];
}

/** Runs a command under an account and answers its output; throws when it fails. */
export async function runAs(account: Account, command: string, args: readonly string[], home: string): Promise<string> {
  const wrapped = account.wrap(command, args);
  const { stdout } = await run(wrapped.command, wrapped.args, { ...spawnOptions(account, home), timeout: 120_000 });
  return stdout;
}

/** The options that spawn needs for an account. A server that finds root's HOME looks for certificates there and fails. */
export function spawnOptions(account: Account, home: string) {
  return {
    ...(account.owner ?? {}),
    cwd: "/",
    env: childEnvironment({
      HOME: home,
      LC_ALL: "C",
      TZ: "UTC",
      PGDATA: undefined,
      PGPORT: undefined,
      PGHOST: undefined,
    }),
  };
}

function findUser(name: string): Account[] {
  try {
    const [uid, gid] = ["-u", "-g"].map((flag) =>
      Number(execFileSync("id", [flag, name], { stdio: "pipe" }).toString()),
    );
    if (!uid || !gid) return [];
    return [{ description: `as user ${name}`, wrap: SELF.wrap, owner: { uid, gid } }];
  } catch {
    return []; // no such user here
  }
}
