import { clsx } from "clsx";
import styles from "@/components/charts/chart.module.css";
import {
  type ChartLine,
  type ChartRow,
  type ChartSeries,
  type ChartUnit,
  formatChartValue,
} from "@/components/charts/chart-data";
import { seriesColor } from "@/components/charts/series-color";
import { Time } from "@/components/ui/time";

/** What the chart shows at one instant: every series, the largest first, and their sum. */
export function ChartTooltip(props: {
  row: ChartRow;
  series: readonly ChartSeries[];
  lines: readonly ChartLine[];
  unit: ChartUnit;
  isStacked: boolean;
}) {
  const { row, series, lines, unit, isStacked } = props;
  const known = series
    .map(({ id, label, isRest }, place) => ({ id, label, isRest, place, value: row[`s${place}`] ?? null }))
    .filter((entry): entry is typeof entry & { value: number } => entry.value !== null)
    .sort((a, b) => b.value - a.value);
  return (
    <div className={styles.tooltip}>
      <Time at={row.atMs} />
      {known.length === 0 && <span className="faint">Not observed</span>}
      <table>
        <tbody>
          {known.map(({ id, label, isRest, place, value }) => (
            <tr key={id}>
              <td>
                <span>
                  <i className={styles.swatch} style={{ background: seriesColor(place, isRest) }} />
                  <span className={clsx(styles.name, isRest && styles.words)}>{label}</span>
                </span>
              </td>
              <td>{formatChartValue(value, unit)}</td>
            </tr>
          ))}
          {isStacked && known.length > 1 && (
            <tr className={styles.total}>
              <td>Together</td>
              <td>
                {formatChartValue(
                  known.reduce((sum, { value }) => sum + value, 0),
                  unit,
                )}
              </td>
            </tr>
          )}
          {lines.map(({ id, label, color }, place) => {
            const value = row[`l${place}`] ?? null;
            if (value === null) return null;
            return (
              <tr key={id}>
                <td>
                  <span>
                    <i className={styles.lineSwatch} style={{ borderTop: `2px solid ${color}` }} />
                    <span className={clsx(styles.name, styles.words)}>{label}</span>
                  </span>
                </td>
                <td>{formatChartValue(value, unit)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
