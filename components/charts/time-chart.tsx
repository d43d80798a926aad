"use client";

import { Table2, Undo2 } from "lucide-react";
import dynamic from "next/dynamic";
import { type ReactNode, useMemo, useState } from "react";
import styles from "@/components/charts/chart.module.css";
import {
  type ChartLimit,
  type ChartLine,
  type ChartSeries,
  type ChartUnit,
  describeChart,
  toChartRows,
  unitWords,
} from "@/components/charts/chart-data";
import { ChartLegend } from "@/components/charts/chart-legend";
import { ChartTable } from "@/components/charts/chart-table";
import { PLOT } from "@/components/charts/plot-size";
import type { TimePlotProps } from "@/components/charts/time-plot";
import { useBrush } from "@/components/charts/use-brush";
import { useUrlState } from "@/components/shell/use-url-state";
import { MarkLane, MarkLines } from "@/components/timeline/mark-lane";
import { toTimelineMarks } from "@/components/timeline/timeline-marks";
import { usePageTimeline } from "@/components/timeline/use-page-timeline";
import { Button } from "@/components/ui/button";
import { OriginNote } from "@/components/ui/origin";
import { Panel } from "@/components/ui/panel";
import { Skeleton } from "@/components/ui/skeleton";
import { formatDuration } from "@/lib/model/units";

/** An answered series, whatever endpoint it came from. */
export interface ChartAnswer {
  atMs: readonly number[];
  stepSeconds: number;
  range: { from: string; to: string; observedSeconds: number };
  origin: "exact" | "sampled" | "estimated";
}

export interface TimeChartProps {
  /** What is shown, without its unit: the unit is added. */
  title: string;
  unit: ChartUnit;
  kind: "stacked" | "lines";
  /** Undefined while the first answer is on its way. */
  answer: ChartAnswer | undefined;
  series: readonly ChartSeries[];
  /** Drawn over the series, and no part of their sum. */
  lines?: readonly ChartLine[];
  /** Levels to hold the values against. */
  limits?: readonly ChartLimit[];
  /** Why there is nothing to see, when there is nothing. */
  nothing?: ReactNode;
  actions?: ReactNode;
  height?: number;
  /** The time of the chart is not that of the page: it cannot be zoomed. */
  isFixed?: boolean;
  /** Charts with the same id show the same instant. */
  syncId?: string;
}

const TimePlot = dynamic<TimePlotProps>(() => import("@/components/charts/time-plot"), {
  ssr: false,
  loading: () => <Skeleton height={220} />,
});

/** A chart over time: drag over it to look closer, or read its series as a table. */
export function TimeChart(props: TimeChartProps) {
  const { title, unit, answer, series, lines = NO_LINES, limits = NO_LIMITS } = props;
  const [asTable, setAsTable] = useState(false);
  const rows = useMemo(() => toChartRows(answer?.atMs ?? [], series, lines), [answer?.atMs, series, lines]);
  const actions = (
    <>
      {props.actions}
      {!props.isFixed && <ZoomOut />}
      <Button small kind="quiet" aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>
        <Table2 size={13} aria-hidden="true" />
        {asTable ? "Show as chart" : "Show as table"}
      </Button>
    </>
  );
  const note = answer && <ChartNote answer={answer} unit={unit} />;
  if (asTable)
    return (
      <ChartTable title={title} unit={unit} series={series} lines={lines} rows={rows} note={note} actions={actions} />
    );
  return (
    <Panel title={title} note={note} actions={actions}>
      <figure className={styles.figure} aria-label={`${title}, ${unitWords(unit)}`}>
        {answer === undefined ? (
          <Skeleton height={props.height ?? 220} />
        ) : (
          <BrushedPlot {...props} lines={lines} limits={limits} answer={answer} rows={rows} />
        )}
        <figcaption className="visually-hidden">{describeChart(rows, unit)}</figcaption>
        {series.length + lines.length + limits.length > 1 && (
          <ChartLegend series={series} lines={lines} limits={limits} />
        )}
      </figure>
    </Panel>
  );
}

