import { toKeyText } from "@/lib/model/key-text";
import { toKubernetesPlace } from "@/lib/model/kubernetes";
import { separatorOf } from "@/lib/model/segments";

/** A key without a separator belongs to no prefix but the empty one. */
export const TOP_LEVEL_RESOURCE = "(top level)";
const MAX_RESOURCE_CHARACTERS = 256;
const SEGMENTS = 2;
const SLASH = 0x2f;

/** Where a request of etcd's API reads or writes. */
export interface RangePlace {
  /** Of Kubernetes' layout as kubectl writes it; else the key's first two segments, separators included. */
  resource: string;
  /** Of Kubernetes' layout: empty where there is none or all are meant. Null: not Kubernetes. */
  namespace: string | null;
  /** Reads more than one namespace, or of what has none. */
  isClusterWide: boolean;
}

/** The place of one key, or of the keys from `key` up to `rangeEnd`. */
export function toRangePlace(key: Buffer, rangeEnd: Buffer | null): RangePlace {
  const path = rangeEnd === null ? key : coveringPrefix(key, rangeEnd);
  const text = toKeyText(path).text;
  // An apiserver asks for `/registry/pods` itself, which never is, to learn the present revision.
  const place = toKubernetesPlace(text) ?? toKubernetesPlace(`${text}/`);
  if (place === null || place.resource === null) {
    return { resource: firstSegments(path), namespace: null, isClusterWide: false };
  }
  return {
    resource: cut(place.resource),
    namespace: cut(place.namespace ?? ""),
    isClusterWide: rangeEnd !== null && place.namespace === null,
  };
}

/** The longest prefix, ending in a separator of the key, that holds the whole range. */
function coveringPrefix(key: Buffer, rangeEnd: Buffer): Buffer {
  if (rangeEnd.length === 1 && rangeEnd[0] === 0) return Buffer.alloc(0); // to the end of the keyspace
  const separator = separatorOf(key, 0, key.length);
  let common = 0;
  while (common < key.length && key[common] === rangeEnd[common]) common++;
  // The first key behind all that begin with `a/` is `a0`: the end of a range over a whole prefix.
  const isWhole = rangeEnd.length === common + 1 && key[common] === separator && rangeEnd[common] === separator + 1;
  let end = isWhole ? common + 1 : common;
  while (end > 0 && key[end - 1] !== separator) end--;
  return key.subarray(0, end);
}

function firstSegments(path: Buffer): string {
  const separator = separatorOf(path, 0, path.length);
  if (separator < 0) return TOP_LEVEL_RESOURCE;
  let end = 0;
  while (path[end] === separator) end++;
  for (let segment = 0; segment < SEGMENTS; segment++) {
    const next = path.indexOf(separator, end);
    if (next < 0) break;
    end = next + 1;
  }
  return cut(end === 0 ? TOP_LEVEL_RESOURCE : toKeyText(path.subarray(0, end)).text);
}

function cut(text: string): string {
  const safe = text.replaceAll("\0", "\\x00");
  return safe.length > MAX_RESOURCE_CHARACTERS
    ? safe.slice(0, MAX_RESOURCE_CHARACTERS).replace(/[\ud800-\udbff]$/, "")
    : safe;
}

/** Of a key the log cut off: what lies before its last separator. */
export function wholeSegments(key: Buffer): Buffer {
  return key.subarray(0, key.lastIndexOf(SLASH) + 1);
}
