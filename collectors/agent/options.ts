import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { Command, CommanderError } from "commander";
import type { AgentOptions } from "@/collectors/agent/agent";
import type { AgentConfig } from "@/lib/config";

const DEFAULT_PORT = 2379;
const DEFAULT_INTERVAL_SECONDS = 30;
const MAX_TOKEN_BYTES = 1_000;

/** What is wrong with the command line: one sentence. */
export class AgentError extends Error {}
/** Help was asked for and printed. */
export class AgentHelpShown extends Error {}

interface Flags {
  url?: string;
  cluster?: string;
  member?: string;
  tokenFile?: string;
  ports: string;
  proc: string;
  interval: string;
}

/** Reads the agent's command line and its token. Throws an `AgentError`, or `AgentHelpShown`. */
export function parseAgentOptions(args: readonly string[], config: AgentConfig): AgentOptions {
  const given = parseFlags(args);
  for (const flag of ["url", "cluster", "member"] as const) {
    if (!given[flag]) throw new AgentError(`--${flag} is missing; \`npm start -- agent --help\` lists what is needed.`);
  }
  return {
    url: checkUrl(given.url as string),
    cluster: given.cluster as string,
    member: checkMember(given.member as string),
    token: readToken(given.tokenFile, config),
    procDir: resolve(config.directory, given.proc),
    ports: new Set(given.ports.split(",").map(checkPort)),
    intervalMs: checkInterval(given.interval) * 1_000,
  };
}

function parseFlags(args: readonly string[]): Flags {
  const command = new Command("npm start -- agent")
    .description("Reports the connections of an etcd member, from its host or its network namespace, to etcdscope.")
    .option(
      "--url <url>",
      "etcdscope's address, such as http://127.0.0.1:3000; from another machine, an SSH tunnel's end",
    )
    .option("--cluster <name>", "the cluster's name or id there")
    .option("--member <name>", "the member's name, as etcd has it")
    .option("--token-file <file>", "file that holds the ingest token (ETCDSCOPE_TOKEN)")
    .option("--ports <list>", "the member's client ports, separated by commas", String(DEFAULT_PORT))
    .option("--proc <directory>", "where the kernel's tables are", "/proc")
    .option("--interval <seconds>", "time between two reports", String(DEFAULT_INTERVAL_SECONDS))
    .allowExcessArguments(false)
    .configureOutput({ writeErr: () => undefined })
    .exitOverride();
  try {
    return command.parse([...args], { from: "user" }).opts<Flags>();
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.code === "commander.helpDisplayed") throw new AgentHelpShown();
    const fault = error.message.replace(/^error: /, "").replace(/\.?\n.*/s, "");
    throw new AgentError(
      `${fault.charAt(0).toUpperCase()}${fault.slice(1)}; \`npm start -- agent --help\` lists what there is.`,
    );
  }
}

function checkUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url !== null && ["http:", "https:"].includes(url.protocol) && url.username === "") return url.origin;
  throw new AgentError(`--url "${text}" is no address of etcdscope; it looks like http://127.0.0.1:3000.`);
}

function checkMember(name: string): string {
  if (name.trim() !== "" && name.length <= 200) return name.trim();
  throw new AgentError("--member: a name has 1 to 200 characters.");
}

function checkPort(text: string): number {
  const port = Number(text.trim());
  if (text.trim() !== "" && Number.isInteger(port) && port >= 1 && port <= 65_535) return port;
  throw new AgentError(`--ports "${text}": a port is a number from 1 to 65535.`);
}

function checkInterval(text: string): number {
  const seconds = Number(text);
  if (Number.isFinite(seconds) && seconds >= 1 && seconds <= 3_600) return seconds;
  throw new AgentError(`--interval ${text}: give 1 to 3600 seconds.`);
}

function readToken(file: string | undefined, { token, directory }: AgentConfig): string {
  const text = (file === undefined ? (token ?? "") : readTokenFile(resolve(directory, file))).trim();
  if (/^[\x21-\x7e]{1,200}$/.test(text)) return text;
  throw new AgentError(
    text === ""
      ? "There is no token: give --token-file, or set ETCDSCOPE_TOKEN; Settings › Tokens makes one."
      : `${file === undefined ? "ETCDSCOPE_TOKEN" : `The file ${file}`} holds no ingest token.`,
  );
}

function readTokenFile(path: string): string {
  try {
    return readFileSync(path).subarray(0, MAX_TOKEN_BYTES).toString("utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
    throw new AgentError(`The token file ${path} cannot be read (${code}).`);
  }
}
