import { formatScaleEnd } from "@/components/heatmap/heat-words";
import styles from "@/components/heatmap/heatmap.module.css";
import type { ScaledPainting } from "@/components/heatmap/painting";
import { pixelColor } from "@/lib/model/heat-color";
import { fromHeatRatio } from "@/lib/model/heat-levels";

const STOPS = 24;

/** What the colours mean, in numbers; a gap is named as one. */
export function HeatLegend({ painting }: { painting: ScaledPainting }) {
  const { scale, table, head } = painting;
  const isChange = scale.isSigned;
  const [low, high] = isChange ? [1, 255] : [2, 255];
  const colors = Array.from({ length: STOPS + 1 }, (_, step) =>
    pixelColor(table[Math.round(low + ((high - low) * step) / STOPS)] as number),
  );
  const words = (value: number) => formatScaleEnd(value, head.unit, isChange);
  const marks = isChange
    ? [words(-scale.most), "0", words(scale.most)]
    : [scale.isLog ? words(scale.least) : "0", words(fromHeatRatio(0.5, scale)), words(scale.most)];
  return (
    <div className={styles.legend}>
      {!isChange && (
        <span className={styles.legendItem}>
          <i className={styles.swatch} style={{ background: pixelColor(table[1] as number) }} />
          none
        </span>
      )}
      <span className={styles.scale}>
        <i style={{ background: `linear-gradient(to right, ${colors.join(", ")})` }} />
        <span>
          {marks.map((mark, place) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a mark has no identity but its place
            <span key={place}>{mark}</span>
          ))}
        </span>
      </span>
      <span className={styles.legendItem}>
        <i className={styles.gapSwatch} />
        not watched
      </span>
    </div>
  );
}
