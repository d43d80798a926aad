import type { KeyGroup, ListedKey, ListGroupsAnswer, ListKeysAnswer, ListKeysParams } from "@/lib/model/questions";
import { type BookKey, type Books, historyOf, isLeased, NODES } from "./seed";

/** What the worker would answer of the books: straight sorting, no cleverness. */
export function listKeysOf(books: Books, params: ListKeysParams, at: string, compactRevision?: number): ListKeysAnswer {
  const history = (key: string) =>
    compactRevision === undefined
      ? { historyBytes: null, historyRevisions: null }
      : historyOf(books, { key }, compactRevision);
  const prefix = Buffer.from(params.prefixBase64, "base64");
  const node = NODES.find((known) => !known.isOther && prefix.equals(Buffer.from(known.prefix)));
  const matched = books
    .keys()
    .filter((key) => (params.directOnly ? key.slot === node?.slot : startsWith(Buffer.from(key.key), prefix)));
  const position = (key: BookKey) => ({
    value: params.sort === "historyBytes" ? (history(key.key).historyBytes ?? 0) : sortValue(key, params.sort),
    bytes: Buffer.from(key.key),
  });
  const compare = (a: ReturnType<typeof position>, b: ReturnType<typeof position>) => {
    const sign = params.descending ? -1 : 1;
    return (a.value - b.value) * sign || a.bytes.compare(b.bytes) * (params.sort === "key" ? sign : 1);
  };
  const { after } = params;
  const start = after && { value: after.value ?? 0, bytes: Buffer.from(after.keyBase64, "base64") };
  const keys = matched
    .filter((key) => start === null || compare(position(key), start) > 0)
    .sort((a, b) => compare(position(a), position(b)))
    .slice(0, params.limit);
  return {
    keys: keys.map((key) => ({ ...toListed(key), ...history(key.key), leased: isLeased(key) })),
    matchedKeys: matched.length,
    matchedKeyBytes: sum(matched, (key) => Buffer.byteLength(key.key)),
    matchedValueBytes: sum(matched, (key) => key.valueBytes),
    matchedLargestValueBytes: Math.max(0, ...matched.map((key) => key.valueBytes)),
    revision: books.revision,
    at,
  };
}

/** Groups of keys up to the next `/` behind the prefix. */
export function listGroupsOf(books: Books, prefixBase64: string, at: string): ListGroupsAnswer {
  const prefix = Buffer.from(prefixBase64, "base64").toString("utf8");
  const groups = new Map<string, KeyGroup>();
  const total = emptyGroup(prefix, false);
  for (const { key, valueBytes } of books.keys()) {
    if (!key.startsWith(prefix)) continue;
    const slash = key.indexOf("/", Math.max(prefix.length, 1));
    const name = slash < 0 ? key : key.slice(0, slash + 1);
    const group = groups.get(name) ?? emptyGroup(name, slash < 0);
    groups.set(name, group);
    for (const target of [group, total]) {
      target.keys++;
      target.keyBytes += Buffer.byteLength(key);
      target.valueBytes += valueBytes;
      target.largestValueBytes = Math.max(target.largestValueBytes, valueBytes);
    }
  }
  return { groups: [...groups.values()], total, revision: books.revision, at };
}

function emptyGroup(prefix: string, isKey: boolean): KeyGroup {
  const prefixBase64 = Buffer.from(prefix).toString("base64");
  return { prefixBase64, isKey, keys: 0, keyBytes: 0, valueBytes: 0, largestValueBytes: 0 };
}

function toListed({ key, slot: _, ...figures }: BookKey): ListedKey {
  return { keyBase64: Buffer.from(key).toString("base64"), keyBytes: Buffer.byteLength(key), ...figures };
}

function sortValue(key: BookKey, sort: Exclude<ListKeysParams["sort"], "historyBytes">): number {
  if (sort === "key") return 0;
  if (sort === "age") return key.modRevision;
  if (sort === "keyBytes") return Buffer.byteLength(key.key);
  if (sort === "liveBytes") return Buffer.byteLength(key.key) + key.valueBytes;
  return key[sort];
}

function startsWith(bytes: Buffer, prefix: Buffer): boolean {
  return bytes.subarray(0, prefix.length).equals(prefix);
}

function sum(keys: readonly BookKey[], figure: (key: BookKey) => number): number {
  return keys.reduce((total, key) => total + figure(key), 0);
}
