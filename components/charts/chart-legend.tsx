import { clsx } from "clsx";
import styles from "@/components/charts/chart.module.css";
import type { ChartLimit, ChartLine, ChartSeries } from "@/components/charts/chart-data";
import { seriesColor } from "@/components/charts/series-color";

/** The names of a chart's series, lines and limits beside their colours. */
export function ChartLegend(props: {
  series: readonly ChartSeries[];
  lines?: readonly ChartLine[];
  limits?: readonly ChartLimit[];
}) {
  const { series, lines = [], limits = [] } = props;
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
      {limits.map(({ label }) => (
        <li key={label}>
          <i className={styles.lineSwatch} style={{ borderTop: "1px dashed var(--warn)" }} />
          <span className={clsx(styles.name, styles.words)}>{label}</span>
        </li>
      ))}
    </ul>
  );
}
