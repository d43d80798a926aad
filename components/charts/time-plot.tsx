"use client";

import { useMemo } from "react";
import {
  Area,
  AreaChart,
  CartesianGrid,
  ReferenceArea,
  ReferenceLine,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from "recharts";
import {
  type ChartLimit,
  type ChartLine,
  type ChartRow,
  type ChartSeries,
  type ChartUnit,
  formatTick,
  largestValue,
  limitsInSight,
  listGaps,
} from "@/components/charts/chart-data";
import { ChartTooltip } from "@/components/charts/chart-tooltip";
import { PLOT } from "@/components/charts/plot-size";
import { seriesColor } from "@/components/charts/series-color";
import { zoneOffsetMs } from "@/components/charts/zone-offset";
import { useZone } from "@/components/ui/clock";
import { formatInstant } from "@/components/ui/format-instant";
import { timeTicks, valueTicks } from "@/lib/model/axis";

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

export interface TimePlotProps {
  label: string;
  rows: readonly ChartRow[];
  series: readonly ChartSeries[];
  /** Over the areas, and no part of their sum. */
  lines: readonly ChartLine[];
  limits: readonly ChartLimit[];
  unit: ChartUnit;
  /** Areas on top of each other, or lines that share one zero. */
  isStacked: boolean;
  height: number;
  /** The pointer or the focus is here: synchronised charts show only the instant, this one its values. */
  isActive: boolean;
  syncId?: string | undefined;
}

/** The drawn part of a time chart. Loaded on its own, after the page: it brings recharts with it. */
export default function TimePlot(props: TimePlotProps) {
  const { label, rows, series, lines, limits, unit, isStacked, height, isActive, syncId } = props;
  const zone = useZone();
  const scale = useMemo(() => toScale(rows, { unit, isStacked, zone, limits }), [rows, unit, isStacked, zone, limits]);
  return (
    <ResponsiveContainer width="100%" height={height} initialDimension={{ width: 280, height }}>
      <AreaChart
        data={rows as ChartRow[]}
        margin={{ top: PLOT.top, right: PLOT.right, bottom: 0, left: 0 }}
        aria-label={label}
        {...(syncId === undefined ? {} : { syncId, syncMethod: "value" as const })}
      >
        <CartesianGrid vertical={false} stroke="var(--line)" />
        <XAxis
          dataKey="atMs"
          type="number"
          scale="time"
          domain={scale.timeDomain}
          ticks={scale.timeTicks}
          tickFormatter={scale.formatTime}
          height={PLOT.bottom}
          tickLine={false}
          axisLine={{ stroke: "var(--line)" }}
          tickMargin={6}
          interval="preserveStartEnd"
        />
        <YAxis
          width={PLOT.left}
          domain={[0, scale.valueTicks.at(-1) as number]}
          ticks={scale.valueTicks}
          tickFormatter={(value: number) => formatTick(value, unit)}
          tickLine={false}
          axisLine={false}
          interval={0}
        />
        {listGaps(rows).map(({ fromMs, toMs }) => (
          <ReferenceArea key={fromMs} x1={fromMs} x2={toMs} fill="var(--sunken)" fillOpacity={0.75} stroke="none" />
        ))}
        {scale.limits.map(({ value, label: name }) => (
          <ReferenceLine key={name} y={value} stroke="var(--warn)" strokeDasharray="4 4" />
        ))}
        <Tooltip
          isAnimationActive={false}
          cursor={{ stroke: "var(--line-strong)" }}
          wrapperStyle={{ zIndex: 3, outline: "none" }}
          content={({ active, payload }) => {
            const row = payload?.[0]?.payload as ChartRow | undefined;
            if (!active || !isActive || row === undefined) return null;
            return <ChartTooltip row={row} series={series} lines={lines} unit={unit} isStacked={isStacked} />;
          }}
        />
        {series.map((one, place) => drawArea(one, place, props))}
        {lines.map(drawLine)}
      </AreaChart>
    </ResponsiveContainer>
  );
}

/** Keyed by place: recharts stacks in the order of mounting, so a series that comes later must not mount anew. */
function drawArea({ label, isRest }: ChartSeries, place: number, { rows, series, isStacked }: TimePlotProps) {
  const color = seriesColor(place, isRest);
  const dataKey = `s${place}`;
  return (
    <Area
      key={dataKey}
      dataKey={dataKey}
      name={label}
      type="linear"
      connectNulls={false}
      isAnimationActive={false}
      {...(isStacked ? { stackId: "all" } : {})}
      stroke={color}
      strokeWidth={1.5}
      fill={color}
      fillOpacity={isStacked ? 0.3 : series.length === 1 ? 0.14 : 0}
      activeDot={{ r: 3, strokeWidth: 0 }}
      // A point between two gaps has no line to be part of.
      dot={({ key, index, cx, cy }) =>
        isLonely(rows, index, dataKey) ? <circle key={key} cx={cx} cy={cy} r={2} fill={color} /> : <g key={key} />
      }
    />
  );
}

/** An area without a filling: what an area chart has for a line. */
function drawLine({ label, color, isDashed }: ChartLine, place: number) {
  return (
    <Area
      key={`l${place}`}
      dataKey={`l${place}`}
      name={label}
      type="linear"
      connectNulls={false}
      isAnimationActive={false}
      stroke={color}
      strokeWidth={1.5}
      {...(isDashed ? { strokeDasharray: "5 4" } : {})}
      fill="none"
      activeDot={false}
      dot={false}
    />
  );
}

function isLonely(rows: readonly ChartRow[], index: number, dataKey: string): boolean {
  const at = (place: number) => rows[place]?.[dataKey] ?? null;
  return at(index) !== null && at(index - 1) === null && at(index + 1) === null;
}

function toScale(
  rows: readonly ChartRow[],
  { unit, isStacked, zone, limits }: Pick<TimePlotProps, "unit" | "isStacked" | "limits"> & { zone: string },
) {
  const largest = largestValue(rows, isStacked);
  const drawnLimits = limitsInSight(limits, largest);
  const fromMs = rows[0]?.atMs ?? 0;
  const toMs = rows.at(-1)?.atMs ?? 1;
  const isBytes = unit === "bytes" || unit === "bytesPerSecond";
  const ticks = timeTicks(fromMs, toMs + 1, { offsetMs: zoneOffsetMs(fromMs, zone) });
  const stepMs = (ticks[1] ?? toMs) - (ticks[0] ?? fromMs);
  return {
    timeDomain: [fromMs, toMs] as [number, number],
    timeTicks: ticks,
    limits: drawnLimits,
    valueTicks: valueTicks(Math.max(largest, ...drawnLimits.map(({ value }) => value)), { isBytes }),
    formatTime(atMs: number) {
      if (toMs - fromMs > 2 * DAY_MS) return formatInstant(atMs, zone, "day").replace(/ \d{4}$/, "");
      return stepMs < MINUTE_MS
        ? (formatInstant(atMs, zone, "time").split(" ")[0] ?? "")
        : formatInstant(atMs, zone, "clock");
    },
  };
}
