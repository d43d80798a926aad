import { clsx } from "clsx";
import styles from "@/components/charts/chart.module.css";
import type { ChartSeries } from "@/components/charts/chart-data";
import { seriesColor } from "@/components/charts/series-color";

/** The names of a chart's series beside their colours. */
export function ChartLegend({ series }: { series: readonly ChartSeries[] }) {
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
    </ul>
  );
}
