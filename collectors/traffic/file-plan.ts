import { type FileCursor, isOfCursor } from "@/collectors/traffic/file-cursor";
import { readGzipLength, readHead } from "@/collectors/traffic/file-reading";
import { codeOf, type FollowedFile } from "@/collectors/traffic/followed-files";
import { OLDEST_EVENT_MS } from "@/collectors/traffic/limits";

/** A file that has something new, and from where on it is to be read. */
export interface PlannedFile {
  file: FollowedFile;
  /** Its row as it is, whether or not it still fits. */
  cursor: FileCursor | null;
  startBytes: number;
  head: Buffer;
}

interface Look {
  sizeBytes: number;
  modifiedMs: number;
  head: Buffer;
}

const LENGTH_MODULUS = 2 ** 32;

/** Tells which files have something new, whatever has become of them: grown, truncated, renamed, copied, compressed. */
export class FilePlanner {
  #looks = new Map<string, Look>();
  /** Files read to their end, at that size and time. */
  #finished = new Map<string, string>();
  /** Files that cannot be unpacked, at that size and time. */
  #broken = new Map<string, { version: string; code: string }>();

  /** To be called when a file has been read to its end as it was listed. */
  finish(file: FollowedFile): void {
    this.#finished.set(file.file, versionOf(file));
  }

  /** To be called when a file cannot be unpacked: it is tried again once it has changed. */
  fail(file: FollowedFile, code: string): void {
    if (code.startsWith("Z_")) this.#broken.set(file.file, { version: versionOf(file), code });
  }

  /** The files with something new, oldest first, and those that cannot be read. */
  async plan(
    files: readonly FollowedFile[],
    cursors: ReadonlyMap<string, FileCursor>,
    nowMs: number,
  ): Promise<{ planned: PlannedFile[]; faults: { path: string; code: string }[] }> {
    const faults: { path: string; code: string }[] = [];
    const open = files.filter((file) => this.#finished.get(file.file) !== versionOf(file));
    // Heads of finished files are not needed: as they are, their cursors fit.
    const heads = new Map<string, Buffer>();
    for (const file of open) {
      const broken = this.#broken.get(file.file);
      try {
        if (broken?.version === versionOf(file)) faults.push({ path: file.path, code: broken.code });
        else heads.set(file.file, await this.#head(file));
      } catch (error) {
        this.fail(file, codeOf(error));
        if (codeOf(error) !== "ENOENT") faults.push({ path: file.path, code: codeOf(error) });
      }
    }
    this.#forgetOthers(files);
    const living = new Set(files.filter((file) => isLiving(file, { heads, cursors })).map(({ file }) => file));
    const planned: PlannedFile[] = [];
    for (const file of open) {
      const head = heads.get(file.file);
      const startBytes = head && findStart(file, { head, cursors, living, nowMs });
      if (head === undefined || startBytes === undefined || startBytes === null) continue;
      const cursor = cursors.get(file.file) ?? null;
      if (cursor !== null && (await isWhole(file, { cursor, startBytes }))) this.finish(file);
      else planned.push({ file, cursor, startBytes, head });
    }
    return { planned, faults };
  }

  async #head(file: FollowedFile): Promise<Buffer> {
    const there = this.#looks.get(file.file);
    if (there?.sizeBytes === file.sizeBytes && there.modifiedMs === file.modifiedMs) return there.head;
    const head = await readHead(file);
    this.#looks.set(file.file, { sizeBytes: file.sizeBytes, modifiedMs: file.modifiedMs, head });
    return head;
  }

  #forgetOthers(files: readonly FollowedFile[]): void {
    const listed = new Set(files.map(({ file }) => file));
    for (const kept of [this.#looks, this.#finished, this.#broken]) {
      for (const file of kept.keys()) if (!listed.has(file)) kept.delete(file);
    }
  }
}

/** Whether a file is still the one its cursor is of. */
function isLiving(
  file: FollowedFile,
  { heads, cursors }: { heads: ReadonlyMap<string, Buffer>; cursors: ReadonlyMap<string, FileCursor> },
): boolean {
  const cursor = cursors.get(file.file);
  if (cursor === undefined) return false;
  const head = heads.get(file.file);
  if (head === undefined) return true; // finished as it is
  return isOfCursor(head, cursor) && (file.isGzip || file.sizeBytes >= cursor.offsetBytes);
}

/**
 * Where to begin: behind what was read of it, or of what it is a copy of. Null: not now, for it is a copy of a file that
 * is still there, or nothing in it is young enough.
 */
function findStart(
  file: FollowedFile,
  known: { head: Buffer; cursors: ReadonlyMap<string, FileCursor>; living: ReadonlySet<string>; nowMs: number },
): number | null {
  const { head, cursors, living, nowMs } = known;
  if (living.has(file.file)) return cursors.get(file.file)?.offsetBytes ?? 0;
  const originals = [...cursors.values()].filter((cursor) => cursor.file !== file.file && isOfCursor(head, cursor));
  if (originals.some((cursor) => living.has(cursor.file))) return null;
  // Truncated by one who copied it before: the copy carries on, this one begins anew.
  const own = cursors.get(file.file);
  const fits = own !== undefined && isOfCursor(head, own) ? [own] : [];
  const readBytes = Math.max(0, ...[...originals, ...fits].map(({ offsetBytes }) => offsetBytes));
  if (readBytes > 0 && (file.isGzip || file.sizeBytes >= readBytes)) return readBytes;
  return file.modifiedMs < nowMs - OLDEST_EVENT_MS ? null : 0;
}

/** Whether a compressed file was read to its end, without unpacking it once more; a plain one, whether it has not grown. */
async function isWhole(
  file: FollowedFile,
  { cursor, startBytes }: { cursor: FileCursor; startBytes: number },
): Promise<boolean> {
  if (cursor.offsetBytes !== startBytes) return false;
  if (!file.isGzip) return file.sizeBytes === startBytes;
  return (await readGzipLength(file).catch(() => -1)) === startBytes % LENGTH_MODULUS;
}

function versionOf({ sizeBytes, modifiedMs }: FollowedFile): string {
  return `${sizeBytes} ${modifiedMs}`;
}
