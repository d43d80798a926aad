import { delimiter } from "node:path";

/** Everything that can be set from outside, read in one place. Nothing else reads `process.env`. */

export type Environment = Readonly<Record<string, string | undefined>>;

const LOG_LEVELS = ["fatal", "error", "warn", "info", "debug", "trace", "silent"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** What worker and web need to run. */
export interface ProcessConfig {
  databaseUrl: string;
  /** 32 bytes that seal passwords and private keys at rest. */
  secretKey: Buffer;
  logLevel: LogLevel;
}
export interface WorkerConfig extends ProcessConfig {
  /** Where checkpoints are kept; null: nowhere. */
  dataDir: string | null;
  /** Where people reach etcdscope, for the links in notifications; null: not known. */
  publicUrl: string | null;
}
export type WebConfig = ProcessConfig;

/** Every fault found in the configuration, one sentence each. */
export class ConfigError extends Error {
  constructor(readonly faults: readonly string[]) {
    super(faults.join("\n"));
    this.name = "ConfigError";
  }
}

/**
 * Settings of the worker: `DATABASE_URL`, `ETCDSCOPE_SECRET_KEY`, `LOG_LEVEL`, `ETCDSCOPE_DATA_DIR`,
 * `ETCDSCOPE_PUBLIC_URL`. Throws a `ConfigError` that lists every fault.
 */
export function readWorkerConfig(env: Environment = process.env): WorkerConfig {
  const publicUrlFault = findPublicUrlFault(env);
  if (publicUrlFault !== null) throw new ConfigError([publicUrlFault]);
  const publicUrl = env.ETCDSCOPE_PUBLIC_URL || null;
  return { ...readProcessConfig(env), dataDir: env.ETCDSCOPE_DATA_DIR || null, publicUrl };
}

/** Settings of the web process: the first three of them. Throws a `ConfigError` that lists every fault. */
export function readWebConfig(env: Environment = process.env): WebConfig {
  return readProcessConfig(env);
}

/** How much `/metrics` tells. */
export interface MetricsConfig {
  /** So many prefixes of a cluster by live bytes, and as many by writes. */
  prefixes: number;
}
const DEFAULT_METRICS_PREFIXES = 50;
const MOST_METRICS_PREFIXES = 1_000;

/** Settings of `/metrics`: `ETCDSCOPE_METRICS_PREFIXES`, 0 to 1,000, 50 unless set. Throws a `ConfigError`. */
export function readMetricsConfig(env: Environment = process.env): MetricsConfig {
  const fault = findMetricsPrefixesFault(env);
  if (fault !== null) throw new ConfigError([fault]);
  return { prefixes: Number(env.ETCDSCOPE_METRICS_PREFIXES || DEFAULT_METRICS_PREFIXES) };
}

/** The log level alone, `info` when it is missing or wrong: the logger must work before the configuration does. */
export function readLogLevel(env: Environment = process.env): LogLevel {
  return isLogLevel(env.LOG_LEVEL) ? env.LOG_LEVEL : "info";
}

/** The etcd that `ETCD_BIN` names for the demo and the tests; null when it is not set. */
export function readEtcdBin(env: Environment = process.env): string | null {
  return env.ETCD_BIN || null;
}

/** What the environment says about the start as a whole. */
export interface StartConfig {
  /** A Postgres server to use instead of our own. */
  databaseUrl: string | null;
  /** 64 hexadecimal digits; null when the key is kept in a file. */
  secretKeyHex: string | null;
  /** The directory the user is in: `npm start` changes it to the project's. */
  directory: string;
  etcdctl: EtcdctlSettings;
}

/** The variables that `etcdctl` reads, so that what works there works here. */
export interface EtcdctlSettings {
  endpoints?: string;
  cacert?: string;
  cert?: string;
  key?: string;
  user?: string;
  password?: string;
}

/** Settings of a start. Throws a `ConfigError` that lists every fault. */
export function readStartConfig(env: Environment = process.env): StartConfig {
  const databaseUrl = env.DATABASE_URL || null;
  const secretKeyHex = env.ETCDSCOPE_SECRET_KEY || null;
  const faults = [
    databaseUrl === null ? null : findDatabaseUrlFault(databaseUrl),
    secretKeyHex === null ? null : findSecretKeyFault(secretKeyHex),
    findLogLevelFault(env),
    findMetricsPrefixesFault(env),
    findPublicUrlFault(env),
  ].filter((fault) => fault !== null);
  if (faults.length > 0) throw new ConfigError(faults);
  return {
    databaseUrl,
    secretKeyHex,
    directory: userDirectory(env),
    etcdctl: {
      endpoints: env.ETCDCTL_ENDPOINTS || undefined,
      cacert: env.ETCDCTL_CACERT || undefined,
      cert: env.ETCDCTL_CERT || undefined,
      key: env.ETCDCTL_KEY || undefined,
      user: env.ETCDCTL_USER || undefined,
      password: env.ETCDCTL_PASSWORD || undefined,
    },
  };
}

/** What the environment says to `etcdscope agent`. */
export interface AgentConfig {
  /** `ETCDSCOPE_TOKEN`; null: it is in a file. */
  token: string | null;
  /** The directory the user is in. */
  directory: string;
}

/** Settings of the agent. */
export function readAgentConfig(env: Environment = process.env): AgentConfig {
  return { token: env.ETCDSCOPE_TOKEN || null, directory: userDirectory(env) };
}

/** `npm start` changes the directory to the project's and leaves a note of the one before. */
function userDirectory(env: Environment): string {
  return (env.npm_lifecycle_event === "start" ? env.INIT_CWD : undefined) ?? process.cwd();
}

/** The directories of `PATH`, in order. */
export function readSearchPath(env: Environment = process.env): string[] {
  return (env.PATH ?? "").split(delimiter).filter((directory) => directory !== "");
}

/** The environment for a child process: ours, with changes; a value of undefined takes a variable away. */
export function childEnvironment(changes: Environment, env: Environment = process.env): NodeJS.ProcessEnv {
  const merged = { ...env, ...changes };
  return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== undefined)) as NodeJS.ProcessEnv;
}

