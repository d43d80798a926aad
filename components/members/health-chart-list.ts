import type { ChartLimit, ChartUnit } from "@/components/charts/chart-data";
import { type HealthSignalName, healthSignal } from "@/lib/model/health-signals";

/** A chart of one signal, a line a member; or a line a member and peer. */
export interface HealthChartSpec {
  signal: HealthSignalName;
  title?: string;
  bySplit?: boolean;
  limits?: readonly ChartLimit[];
  /** Drawn too, dashed: the largest of the members. */
  against?: { signal: HealthSignalName; label: string };
  /** What would make it known, where no member tells it. */
  nothing?: string;
}

export interface HealthChartSection {
  id: string;
  title: string;
  charts: readonly HealthChartSpec[];
}

const FAQ = "etcd FAQ";
const MIXIN = "alert, etcd mixin";

/** All charts of the Members page, by what they tell of. */
export const HEALTH_CHARTS: readonly HealthChartSection[] = [
  {
    id: "answers",
    title: "As a user feels it",
    charts: [
      { signal: "probeLinearizable", title: "Linearizable read, slowest", nothing: "No read was tried in this time." },
      { signal: "probeSerializable", title: "Serializable read, slowest", nothing: "No read was tried in this time." },
    ],
  },
  {
    id: "disk",
    title: "Disk",
    charts: [
      { signal: "fsyncP99", limits: [at(10, FAQ), at(500, MIXIN)] },
      { signal: "commitP99", limits: [at(25, FAQ), at(250, MIXIN)] },
    ],
  },
  {
    id: "consensus",
    title: "Network and consensus",
    charts: [
      {
        signal: "peerRttP99",
        bySplit: true,
        limits: [at(150, MIXIN)],
        nothing: "No round trip was measured: a member alone has no peers.",
      },
      { signal: "raftBehind" },
      { signal: "proposalsCommittedPerSecond" },
      { signal: "proposalsPending" },
      { signal: "raftLag", title: "Entries not applied" },
      { signal: "leaderChangesPerSecond" },
    ],
  },
  {
    id: "requests",
    title: "Requests",
    charts: [
      { signal: "requestsPerSecond" },
      { signal: "applyP99", nothing: "etcd tells it from 3.5 on." },
      { signal: "slowAppliesPerSecond" },
      { signal: "grpcP99", nothing: "etcd tells it with --metrics=extensive alone." },
    ],
  },
  {
    id: "store",
    title: "Store and watches",
    charts: [
      { signal: "dbSize", title: "Db size against its quota", against: { signal: "quota", label: "smallest quota" } },
      { signal: "dbSizeInUse" },
      { signal: "watchers" },
      { signal: "slowWatchers" },
    ],
  },
  {
    id: "maintenance",
    title: "Maintenance",
    charts: [
      { signal: "compactionPauseMsPerSecond", title: "Compaction pauses, milliseconds a second" },
      { signal: "snapshotsPerSecond" },
      { signal: "defragsPerSecond" },
      { signal: "openReads" },
    ],
  },
  {
    id: "process",
    title: "Process",
    charts: [
      { signal: "cpuCores", title: "CPU, of one core", against: { signal: "cpuLimit", label: "cores available" } },
      { signal: "residentBytes" },
      { signal: "openFiles", against: { signal: "fileLimit", label: "limit" } },
      { signal: "statusMs" },
    ],
  },
];

/** What all charts ask for at once: each question reads every page again. Pairs of members are asked for apart. */
export const HEALTH_MEASURES = measuresOf(HEALTH_CHARTS.flatMap(({ charts }) => charts.filter((one) => !one.bySplit)));
export const PAIR_MEASURES = measuresOf(HEALTH_CHARTS.flatMap(({ charts }) => charts.filter((one) => one.bySplit)));

function measuresOf(charts: readonly HealthChartSpec[]): string {
  return charts.flatMap(({ signal, against }) => [signal, ...(against ? [against.signal] : [])]).join(",");
}

/** The title of a chart, and its unit. */
export function chartWords({ signal, title }: HealthChartSpec): { title: string; unit: ChartUnit } {
  const { label, unit } = healthSignal(signal);
  return { title: title ?? label, unit };
}

function at(value: number, source: string): ChartLimit {
  return { value, label: `${value} ms, ${source}` };
}
