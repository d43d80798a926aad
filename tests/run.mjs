// `npm test`: installs what is missing and runs everything. The last line is `N passed, N failed`; the exit code is 1
// when anything failed, or could not be run. Plain Node: it must run before anything is installed.
// `npm test -- lint unit` runs only the steps named.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const reports = mkdtempSync(join(tmpdir(), "etcdscope-reports-"));
const bin = (name) => join(root, "node_modules/.bin", name);
// A dashboard under test must not find the clusters, databases or settings of whoever tests it.
const environment = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(ETCDCTL_|ETCDSCOPE_|DATABASE_URL$|PG|NODE_ENV$)/.test(name)),
);
const total = { passed: 0, failed: 0 };
const summary = [];

/** Each step answers how many of its checks passed and failed. */
const STEPS = {
  install: async () => check("install", [await run(process.execPath, ["start.mjs", "--help"], { isQuiet: true })]),
  tools: async () => {
    const code = await run(process.execPath, [
      "--import",
      "tsx",
      "tests/support/find-tools.ts",
      join(reports, "tools"),
    ]);
    if (code === 0) Object.assign(environment, readToolEnvironment());
    return check("tools", [code]);
  },
  types: async () => check("types", [await run(bin("next"), ["typegen"]), await run(bin("tsc"), ["--noEmit"])]),
  lint: async () => check("lint", [await run(bin("biome"), ["check", "--error-on-warnings", "."])]),
  unit: () => vitest("unit"),
  integration: () => vitest("integration"),
  acceptance: () => vitest("acceptance"),
  e2e: () => playwright(),
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in STEPS));
if (unknown.length > 0) {
  console.error(`no such step: ${unknown.join(", ")}; there are ${Object.keys(STEPS).join(", ")}`);
  process.exit(1);
}
for (const [name, step] of Object.entries(STEPS)) {
  if (wanted.length > 0 && !wanted.includes(name) && !["install", "tools"].includes(name)) continue;
  console.log(`\n── ${name}`);
  const startMs = Date.now();
  const { passed, failed } = await step();
  total.passed += passed;
  total.failed += failed;
  summary.push(
    `${name.padEnd(12)} ${passed} passed, ${failed} failed, ${((Date.now() - startMs) / 1_000).toFixed(0)} s`,
  );
  if (failed > 0 && name === "install") break; // nothing else can run
}
rmSync(reports, { recursive: true, force: true });
console.log(`\n${summary.join("\n")}\n`);
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed > 0 ? 1 : 0;

/** One check: passed when all its commands did. */
function check(name, codes) {
  const failed = codes.some((code) => code !== 0) ? 1 : 0;
  if (failed) console.error(`${name} failed`);
  return { passed: 1 - failed, failed };
}

async function vitest(project) {
  const report = join(reports, `${project}.json`);
  const flags = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  const code = await run(bin("vitest"), ["run", "--project", project, ...flags]);
  const files = readReport(report)?.testResults ?? [];
  const tests = files.flatMap((file) => file.assertionResults);
  const passed = tests.filter((test) => test.status === "passed").length;
  // A file that fails before its first test has none to count; a test that is skipped has not shown anything.
  const broken = files.filter((file) => file.status === "failed" && !file.assertionResults.some(isFailure)).length;
  return counted({ passed, failed: tests.length - passed + broken, code });
}

async function playwright() {
  const report = join(reports, "e2e.json");
  const code = await run(bin("playwright"), ["test", "--reporter=list,json"], {
    PLAYWRIGHT_JSON_OUTPUT_FILE: report,
    PLAYWRIGHT_FORCE_TTY: "0",
  });
  const { expected = 0, unexpected = 0, flaky = 0, skipped = 0 } = readReport(report)?.stats ?? {};
  return counted({ passed: expected, failed: unexpected + flaky + skipped, code });
}

/** A run that ends badly, or without having shown anything, has failed whatever its report says. */
function counted({ passed, failed, code }) {
  return { passed, failed: failed === 0 && (code !== 0 || passed === 0) ? 1 : failed };
}

function isFailure(test) {
  return test.status === "failed";
}

function readReport(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : null;
}

/** What was found is passed on, so that every test takes the same. */
function readToolEnvironment() {
  const { chromium } = JSON.parse(readFileSync(join(reports, "tools"), "utf8"));
  return { CHROMIUM_PATH: chromium };
}

/** Runs a command from the root, its output on ours (with `isQuiet` only if it fails). Answers its exit code. */
function run(command, args, { isQuiet = false, ...changes } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: root,
      env: { ...environment, NEXT_TELEMETRY_DISABLED: "1", ...changes },
      stdio: ["ignore", isQuiet ? "pipe" : "inherit", "inherit"],
      shell: process.platform === "win32",
    });
    let output = "";
    child.stdout?.on("data", (chunk) => {
      output += chunk;
    });
    child.on("error", (error) => {
      console.error(`${command}: ${error.message}`);
      resolve(1);
    });
    child.on("close", (code) => {
      if (code !== 0) process.stdout.write(output);
      resolve(code ?? 1);
    });
  });
}
