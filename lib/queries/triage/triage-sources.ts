import { and, eq, gte, lt } from "drizzle-orm";
import type { TriageAnswer } from "@/lib/api/triage";
import type { Db } from "@/lib/db/client";
import { connectionSample } from "@/lib/db/schema-metrics";
import { HEALTH_SIGNAL_NAMES, healthSignal } from "@/lib/model/health-signals";
import type { TimeRange } from "@/lib/model/time-range";
import { readStandings, toAbsence } from "@/lib/queries/source-standing";
import type { TriageFacts } from "@/lib/rules/triage/triage-facts";

type Source = TriageAnswer["sources"][number];

const TELLS = {
  metrics: "Disk, network and apply latencies, leaders, load and memory of each member",
  probe: "Reads of an absent key at each member each 5 s: latency and errors as a user of etcd feels them",
  keyspace: "Writes by prefix and key, the largest transaction and value",
  "etcd-log": "Slow requests with their keys and addresses, elections, slow syncs, configuration",
  audit: "Which client asked what of the apiserver",
  apiserver: "What the apiserver sees of etcd, by operation and resource",
  connections: "Which addresses hold connections to each member",
} as const;

/** Where the members' words and the model come from etcd itself. */
const OWN_REASONS = {
  probe: "The probe asked no member in this window. It runs by itself while etcdscope reaches the members.",
  keyspace: "Nobody watched the keyspace in this window. The Collection page says how the watch goes.",
} as const;

/** Which sources told something of the window, and why the others did not. */
export async function listSources(db: Db, clusterId: number, facts: TriageFacts): Promise<Source[]> {
  const standings = await readStandings(db, clusterId, ["metrics", "audit", "etcd-log", "apiserver", "connections"]);
  const heard = await listHeard(db, clusterId, facts);
  const ofEtcd = standings.get("metrics")?.reason ?? null;
  return (Object.keys(TELLS) as (keyof typeof TELLS)[]).map((name): Source => {
    const isHeard = heard.has(name);
    return { name, tells: TELLS[name], isHeard, reason: isHeard ? null : reasonOf(name) };
  });

  function reasonOf(name: keyof typeof TELLS): string {
    if (name === "probe" || name === "keyspace") return isManaged(ofEtcd) ? (ofEtcd as string) : OWN_REASONS[name];
    const { reason, remedy } = toAbsence(name, standings.get(name) ?? { reason: null, remedy: null });
    return [reason, remedy].filter((text) => text !== null).join(" ");
  }
}

/** As `source-standing.ts` words it. */
function isManaged(reason: string | null): boolean {
  return reason?.startsWith("This cluster is known through its apiserver only") ?? false;
}

async function listHeard(db: Db, clusterId: number, facts: TriageFacts): Promise<Set<keyof typeof TELLS>> {
  const ofMetrics = HEALTH_SIGNAL_NAMES.filter((name) => !["status", "probe"].includes(healthSignal(name).of.kind));
  const clients = new Set((facts.clients ?? []).map(({ source }) => source));
  const isHeard: Record<keyof typeof TELLS, boolean> = {
    metrics: facts.members.some(({ signals }) => ofMetrics.some((name) => (signals[name]?.window ?? null) !== null)),
    probe: facts.members.some(({ probes }) => (probes?.asked ?? 0) > 0),
    keyspace: facts.prefixes !== null,
    "etcd-log": facts.log !== null || clients.has("etcd-log"),
    audit: clients.has("audit"),
    apiserver: facts.apiserver !== null || clients.has("apiserver"),
    connections: await hasConnections(db, clusterId, facts.window),
  };
  return new Set((Object.keys(isHeard) as (keyof typeof TELLS)[]).filter((name) => isHeard[name]));
}

async function hasConnections(db: Db, clusterId: number, { fromMs, toMs }: TimeRange): Promise<boolean> {
  const { at } = connectionSample;
  const rows = await db
    .select({ at })
    .from(connectionSample)
    .where(and(eq(connectionSample.clusterId, clusterId), gte(at, new Date(fromMs)), lt(at, new Date(toMs))))
    .limit(1);
  return rows.length > 0;
}
