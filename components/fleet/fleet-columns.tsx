import Link from "next/link";
import { FreshnessWords } from "@/components/fleet/freshness-words";
import { SizeBar } from "@/components/fleet/size-bar";
import { clusterHref } from "@/components/shell/cluster-href";
import type { Column } from "@/components/tables/column";
import { Badge } from "@/components/ui/badge";
import { HEALTH_WORDS, HealthMark } from "@/components/ui/health-mark";
import { KeyName } from "@/components/ui/key-name";
import { Sparkline } from "@/components/ui/sparkline";
import type { ClusterSummary } from "@/lib/api/clusters";
import { formatBytes, formatCount, formatPerSecond } from "@/lib/model/units";

const unknown = <span className="faint">–</span>;

/** The columns of the fleet. */
export const FLEET_COLUMNS: readonly Column<ClusterSummary>[] = [
  {
    id: "cluster",
    header: "Cluster",
    width: 184,
    value: (cluster) => cluster.name,
    cell: (cluster) => <NameCell cluster={cluster} />,
  },
  {
    id: "dbSizeBytes",
    header: "In use, file, quota",
    hint: "Of the member with the largest file, sampled every 10 s: in use, the rest of the file, and the quota where etcd reports it (3.6 and later).",
    width: 176,
    value: (cluster) => cluster.dbSizeBytes,
    cell: (cluster) => <SizeBar {...cluster} />,
  },
  {
    id: "keys",
    header: "Keys",
    numeric: true,
    width: 84,
    value: (cluster) => cluster.keys,
    cell: (cluster) => (cluster.keys === null ? unknown : formatCount(cluster.keys)),
  },
  {
    id: "liveBytes",
    header: "Live",
    hint: "Keys and values as they are now, without history and overhead; exact, with the history held beside them on hover.",
    numeric: true,
    width: 80,
    value: (cluster) => cluster.liveBytes,
    cell: (cluster) => <LiveCell cluster={cluster} />,
  },
  {
    id: "writesPerSecond",
    header: "Writes/s",
    hint: "Puts and deletes a second over the last 60 s, exact; the line is the last hour.",
    numeric: true,
    width: 136,
    value: (cluster) => cluster.writesPerSecond,
    cell: (cluster) => <WritesCell cluster={cluster} />,
  },
  {
    id: "hottestPrefix",
    header: "Hottest prefix",
    hint: "The most written resource of the last hour.",
    value: (cluster) => cluster.hottestPrefix?.prefix ?? null,
    cell: (cluster) => <HottestCell cluster={cluster} />,
  },
  { id: "version", header: "etcd", width: 66, value: (cluster) => cluster.version },
  {
    id: "members",
    header: "Members",
    hint: "Members that answered the last status request, of all.",
    width: 88,
    value: (cluster) => cluster.membersAnswering,
    cell: (cluster) => <MembersCell cluster={cluster} />,
  },
  {
    id: "freshness",
    header: "Freshness",
    width: 168,
    value: (cluster) => cluster.keyspace.at,
    cell: (cluster) => <FreshnessWords cluster={cluster} />,
  },
];

function NameCell({ cluster }: { cluster: ClusterSummary }) {
  return (
    <span className="fleet-name">
      <HealthMark health={cluster.health} />
      <Link href={clusterHref(cluster.name, "overview")} title={`${cluster.name}: ${cluster.endpoints.join(", ")}`}>
        {cluster.name}
      </Link>
      {cluster.isDemo && <Badge tone="accent">Demo</Badge>}
      <span className={`fleet-health ${cluster.health}`}>{HEALTH_WORDS[cluster.health]}</span>
    </span>
  );
}

function LiveCell({ cluster: { liveBytes, historyBytes } }: { cluster: ClusterSummary }) {
  if (liveBytes === null) return unknown;
  const history = historyBytes === null ? "history not measured" : `and ${formatBytes(historyBytes)} of history`;
  return <span title={`${formatCount(liveBytes)} bytes, ${history}`}>{formatBytes(liveBytes)}</span>;
}

function WritesCell({ cluster }: { cluster: ClusterSummary }) {
  return (
    <span className="fleet-writes">
      <Sparkline
        values={cluster.writesSparkline}
        width={72}
        label={`Writes per second of ${cluster.name}, last hour`}
      />
      <span>{cluster.writesPerSecond === null ? unknown : formatPerSecond(cluster.writesPerSecond)}</span>
    </span>
  );
}

function HottestCell({ cluster }: { cluster: ClusterSummary }) {
  if (cluster.hottestPrefix === null) return unknown;
  const { prefix, writesPerSecond } = cluster.hottestPrefix;
  return (
    <span className="fleet-hottest">
      <KeyName text={prefix} fit="middle" href={clusterHref(cluster.name, "prefix", { prefix })} />
      <span className="faint tabular">{formatPerSecond(writesPerSecond)}/s</span>
    </span>
  );
}

function MembersCell({ cluster }: { cluster: ClusterSummary }) {
  const { membersAnswering, memberCount } = cluster;
  if (memberCount === null) return unknown;
  const words = `${membersAnswering ?? 0} of ${memberCount}`;
  return (membersAnswering ?? 0) < memberCount ? (
    <Badge tone="bad">{words}</Badge>
  ) : (
    <span className="tabular">{words}</span>
  );
}
