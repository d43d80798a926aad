import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

/**
 * Who may import whom is written in `biome.json`, a table of overrides, and `npm run lint` enforces it. This shows that
 * it does: imports planted in a copy are found, and no room has been forgotten.
 */

const root = join(import.meta.dirname, "..");
const BIOME = join(root, "node_modules/@biomejs/biome/bin/biome");

/** A file that may not exist, with what it must not import, and what it may. */
const ROOMS = [
  {
    file: "lib/model/planted.ts",
    refused: ["@/lib/db/client", "@/lib/config", "@/lib/api/keys", "../db/client"],
    allowed: ["@/lib/model/units"],
  },
  {
    file: "lib/rules/planted.ts",
    refused: ["@/lib/db/client", "@/collectors/repeat"],
    allowed: ["@/lib/model/units", "@/lib/rules/other"],
  },
  {
    file: "lib/db/planted.ts",
    refused: ["@/lib/queries/prefixes", "@/collectors/repeat", "@/lib/api/keys", "@/lib/log"],
    allowed: ["@/lib/model/units", "@/lib/config", "@/lib/db/client"],
  },
  {
    file: "lib/queries/planted.ts",
    refused: ["@/collectors/repeat", "@/app/page", "@/lib/demo/values"],
    allowed: ["@/lib/db/client", "@/lib/rules/rule", "@/lib/model/units", "@/lib/config"],
  },
  { file: "lib/api/planted.ts", refused: ["@/lib/db/client", "@/lib/queries/key"], allowed: ["@/lib/model/units"] },
  { file: "lib/config.ts", refused: ["@/lib/log", "@/lib/model/units", "./log"], allowed: ["node:path"] },
  { file: "lib/log.ts", refused: ["@/lib/db/client"], allowed: ["@/lib/config", "pino"] },
  {
    file: "lib/demo/planted.ts",
    refused: ["@/lib/db/client", "@/collectors/repeat"],
    allowed: ["@/lib/model/units", "@/lib/log", "@/lib/config", "etcd3"],
  },
  {
    file: "lib/supervisor/planted.ts",
    refused: ["@/collectors/repeat", "@/lib/queries/key", "@/app/page"],
    allowed: ["@/lib/demo/values", "@/lib/db/client", "@/lib/log"],
  },
  {
    file: "collectors/keyspace/planted.ts",
    refused: ["@/lib/queries/key", "@/lib/api/keys", "@/app/page", "@/lib/demo/values", "etcd3"],
    allowed: ["@/lib/db/client", "@/lib/model/units", "@/lib/rules/rule", "@/lib/config", "@/lib/log", "@grpc/grpc-js"],
  },
  {
    file: "collectors/advisor/planted.ts",
    refused: ["@/lib/api/keys", "@/app/page", "@/lib/demo/values", "etcd3"],
    allowed: ["@/lib/queries/key", "@/lib/db/client", "@/lib/rules/rule", "@/lib/model/units", "@/lib/log"],
  },
  {
    file: "components/ui/planted.tsx",
    refused: ["@/lib/db/client", "@/lib/queries/key", "@/app/page", "@/lib/config"],
    allowed: ["@/lib/model/units", "@/components/ui/button"],
  },
  {
    file: "app/settings/planted.tsx",
    refused: [
      "@/collectors/repeat",
      "@/lib/demo/values",
      "@/lib/supervisor/steps",
      "@grpc/grpc-js",
      "etcd3",
      "postgres",
    ],
    allowed: ["@/lib/queries/key", "@/lib/api/keys", "@/components/ui/button", "@/lib/model/units"],
  },
];

let copy: string;
let findings: { file: string; line: number; rule: string }[];

beforeAll(async () => {
  copy = mkdtempSync(join(tmpdir(), "etcdscope-rooms-"));
  const config = JSON.parse(readFileSync(join(root, "biome.json"), "utf8"));
  plant("biome.json", JSON.stringify({ ...config, vcs: { enabled: false } }));
  for (const { file, refused, allowed } of ROOMS) {
    plant(file, [...refused, ...allowed].map((from) => `import ${JSON.stringify(from)};\n`).join(""));
  }
  plant("lib/model/dynamic.ts", 'export const late = () => import("@/lib/db/client");\n');
  plant("lib/model/passed-on.ts", 'export { openDb } from "@/lib/db/client";\n');
  plant("lib/model/types.ts", 'import type { Db } from "@/lib/db/client";\nexport type Mine = Db;\n');
  plant("lib/db/environment.ts", "export const home = process.env.HOME;\n");
  findings = await lint(copy);
}, 60_000);
afterAll(() => rmSync(copy, { recursive: true, force: true }));

