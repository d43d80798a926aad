import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { crc32 } from "node:zlib";
import { KeyRecordReader, KeyRecordWriter } from "@/collectors/keyspace/key-records";
import type { KeyFields, KeyspaceModel } from "@/collectors/keyspace/keyspace-model";

/**
 * A checkpoint is a scan that was written down: every key of the model, one after the other, while the model went on.
 * It begins at a revision and ends at a later one; whoever loads it hears the watch from the first on, as with a scan,
 * and has etcd's keyspace once the second has passed. So writing it never stops the model, and copies nothing.
 *
 * The file is a magic with the format, then blocks: length, CRC-32, payload. The first is the header, the last the end;
 * a file that was cut off has none.
 */
const MAGIC = Buffer.from("ETCDSCP\x01", "latin1"); // the last byte is the format's version
const FRAME_BYTES = 8;
const MAX_BLOCK_BYTES = 4 * 1024 ** 2;
const HEADER = 1;
const KEYS = 2;
const END = 3;
/** Of the time: the model has a watch to follow meanwhile. */
const WRITING_SHARE = 0.25;

/** What a checkpoint is of. `raftTerm` never falls in a cluster's life, but does when its data was restored. */
export interface CheckpointHeader {
  etcdClusterId: string;
  raftTerm: number;
  /** The watch must be heard from the revision behind this one. */
  revision: number;
  /** Live keys at that revision. */
  keys: number;
}

export interface CheckpointEnd {
  /** No key in it is newer: the model is complete once it has come so far. */
  revision: number;
  keys: number;
}

/** The file is damaged, cut off, or of another version. */
export class CheckpointError extends Error {
  override name = "CheckpointError";
}

/** Writes the live keys of a model that is live; takes its time unless `atOnce`. The file is there whole or not at all. */
export async function writeCheckpoint(
  path: string,
  model: KeyspaceModel,
  {
    atOnce,
    signal,
    ...of
  }: Pick<CheckpointHeader, "etcdClusterId" | "raftTerm"> & { atOnce: boolean; signal?: AbortSignal },
): Promise<CheckpointEnd> {
  const draft = `${path}.draft`;
  const file = await open(draft, "w", 0o600);
  try {
    await file.write(MAGIC);
    const header: CheckpointHeader = { ...of, revision: model.revision, keys: model.keys };
    await writeBlock(file, HEADER, Buffer.from(JSON.stringify(header)));
    const keys = await writeKeys(file, model, { atOnce, signal });
    const end: CheckpointEnd = { revision: model.revision, keys };
    await writeBlock(file, END, Buffer.from(JSON.stringify(end)));
    await file.sync();
    await file.close();
    await rename(draft, path);
    return end;
  } catch (error) {
    await file.close().catch(() => undefined);
    await rm(draft, { force: true });
    throw error;
  }
}

async function writeKeys(
  file: FileHandle,
  model: KeyspaceModel,
  { atOnce, signal }: { atOnce: boolean; signal: AbortSignal | undefined },
): Promise<number> {
  const writer = new KeyRecordWriter();
  let keys = 0;
  let entry = 0;
  while (entry < model.table.end) {
    signal?.throwIfAborted();
    const startedMs = performance.now();
    for (; entry < model.table.end && !writer.isFull; entry++) {
      if (!model.isLive(entry)) continue;
      writer.add(model, entry);
      keys++;
    }
    const tookMs = performance.now() - startedMs;
    await writeBlock(file, KEYS, writer.take());
    if (!atOnce) await sleep(tookMs * (1 / WRITING_SHARE - 1), undefined, { signal });
  }
  return keys;
}

async function writeBlock(file: FileHandle, kind: number, payload: Uint8Array): Promise<void> {
  const block = Buffer.allocUnsafe(FRAME_BYTES + 1 + payload.length);
  block[FRAME_BYTES] = kind;
  block.set(payload, FRAME_BYTES + 1);
  block.writeUInt32LE(payload.length + 1, 0);
  block.writeUInt32LE(crc32(block.subarray(FRAME_BYTES)), 4);
  await file.write(block);
}

/** A checkpoint whose header has been read. `load` may be called once, and closes it; else call `close`. */
export interface OpenCheckpoint {
  header: CheckpointHeader;
  /** Hands over every key, then answers the end. Throws a CheckpointError. */
  load(take: (kv: KeyFields) => void): Promise<CheckpointEnd>;
  close(): Promise<void>;
}

/** Opens a checkpoint; null when there is none. Throws a CheckpointError when it cannot be read. */
export async function openCheckpoint(path: string): Promise<OpenCheckpoint | null> {
  const file = await open(path, "r").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw new CheckpointError(`it cannot be opened: ${error.message}`);
  });
  if (file === null) return null;
  try {
    const blocks = readBlocks(file);
    const first = await blocks.next();
    if (first.done || first.value.kind !== HEADER) throw new CheckpointError("it has no header");
    const header = parseJson<CheckpointHeader>(first.value.payload);
    return {
      header,
      load: (take) => loadKeys(blocks, take).finally(() => file.close()),
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

interface Block {
  kind: number;
  payload: Buffer;
}

async function loadKeys(blocks: AsyncGenerator<Block>, take: (kv: KeyFields) => void): Promise<CheckpointEnd> {
  const reader = new KeyRecordReader();
  let keys = 0;
  for await (const { kind, payload } of blocks) {
    if (kind === KEYS) keys += readRecords(reader, payload, take);
    else if (kind === END) {
      const end = parseJson<CheckpointEnd>(payload);
      if (end.keys !== keys) throw new CheckpointError(`it says ${end.keys} keys and holds ${keys}`);
      return end;
    }
  }
  throw new CheckpointError("it is cut off");
}

function readRecords(reader: KeyRecordReader, payload: Buffer, take: (kv: KeyFields) => void): number {
  try {
    return reader.read(payload, take);
  } catch (error) {
    throw new CheckpointError(`its keys cannot be read: ${String(error)}`);
  }
}

async function* readBlocks(file: FileHandle): AsyncGenerator<Block> {
  const magic = Buffer.alloc(MAGIC.length);
  await readFully(file, magic);
  if (!magic.equals(MAGIC)) throw new CheckpointError("it is of another version, or no checkpoint");
  const frame = Buffer.alloc(FRAME_BYTES);
  for (;;) {
    await readFully(file, frame);
    const length = frame.readUInt32LE(0);
    if (length === 0 || length > MAX_BLOCK_BYTES) throw new CheckpointError(`it has a block of ${length} bytes`);
    const block = Buffer.allocUnsafe(length);
    await readFully(file, block);
    if (crc32(block) !== frame.readUInt32LE(4)) throw new CheckpointError("a checksum is wrong");
    yield { kind: block[0] as number, payload: block.subarray(1) };
  }
}

async function readFully(file: FileHandle, target: Buffer): Promise<void> {
  for (let at = 0; at < target.length; ) {
    const { bytesRead } = await file.read(target, at, target.length - at);
    if (bytesRead === 0) throw new CheckpointError("it is cut off");
    at += bytesRead;
  }
}

function parseJson<T>(payload: Buffer): T {
  try {
    return JSON.parse(payload.toString()) as T;
  } catch {
    throw new CheckpointError("its header or end cannot be read");
  }
}
