import type { BigIntStats } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/** A file that a path names now. */
export interface FollowedFile {
  path: string;
  /** Device and inode. */
  file: string;
  sizeBytes: number;
  modifiedMs: number;
  isGzip: boolean;
}

/** A path that names nothing that can be read, and why. */
export interface PathFault {
  path: string;
  /** An error code as Node has it: `ENOENT`, `EACCES`. */
  code: string;
}

/** More files of one path are not looked at: the newest are. */
const MAX_FILES = 500;

/**
 * The regular files that the paths name, oldest first, each once however many paths and links name it. `*` in the last
 * part of a path stands for anything in a file name.
 */
export async function listFollowedFiles(
  paths: readonly string[],
): Promise<{ files: FollowedFile[]; faults: PathFault[] }> {
  const files = new Map<string, FollowedFile>();
  const faults: PathFault[] = [];
  for (const path of paths) {
    try {
      const found = (await expand(path)).sort((a, b) => a.modifiedMs - b.modifiedMs).slice(-MAX_FILES);
      for (const one of found) if (!files.has(one.file)) files.set(one.file, one);
      if (found.length === 0) faults.push({ path, code: "ENOENT" });
    } catch (error) {
      faults.push({ path, code: codeOf(error) });
    }
  }
  const sorted = [...files.values()].sort((a, b) => a.modifiedMs - b.modifiedMs || (a.path < b.path ? -1 : 1));
  return { files: sorted, faults };
}

/** The code of a file system's error. */
export function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : String(error);
}

async function expand(path: string): Promise<FollowedFile[]> {
  const pattern = basename(path);
  if (!pattern.includes("*")) return [await look(path)].filter((file) => file !== null);
  const names = (await readdir(dirname(path))).filter((name) => matches(name, pattern));
  const looked = await Promise.all(names.map((name) => look(join(dirname(path), name)).catch(ignoreGone)));
  return looked.filter((file) => file !== null);
}

/** What is at a path; null: no regular file. Throws when there is nothing. */
export async function look(path: string): Promise<FollowedFile | null> {
  const found: BigIntStats = await stat(path, { bigint: true });
  if (!found.isFile()) return null;
  return {
    path,
    file: `${found.dev}:${found.ino}`,
    sizeBytes: Number(found.size),
    modifiedMs: Number(found.mtimeMs),
    isGzip: path.endsWith(".gz"),
  };
}

/** A file that was rotated away between the listing and the look. */
function ignoreGone(error: unknown): null {
  if (codeOf(error) === "ENOENT") return null;
  throw error;
}

/** Part by part, from left to right: no pattern makes it slow. */
function matches(name: string, pattern: string): boolean {
  const parts = pattern.split("*");
  const [first, last] = [parts[0] as string, parts[parts.length - 1] as string];
  if (!name.startsWith(first) || !name.endsWith(last) || name.length < first.length + last.length) return false;
  let at = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = name.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= name.length - last.length;
}
