import type { ColorScale } from "@/components/keyspace/color-scales";
import type { Color } from "@/components/keyspace/keyspace-search";
import styles from "@/components/keyspace/treemap.module.css";
import { changeColor, heatColor } from "@/lib/model/heat-color";

/** What a colour of the Keyspace page stands for. */
export const COLOR_TITLES: Record<Color, string> = {
  writes: "Writes per second, log scale",
  lastWrite: "Time since the last write, log scale",
  largestValue: "Largest value, log scale",
  growth: "Shrunk or grown over this time",
};

/** What the colours of the treemap mean. Grey is said in words beside it. */
export function ColorLegend({ title, scale }: { title: string; scale: Pick<ColorScale, "isChange" | "marks"> }) {
  const stops = Array.from({ length: 13 }, (_, step) => step / 12);
  const colors = stops.map((at) => (scale.isChange ? changeColor(at * 2 - 1) : heatColor(at)));
  return (
    <div className={styles.legend}>
      <span>{title}</span>
      <span className={styles.scale} style={{ background: `linear-gradient(to right, ${colors.join(", ")})` }} />
      <span className={styles.marks}>
        {scale.marks.map(({ at, words }) => (
          <span key={at}>{words}</span>
        ))}
      </span>
    </div>
  );
}
