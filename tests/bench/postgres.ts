import { openDb } from "@/lib/db/client";
import { addCluster } from "@/lib/db/clusters";
import { startEmbeddedPostgres } from "@/lib/db/embedded/embedded-postgres";
import { migrateDb } from "@/lib/db/migrate";
import { ensurePartitions } from "@/lib/db/partitions";
import { cluster } from "@/lib/db/schema";
import type { Bench } from "@/tests/bench/bench";
import { TEST_SECRET_KEY } from "@/tests/support/worker";

/** A migrated Postgres of our own, with one cluster registered. */
export interface BenchDb {
  databaseUrl: string;
  clusterId: number;
}

export const CLUSTER_NAME = "bench";

/** The product's embedded Postgres in a scratch directory. `scanShare` 1 has the cluster scanned without pauses. */
export async function startBenchDb(
  bench: Bench,
  { endpoint, others = [], scanShare = 1 }: { endpoint: string; others?: readonly string[]; scanShare?: number },
): Promise<BenchDb> {
  const server = await startEmbeddedPostgres({ dataDir: bench.tempDir("postgres") });
  bench.defer(() => server.stop());
  await migrateDb(server.databaseUrl);
  const { db, close } = openDb(server.databaseUrl, { max: 1 });
  try {
    await ensurePartitions(db, Date.now());
    const access = { endpoints: [endpoint, ...others] };
    const clusterId = await addCluster(db, { name: CLUSTER_NAME, source: "settings", access }, TEST_SECRET_KEY);
    await db.update(cluster).set({ scanShare });
    return { databaseUrl: server.databaseUrl, clusterId };
  } finally {
    await close();
  }
}
