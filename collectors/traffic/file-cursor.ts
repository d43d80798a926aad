import { createHash } from "node:crypto";
import { and, eq, inArray, sql } from "drizzle-orm";
import type { CellSource } from "@/collectors/traffic/cell-dictionary";
import type { Db } from "@/lib/db/client";
import { fileCursor } from "@/lib/db/schema-sources";

/** So many first bytes tell a file from another; of one that is shorter, those that have been read. */
export const HEAD_BYTES = 1_024;

/** How far a file has been read. */
export interface FileCursor {
  file: string;
  path: string;
  /** Behind the last whole line; of a compressed file, of what is in it. */
  offsetBytes: number;
  fingerprint: Buffer;
  atMs: number;
}

/** Of the first bytes of what has been read up to `offsetBytes`. */
export function fingerprintOf(head: Buffer, offsetBytes: number): Buffer {
  return createHash("sha256")
    .update(head.subarray(0, Math.min(HEAD_BYTES, offsetBytes)))
    .digest();
}

/** Whether a file with this head is the one that the cursor is of, or a copy of it. */
export function isOfCursor(head: Buffer, { offsetBytes, fingerprint }: FileCursor): boolean {
  if (offsetBytes === 0 || head.length < Math.min(HEAD_BYTES, offsetBytes)) return false;
  return fingerprintOf(head, offsetBytes).equals(fingerprint);
}

/** The cursors of a source, by device and inode. */
export async function readCursors(db: Db, clusterId: number, source: CellSource): Promise<Map<string, FileCursor>> {
  const rows = await db
    .select()
    .from(fileCursor)
    .where(and(eq(fileCursor.clusterId, clusterId), eq(fileCursor.source, source)));
  return new Map(
    rows.map(({ at, file, path, offsetBytes, fingerprint }) => [
      file,
      { file, path, offsetBytes, fingerprint, atMs: at.getTime() },
    ]),
  );
}

/** Moves a cursor from where it was; null: there was none. Throws when someone else has moved it. */
export async function writeCursor(
  tx: Db,
  { clusterId, source }: { clusterId: number; source: CellSource },
  { before, after }: { before: FileCursor | null; after: FileCursor },
): Promise<void> {
  const { file, path, offsetBytes, fingerprint } = after;
  const row = { clusterId, source, file, path, offsetBytes, fingerprint, at: new Date(after.atMs) };
  const isSame = sql`${fileCursor.offsetBytes} = ${before?.offsetBytes ?? -1}`;
  const written = await tx
    .insert(fileCursor)
    .values(row)
    .onConflictDoUpdate({
      target: [fileCursor.clusterId, fileCursor.source, fileCursor.file],
      set: { path, offsetBytes, fingerprint, at: row.at },
      setWhere: isSame,
    })
    .returning({ file: fileCursor.file });
  if (written.length === 0) throw new CursorMovedError(path);
}

/** Someone else reads the same file for the same cluster. */
export class CursorMovedError extends Error {
  constructor(path: string) {
    super(`the cursor of ${path} is not where it was left`);
  }
}

/** Forgets files that are long gone. */
export async function deleteCursors(
  db: Db,
  { clusterId, source }: { clusterId: number; source: CellSource },
  files: readonly string[],
): Promise<void> {
  if (files.length === 0) return;
  await db
    .delete(fileCursor)
    .where(
      and(
        eq(fileCursor.clusterId, clusterId),
        eq(fileCursor.source, source),
        inArray(fileCursor.file, files.slice(0, 1_000)),
      ),
    );
}
