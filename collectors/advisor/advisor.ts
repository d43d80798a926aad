import { ClusterFindings, type Standing } from "@/collectors/advisor/findings/cluster-findings";
import { deleteOldFindings, endUnwatchedFindings } from "@/collectors/advisor/findings/finding-rows";
import { ClusterSpikes } from "@/collectors/advisor/spikes/cluster-spikes";
import { endUnwatchedSpikes } from "@/collectors/advisor/spikes/spike-rows";
import { repeat } from "@/collectors/repeat";
import type { Db } from "@/lib/db/client";
import { cluster } from "@/lib/db/schema";
import { log } from "@/lib/log";

const SPIKES_MS = 10_000;
const FINDINGS_MS = 60_000;

/** Looks at what the collectors have written, until told to stop: for spikes every 10 s, for what is wrong each minute. */
export async function runAdvisor(
  db: Db,
  standing: Standing,
  signal: AbortSignal,
  now: () => number = Date.now,
): Promise<void> {
  const spikes = new PerCluster(db, now, (id) => new ClusterSpikes(db, id));
  const findings = new PerCluster(db, now, (id) => new ClusterFindings(db, id, standing));
  await Promise.all([
    repeat("spikes", () => spikes.pass(signal), SPIKES_MS, signal),
    repeat(
      "findings",
      async () => {
        await findings.pass(signal);
        await endUnwatchedSpikes(db);
        await endUnwatchedFindings(db);
        await deleteOldFindings(db, now());
      },
      FINDINGS_MS,
      signal,
    ),
  ]);
}

interface Looking {
  pass(nowMs: number): Promise<void>;
}

/** One of a kind for each cluster that is not paused, as the table stands at each pass. */
class PerCluster {
  #looking = new Map<number, Looking>();

  constructor(
    private readonly db: Db,
    private readonly now: () => number,
    private readonly open: (clusterId: number) => Looking,
  ) {}

  async pass(signal: AbortSignal): Promise<void> {
    const rows = await this.db.select({ id: cluster.id, paused: cluster.paused }).from(cluster).orderBy(cluster.id);
    const wanted = new Set(rows.filter(({ paused }) => !paused).map(({ id }) => id));
    for (const id of this.#looking.keys()) if (!wanted.has(id)) this.#looking.delete(id);
    for (const id of wanted) {
      if (signal.aborted) return;
      const looking = this.#looking.get(id) ?? this.open(id);
      this.#looking.set(id, looking);
      try {
        await looking.pass(this.now());
      } catch (error) {
        log.warn({ clusterId: id, error: String(error) }, "the advisor could not look, will try again");
      }
    }
  }
}