test.each(ROOMS)("$file may not import $refused", ({ file, refused }) => {
  const lines = findings.filter((found) => found.file === file && found.rule.endsWith("noRestrictedImports"));
  expect(lines.map(({ line }) => line).sort((a, b) => a - b)).toEqual(refused.map((_, index) => index + 1));
});

test.each(["dynamic", "passed-on", "types"])("an import is found in every form: %s", (name) => {
  const rules = findings.filter((found) => found.file === `lib/model/${name}.ts`).map(({ rule }) => rule);
  expect(rules).toContain("lint/style/noRestrictedImports");
});

test("process.env is read in lib/config.ts only", () => {
  const rules = findings.filter((found) => found.file === "lib/db/environment.ts").map(({ rule }) => rule);
  expect(rules).toContain("lint/style/noProcessEnv");
});

test("every folder with code in it is a room of the table", () => {
  const folders = [...listFolders("lib"), ...["collectors", "components", "app"].filter((name) => hasCode(name))];
  const covered = ROOMS.map(({ file }) => (file.startsWith("lib/") ? dirname(file) : file.split("/")[0]));
  expect(folders.filter((folder) => !covered.includes(folder))).toEqual([]);
});

test("no comment switches a rule of the table off, and no type reaches round it", () => {
  for (const { file, text } of sources()) {
    expect(text, file).not.toMatch(/biome-ignore[^\n]*(noRestrictedImports|noProcessEnv)/);
    expect(text, file).not.toMatch(/: import\("@\//);
  }
});

test("the sources name no host of the network but those that people are sent to", () => {
  // Loopback, addresses reserved for examples, namespaces, and pages named in sentences for the reader.
  const known =
    /^(localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\]|([a-z0-9-]+\.)*example(\.com)?|[a-z]|www\.w3\.org|github\.com|etcd\.io|kubernetes\.io|user:password@host|host|10\.\d+\.\d+\.\d+)$/;
  const strangers = sources().flatMap(({ file, text }) =>
    [...text.matchAll(/\bhttps?:\/\/([^\s/"'`:)<>\\,$]+(?::password@host)?)/g)]
      .map((match) => match[1] as string)
      .filter((host) => host !== "" && !known.test(host))
      .map((host) => `${file}: ${host}`),
  );
  expect(strangers).toEqual([]);
});

function plant(file: string, text: string): void {
  mkdirSync(dirname(join(copy, file)), { recursive: true });
  writeFileSync(join(copy, file), text);
}

/** Runs Biome as `npm run lint` does, and answers what it found. */
function lint(cwd: string): Promise<typeof findings> {
  return new Promise((resolve, reject) => {
    const args = [BIOME, "lint", "--reporter=github", "--max-diagnostics=none", "."];
    execFile(process.execPath, args, { cwd, maxBuffer: 64 * 1024 ** 2 }, (error, stdout) => {
      const lines = [...stdout.matchAll(/^::\w+ title=([^,]+),file=([^,]+),line=(\d+)/gm)];
      if (lines.length === 0) reject(error ?? new Error(`Biome found nothing at all: ${stdout}`));
      resolve(lines.map(([, rule, file, line]) => ({ rule: rule ?? "", file: inCopy(file), line: Number(line) })));
    });
  });
}

function inCopy(file = ""): string {
  const at = file.indexOf(copy);
  return at < 0 ? file.replace(/^\.\//, "") : file.slice(at + copy.length + 1);
}

function sources(): { file: string; text: string }[] {
  return ["lib", "collectors", "components", "app"].flatMap((folder) =>
    listCode(folder).map((file) => ({ file, text: readFileSync(join(root, file), "utf8") })),
  );
}

function listCode(folder: string): string[] {
  if (!existsSync(join(root, folder))) return [];
  const names = readdirSync(join(root, folder), { recursive: true, encoding: "utf8" });
  return names.filter((name) => /\.(tsx?|mjs)$/.test(name)).map((name) => `${folder}/${name.replaceAll("\\", "/")}`);
}

function hasCode(folder: string): boolean {
  return listCode(folder).length > 0;
}

function listFolders(folder: string): string[] {
  const entries = readdirSync(join(root, folder), { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => `${folder}/${entry.name}`)
    .filter(hasCode);
}
