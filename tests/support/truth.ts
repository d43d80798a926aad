import type { Entry } from "@/tests/support/books";
import type { TestEtcd } from "@/tests/support/etcd";

/** Figures of a prefix, counted by a plain loop over keys. */
export interface PrefixFigures {
  keys: number;
  keyBytes: number;
  valueBytes: number;
  largestValueBytes: number;
}

/** The keyspace as etcdctl reads it, at `revision` or now. Keys are latin1 text: one character a byte. */
export async function readWithEtcdctl(
  etcd: Pick<TestEtcd, "etcdctl">,
  revision?: number,
): Promise<{ entries: Map<string, Entry>; revision: number }> {
  const at = revision === undefined ? [] : [`--rev=${revision}`];
  const answer = JSON.parse(await etcd.etcdctl("get", "", "--from-key", "-w", "json", ...at)) as EtcdctlRange;
  const entries = new Map<string, Entry>();
  for (const kv of answer.kvs ?? []) {
    entries.set(Buffer.from(kv.key, "base64").toString("latin1"), {
      valueBytes: Buffer.from(kv.value ?? "", "base64").length,
      version: kv.version,
      createRevision: kv.create_revision,
      modRevision: kv.mod_revision,
    });
  }
  return { entries, revision: answer.header.revision };
}

/** The revision etcd is at. */
export async function readRevision(etcd: Pick<TestEtcd, "etcdctl">): Promise<number> {
  const answer = await etcd.etcdctl("get", "no such key", "-w", "json");
  return (JSON.parse(answer) as EtcdctlRange).header.revision;
}

interface EtcdctlRange {
  header: { revision: number };
  kvs?: { key: string; value?: string; version: number; create_revision: number; mod_revision: number }[];
}

/** The figures of every prefix that the keys make, the empty one included. */
export function countPrefixes(entries: Iterable<[string, { valueBytes: number }]>): Map<string, PrefixFigures> {
  const counted = new Map<string, PrefixFigures>([["", emptyFigures()]]);
  for (const [key, { valueBytes }] of entries) {
    for (const prefix of prefixesOf(key)) {
      let figures = counted.get(prefix);
      if (!figures) {
        figures = emptyFigures();
        counted.set(prefix, figures);
      }
      figures.keys += 1;
      figures.keyBytes += key.length;
      figures.valueBytes += valueBytes;
      figures.largestValueBytes = Math.max(figures.largestValueBytes, valueBytes);
    }
  }
  return counted;
}

export function emptyFigures(): PrefixFigures {
  return { keys: 0, keyBytes: 0, valueBytes: 0, largestValueBytes: 0 };
}

/** The prefixes a key lies under: each ends behind a separator of the key; leading separators belong to the first. */
export function prefixesOf(key: string): string[] {
  const separator = ["/", ":", "."].find((candidate) => key.includes(candidate));
  const prefixes = [""];
  if (separator === undefined) return prefixes;
  let at = 0;
  while (key[at] === separator) at++;
  for (at = key.indexOf(separator, at); at >= 0; at = key.indexOf(separator, at + 1))
    prefixes.push(key.slice(0, at + 1));
  return prefixes;
}

/** The first differences between two maps of figures, in words; empty when they are equal. */
export function differences<Figures extends object>(
  actual: ReadonlyMap<string, Figures>,
  expected: ReadonlyMap<string, Figures>,
  most = 10,
): string[] {
  const found: string[] = [];
  for (const [name, wanted] of expected) {
    const got = actual.get(name);
    for (const [figure, value] of Object.entries(wanted)) {
      const has = got?.[figure as keyof Figures];
      if (has !== value)
        found.push(`${JSON.stringify(name).slice(0, 200)} ${figure}: ${has ?? "missing"}, not ${value}`);
    }
  }
  for (const name of actual.keys()) {
    if (!expected.has(name)) found.push(`${JSON.stringify(name).slice(0, 200)}: should not be there`);
  }
  return found.length > most ? [...found.slice(0, most), `… and ${found.length - most} more`] : found;
}
