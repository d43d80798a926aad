import { eq, inArray } from "drizzle-orm";
import type { Db } from "@/lib/db/client";
import { declareClusters, putCluster, releaseFileClusters } from "@/lib/db/clusters";
import { cluster } from "@/lib/db/schema";
import { writeSource } from "@/lib/db/sources";
import type { FileCluster, StartOptions } from "@/lib/supervisor/options";
import { unsetSources } from "@/lib/supervisor/source-file";
import { StartError } from "@/lib/supervisor/start-error";

/** Registers what the command line and the configuration file declare. Answers these clusters. */
export async function declareStartClusters(
  db: Db,
  { cluster: given, fileClusters }: Pick<StartOptions, "cluster" | "fileClusters">,
  secretKey: Buffer,
): Promise<{ id: number; name: string }[]> {
  if (fileClusters === null) await releaseFileClusters(db);
  else {
    await declareClusters(db, fileClusters, secretKey);
    for (const entry of fileClusters) await declareSources(db, entry, secretKey);
  }
  const names = (fileClusters ?? []).map((entry) => entry.name);
  if (given) {
    const name = given.name ?? (await chooseName(db, given.access.endpoints));
    if (names.includes(name)) {
      throw new StartError(
        `A cluster named "${name}" is in the configuration file already; give the one of --endpoints another --name.`,
      );
    }
    await putCluster(db, { name, source: "settings", access: given.access }, secretKey);
    names.push(name);
  }
  if (names.length === 0) return [];
  return db
    .select({ id: cluster.id, name: cluster.name })
    .from(cluster)
    .where(inArray(cluster.name, names))
    .orderBy(cluster.name);
}

/** Sets the sources of a cluster of the file as they stand there; those it does not name, as if nobody had set them. */
async function declareSources(db: Db, { name, sources }: FileCluster, secretKey: Buffer): Promise<void> {
  if (sources === undefined) return;
  const [row] = await db.select({ id: cluster.id }).from(cluster).where(eq(cluster.name, name));
  if (row === undefined) return;
  for (const { source, ...change } of [...sources, ...unsetSources(sources)]) {
    await writeSource(db, row.id, source, change, secretKey);
  }
}

/** The name of the cluster that has these endpoints already, else one made from the first of them. */
async function chooseName(db: Db, endpoints: readonly string[]): Promise<string> {
  const rows = await db.select().from(cluster).where(eq(cluster.source, "settings"));
  const known = rows.find((row) => row.endpoints.join() === endpoints.join());
  if (known) return known.name;
  const first = (endpoints[0] ?? "").replace(/^[a-z]+:\/\//i, "");
  const [, host = "etcd", port = "2379"] = /^(.*?)(?::(\d+))?$/.exec(first.replace(/[[\]]/g, "")) ?? [];
  const name = toName(host);
  const all = await db.select({ name: cluster.name }).from(cluster);
  return all.some((row) => row.name === name) ? toName(`${host}-${port}`) : name;
}

function toName(text: string): string {
  return (
    text
      .replace(/[^a-zA-Z0-9._-]+/g, "-")
      .replace(/^[^a-zA-Z0-9]+/, "")
      .slice(0, 63) || "etcd"
  );
}
