import { listMeasures, type MemberSeriesAnswer, type MemberSeriesParams } from "@/lib/api/member-series";
import type { Db } from "@/lib/db/client";
import { healthSignal } from "@/lib/model/health-signals";
import { type HealthSeries, readHealthSeries } from "@/lib/queries/health-series";
import { toQueryRange, toStepMs } from "@/lib/queries/query-range";

/** Signals of every member over time, and the figure of the whole range; null where nothing was observed. */
export async function readMemberSeries(
  db: Db,
  clusterId: number,
  params: MemberSeriesParams,
  nowMs: number,
): Promise<MemberSeriesAnswer> {
  const range = toQueryRange(params, nowMs);
  const names = listMeasures(params.measure);
  const withTotals = params.total === "true";
  const series = await readHealthSeries(db, clusterId, {
    ...{ names, range, withTotals },
    stepMs: toStepMs(range, params.step),
  });
  const { fromMs, stepMs, columns, observedMs } = series;
  const lines = series.lines.filter(({ split }) => split === null || params.split === "true");
  return {
    measures: names.map((measure) => {
      const { label, unit } = healthSignal(measure);
      return { measure, label, unit };
    }),
    stepSeconds: stepMs / 1_000,
    atMs: Array.from({ length: columns }, (_, column) => fromMs + column * stepMs),
    series: inOrder(series, lines).map(({ signal, memberId, split, values, over }) => ({
      ...{ measure: signal, memberId, name: nameOf(series, memberId), split, values },
      whole: over(range),
    })),
    range: {
      from: new Date(fromMs).toISOString(),
      to: new Date(range.toMs).toISOString(),
      observedSeconds: Math.min(sum(observedMs), range.toMs - fromMs) / 1_000,
    },
    origin: "sampled",
  };
}

/** As measures were asked for, then members by name, all together last; what is not split before its parts. */
function inOrder({ members }: HealthSeries, lines: HealthSeries["lines"]): HealthSeries["lines"] {
  const measures = [...new Set(lines.map(({ signal }) => signal))];
  const places = new Map(members.map(({ memberId }, place) => [memberId, place]));
  const place = (memberId: string) => places.get(memberId) ?? members.length;
  return [...lines].sort(
    (a, b) =>
      measures.indexOf(a.signal) - measures.indexOf(b.signal) ||
      place(a.memberId) - place(b.memberId) ||
      compare(a.split ?? "", b.split ?? ""),
  );
}

function nameOf({ members }: HealthSeries, memberId: string): string {
  if (memberId === "") return "all members";
  return members.find((member) => member.memberId === memberId)?.name ?? memberId;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
