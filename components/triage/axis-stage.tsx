"use client";

import { clsx } from "clsx";
import { type PointerEvent, useMemo, useState } from "react";
import chartStyles from "@/components/charts/chart.module.css";
import { useBrush } from "@/components/charts/use-brush";
import { MarkLane, MarkLines } from "@/components/timeline/mark-lane";
import { toTimelineMarks } from "@/components/timeline/timeline-marks";
import styles from "@/components/triage/axis.module.css";
import { AxisBands } from "@/components/triage/axis-bands";
import { AxisRow } from "@/components/triage/axis-row";
import { type AxisChart, axisRange, stepAt } from "@/components/triage/axis-series";
import { AxisTime } from "@/components/triage/axis-time";
import bandStyles from "@/components/triage/bands.module.css";
import { HeatStrip } from "@/components/triage/heat-strip";
import { type Span, toSpan } from "@/components/triage/triage-search";
import { useZone } from "@/components/ui/clock";
import { formatInstant } from "@/components/ui/format-instant";
import type { TriageAnswer } from "@/lib/api/triage";

/** Latency, suspects, prefixes and what happened, on one time axis. Dragging over it chooses a time. */
export function AxisStage(props: { answer: TriageAnswer; charts: readonly AxisChart[]; onDragged(span: Span): void }) {
  const { answer, charts } = props;
  const { axis } = answer;
  const range = useMemo(() => axisRange(axis), [axis]);
  const marks = useMemo(() => toTimelineMarks(answer.timeline, range), [answer.timeline, range]);
  const [place, setPlace] = useState<number | null>(null);
  const step = place === null ? null : stepAt(axis, place);
  const at = (ratio: number) => range.fromMs + ratio * (range.toMs - range.fromMs);
  const { brushed, handlers } = useBrush({
    insetLeft: 0,
    insetRight: 0,
    onBrushed: ({ from, to }) => props.onDragged(toSpan(at(from), at(to), axis.stepSeconds * 1_000)),
  });
  const point = (event: PointerEvent<HTMLElement>) => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    setPlace(width === 0 ? null : Math.max(0, Math.min(1, (event.clientX - left) / width)));
    handlers.onPointerMove(event);
  };
  return (
    <figure className={clsx(chartStyles.figure, styles.stage)} aria-label="What moved, on one time axis">
      <div className={styles.head} />
      <div
        className={styles.field}
        {...handlers}
        onPointerMove={point}
        onPointerLeave={() => {
          setPlace(null);
          handlers.onPointerLeave();
        }}
      >
        <AxisBands answer={answer} range={range} />
        <MarkLines marks={marks} />
        {brushed && (
          <div
            className={chartStyles.brush}
            style={{ inset: 0, left: `${brushed.from * 100}%`, right: `${(1 - brushed.to) * 100}%` }}
          />
        )}
        {place !== null && <Pointer place={place} atMs={at(place)} />}
      </div>
      {charts.map((chart) => (
        <AxisRow key={chart.id} chart={chart} axis={axis} step={step} />
      ))}
      <HeatStrip answer={answer} step={step} />
      <div className={styles.row}>
        <div className={styles.gutter}>
          <h3>What happened</h3>
        </div>
        <MarkLane marks={marks} className={styles.lane} />
      </div>
      <AxisTime range={range} />
    </figure>
  );
}

function Pointer({ place, atMs }: { place: number; atMs: number }) {
  const zone = useZone();
  return (
    <div className={bandStyles.pointer} style={{ left: `${place * 100}%` }} data-side={place > 0.85 ? "left" : "right"}>
      <span className={bandStyles.pointerTime}>{formatInstant(atMs, zone, "time").split(" ")[0]}</span>
    </div>
  );
}
