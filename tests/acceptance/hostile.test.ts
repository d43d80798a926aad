import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Entry } from "@/tests/support/books";
import { useTestDb } from "@/tests/support/db";
import { startEtcd, type TestEtcd } from "@/tests/support/etcd";
import { findEtcdVersions } from "@/tests/support/etcd-versions";
import { hostileKeyspace, SIBLING_KEYS, SIBLING_PREFIXES, writeKeys } from "@/tests/support/hostile";
import { figuresOf, rowName, textName, topFigures, useProduct } from "@/tests/support/product";
import { countPrefixes, differences, emptyFigures, type PrefixFigures, readWithEtcdctl } from "@/tests/support/truth";

const written = hostileKeyspace();
const expected = countPrefixes([...written].map(([key, valueBytes]) => [key, { valueBytes }]));
const testDb = useTestDb();
const product = useProduct(testDb);

describe.each(await findEtcdVersions())("a hostile keyspace on etcd $version", ({ version, binary }) => {
  let etcd: TestEtcd;
  let clusterId: number;
  let entries: Map<string, Entry>;

  beforeAll(async () => {
    etcd = await startEtcd({ binary });
    await writeKeys(etcd.endpoint, written);
    const truth = await readWithEtcdctl(etcd);
    entries = truth.entries;
    clusterId = await product().addCluster(`hostile-${version}`, etcd.endpoint);
    await product().waitUntilLive(clusterId, { revision: truth.revision });
  });
  afterAll(async () => {
    await etcd?.stop();
  });

  test("etcd holds what was written", () => {
    const lengths = new Map([...entries].map(([key, { valueBytes }]) => [key, { valueBytes }]));
    expect(differences(lengths, new Map([...written].map(([key, valueBytes]) => [key, { valueBytes }])))).toEqual([]);
  });

  test("every prefix has the figures of an independent count", async () => {
    const published = await product().readPublished(clusterId);
    // The node with very many children keeps the first ones and one exact *other*.
    const shown = new Map([...expected].filter(([name]) => !isTenant(name) || published.has(name)));
    expect(differences(published, shown)).toEqual([]);
    expect([...published.keys()].filter(isTenant).length).toBeGreaterThan(10_000);
  });

  test("every key is found by drilling down from the root", async () => {
    const walked = { prefixes: new Map<string, PrefixFigures>(), keys: new Map<string, { valueBytes: number }>() };
    const roots = await product().listChildren(clusterId, "");
    for (const row of roots) {
      const name = rowName(row);
      if (row.kind === "key") walked.keys.set(name, { valueBytes: row.valueBytes });
      else walked.prefixes.set(name, figuresOf(row));
      if (row.kind !== "prefix" || name === "/siblings/" || name === "/crowd/") continue;
      const below = await product().walk(clusterId, name);
      for (const [key, valueBytes] of below.keys) walked.keys.set(key, { valueBytes });
      for (const [prefix, figures] of below.prefixes) walked.prefixes.set(prefix, figures);
    }
    const isCrowded = (name: string) => /^\/(siblings|crowd)\/./.test(name);
    const small = new Map(
      [...written].filter(([key]) => !isCrowded(key)).map(([key, valueBytes]) => [key, { valueBytes }]),
    );
    expect(differences(walked.keys, small)).toEqual([]);
    const prefixes = new Map([...expected].filter(([name]) => name !== "" && !isCrowded(name)));
    expect(differences(walked.prefixes, prefixes)).toEqual([]);
  });

  test(`${SIBLING_KEYS} sibling keys come page by page, each once, and add up`, async () => {
    const rows = await product().listChildren(clusterId, "/siblings/");
    expect(new Set(rows.map(rowName)).size).toBe(SIBLING_KEYS);
    expect(rows).toHaveLength(SIBLING_KEYS);
    expect(addUp(rows.map(figuresOf))).toEqual(expected.get("/siblings/"));
  });

  test(`${SIBLING_PREFIXES} sibling prefixes add up with their other row`, async () => {
    const rows = await product().listChildren(clusterId, "/crowd/");
    expect(addUp(rows.map(figuresOf))).toEqual(expected.get("/crowd/"));
    expect(rows.filter((row) => row.kind === "other")).toHaveLength(1);
    const named = rows.filter((row) => row.kind === "prefix");
    expect(new Set(named.map(rowName)).size).toBe(named.length);
    for (const row of named) expect(figuresOf(row), row.prefix).toEqual(expected.get(rowName(row)));
  });

  test.each(["valueBytes", "keyBytes", "version", "age"] as const)("the top keys by %s are exact", async (by) => {
    const { items } = await product().listTop(clusterId, { by, limit: 100 });
    const figure = by === "age" ? "modRevision" : by;
    expect(items.map((item) => item[figure])).toEqual(topFigures(entries, by));
    for (const item of items) {
      const { valueBytes, version, createRevision, modRevision } = item;
      expect({ valueBytes, version, createRevision, modRevision }).toEqual(
        entries.get(textName(item.key, item.keyBase64)),
      );
      expect(item.origin).toBe("exact");
    }
  });
});

function isTenant(name: string): boolean {
  return name.startsWith("/crowd/tenant-");
}

function addUp(rows: readonly PrefixFigures[]): PrefixFigures {
  return rows.reduce(
    (sum, row) => ({
      keys: sum.keys + row.keys,
      keyBytes: sum.keyBytes + row.keyBytes,
      valueBytes: sum.valueBytes + row.valueBytes,
      largestValueBytes: Math.max(sum.largestValueBytes, row.largestValueBytes),
    }),
    emptyFigures(),
  );
}
