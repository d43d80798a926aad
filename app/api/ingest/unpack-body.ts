import { Readable } from "node:stream";
import { createGunzip, gunzipSync } from "node:zlib";
import { IngestProblem, tooLarge } from "@/app/api/ingest/ingest-problem";
import { MAX_PACKED_BYTES, MAX_UNPACKED_BYTES } from "@/app/api/ingest/limits";

/** What is handed on at a time: a few milliseconds' work. */
const PIECE_BYTES = 128 * 1024;
/** A packed body up to this size, which is what a webhook sends, is unpacked at once, unless it swells beyond the second. */
const SMALL_PACKED_BYTES = 256 * 1024;
const SMALL_UNPACKED_BYTES = 2 * 1024 * 1024;

/**
 * The body of a request, unpacked, in pieces, while it comes. Stops at the limits, packed or unpacked, without reading on.
 * Throws an `IngestProblem` for what is too large, no gzip, or packed in another way.
 */
export async function* unpackBody(request: Request): AsyncGenerator<Buffer, void, undefined> {
  const isPacked = readEncoding(request.headers) === "gzip";
  const sentLimit = isPacked ? MAX_PACKED_BYTES : MAX_UNPACKED_BYTES;
  const announced = Number(request.headers.get("content-length") ?? 0);
  if (announced > sentLimit) throw tooLarge("body", sentLimit);
  if (request.body === null) return;
  const sent = limited(request.body as unknown as AsyncIterable<Uint8Array>, "body", sentLimit);
  for await (const chunk of isPacked ? unpack(sent) : sent) yield* cutToPieces(chunk);
}

function readEncoding(headers: Headers): "gzip" | "identity" {
  const encoding = (headers.get("content-encoding") ?? "").trim().toLowerCase();
  if (encoding === "gzip" || encoding === "x-gzip") return "gzip";
  if (encoding === "" || encoding === "identity") return "identity";
  throw new IngestProblem(415, "Wrong content encoding", {
    detail: "A body is taken as it is or packed with gzip, not otherwise.",
    remedy: "Send it without content-encoding, or with content-encoding: gzip.",
    headers: { "accept-encoding": "gzip, identity" },
  });
}

async function* limited(source: AsyncIterable<Uint8Array>, what: string, limitBytes: number): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const chunk of source) {
    bytes += chunk.length;
    if (bytes > limitBytes) throw tooLarge(what, limitBytes);
    yield Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  }
}

/** A small body at once: streaming hands each piece to another thread and back, which on a busy machine takes longest. */
async function* unpack(sent: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  const { head, isWhole } = await readHead(sent);
  const whole = isWhole ? gunzipSmall(head) : null;
  if (whole !== null) yield whole;
  else yield* limited(gunzip(chain(head, sent)), "unpacked body", MAX_UNPACKED_BYTES);
}

async function readHead(sent: AsyncGenerator<Buffer>): Promise<{ head: Buffer; isWhole: boolean }> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  while (bytes <= SMALL_PACKED_BYTES) {
    const next = await sent.next();
    if (next.done) return { head: Buffer.concat(chunks), isWhole: true };
    chunks.push(next.value);
    bytes += next.value.length;
  }
  return { head: Buffer.concat(chunks), isWhole: false };
}

/** Null: it is larger than what is unpacked at once. */
function gunzipSmall(packed: Buffer): Buffer | null {
  try {
    return gunzipSync(packed, { maxOutputLength: SMALL_UNPACKED_BYTES });
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE") return null;
    throw notGzip();
  }
}

async function* chain(head: Buffer, rest: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  yield head;
  yield* rest;
}

async function* gunzip(sent: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const unzip = createGunzip({ chunkSize: PIECE_BYTES });
  const source = Readable.from(sent, { objectMode: false });
  let failure: unknown = null;
  source.on("error", (error) => {
    failure = error;
    unzip.destroy(error);
  });
  source.pipe(unzip);
  try {
    for await (const chunk of unzip) yield chunk as Buffer;
  } catch (error) {
    if (failure !== null) throw failure;
    throw isZlibError(error) ? notGzip() : error;
  } finally {
    source.destroy();
    unzip.destroy();
  }
}

function isZlibError(error: unknown): boolean {
  return error instanceof Error && "code" in error && String(error.code).startsWith("Z_");
}

function* cutToPieces(chunk: Buffer): Generator<Buffer> {
  for (let from = 0; from < chunk.length; from += PIECE_BYTES) yield chunk.subarray(from, from + PIECE_BYTES);
}

function notGzip(): IngestProblem {
  return new IngestProblem(400, "Not gzip", {
    detail: "The header says content-encoding: gzip, but the body cannot be unpacked.",
    remedy: "Pack the body with gzip, or leave the header out.",
  });
}
