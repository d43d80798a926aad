import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { defineConfig } from "vitest/config";

const root = import.meta.dirname;
const { unit, integration, acceptance } = listTestFiles();
const resolve = { alias: { "@": root } };
const globalSetup = join(root, "tests/support/postgres.ts");
// Generous: a test file may share two cores with a build, and waits for real servers. How quick something is, is no
// matter of a test: what is waited for may take as long as it does. What the product logs of failures that a test
// provokes is no news.
const patient = {
  hookTimeout: 240_000,
  teardownTimeout: 60_000,
  expect: { poll: { timeout: 60_000 } },
  env: { LOG_LEVEL: "silent" },
};

export default defineConfig({
  test: {
    maxWorkers: 3, // they wait for servers more than they compute
    projects: [
      { resolve, test: { name: "unit", include: unit, testTimeout: 120_000 } },
      { resolve, test: { name: "integration", include: integration, globalSetup, testTimeout: 180_000, ...patient } },
      {
        resolve,
        // Each file works etcd, Postgres and a worker as hard as two cores allow: one at a time.
        test: {
          name: "acceptance",
          include: acceptance,
          globalSetup,
          fileParallelism: false,
          testTimeout: 300_000,
          ...patient,
        },
      },
    ],
  },
});

/** The test files by what they need: nothing, real servers, the whole product. Playwright's are not among them. */
function listTestFiles(): Record<"unit" | "integration" | "acceptance", string[]> {
  const startsProcesses = /from "(node:child_process|node:net|postgres|[^"]*(\/support\/|scratch-)[^"]*)"/;
  const found = { unit: [] as string[], integration: [] as string[], acceptance: [] as string[] };
  for (const name of readdirSync(join(root, "tests"), { recursive: true, encoding: "utf8" }).sort()) {
    if (!/\.test\.tsx?$/.test(name) || name.startsWith("e2e")) continue;
    const file = `tests/${name.replaceAll("\\", "/")}`;
    if (file.startsWith("tests/acceptance/")) found.acceptance.push(file);
    else if (startsProcesses.test(readFileSync(join(root, file), "utf8"))) found.integration.push(file);
    else found.unit.push(file);
  }
  return found;
}
