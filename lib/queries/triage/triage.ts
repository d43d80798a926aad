import type { TriageAnswer, TriageCheck, TriageParams } from "@/lib/api/triage";
import type { Db } from "@/lib/db/client";
import type { TimeRange } from "@/lib/model/time-range";
import { readTriageFacts } from "@/lib/queries/triage/facts";
import { pickTimes } from "@/lib/queries/triage/pick-times";
import { listSpikeRows, toSpikeItem } from "@/lib/queries/triage/spike-rows";
import { chartFigure } from "@/lib/queries/triage/triage-figures";
import { listMovers, toMover } from "@/lib/queries/triage/triage-movers";
import { listSeries, toHeatStrip } from "@/lib/queries/triage/triage-series";
import { listSources } from "@/lib/queries/triage/triage-sources";
import { triageHeadline } from "@/lib/rules/triage/headline";
import { judgeTriage } from "@/lib/rules/triage/judge";
import type { TimelineFact, TriageFacts } from "@/lib/rules/triage/triage-facts";
import type { JudgedFinding } from "@/lib/rules/triage/triage-rule";

const HOUR_MS = 3_600_000;
/** So far before and after the window other spikes are named. */
const SPIKES_BEFORE_MS = 6 * HOUR_MS;
const SPIKES_AFTER_MS = HOUR_MS;
const MOST_SPIKES = 50;
const MOST_EVENTS = 500;

/**
 * Why it is slow: every check of the catalogue over a window and the calm time beside it, what moved, and where it is
 * drawn. Throws a `ParameterError` for times that cannot be looked at.
 */
export async function readTriage(
  db: Db,
  clusterId: number,
  params: TriageParams,
  nowMs: number,
): Promise<TriageAnswer> {
  const { window, calm, picked, spike } = await pickTimes(db, clusterId, params, nowMs);
  const around = { fromMs: window.fromMs - SPIKES_BEFORE_MS, toMs: window.toMs + SPIKES_AFTER_MS };
  const [facts, spikes] = await Promise.all([
    readTriageFacts(db, clusterId, { window, calm }, nowMs),
    listSpikeRows(db, clusterId, around),
  ]);
  const judged = judgeTriage(facts);
  const movers = listMovers(facts);
  return {
    ...{ window: toRange(window), calm: toRange(calm), picked, spike: spike && toSpikeItem(spike) },
    headline: triageHeadline(facts, judged),
    onset: toInstant(facts.onsetMs),
    items: judged.map((finding) => toCheck(finding, facts)),
    nextCursor: null,
    counts: toCounts(judged),
    movers: movers.map(toMover),
    axis: toAxis(facts),
    series: listSeries(facts, judged, movers),
    heatStrip: toHeatStrip(facts),
    timeline: facts.timeline.slice(-MOST_EVENTS).map(toTimelineItem),
    spikes: spikes.flatMap((row) => toSpikeItem(row) ?? []).slice(0, MOST_SPIKES),
    sources: await listSources(db, clusterId, facts),
    at: new Date(nowMs).toISOString(),
    origin: "sampled",
  };
}

function toCheck({ rule, ...finding }: JudgedFinding, facts: TriageFacts): TriageCheck {
  const { verdict, text, subject, figure, next, needs, explainedBy, title } = finding;
  return {
    ...{ rule: rule.id, name: rule.name, title: title ?? rule.title, stage: rule.stage },
    ...{ verdict, text, subject, figure, needs, explainedBy },
    thresholds: finding.thresholds.map(({ tier, value, unit, source, sourceUrl }) => ({
      ...{ tier, value, unit, source, sourceUrl },
    })),
    startedAt: toInstant(finding.startedAtMs),
    next: [...next],
    seriesId: chartFigure(facts, finding.chart)?.id ?? null,
  };
}

function toCounts(judged: readonly JudgedFinding[]): TriageAnswer["counts"] {
  const count = (wanted: JudgedFinding["verdict"]) => judged.filter(({ verdict }) => verdict === wanted).length;
  return {
    likelyCause: count("likely-cause"),
    contributing: count("contributing"),
    ruledOut: count("ruled-out"),
    noData: count("no-data"),
  };
}

function toAxis({ axis: { fromMs, stepMs, columns } }: TriageFacts): TriageAnswer["axis"] {
  return { atMs: Array.from({ length: columns }, (_, step) => fromMs + step * stepMs), stepSeconds: stepMs / 1_000 };
}

function toTimelineItem({ atMs, untilMs, kind, memberId, text }: TimelineFact): TriageAnswer["timeline"][number] {
  return { at: new Date(atMs).toISOString(), until: toInstant(untilMs), kind, memberId, text };
}

function toRange({ fromMs, toMs }: TimeRange): TriageAnswer["window"] {
  return { from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() };
}

function toInstant(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
