import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { AuditFile, auditPaths } from "@/lib/demo/audit-file";

const directories: string[] = [];

function makeDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "etcdscope-audit-"));
  directories.push(directory);
  return directory;
}

afterEach(() => {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true, force: true });
});

test("goes on where an earlier demo ended", () => {
  const directory = makeDirectory();
  for (const turn of [1, 2]) {
    const file = new AuditFile(directory);
    file.append({ turn });
    file.close();
  }
  expect(readFileSync(join(directory, "audit/audit.log"), "utf8")).toBe('{"turn":1}\n{"turn":2}\n');
});

test("is rotated by renaming, whole lines only, and takes at most four files of 8 MiB", () => {
  const directory = makeDirectory();
  const file = new AuditFile(directory);
  const padding = "x".repeat(1_000);
  const lines = 50_000; // about 50 MB, a thousand lines a flush
  for (let line = 1; line <= lines; line++) {
    file.append({ line, padding });
    if (line % 1_000 === 0) file.flush();
  }
  file.close();
  const names = readdirSync(join(directory, "audit")).sort();
  expect(names).toHaveLength(4);
  expect(names.at(-1)).toBe("audit.log");
  const numbers = names.flatMap((name) => {
    const path = join(directory, "audit", name);
    expect(statSync(path).size).toBeLessThanOrEqual(8 * 1024 ** 2);
    return readFileSync(path, "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line).line as number);
  });
  // What is left is the end, in order and without a gap.
  expect(numbers.at(-1)).toBe(lines);
  expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, at) => lines - numbers.length + 1 + at));
  expect(auditPaths(directory)).toEqual([join(directory, "audit", "audit*.log")]);
});
