import { isSigned } from "@/components/heatmap/heat-cells";
import type { Painting } from "@/components/heatmap/heat-painter";
import { changePixels, heatPixels } from "@/lib/model/heat-color";
import { type HeatScale, toHeatScale, toLevels } from "@/lib/model/heat-levels";
import type { HeatMatrix } from "@/lib/model/heat-matrix";

/** A painting and the scale its colours stand on. */
export interface ScaledPainting extends Painting {
  scale: HeatScale;
}

/** The levels of a matrix; the dear part, made once for an answer and a kind of scale. */
export function toLeveled({ head, values }: HeatMatrix, isLog: boolean): Omit<ScaledPainting, "table"> {
  const signed = isSigned(head);
  const scale = toHeatScale(values, { isSigned: signed, isLog, isBytes: head.unit !== "perSecond" });
  const levels = toLevels(values, scale);
  return {
    head,
    values,
    scale,
    matrix: { levels, rows: head.rows.length, columns: head.atMs.length, isSigned: signed },
  };
}

/** The same with the colours of a brightness, −1 to 1. */
export function toPainting(leveled: Omit<ScaledPainting, "table">, brightness: number): ScaledPainting {
  return { ...leveled, table: leveled.scale.isSigned ? changePixels(brightness) : heatPixels(brightness) };
}
