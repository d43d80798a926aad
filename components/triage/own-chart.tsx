import { clsx } from "clsx";
import chartStyles from "@/components/charts/chart.module.css";
import styles from "@/components/triage/axis.module.css";
import { AxisBands } from "@/components/triage/axis-bands";
import { AxisRow } from "@/components/triage/axis-row";
import { axisRange, placeOf, toAxisCharts } from "@/components/triage/axis-series";
import type { TriageAnswer } from "@/lib/api/triage";

/** The series a verdict rests on, on the axis of the page; nothing where it has none. */
export function OwnChart({ answer, seriesId }: { answer: TriageAnswer; seriesId: string | null }) {
  const [chart] = toAxisCharts(answer.series.filter(({ id }) => id === seriesId));
  const range = axisRange(answer.axis);
  if (chart === undefined || placeOf(answer.window, range) === null) return null;
  return (
    <figure className={clsx(chartStyles.figure, styles.stage, styles.own)} aria-label={chart.label}>
      <div className={styles.field}>
        <AxisBands answer={answer} range={range} />
      </div>
      <AxisRow chart={chart} axis={answer.axis} step={null} />
    </figure>
  );
}
