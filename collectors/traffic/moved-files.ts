import { readdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type FileCursor, isOfCursor } from "@/collectors/traffic/file-cursor";
import { readHead } from "@/collectors/traffic/file-reading";
import { type FollowedFile, look } from "@/collectors/traffic/followed-files";
import { OLDEST_EVENT_MS } from "@/collectors/traffic/limits";

/** Names of a directory that are looked at. */
const MAX_NAMES = 5_000;
const MAX_MOVED = 100;

/** Finds files that were followed and then renamed to what no path names, so that their last lines are read, too. */
export class MovedFiles {
  #directories: string[];
  /** Path by device and inode. */
  #found = new Map<string, string>();
  #lookedFor = new Set<string>();

  constructor(paths: readonly string[]) {
    this.#directories = [...new Set(paths.map((path) => dirname(path)))];
  }

  /** The files with a cursor that are in a directory of the paths, but not among those listed. */
  async find(listed: readonly FollowedFile[], cursors: ReadonlyMap<string, FileCursor>): Promise<FollowedFile[]> {
    const named = new Set(listed.map(({ file }) => file));
    const missing = [...cursors.values()].filter(
      ({ file, atMs }) => !named.has(file) && !this.#lookedFor.has(file) && atMs > Date.now() - OLDEST_EVENT_MS,
    );
    if (missing.length > 0) await this.#search(new Map(missing.map((cursor) => [cursor.file, cursor])));
    for (const file of this.#lookedFor) if (!cursors.has(file)) this.#lookedFor.delete(file);
    const moved: FollowedFile[] = [];
    for (const [id, path] of this.#found) {
      const file = await look(path).catch(() => null);
      if (file?.file === id && !named.has(id)) moved.push(file);
      else {
        this.#found.delete(id); // renamed once more, or gone: looked for once more
        this.#lookedFor.delete(id);
      }
    }
    return moved;
  }

  async #search(missing: ReadonlyMap<string, FileCursor>): Promise<void> {
    for (const id of missing.keys()) this.#lookedFor.add(id);
    for (const directory of this.#directories) {
      for (const name of (await readdir(directory).catch(() => [])).slice(0, MAX_NAMES)) {
        const path = join(directory, name);
        const found = await stat(path, { bigint: true }).catch(() => null);
        const cursor = found === null ? undefined : missing.get(`${found.dev}:${found.ino}`);
        if (cursor === undefined || this.#found.size >= MAX_MOVED) continue;
        const file = await look(path).catch(() => null);
        // An inode is given anew when its file is gone: only the first bytes tell.
        const head = file === null ? null : await readHead(file).catch(() => null);
        if (head !== null && isOfCursor(head, cursor)) this.#found.set(cursor.file, path);
      }
    }
  }
}
