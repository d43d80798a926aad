import type { TriageMover } from "@/lib/api/triage";
import { type HealthSignalName, healthSignal } from "@/lib/model/health-signals";
import type { Figure } from "@/lib/queries/triage/triage-figures";
import {
  clientFigure,
  clusterFigure,
  listFigures,
  prefixFigure,
  totalOf,
  worstOf,
} from "@/lib/queries/triage/triage-figures";
import type { TriageFacts } from "@/lib/rules/triage/triage-facts";

/** Latencies and standings: of the member that is worst off. */
const WORST: readonly HealthSignalName[] = [
  ...(["probeLinearizable", "probeSerializable", "fsyncP99", "commitP99", "applyP99", "rangeP99", "grpcP99"] as const),
  ...(["peerRttP99", "proposalsPending", "raftBehind", "slowWatchers", "pendingEvents", "cpuCores"] as const),
  ...(["residentBytes", "compactionPauseMsPerSecond", "heartbeatFailuresPerSecond"] as const),
];
/** Work: of all members together. */
const TOTALS: readonly HealthSignalName[] = [
  ...(["rangesPerSecond", "txnsPerSecond", "clientRequestsPerSecond", "sentBytesPerSecond"] as const),
  ...(["receivedBytesPerSecond", "watchers", "leasesGrantedPerSecond", "leasesExpiredPerSecond"] as const),
  ...(["leasesRevokedPerSecond", "compactedKeysPerSecond"] as const),
];
/** Of what did not move, what a reader would suspect first. */
const EXPECTED: readonly HealthSignalName[] = [
  "probeLinearizable",
  "fsyncP99",
  "peerRttP99",
  "rangesPerSecond",
  "watchers",
];

const MOST_PREFIXES = 6;
const MOST_CLIENTS = 5;
const MOST_MOVED = 14;
const MOST_STILL = 6;

/** A figure in the table "What moved, and when", and the line that draws it. */
export interface MoverFigure extends Figure {
  leadSeconds: number | null;
}

/**
 * What moved, the earliest first, then some of what did not. Without a move of latency there is no lead, and what moved
 * stands first by its own time.
 */
export function listMovers(facts: TriageFacts): MoverFigure[] {
  const figures = listCandidates(facts);
  const moved = figures.filter(({ moved }) => moved.movedAtMs !== null && moved.window !== null);
  const still = figures.filter(({ moved }) => moved.movedAtMs === null && moved.window !== null);
  moved.sort((a, b) => (a.moved.movedAtMs as number) - (b.moved.movedAtMs as number) || riseOf(b) - riseOf(a));
  const shown = [...strongest(moved, MOST_MOVED), ...pickStill(still)];
  return shown.map((figure) => ({ ...figure, leadSeconds: leadOf(figure, facts.onsetMs) }));
}

/** A row of the table. */
export function toMover({ id, subject, label, unit, moved, leadSeconds, origin }: MoverFigure): TriageMover {
  const { calm, window } = moved;
  return { kind: subject.kind, subject, label, unit, calm, window, leadSeconds, seriesId: id, origin };
}

function listCandidates(facts: TriageFacts): Figure[] {
  const prefixes = (facts.prefixes ?? []).slice(0, MOST_PREFIXES).flatMap((prefix) => {
    const bytes = prefixFigure(prefix, "writtenBytes");
    return [prefixFigure(prefix, "writes"), ...(bytes.moved.movedAtMs === null ? [] : [bytes])];
  });
  const clients = (facts.clients ?? []).slice(0, MOST_CLIENTS).map(clientFigure);
  return listFigures([
    ...prefixes,
    clusterFigure(facts, "writes"),
    clusterFigure(facts, "writtenBytes"),
    ...clients,
    ...WORST.map((signal) => worstOf(facts, signal)),
    ...TOTALS.map((signal) => totalOf(facts, signal)),
  ]);
}

/** How many times as much as in the calm time. */
function riseOf({ moved: { calm, window } }: Figure): number {
  if (window === null) return 0;
  return calm === null || calm <= 0 ? Number.MAX_VALUE : window / calm;
}

/** The largest rises, in the order they are in. */
function strongest(figures: readonly Figure[], most: number): Figure[] {
  const kept = new Set([...figures].sort((a, b) => riseOf(b) - riseOf(a)).slice(0, most));
  return figures.filter((figure) => kept.has(figure));
}

/** The heaviest prefix, all writes, then what a reader would suspect. */
function pickStill(figures: readonly Figure[]): Figure[] {
  const prefix = figures.find(({ subject }) => subject.kind === "prefix");
  const cluster = figures.find(({ subject }) => subject.kind === "cluster");
  const signals = EXPECTED.flatMap((signal) => {
    const { label } = healthSignal(signal);
    return figures.find((figure) => figure.label === label && figure.subject.kind !== "prefix") ?? [];
  });
  const picked = [prefix, cluster, ...signals].filter((figure) => figure !== undefined);
  return [...new Set(picked)].slice(0, MOST_STILL);
}

function leadOf({ moved: { movedAtMs } }: Figure, onsetMs: number | null): number | null {
  return movedAtMs === null || onsetMs === null ? null : Math.round((movedAtMs - onsetMs) / 1_000);
}
