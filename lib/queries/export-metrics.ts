import { asc } from "drizzle-orm";
import type { Db } from "@/lib/db/client";
import { cluster } from "@/lib/db/schema";
import type { ExposedFamily } from "@/lib/model/prometheus-exposition";
import { type ClusterFacts, readClusterFacts } from "@/lib/queries/cluster-facts";
import type { ClusterRow } from "@/lib/queries/clusters";
import { addCollectors, addMembers, addModel, isFresh } from "@/lib/queries/export-clusters";
import { FamilySet } from "@/lib/queries/export-families";
import { addCosts, addFindings, addForecast, addHashChecks, addProbes } from "@/lib/queries/export-health";
import { addPrefixGauges, addWriteCounters, planExportRows } from "@/lib/queries/export-prefixes";
import { isWorkerAlive } from "@/lib/queries/worker-life";

const SILENT_MS = 15_000;

/** What `/metrics` is asked with. */
export interface ExportQuestion {
  nowMs: number;
  /** So many prefixes of a cluster by live bytes, and as many by writes, have lines of their own. */
  prefixes: number;
  version: string;
}

/**
 * What etcdscope knows, as metrics. What is not known, or is old, is absent. The number of lines is bounded by the
 * clusters, their members and `prefixes`, never by their keys.
 */
export async function readExport(db: Db, { nowMs, prefixes, version }: ExportQuestion): Promise<ExposedFamily[]> {
  const set = new FamilySet();
  const isWorkerUp = await isWorkerAlive(db, SILENT_MS);
  set.add("etcdscope_build_info", { version }, 1);
  set.add("etcdscope_worker_up", {}, isWorkerUp);
  const rows = await db.select().from(cluster).orderBy(asc(cluster.name));
  if (rows.length === 0) return set.list();
  const facts = await readClusterFacts(
    db,
    rows.map(({ id }) => id),
    nowMs,
  );
  const perCluster = rows.map((row) => readCluster(db, row, { facts: facts.of(row.id), isWorkerUp, nowMs, prefixes }));
  const running = rows.filter(({ paused }) => !paused);
  const names = new Map(running.map(({ id, name }) => [id, name]));
  const ofAll = [addFindings, addProbes, addForecast, addHashChecks, addCosts].map(async (add) => {
    const part = new FamilySet();
    await add(part, db, { names, nowMs });
    return part;
  });
  for (const part of await Promise.all([...perCluster, ...ofAll])) set.take(part);
  return set.list();
}

async function readCluster(
  db: Db,
  row: ClusterRow,
  question: { facts: ClusterFacts; isWorkerUp: boolean; nowMs: number; prefixes: number },
): Promise<FamilySet> {
  const { facts, isWorkerUp, nowMs, prefixes } = question;
  const set = new FamilySet();
  await addMembers(set, db, { row, facts, nowMs });
  addModel(set, row.name, facts, nowMs);
  if (!row.paused) addCollectors(set, row.name, facts, isWorkerUp);
  if (facts.status === undefined) return set;
  const rows = prefixes === 0 ? [] : await planExportRows(db, row.id, { budget: 2 * prefixes, nowMs });
  const lines = { clusterId: row.id, cluster: row.name, rows, nowMs };
  if (facts.root !== undefined && isFresh(facts.status.at, nowMs)) await addPrefixGauges(set, db, lines);
  await addWriteCounters(set, db, lines);
  return set;
}
