import { dirname, resolve } from "node:path";
import { Command, CommanderError } from "commander";
import type { StartConfig } from "@/lib/config";
import type { DeclaredCluster } from "@/lib/db/clusters";
import { readAccess } from "@/lib/supervisor/access";
import { readClusterFile } from "@/lib/supervisor/cluster-file";
import { type DeclaredSource, toDeclaredSource } from "@/lib/supervisor/source-file";
import { StartError } from "@/lib/supervisor/start-error";

export const DEFAULT_PORT = 3000;

/** What a start was asked to do, checked. */
export interface StartOptions {
  host: string;
  port: number;
  /** False: the next free port will do. */
  isPortGiven: boolean;
  dataDir: string;
  /** From `--endpoints` or `ETCDCTL_ENDPOINTS`; its name is null when none was given. */
  cluster: { name: string | null; access: DeclaredCluster["access"] } | null;
  /** From `--config`; null when there is none. */
  fileClusters: FileCluster[] | null;
}

/** A cluster of the configuration file, with its sources; absent: they stay as they are. */
export interface FileCluster extends DeclaredCluster {
  sources?: DeclaredSource[];
}

/** Help was asked for and printed. */
export class HelpShown extends Error {}

const CLUSTER_NAME = /^[a-zA-Z0-9][a-zA-Z0-9._-]{0,62}$/;

/** Reads the command line and what goes with it. Throws a `StartError` with one sentence, or `HelpShown`. */
export function parseStartOptions(args: readonly string[], rootDir: string, config: StartConfig): StartOptions {
  const given = parseFlags(args);
  const port = given.port === undefined ? DEFAULT_PORT : Number(given.port);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new StartError(`--port ${given.port}: a port is a number from 1 to 65535.`);
  }
  return {
    host: checkHost(given.host ?? "127.0.0.1"),
    port,
    isPortGiven: given.port !== undefined,
    dataDir: given.dataDir === undefined ? resolve(rootDir, ".etcdscope") : resolve(config.directory, given.dataDir),
    cluster: readCluster(given, config),
    fileClusters: given.config === undefined ? null : readFile(resolve(config.directory, given.config)),
  };
}

interface Flags {
  port?: string;
  host?: string;
  dataDir?: string;
  endpoints?: string;
  name?: string;
  cacert?: string;
  cert?: string;
  key?: string;
  serverName?: string;
  user?: string;
  config?: string;
}

function parseFlags(args: readonly string[]): Flags {
  const command = new Command("npm start --")
    .description("Starts etcdscope: Postgres (unless DATABASE_URL is set), the worker and the web interface.")
    .option("--port <number>", `port of the web interface (default ${DEFAULT_PORT}, or the next free one)`)
    .option("--host <address>", "loopback address to listen on (default 127.0.0.1)")
    .option("--data-dir <directory>", "where data and logs are kept (default .etcdscope)")
    .option("--endpoints <list>", "etcd endpoints of one cluster, separated by commas (ETCDCTL_ENDPOINTS)")
    .option("--name <name>", "name of that cluster (default: its first host)")
    .option("--cacert <file>", "CA certificate of its servers (ETCDCTL_CACERT)")
    .option("--cert <file>", "client certificate (ETCDCTL_CERT)")
    .option("--key <file>", "key of the client certificate (ETCDCTL_KEY)")
    .option("--server-name <name>", "name its server certificate carries, where that is not the host's")
    .option("--user <name:password>", "etcd user (ETCDCTL_USER, ETCDCTL_PASSWORD)")
    .option("--config <file>", "clusters as code: a YAML file, see README")
    .allowExcessArguments(false)
    .configureOutput({ writeErr: () => undefined })
    .exitOverride();
  try {
    return command.parse([...args], { from: "user" }).opts<Flags>();
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.code === "commander.helpDisplayed") throw new HelpShown();
    const fault = error.message.replace(/^error: /, "").replace(/\.?\n.*/s, "");
    throw new StartError(
      `${fault.charAt(0).toUpperCase()}${fault.slice(1)}; \`npm start -- --help\` lists what there is.`,
    );
  }
}

function checkHost(host: string): string {
  if (host === "localhost" || host === "::1" || /^127(\.\d{1,3}){3}$/.test(host)) return host;
  throw new StartError(
    `--host ${host} is refused: there is no access control yet, so etcdscope listens on loopback only (127.0.0.1). From another machine, use an SSH tunnel.`,
  );
}

function readCluster(given: Flags, { etcdctl, directory }: StartConfig): StartOptions["cluster"] {
  const endpoints = given.endpoints ?? etcdctl.endpoints;
  if (endpoints === undefined) {
    const stray = (["name", "cacert", "cert", "key", "serverName", "user"] as const).find(
      (flag) => given[flag] !== undefined,
    );
    if (stray)
      throw new StartError(`--${flagName(stray)} is given without --endpoints; it says how to reach that cluster.`);
    return null;
  }
  if (given.name !== undefined && !CLUSTER_NAME.test(given.name)) {
    throw new StartError(
      `--name "${given.name}": a name has 1 to 63 letters, digits, dots, dashes or underscores, a letter or digit first.`,
    );
  }
  const list = endpoints
    .split(",")
    .map((text) => text.trim())
    .filter((text) => text !== "");
  const origin = (field: string) => {
    const isFromFlag =
      field === "endpoints" ? given.endpoints !== undefined : given[field as keyof Flags] !== undefined;
    return isFromFlag ? `--${flagName(field)}` : `ETCDCTL_${field.toUpperCase()}`;
  };
  const access = readAccess(
    {
      endpoints: list,
      cacert: given.cacert ?? etcdctl.cacert,
      cert: given.cert ?? etcdctl.cert,
      key: given.key ?? etcdctl.key,
      serverName: given.serverName,
      ...readUser(given.user, etcdctl),
    },
    directory,
    origin,
  );
  return { name: given.name ?? null, access };
}

/** `name:password`; as with etcdctl the password may come apart, in ETCDCTL_PASSWORD. */
function readUser(flag: string | undefined, etcdctl: StartConfig["etcdctl"]): { username?: string; password?: string } {
  const user = flag ?? etcdctl.user;
  if (user === undefined) return {};
  const colon = user.indexOf(":");
  const username = colon < 0 ? user : user.slice(0, colon);
  const password = colon < 0 ? etcdctl.password : user.slice(colon + 1);
  const origin = flag === undefined ? "ETCDCTL_USER" : "--user";
  if (username === "") throw new StartError(`${origin}: the user name is missing; write it as name:password.`);
  if (password === undefined) {
    throw new StartError(
      `${origin}: the password of "${username}" is missing; write it as name:password, or set ETCDCTL_PASSWORD.`,
    );
  }
  return { username, password };
}

function readFile(path: string): FileCluster[] {
  return readClusterFile(path).map(({ name, isManaged, written, sources, origin }) => {
    if (!CLUSTER_NAME.test(name)) {
      throw new StartError(
        `${origin("name")}: "${name}" is no name; it has 1 to 63 letters, digits, dots, dashes or underscores, a letter or digit first.`,
      );
    }
    const directory = dirname(path);
    return {
      name,
      access: isManaged ? { endpoints: [] } : readAccess(written, directory, origin),
      sources: sources.map((source) => toDeclaredSource(source, directory)),
    };
  });
}

function flagName(field: string): string {
  return field === "serverName" ? "server-name" : field === "password" ? "user" : field;
}
