import { clsx } from "clsx";
import styles from "@/components/charts/chart.module.css";
import type { ChartLine, ChartSeries } from "@/components/charts/chart-data";
import { seriesColor } from "@/components/charts/series-color";

/** The names of a chart's series and lines beside their colours. */
export function ChartLegend({ series, lines = [] }: { series: readonly ChartSeries[]; lines?: readonly ChartLine[] }) {
  return (
    <ul className={styles.legend} aria-label="Legend">
      {series.map(({ id, label, isRest }, place) => (
        <li key={id}>
          <i className={styles.swatch} style={{ background: seriesColor(place, isRest) }} />
          <span className={clsx(styles.name, isRest && styles.words)} title={label}>
            {label}
          </span>
        </li>
      ))}
      {lines.map(({ id, label, color, isDashed }) => (
        <li key={id}>
          <i className={styles.lineSwatch} style={{ borderTop: `2px ${isDashed ? "dashed" : "solid"} ${color}` }} />
          <span className={clsx(styles.name, styles.words)}>{label}</span>
        </li>
      ))}
    </ul>
  );
}
