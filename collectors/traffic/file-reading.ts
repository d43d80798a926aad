import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { createGunzip } from "node:zlib";
import { type FileCursor, fingerprintOf, HEAD_BYTES } from "@/collectors/traffic/file-cursor";
import type { FollowedFile } from "@/collectors/traffic/followed-files";
import { LineSplitter, type SplitLines } from "@/collectors/traffic/line-splitter";

const CHUNK_BYTES = 256 * 1024;

/** A file that changed under the reader: truncated, or another one of that name. */
export class FileChangedError extends Error {}

/** The first bytes of what is in a file, unpacked; as many as there are. */
export async function readHead({ path, isGzip }: FollowedFile): Promise<Buffer> {
  if (isGzip) return readGzipHead(path);
  const handle = await open(path);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

async function readGzipHead(path: string): Promise<Buffer> {
  const parts: Buffer[] = [];
  let length = 0;
  try {
    for await (const part of gunzip(path)) {
      parts.push(part);
      length += part.length;
      if (length >= HEAD_BYTES) break;
    }
  } catch (error) {
    if (length === 0) throw error; // of one that is still being written what is there will do
  }
  return Buffer.concat(parts).subarray(0, HEAD_BYTES);
}

/** How long what is in a gzip file is, modulo 2^32, by its last four bytes. */
export async function readGzipLength({ path, sizeBytes }: FollowedFile): Promise<number> {
  const handle = await open(path);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(4), 0, 4, Math.max(0, sizeBytes - 4));
    return bytesRead === 4 ? buffer.readUInt32LE() : -1;
  } finally {
    await handle.close();
  }
}

/** One file as it is being read on from where it was left, piece by piece. */
export class FileReading {
  #splitter = new LineSplitter();
  #startBytes: number;
  #positionBytes: number;
  #unpacked: AsyncGenerator<Buffer> | null = null;
  #isAtEnd = false;

  /** The first bytes of what is in the file. */
  head: Buffer;

  constructor(
    readonly file: FollowedFile,
    { startBytes, head }: { startBytes: number; head: Buffer },
  ) {
    this.#startBytes = startBytes;
    this.#positionBytes = startBytes;
    this.head = head;
  }

  /** True when everything that was there has been read. */
  get isAtEnd(): boolean {
    return this.#isAtEnd;
  }

  /** Behind the last whole line. */
  get wholeBytes(): number {
    return this.#startBytes + this.#splitter.wholeBytes;
  }

  /** Reads about `maxBytes` more and answers line by line. Throws a `FileChangedError` when it is another file by now. */
  async *read(maxBytes: number): AsyncGenerator<SplitLines> {
    yield* this.file.isGzip ? this.#readPacked(maxBytes) : this.#readPlain(maxBytes);
  }

  async close(): Promise<void> {
    await this.#unpacked?.return(undefined);
  }

  async *#readPlain(maxBytes: number): AsyncGenerator<SplitLines> {
    const handle = await open(this.file.path);
    try {
      const { dev, ino, size } = await handle.stat({ bigint: true });
      if (`${dev}:${ino}` !== this.file.file || size < this.#positionBytes) throw new FileChangedError(this.file.path);
      const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
      for (let read = 0; read < maxBytes; ) {
        const { bytesRead } = await handle.read(buffer, 0, CHUNK_BYTES, this.#positionBytes);
        this.#isAtEnd = bytesRead === 0;
        if (bytesRead === 0) return;
        read += bytesRead;
        this.#positionBytes += bytesRead;
        yield this.#splitter.push(buffer.subarray(0, bytesRead));
      }
    } finally {
      await handle.close();
    }
  }

  async *#readPacked(maxBytes: number): AsyncGenerator<SplitLines> {
    this.#unpacked ??= gunzip(this.file.path, this.#startBytes);
    for (let read = 0; read < maxBytes; ) {
      const { value, done } = await this.#unpacked.next();
      if (done) {
        this.#isAtEnd = true;
        yield this.#splitter.end();
        return;
      }
      read += value.length;
      this.#positionBytes += value.length;
      yield this.#splitter.push(value);
    }
  }
}

/** The cursor of a reading as it stands; null: it has no whole line yet. */
export function cursorOf(reading: FileReading, atMs: number): FileCursor | null {
  const { file, head, wholeBytes: offsetBytes } = reading;
  if (offsetBytes === 0) return null;
  return { file: file.file, path: file.path, offsetBytes, fingerprint: fingerprintOf(head, offsetBytes), atMs };
}

/** What is in a gzip file from `skipBytes` on. Throws on damage, and on one that is not whole yet. */
async function* gunzip(path: string, skipBytes = 0): AsyncGenerator<Buffer> {
  const source = createReadStream(path);
  const unpacked = createGunzip();
  source.on("error", (error) => unpacked.destroy(error));
  source.pipe(unpacked);
  try {
    let left = skipBytes;
    for await (const chunk of unpacked as AsyncIterable<Buffer>) {
      if (left >= chunk.length) left -= chunk.length;
      else {
        yield chunk.subarray(left);
        left = 0;
      }
    }
  } finally {
    source.destroy();
    unpacked.destroy();
  }
}
