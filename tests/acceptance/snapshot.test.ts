import { execFile } from "node:child_process";
import { createReadStream, createWriteStream, existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
import { createGunzip } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fillStory } from "@/tests/story/small-cluster";
import type { Entry } from "@/tests/support/books";
import { useTestDb } from "@/tests/support/db";
import { startEtcd, type TestEtcd } from "@/tests/support/etcd";
import { findEtcdVersions, findNewestEtcd } from "@/tests/support/etcd-versions";
import { textName, topFigures, useProduct } from "@/tests/support/product";
import { countPrefixes, differences, emptyFigures, type PrefixFigures, readWithEtcdctl } from "@/tests/support/truth";

const DATA_DIR = join(import.meta.dirname, "../../../shared/data");
const run = promisify(execFile);
const product = useProduct(useTestDb());
const cleanUps: (() => Promise<unknown>)[] = [];

afterAll(async () => {
  for (const cleanUp of cleanUps.reverse()) await cleanUp();
});

describe.each(await findEtcdVersions())(
  "the story, saved and restored on etcd $version",
  ({ version, binary, etcdctl }) => {
    test("every prefix, down to single keys, equals etcdctl's own count", async () => {
      const first = await startEtcd({ binary });
      cleanUps.push(() => first.stop());
      await fillStory(first.endpoint);
      const file = join(await scratchDir(), "story.snapshot.db");
      await first.etcdctl("snapshot", "save", file);
      const etcd = await restore({ file, binary, etcdctl });

      const clusterId = await product().addCluster(`story-${version}`, etcd.endpoint);
      await product().waitUntilLive(clusterId);
      const { entries, figures } = await readBoth(etcd, clusterId);
      expect(entries.size).toBeGreaterThan(1_000);
      expect(differences(figures, countPrefixes(entries))).toEqual([]);
      const walked = await product().walk(clusterId);
      const lengths = new Map([...walked.keys].map(([key, valueBytes]) => [key, { valueBytes }]));
      expect(differences(lengths, new Map([...entries].map(([key, { valueBytes }]) => [key, { valueBytes }])))).toEqual(
        [],
      );
    });
  },
);

/** The recorded cluster lies beside the repository where it is developed, and is too large to lie in it. */
if (existsSync(join(DATA_DIR, "k8s-small.snapshot.db.gz"))) {
  describe("a recorded Kubernetes cluster", () => {
    const truth = JSON.parse(readFileSync(join(DATA_DIR, "k8s-small-truth.json"), "utf8")) as Truth;
    let clusterId: number;
    let entries: Map<string, Entry>;
    let figures: Map<string, PrefixFigures>;

    beforeAll(async () => {
      const { binary, etcdctl } = await findNewestEtcd();
      const file = join(await scratchDir(), "k8s-small.snapshot.db");
      await pipeline(
        createReadStream(join(DATA_DIR, "k8s-small.snapshot.db.gz")),
        createGunzip(),
        createWriteStream(file),
      );
      const etcd = await restore({ file, binary, etcdctl });
      clusterId = await product().addCluster("k8s-small", etcd.endpoint);
      await product().waitUntilLive(clusterId, { revision: truth.revision });
      ({ entries, figures } = await readBoth(etcd, clusterId));
    }, 120_000);

    test("every prefix equals etcdctl's own count at the model's revision", () => {
      expect(differences(figures, countPrefixes(entries))).toEqual([]);
    });

    test("every resource prefix equals its truth file", () => {
      // Leases run again after a restore: what hangs on them may have begun to go.
      const lasting = Object.entries(truth.resources).filter(
        ([name, it]) => it.with_lease === 0 && name.startsWith("/"),
      );
      expect(lasting.length).toBeGreaterThan(30);
      const shown = new Map(
        lasting.map(([name]) => {
          return [name, figures.get(`${name}/`) ?? emptyFigures()];
        }),
      );
      expect(differences(shown, new Map(lasting.map(([name, it]) => [name, toFigures(it)])))).toEqual([]);
    });

    test("every namespace of every resource equals its truth file", () => {
      let compared = 0;
      for (const [namespace, { by_resource }] of Object.entries(truth.namespaces)) {
        for (const [resource, [keys, bytes]] of Object.entries(by_resource)) {
          const node = figures.get(`${resource}/${namespace}/`);
          if (truth.resources[resource]?.with_lease !== 0 || !node) continue;
          compared++;
          expect([node.keys, node.keyBytes + node.valueBytes], `${resource}/${namespace}`).toEqual([keys, bytes]);
        }
      }
      expect(compared).toBeGreaterThan(200);
    });

    test("the largest values are those of the truth file", async () => {
      const { items } = await product().listTop(clusterId, { by: "valueBytes", limit: 100 });
      const shown = items.slice(0, 20).map((item) => [textName(item.key, item.keyBase64), item.valueBytes]);
      expect(shown).toEqual(truth.top20_largest_values.map((it) => [it.key, it.value_bytes]));
      expect(items.map((item) => item.valueBytes)).toEqual(topFigures(entries, "valueBytes"));
    });

    test("the most revised keys are those of the truth file", async () => {
      const { items } = await product().listTop(clusterId, { by: "version", limit: 100 });
      expect(items.slice(0, 20).map((item) => item.version)).toEqual(truth.top20_by_version.map((it) => it.version));
      const shown = new Map(items.map((item) => [textName(item.key, item.keyBase64), item.version]));
      // Keys of equal versions may stand in any order, and the last ones of the twenty be others.
      const least = truth.top20_by_version.at(-1)?.version ?? 0;
      for (const { key, version } of truth.top20_by_version)
        if (version > least) expect(shown.get(key), key).toBe(version);
      expect(items.map((item) => item.version)).toEqual(topFigures(entries, "version"));
    });
  });
}

interface TruthFigures {
  keys: number;
  key_bytes: number;
  value_bytes: number;
  max_value_bytes: number;
  with_lease: number;
}
interface TruthKey {
  key: string;
  value_bytes: number;
  version: number;
}
interface Truth {
  revision: number;
  resources: Record<string, TruthFigures>;
  namespaces: Record<string, { by_resource: Record<string, [keys: number, bytes: number]> }>;
  top20_largest_values: TruthKey[];
  top20_by_version: TruthKey[];
}

function toFigures(it: TruthFigures): PrefixFigures {
  return { keys: it.keys, keyBytes: it.key_bytes, valueBytes: it.value_bytes, largestValueBytes: it.max_value_bytes };
}

/** The model's figures, and etcdctl's reading of the very revision they are of: leases may end at any moment. */
async function readBoth(etcd: TestEtcd, clusterId: number) {
  for (;;) {
    const before = (await product().readStatus(clusterId))?.revision;
    const figures = await product().readPublished(clusterId);
    const after = (await product().readStatus(clusterId))?.revision;
    if (before && before === after) return { figures, entries: (await readWithEtcdctl(etcd, before)).entries };
  }
}

async function restore({
  file,
  binary,
  etcdctl,
}: {
  file: string;
  binary: string;
  etcdctl: string;
}): Promise<TestEtcd> {
  const dataDir = join(await scratchDir(), "etcd");
  await run(etcdctl, ["snapshot", "restore", file, "--data-dir", dataDir], {
    env: { ...process.env, ETCDCTL_API: "3" },
  });
  const etcd = await startEtcd({ binary, dataDir });
  cleanUps.push(() => etcd.stop());
  return etcd;
}

async function scratchDir(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "etcdscope-snapshot-"));
  cleanUps.push(() => rm(directory, { recursive: true, force: true }));
  return directory;
}
