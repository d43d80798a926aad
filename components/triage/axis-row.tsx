import { unitWords } from "@/components/charts/chart-data";
import { seriesColor } from "@/components/charts/series-color";
import styles from "@/components/triage/axis.module.css";
import { AxisPlot } from "@/components/triage/axis-plot";
import type { AxisChart } from "@/components/triage/axis-series";
import { formatFigure, shownText } from "@/components/triage/triage-words";
import { KeyName } from "@/components/ui/key-name";
import type { TriageAnswer, TriageSeries } from "@/lib/api/triage";

/** A chart of the axis: its name and lines beside it, with their values at the instant pointed at, else the highest. */
export function AxisRow(props: { chart: AxisChart; axis: TriageAnswer["axis"]; step: number | null }) {
  const { chart, axis, step } = props;
  return (
    <div className={styles.row}>
      <div className={styles.gutter}>
        <h3>
          {chart.label} <small>{unitWords(chart.unit)}</small>
        </h3>
        <ul>
          {chart.lines.map((line, place) => (
            <li key={line.id}>
              <i className={styles.swatch} style={{ background: seriesColor(place) }} />
              <LineName of={line.of} />
              <span className={styles.readout}>{readout(line, step)}</span>
            </li>
          ))}
        </ul>
      </div>
      <AxisPlot chart={chart} axis={axis} />
    </div>
  );
}

function LineName({ of }: Pick<TriageSeries, "of">) {
  if (of?.startsWith("/")) {
    return (
      <span className={styles.key}>
        <KeyName text={of} fit="middle" />
      </span>
    );
  }
  const name = shownText(of ?? "the cluster");
  return (
    <bdi className={styles.name} title={name}>
      {name}
    </bdi>
  );
}

/** Nothing pointed at: the highest of the line. */
function readout({ values, unit }: TriageSeries, step: number | null): string {
  if (step !== null) {
    const value = values[step] ?? null;
    return value === null ? "–" : formatFigure(value, unit);
  }
  let most: number | null = null;
  for (const value of values) if (value !== null && (most === null || value > most)) most = value;
  return most === null ? "–" : `max ${formatFigure(most, unit)}`;
}
