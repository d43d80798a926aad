import type { TriageSeries } from "@/lib/api/triage";
import type { HealthSignalName } from "@/lib/model/health-signals";
import { chartFigure, type Figure, listFigures, worstOf } from "@/lib/queries/triage/triage-figures";
import type { MoverFigure } from "@/lib/queries/triage/triage-movers";
import type { TriageFacts } from "@/lib/rules/triage/triage-facts";
import type { JudgedFinding, TriageThreshold } from "@/lib/rules/triage/triage-rule";
import { formatFigure } from "@/lib/rules/triage/triage-words";

/** Always drawn where they are known. */
const LATENCIES: readonly HealthSignalName[] = ["probeLinearizable", "fsyncP99"];
/** Drawn when they moved. */
const MORE_LATENCIES: readonly HealthSignalName[] = ["probeSerializable", "commitP99", "peerRttP99", "applyP99"];
/** Limits of what no finding speaks of; as the rules have them (rules.md, C3). */
const SPEC_MS: Partial<Record<HealthSignalName, number>> = { fsyncP99: 10, commitP99: 25, peerRttP99: 100 };
const MOST_PREFIXES = 10;

/** The lines of the page: latency first, then suspects, the strongest first, then whatever else a finding or row names. */
export function listSeries(
  facts: TriageFacts,
  judged: readonly JudgedFinding[],
  movers: readonly MoverFigure[],
): TriageSeries[] {
  const more = listFigures(MORE_LATENCIES.map((signal) => worstOf(facts, signal)));
  const latencies = [
    ...listFigures(LATENCIES.map((signal) => worstOf(facts, signal))),
    ...more.filter(({ moved }) => moved.movedAtMs !== null),
  ];
  const isCause = ({ verdict }: JudgedFinding) => verdict === "likely-cause";
  const isSuspect = ({ subject, moved }: MoverFigure) => moved.movedAtMs !== null && SUSPECTS.has(subject.kind);
  const figuresOf = (found: readonly JudgedFinding[]) =>
    listFigures(found.map(({ chart }) => chartFigure(facts, chart)));
  const limits = limitsBySeries(facts, judged);
  const series = new Map<string, TriageSeries>();
  const add = (figures: readonly Figure[], role: TriageSeries["role"]) => {
    for (const figure of figures) {
      if (!series.has(figure.id)) series.set(figure.id, toSeries(figure, role, limits.get(figure.id) ?? []));
    }
  };
  add(latencies, "latency");
  add([...figuresOf(judged.filter(isCause)), ...movers.filter(isSuspect)], "suspect");
  add([...movers, ...figuresOf(judged)], "other");
  return [...series.values()];
}

/** Prefixes by steps of the axis: those that moved most. */
export function toHeatStrip(facts: TriageFacts): { prefix: string; values: (number | null)[] }[] {
  const prefixes = (facts.prefixes ?? []).slice(0, MOST_PREFIXES);
  return prefixes.map(({ prefix, writes }) => ({ prefix, values: [...writes.values] }));
}

const SUSPECTS: ReadonlySet<string> = new Set(["prefix", "client", "verb"]);

function limitsBySeries(facts: TriageFacts, judged: readonly JudgedFinding[]): Map<string, TriageThreshold[]> {
  const limits = new Map<string, TriageThreshold[]>();
  for (const { chart, thresholds, figure } of judged) {
    const drawn = chartFigure(facts, chart);
    if (drawn === null || limits.has(drawn.id)) continue;
    const own = thresholds.filter(({ unit }) => unit === drawn.unit && (figure === null || figure.unit === unit));
    if (own.length > 0) limits.set(drawn.id, own);
  }
  return limits;
}

function toSeries(figure: Figure, role: TriageSeries["role"], thresholds: readonly TriageThreshold[]): TriageSeries {
  const { id, label, of, unit, moved, origin, signal } = figure;
  const specMs = signal === null ? undefined : SPEC_MS[signal];
  const spec = specMs === undefined ? [] : [{ tier: "documentation" as const, value: specMs }];
  const limits = (thresholds.length > 0 ? thresholds : spec).map(({ tier, value }) => ({
    value,
    label: `${formatFigure(value, unit)} ${tier === "documentation" ? "spec" : "alert"}`,
  }));
  return { id, label, of, unit, role, values: [...moved.values], limits, origin };
}
