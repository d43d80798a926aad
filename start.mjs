#!/usr/bin/env node
// `npm start`: installs what is missing, builds if the build is older than the sources, then runs the supervisor.
// `npm start -- agent`, or `npx etcdscope agent`: installs what is missing and runs the agent; nothing is built for it.
// Plain Node without dependencies: it must run before anything is installed.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const OLDEST_NODE = [20, 19];
const BUILD_SOURCES = [
  "app",
  "components",
  "lib",
  "public",
  "proxy.ts",
  "next.config.ts",
  "package-lock.json",
  "tsconfig.json",
];
const rootDir = dirname(fileURLToPath(import.meta.url));
const inRoot = (...parts) => join(rootDir, ...parts);

const isAgent = process.argv[2] === "agent";

checkNode();
if (isAgent) {
  if (!isInstalled()) await install();
} else if (!process.argv.slice(2).some((argument) => argument === "--help" || argument === "-h")) {
  await install();
  await build();
} else if (!isInstalled()) await install();
if (!isAgent) process.chdir(rootDir);
const { register } = await import("tsx/esm/api");
register({ tsconfig: inRoot("tsconfig.json") });
await import(isAgent ? "./collectors/agent/main.ts" : "./lib/supervisor/main.ts");

function checkNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) return;
  fail(
    `etcdscope needs Node ${OLDEST_NODE.join(".")} or later; this is Node ${process.versions.node}. Install a newer one from https://nodejs.org.`,
  );
}

async function install() {
  if (isInstalled()) return;
  await runLong("packages", "installing", "npm", [
    "ci",
    "--include=dev",
    "--include=optional",
    "--no-audit",
    "--no-fund",
  ]);
  writeFileSync(installStamp(), hashOf(["package-lock.json"]));
}

/** True when node_modules is what package-lock.json says, by our stamp or else by npm's own record. */
function isInstalled() {
  if (!existsSync(inRoot("node_modules/.package-lock.json"))) return false;
  if (existsSync(installStamp()) && readFileSync(installStamp(), "utf8") === hashOf(["package-lock.json"])) return true;
  const wanted = JSON.parse(readFileSync(inRoot("package-lock.json"), "utf8")).packages;
  const found = JSON.parse(readFileSync(inRoot("node_modules/.package-lock.json"), "utf8")).packages;
  return Object.entries(wanted).every(([path, { version, optional, peer, extraneous }]) => {
    if (path === "") return true;
    return found[path] === undefined ? Boolean(optional || peer || extraneous) : found[path].version === version;
  });
}

function installStamp() {
  return inRoot("node_modules/.etcdscope-install");
}

async function build() {
  const stamp = inRoot(".next/etcdscope-build");
  const hash = hashOf(BUILD_SOURCES);
  const isBuilt = existsSync(inRoot(".next/standalone/server.js")) && existsSync(stamp);
  if (isBuilt && readFileSync(stamp, "utf8") === hash) return;
  rmSync(stamp, { force: true });
  const next = createRequire(import.meta.url).resolve("next/dist/bin/next");
  await runLong("web", "building", process.execPath, [next, "build"]);
  // The standalone server leaves out what a file server could serve.
  cpSync(inRoot(".next/static"), inRoot(".next/standalone/.next/static"), { recursive: true });
  if (existsSync(inRoot("public"))) cpSync(inRoot("public"), inRoot(".next/standalone/public"), { recursive: true });
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, hash);
}

/** A hash over the names and contents of files and directories. */
function hashOf(paths) {
  const hash = createHash("sha256");
  const add = (path) => {
    if (!existsSync(inRoot(path))) return;
    if (statSync(inRoot(path)).isDirectory())
      for (const name of readdirSync(inRoot(path)).sort()) add(join(path, name));
    else
      hash
        .update(`${path}\0`)
        .update(readFileSync(inRoot(path)))
        .update("\0");
  };
  for (const path of paths) add(path);
  return hash.digest("hex");
}

/** Runs a command that takes its time: says so every ten seconds, shows its output only when it fails. */
function runLong(what, doing, command, args) {
  const startMs = Date.now();
  const seconds = () => ((Date.now() - startMs) / 1_000).toFixed(0);
  const isTerminal = process.stdout.isTTY;
  const show = (text) =>
    process.stdout.write(isTerminal ? `\r\x1b[K  ${what.padEnd(10)} ${text}` : `  ${what.padEnd(10)} ${text}\n`);
  show(`${doing} (the first time takes a minute or two)`);
  const timer = setInterval(() => show(`${doing}, ${seconds()} s`), isTerminal ? 1_000 : 10_000);
  return new Promise((resolve) => {
    let output = "";
    const env = { ...process.env, NEXT_TELEMETRY_DISABLED: "1", NODE_ENV: command === "npm" ? "" : "production" };
    const child = spawn(command, args, {
      cwd: rootDir,
      env,
      shell: process.platform === "win32",
      stdio: ["ignore", "pipe", "pipe"],
    });
    const collect = (chunk) => {
      output = (output + chunk).slice(-20_000);
    };
    child.stdout.on("data", collect);
    child.stderr.on("data", collect);
    child.on("error", (error) => collect(error.message));
    child.on("close", (code) => {
      clearInterval(timer);
      if (code === 0) {
        show(`${doing === "building" ? "built" : "installed"} (${seconds()} s)`);
        if (isTerminal) process.stdout.write("\n");
        return resolve();
      }
      process.stderr.write(`\n${output.trim()}\n\n`);
      fail(`${what}: ${doing} failed after ${seconds()} s (\`${[command, ...args].join(" ")}\`); its output is above.`);
    });
  });
}

function fail(sentence) {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}
