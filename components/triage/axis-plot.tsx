import { memo } from "react";
import { formatTick, limitsInSight } from "@/components/charts/chart-data";
import { seriesColor } from "@/components/charts/series-color";
import styles from "@/components/triage/axis.module.css";
import { type AxisChart, largestOf, PLOT_WIDTH, toPath } from "@/components/triage/axis-series";
import type { TriageAnswer } from "@/lib/api/triage";
import { valueTicks } from "@/lib/model/axis";

const HEIGHT = 72;
const TICKS = 2;

/** The lines of one chart of the axis, with its levels and limits. Drawn anew only when its values change. */
export const AxisPlot = memo(function AxisPlot({ chart, axis }: { chart: AxisChart; axis: TriageAnswer["axis"] }) {
  const largest = largestOf(chart.lines);
  const limits = limitsInSight(chart.limits, largest);
  const isBytes = chart.unit === "bytes" || chart.unit === "bytesPerSecond";
  const ticks = valueTicks(Math.max(largest, ...limits.map(({ value }) => value)), { isBytes, count: TICKS });
  const top = ticks.at(-1) as number;
  const bottomOf = (value: number) => `${((value / top) * 100).toFixed(2)}%`;
  const isAlone = chart.lines.length === 1;
  return (
    <div className={styles.plot} style={{ height: HEIGHT }}>
      {ticks.map((tick) => (
        <span key={tick} className={styles.tick} style={{ bottom: bottomOf(tick) }}>
          <b>{formatTick(tick, chart.unit)}</b>
        </span>
      ))}
      {limits.map(({ value, label }) => (
        <span key={label} className={styles.limit} style={{ bottom: bottomOf(value) }}>
          <b>{label}</b>
        </span>
      ))}
      <svg viewBox={`0 0 ${PLOT_WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
        {chart.lines.map((line, place) => {
          const path = toPath(line.values, axis, { top, height: HEIGHT });
          return (
            <g key={line.id} stroke={seriesColor(place)} fill="none">
              {isAlone && <path d={toArea(path, HEIGHT)} fill={seriesColor(place)} fillOpacity={0.16} stroke="none" />}
              <path d={path} strokeWidth={1.6} strokeLinejoin="round" vectorEffect="non-scaling-stroke" />
            </g>
          );
        })}
      </svg>
    </div>
  );
});

/** The area under each unbroken part of a path. */
function toArea(path: string, height: number): string {
  return path
    .split("M")
    .filter((part) => part.includes("L"))
    .map((part) => {
      const points = part.split("L");
      const xOf = (point = "") => point.split(" ")[0];
      return `M${part}L${xOf(points.at(-1))} ${height}L${xOf(points[0])} ${height}Z`;
    })
    .join("");
}
