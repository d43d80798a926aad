import { and, eq, inArray } from "drizzle-orm";
import type { Db } from "@/lib/db/client";
import { cluster, collectorState } from "@/lib/db/schema";
import { clusterSource } from "@/lib/db/schema-sources";
import { DEFAULT_ENABLED, type SourceName } from "@/lib/model/sources";

/** Why a source says nothing, or less than it could, and what to do about it. Both null: nothing to say. */
export interface SourceStanding {
  reason: string | null;
  remedy: string | null;
}

/** Sources that need etcd itself: a managed cluster, known through its apiserver alone, has none of them. */
const OF_ETCD: ReadonlySet<SourceName> = new Set(["metrics", "leases"]);

/** What each source is waiting for where nothing has come. */
const WAITING: Record<SourceName, { reason: string; remedy: string }> = {
  metrics: {
    reason: "No metrics of a member were read in this range.",
    remedy: "They come by themselves while etcdscope runs; the cluster's settings say how the members are reached.",
  },
  apiserver: {
    reason: "No apiserver's metrics were read in this range.",
    remedy: "Name the apiservers and a token that may read /metrics in the cluster's settings.",
  },
  audit: {
    reason: "No audit events came in this range.",
    remedy:
      "Make a token in the cluster's settings and point the apiserver's audit webhook here, or name its audit log there.",
  },
  "etcd-log": {
    reason: "No lines of etcd's log came in this range.",
    remedy: "Name the log files in the cluster's settings, or send the lines with a token made there.",
  },
  connections: {
    reason: "No agent reported connections in this range.",
    remedy: "Start the agent beside each member: npm start -- agent, with a token made in the cluster's settings.",
  },
  leases: {
    reason: "Nobody looked at the leases in this range.",
    remedy: "They are looked at once a minute while etcdscope runs.",
  },
};

/** How some sources stand. `reason` is null for one that is on and does well. */
export async function readStandings(
  db: Db,
  clusterId: number,
  sources: readonly SourceName[],
): Promise<Map<SourceName, SourceStanding>> {
  const [row] = await db.select({ endpoints: cluster.endpoints }).from(cluster).where(eq(cluster.id, clusterId));
  const settings = await db
    .select({ source: clusterSource.source, enabled: clusterSource.enabled })
    .from(clusterSource)
    .where(eq(clusterSource.clusterId, clusterId));
  const states = await db
    .select()
    .from(collectorState)
    .where(and(eq(collectorState.clusterId, clusterId), inArray(collectorState.collector, [...sources])));
  const isManaged = row !== undefined && row.endpoints.length === 0;
  return new Map(
    sources.map((source) => {
      const enabled = settings.find((setting) => setting.source === source)?.enabled ?? DEFAULT_ENABLED[source];
      const state = states.find(({ collector }) => collector === source);
      if (isManaged && OF_ETCD.has(source)) return [source, MANAGED];
      if (!enabled) return [source, switchedOff(source)];
      if (!state || state.health === "ok") return [source, WELL];
      return [source, { reason: state.reason, remedy: state.remedy }];
    }),
  );
}

/** Why a source has said nothing of a range. */
export async function explainAbsence(db: Db, clusterId: number, source: SourceName): Promise<SourceStanding> {
  const standing = (await readStandings(db, clusterId, [source])).get(source) ?? WELL;
  return toAbsence(source, standing);
}

/** The standing of a source that has said nothing: its own trouble, or what it waits for. */
export function toAbsence(source: SourceName, standing: SourceStanding): SourceStanding {
  return standing.reason === null ? WAITING[source] : standing;
}

const WELL: SourceStanding = { reason: null, remedy: null };

const MANAGED: SourceStanding = {
  reason: "This cluster is known through its apiserver only: etcd itself is not reached.",
  remedy: null,
};

function switchedOff(source: SourceName): SourceStanding {
  return source === "apiserver"
    ? { reason: "The apiserver's metrics are not set up.", remedy: WAITING.apiserver.remedy }
    : { reason: "This source is switched off.", remedy: "Switch it on in the cluster's settings." };
}