const NO_LINES: readonly ChartLine[] = [];
const NO_LIMITS: readonly ChartLimit[] = [];

function BrushedPlot({
  title,
  unit,
  kind,
  answer,
  series,
  lines,
  limits,
  rows,
  nothing,
  height = 220,
  syncId,
  isFixed = false,
}: TimeChartProps & { answer: ChartAnswer } & Pick<TimePlotProps, "rows" | "lines" | "limits">) {
  const { patch } = useUrlState();
  const fromMs = answer.atMs[0] ?? 0;
  const toMs = answer.atMs.at(-1) ?? 0;
  const { brushed, isInside, handlers } = useBrush({
    insetLeft: PLOT.left,
    insetRight: PLOT.right,
    onBrushed(part) {
      if (isFixed) return;
      const stepMs = answer.stepSeconds * 1_000;
      const at = (ratio: number) => Math.round((fromMs + (toMs - fromMs) * ratio) / stepMs) * stepMs;
      const zoomed = { from: at(part.from), to: Math.max(at(part.to), at(part.from) + 3 * stepMs) };
      patch({ from: new Date(zoomed.from).toISOString(), to: new Date(zoomed.to).toISOString() }, { push: true });
    },
  });
  const isBlank = series.every(({ values }) => values.every((value) => value === null));
  return (
    <div className={styles.plot} style={{ minHeight: height }} {...handlers}>
      <TimePlot
        label={`${title}, ${unitWords(unit)}`}
        rows={rows}
        series={series}
        lines={lines}
        limits={limits}
        unit={unit}
        isStacked={kind === "stacked"}
        height={height}
        isActive={isInside}
        syncId={syncId}
      />
      <PageMarks fromMs={fromMs} toMs={toMs} />
      {brushed && !isFixed && (
        <div
          className={styles.brush}
          style={{
            top: PLOT.top,
            bottom: PLOT.bottom,
            left: `calc(${PLOT.left}px + (100% - ${PLOT.left + PLOT.right}px) * ${brushed.from})`,
            width: `calc((100% - ${PLOT.left + PLOT.right}px) * ${brushed.to - brushed.from})`,
          }}
        />
      )}
      {isBlank && <div className={styles.nothing}>{nothing ?? "Nothing was observed in this time."}</div>}
    </div>
  );
}

/** What happened to the cluster in the time of the chart: over the plot, apart from it, so that it is not drawn anew. */
function PageMarks({ fromMs, toMs }: { fromMs: number; toMs: number }) {
  const items = usePageTimeline();
  const marks = useMemo(() => toTimelineMarks(items, { fromMs, toMs }), [items, fromMs, toMs]);
  if (marks.length === 0) return null;
  return (
    <div className={styles.marks} style={PLOT}>
      <MarkLines marks={marks} />
      <MarkLane marks={marks} className={styles.markLane} />
    </div>
  );
}

/** The way back from a range that was dragged or chosen: the preset it was in. */
function ZoomOut() {
  const { params, patch } = useUrlState();
  if (params.get("from") === null && params.get("to") === null) return null;
  return (
    <Button small kind="quiet" onClick={() => patch({ from: null, to: null }, { push: true })}>
      <Undo2 size={13} aria-hidden="true" />
      Zoom out
    </Button>
  );
}

/** The unit, the origin, and how much of the range was really watched. */
function ChartNote({ answer, unit }: { answer: ChartAnswer; unit: ChartUnit }) {
  const wholeMs = Date.parse(answer.range.to) - Date.parse(answer.range.from);
  const observedMs = answer.range.observedSeconds * 1_000;
  const isPartial = observedMs < wholeMs * 0.95 - 20_000;
  return (
    <span className={styles.note}>
      <span>{unitWords(unit)}</span>
      {isPartial && (
        <span>
          {observedMs < 1_000
            ? "not watched"
            : `watched for ${formatDuration(observedMs)} of ${formatDuration(wholeMs)}`}
        </span>
      )}
      <OriginNote origin={answer.origin} at={answer.range.to} />
    </span>
  );
}