function readProcessConfig(env: Environment): ProcessConfig {
  const faults: string[] = [];
  const databaseUrl = env.DATABASE_URL ?? "";
  const databaseFault = findDatabaseUrlFault(databaseUrl);
  if (databaseFault) faults.push(databaseFault);
  const secretHex = env.ETCDSCOPE_SECRET_KEY ?? "";
  const secretFault = findSecretKeyFault(secretHex);
  if (secretFault) faults.push(secretFault);
  const logFault = findLogLevelFault(env);
  if (logFault) faults.push(logFault);
  if (faults.length > 0) throw new ConfigError(faults);
  return { databaseUrl, secretKey: Buffer.from(secretHex, "hex"), logLevel: readLogLevel(env) };
}

const SECRET_KEY_HEX = /^[0-9a-fA-F]{64}$/;

function findSecretKeyFault(hex: string): string | null {
  if (SECRET_KEY_HEX.test(hex)) return null;
  if (hex !== "") return "ETCDSCOPE_SECRET_KEY must be exactly 64 hexadecimal digits (32 bytes).";
  return "ETCDSCOPE_SECRET_KEY is not set; it must be 64 hexadecimal digits (`openssl rand -hex 32` makes one).";
}

function isLogLevel(text: string | undefined): text is LogLevel {
  return LOG_LEVELS.some((level) => level === text);
}

function findLogLevelFault(env: Environment): string | null {
  if (env.LOG_LEVEL === undefined || env.LOG_LEVEL === "" || isLogLevel(env.LOG_LEVEL)) return null;
  return `LOG_LEVEL is "${env.LOG_LEVEL}"; it must be one of ${LOG_LEVELS.join(", ")}.`;
}

function findMetricsPrefixesFault(env: Environment): string | null {
  const text = env.ETCDSCOPE_METRICS_PREFIXES || String(DEFAULT_METRICS_PREFIXES);
  if (/^\d{1,4}$/.test(text) && Number(text) <= MOST_METRICS_PREFIXES) return null;
  return `ETCDSCOPE_METRICS_PREFIXES is "${text}"; it must be a whole number from 0 to ${MOST_METRICS_PREFIXES}.`;
}

function findPublicUrlFault(env: Environment): string | null {
  const text = env.ETCDSCOPE_PUBLIC_URL;
  if (!text || (URL.canParse(text) && ["http:", "https:"].includes(new URL(text).protocol))) return null;
  return "ETCDSCOPE_PUBLIC_URL is no URL; it looks like https://etcdscope.example.com and is used for links in notifications.";
}

/** The sentence about a wrong `DATABASE_URL`, without repeating it: it may hold a password. */
function findDatabaseUrlFault(databaseUrl: string): string | null {
  if (databaseUrl === "") return "DATABASE_URL is not set; it looks like postgres://user:password@host:5432/etcdscope.";
  if (!URL.canParse(databaseUrl) || !["postgres:", "postgresql:"].includes(new URL(databaseUrl).protocol)) {
    return "DATABASE_URL is no Postgres URL; it looks like postgres://user:password@host:5432/etcdscope.";
  }
  return null;
}
