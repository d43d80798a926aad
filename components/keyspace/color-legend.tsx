import type { Color } from "@/components/keyspace/keyspace-search";
import type { ColorScale } from "@/components/keyspace/tiles";
import styles from "@/components/keyspace/treemap.module.css";
import { changeColor, heatColor } from "@/lib/model/heat-color";

const TITLES: Record<Color, string> = {
  writes: "Writes per second, log scale",
  lastWrite: "Time since the last write, log scale",
  largestValue: "Largest value, log scale",
  growth: "Shrunk or grown over this time",
};

/** What the colours of the treemap mean. Grey is said in words beside it. */
export function ColorLegend({ scale }: { scale: ColorScale }) {
  const stops = Array.from({ length: 13 }, (_, step) => step / 12);
  const colors = stops.map((at) => (scale.isChange ? changeColor(at * 2 - 1) : heatColor(at)));
  return (
    <div className={styles.legend}>
      <span>{TITLES[scale.color]}</span>
      <span className={styles.scale} style={{ background: `linear-gradient(to right, ${colors.join(", ")})` }} />
      <span className={styles.marks}>
        {scale.marks.map(({ at, words }) => (
          <span key={at}>{words}</span>
        ))}
      </span>
    </div>
  );
}
