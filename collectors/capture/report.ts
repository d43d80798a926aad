import type { CapturedKeys, KeyCount, KeysCount } from "@/collectors/capture/captured-keys";
import type { EndedSession } from "@/collectors/capture/session";
import { type PrefixTree, ROOT } from "@/collectors/keyspace/prefix-tree";
import type { CapturedKey, CapturedPrefix, CaptureReport, CaptureSummary } from "@/lib/model/capture";

/** What a report holds at most of each; the bytes are those of keys and prefixes. */
const MAX_KEYS = 20_000;
const MAX_PREFIXES = 5_000;
const MAX_BYTES = 4 * 1024 ** 2;

/** What a session came to. `hasRequestSource` false: nobody tells of requests, so that there is no number of them. */
export function toSummary(session: EndedSession, hasRequestSource: boolean): CaptureSummary {
  const { writes, requests, interruption } = session;
  const { puts, deletes, writtenBytes, revisions, largestRevisionEvents, largestPutBytes } = writes;
  return {
    firstRevision: writes.afterRevision + 1,
    lastRevision: writes.revision,
    ...{ puts, deletes, writtenBytes, revisions, largestRevisionEvents, largestPutBytes },
    keys: writes.keys.keys,
    requests: hasRequestSource || requests.requests > 0 ? requests.requests : null,
    isInterrupted: interruption !== null,
  };
}

/** The whole report: heaviest keys and prefixes first, what there is no room for summed up. */
export function toReport(session: EndedSession, summary: CaptureSummary): CaptureReport {
  const { writes, tree, requests, startMs, endMs } = session;
  const seconds = Math.ceil((endMs - startMs) / 1_000);
  const { puts, deletes, writtenBytes } = writes.perSecond;
  const keys = heaviestKeys(writes.keys.kept);
  return {
    summary,
    keys,
    otherKeys: otherThan(keys, summary),
    prefixes: heaviestPrefixes(tree, sumByNode(tree, writes.keys)),
    perSecond: {
      puts: puts.slice(0, seconds),
      deletes: deletes.slice(0, seconds),
      writtenBytes: writtenBytes.slice(0, seconds),
    },
    requests: requests.list(),
  };
}

/** Two hundred thousand are not sorted: the number of writes that the last one has tells which belong. */
function heaviestKeys(kept: ReadonlyMap<string, KeyCount>): CapturedKey[] {
  const writes = new Float64Array(kept.size);
  let at = 0;
  for (const count of kept.values()) writes[at++] = writesOf(count);
  writes.sort();
  const least = writes[writes.length - MAX_KEYS] ?? 0;
  let roomAtLeast = MAX_KEYS - countAbove(writes, least);
  const chosen: [string, KeyCount][] = [];
  for (const entry of kept) {
    const own = writesOf(entry[1]);
    if (own > least || (own === least && roomAtLeast-- > 0)) chosen.push(entry);
  }
  chosen.sort(([, a], [, b]) => writesOf(b) - writesOf(a) || b.writtenBytes - a.writtenBytes);
  return withinBytes(chosen, ([key]) => key.length).map(([key, count]) => {
    const { puts, deletes, writtenBytes, largestPutBytes } = count;
    const keyBase64 = Buffer.from(key, "latin1").toString("base64");
    return { keyBase64, puts, deletes, writtenBytes, largestPutBytes };
  });
}

function countAbove(ascending: Float64Array, value: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ascending[middle] as number) > value) high = middle;
    else low = middle + 1;
  }
  return ascending.length - low;
}

function otherThan(keys: readonly CapturedKey[], summary: CaptureSummary): CaptureReport["otherKeys"] {
  const other = {
    keys: summary.keys - keys.length,
    puts: summary.puts,
    deletes: summary.deletes,
    writtenBytes: summary.writtenBytes,
  };
  for (const { puts, deletes, writtenBytes } of keys) {
    other.puts -= puts;
    other.deletes -= deletes;
    other.writtenBytes -= writtenBytes;
  }
  return other;
}

/** What was written below every node. */
function sumByNode(tree: PrefixTree, { kept, beyond }: CapturedKeys): Map<number, KeysCount> {
  const own = new Map<number, KeysCount>();
  for (const count of kept.values()) add(own, count.node, count);
  for (const [node, count] of beyond) add(own, node, count);
  const sums = new Map<number, KeysCount>();
  for (const [node, count] of own) {
    for (let at = node; at > ROOT; at = tree.parent(at)) add(sums, at, count);
    add(sums, ROOT, count);
  }
  return sums;
}

function add(sums: Map<number, KeysCount>, node: number, count: KeysCount): void {
  let sum = sums.get(node);
  if (sum === undefined) {
    sum = { puts: 0, deletes: 0, writtenBytes: 0, keys: 0 };
    sums.set(node, sum);
  }
  sum.puts += count.puts;
  sum.deletes += count.deletes;
  sum.writtenBytes += count.writtenBytes;
  sum.keys += count.keys;
}

function heaviestPrefixes(tree: PrefixTree, sums: ReadonlyMap<number, KeysCount>): CapturedPrefix[] {
  const named = [...sums].filter(([node]) => !tree.isOther(node)); // *other* has no name of its own; its parent has it all
  named.sort(([nodeA, a], [nodeB, b]) => writesOf(b) - writesOf(a) || nodeA - nodeB);
  const chosen = withinBytes(named.slice(0, MAX_PREFIXES), ([node]) => tree.prefixLength(node));
  return chosen.map(([node, { puts, deletes, writtenBytes, keys }]) => {
    return { prefixBase64: tree.prefix(node).toString("base64"), puts, deletes, writtenBytes, keys };
  });
}

/** The first that fit. */
function withinBytes<Item>(items: readonly Item[], bytesOf: (item: Item) => number): Item[] {
  let bytes = 0;
  return items.filter((item) => {
    bytes += bytesOf(item);
    return bytes <= MAX_BYTES;
  });
}

function writesOf({ puts, deletes }: { puts: number; deletes: number }): number {
  return puts + deletes;
}
