import { cleanText } from "@/lib/model/clean-text";
import { parseGoDurationMicros } from "@/lib/model/go-duration";
import { listProtoFields, type ProtoField } from "@/lib/model/proto-text";
import { type RangePlace, toRangePlace, wholeSegments } from "@/lib/model/range-place";
import type { TrafficEvent } from "@/lib/model/traffic";

const MAX_ADDRESS_CHARACTERS = 256;
const MAX_BYTES = 2 ** 50;

/**
 * The event of a "request stats" line of etcd's log. Its verb is the gRPC method in lower case (`delete-range`), whatever
 * a transaction contains; its resource that of the first key it names. Neither user nor agent is told, nor a status.
 */
export function toRequestEvent(line: Readonly<Record<string, unknown>>, atMs: number): TrafficEvent {
  const verb = toVerb(line["response type"]);
  const content = line["request content"];
  const fields = listProtoFields(typeof content === "string" ? content : "");
  const place = findPlace(fields);
  const isRange = verb === "range";
  const isList = isRange && fields.some(({ name }) => name === "range_end");
  return {
    atMs,
    verb,
    resource: place?.resource ?? null,
    namespace: place?.namespace ?? null,
    user: null,
    userAgent: null,
    sourceAddress: toAddress(line.remote),
    code: null,
    durationMicros: parseGoDurationMicros(line["time spent"]),
    responseBytes: toBytes(line["response size"]),
    etcdMicros: null,
    queueMicros: null,
    isUnpaged: isList && !fields.some(isBound),
    isUncached: isRange && !fields.some(({ name, word }) => name === "serializable" && word === "true"),
    isClusterWide: isList && (place?.isClusterWide ?? false),
  };
}

/** `/etcdserverpb.KV/DeleteRange` → `delete-range`. */
function toVerb(method: unknown): string | null {
  const name = typeof method === "string" ? /^\/[\w.]{1,100}\/([A-Z][A-Za-z]{0,50})$/.exec(method)?.[1] : undefined;
  return name === undefined ? null : name.replace(/(?!^)[A-Z]/g, "-$&").toLowerCase();
}

function findPlace(fields: readonly ProtoField[]): RangePlace | null {
  const at = fields.findIndex(({ name, bytes }) => name === "key" && bytes !== null);
  const key = fields[at];
  if (key === undefined || key.bytes === null) return null;
  if (key.isCut) return toRangePlace(wholeSegments(key.bytes), null);
  // The end of a range stands right behind its key.
  const next = fields[at + 1];
  const rangeEnd = next?.name === "range_end" && !next.isCut ? next.bytes : null;
  return toRangePlace(key.bytes, rangeEnd);
}

/** A range that counts, or that has a limit, does not answer everything at once. */
function isBound({ name, word }: ProtoField): boolean {
  return (name === "limit" && word !== "0") || (name === "count_only" && word === "true");
}

/** `127.0.0.1:54344` → `127.0.0.1`, `[::1]:54344` → `::1`. */
function toAddress(remote: unknown): string | null {
  const text = cleanText(remote, MAX_ADDRESS_CHARACTERS);
  const match = text === null ? null : /^(?:\[([0-9a-fA-F:.]+)(?:%[\w.-]+)?\]|([^:\s]+)):\d{1,5}$/.exec(text);
  return match === null ? null : (match[1] ?? match[2] ?? null);
}

function toBytes(size: unknown): number | null {
  return typeof size === "number" && Number.isSafeInteger(size) && size >= 0 && size < MAX_BYTES ? size : null;
}
