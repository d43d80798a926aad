"use client";

import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { ChartLine, ChartSeries } from "@/components/charts/chart-data";
import { TimeChart } from "@/components/charts/time-chart";
import {
  chartWords,
  HEALTH_CHARTS,
  HEALTH_MEASURES,
  type HealthChartSpec,
  PAIR_MEASURES,
} from "@/components/members/health-chart-list";
import { InSight } from "@/components/members/in-sight";
import styles from "@/components/members/members.module.css";
import { ProblemNote } from "@/components/ui/problem-note";
import { toVisibleText } from "@/components/ui/visible-text";
import type { RangeParams } from "@/lib/api/common";
import { type MemberSeries, type MemberSeriesAnswer, memberSeriesOptions } from "@/lib/api/member-series";

/** Every area of the members' health over time, a line a member. */
export function HealthCharts({ cluster, range }: { cluster: string; range: RangeParams }) {
  const whole = useQuery(memberSeriesOptions(cluster, { ...range, measure: HEALTH_MEASURES, split: "false" }));
  const pairs = useQuery(memberSeriesOptions(cluster, { ...range, measure: PAIR_MEASURES, step: PAIR_SECONDS }));
  return (
    <>
      <ProblemNote
        error={whole.error ?? pairs.error}
        dataAtMs={whole.data && whole.dataUpdatedAt}
        onRetry={() => [whole.refetch(), pairs.refetch()]}
      />
      {HEALTH_CHARTS.map(({ id, title, charts }) => (
        <section key={id} className={styles.area} aria-labelledby={`area-${id}`}>
          <h2 id={`area-${id}`}>{title}</h2>
          <div className={styles.charts}>
            {charts.map((chart) => (
              <InSight key={chart.signal} height={FIGURE_PX}>
                <HealthChart section={id} chart={chart} answer={chart.bySplit ? pairs.data : whole.data} />
              </InSight>
            ))}
          </div>
        </section>
      ))}
    </>
  );
}

/** etcd measures the round trip to a peer twice a minute. */
const PAIR_SECONDS = 60;
/** About the height of a chart with its title and legend. */
const FIGURE_PX = 266;

function HealthChart(props: { section: string; chart: HealthChartSpec; answer: MemberSeriesAnswer | undefined }) {
  const { section, chart, answer } = props;
  const series = useMemo(() => toSeries(chart, answer?.series ?? []), [chart, answer]);
  const lines = useMemo(() => toLines(chart, answer), [chart, answer]);
  const { title, unit } = chartWords(chart);
  return (
    <TimeChart
      title={title}
      unit={unit}
      kind="lines"
      height={170}
      {...(chart.bySplit ? {} : { syncId: `members-${section}` })}
      answer={answer}
      series={series}
      lines={lines}
      limits={chart.limits ?? NO_LIMITS}
      nothing={chart.nothing ?? "No member tells it, or nobody watched in this time."}
    />
  );
}

const NO_LIMITS = [] as const;

/** A line a member; where members are told apart by peer, one a pair. */
function toSeries({ signal, bySplit = false }: HealthChartSpec, all: readonly MemberSeries[]): ChartSeries[] {
  return all
    .filter(({ measure, split }) => measure === signal && (split !== null) === bySplit)
    .map(({ memberId, name, split, values }) => ({
      id: `${memberId} ${split ?? ""}`,
      label: toVisibleText(split === null ? name : `${name} → ${split}`),
      values,
    }));
}

/** The level to hold the values against: the lowest of the members. */
function toLines({ against }: HealthChartSpec, answer: MemberSeriesAnswer | undefined): ChartLine[] {
  if (against === undefined || answer === undefined) return [];
  const told = answer.series.filter(({ measure, split }) => measure === against.signal && split === null);
  if (told.length === 0) return [];
  const values = answer.atMs.map((_, i) => {
    const known = told.map((series) => series.values[i] ?? null).filter((value) => value !== null);
    return known.length === 0 ? null : Math.min(...known);
  });
  const largest = Math.max(0, ...answer.series.filter(isShown).flatMap((series) => series.values.map((v) => v ?? 0)));
  const least = Math.min(...values.filter((value) => value !== null));
  // So far above that it would press everything else to the ground.
  if (!(least <= largest * FAR_RATIO)) return [];
  return [{ id: against.signal, label: against.label, values, color: "var(--bad)", isDashed: true }];

  function isShown({ measure }: MemberSeries): boolean {
    return measure !== against?.signal;
  }
}

const FAR_RATIO = 4;
