"use client";

import type { Highlight } from "@/components/heatmap/heat-search";
import type { HeatStage } from "@/components/heatmap/heat-stage";
import styles from "@/components/heatmap/heatmap.module.css";
import { boxOf, clipBox } from "@/components/heatmap/stage-geometry";
import { useStage } from "@/components/heatmap/use-stage";
import type { HeatRowName } from "@/lib/model/heat-matrix";

/** A frame around the cells a message speaks of. */
export function HighlightBox({ stage, highlight }: { stage: HeatStage; highlight: Highlight }) {
  const view = useStage(stage, "view");
  const size = useStage(stage, "size");
  const rows = findRows(stage.painting.head.rows, highlight.prefix);
  if (rows === null) return null;
  const { fromMs, toMs } = highlight;
  const box = clipBox(boxOf({ fromMs, toMs, ...rows }, view, size), size);
  return box && <i className={styles.highlight} style={{ ...box, height: Math.max(3, box.height) }} />;
}

/** The rows at or below a prefix; where it has none of its own, the row it is part of. */
export function findRows(rows: readonly HeatRowName[], prefix: string): { top: number; bottom: number } | null {
  const below = rows.flatMap((row, place) => (row.prefix.startsWith(prefix) ? [place] : []));
  const [first, last] = [below[0], below.at(-1)];
  if (first !== undefined && last !== undefined) return { top: first, bottom: last + 1 };
  let found = -1;
  for (const [place, row] of rows.entries()) {
    const isCloser = found < 0 || row.prefix.length > (rows[found] as HeatRowName).prefix.length;
    if (prefix.startsWith(row.prefix) && isCloser) found = place;
  }
  return found < 0 ? null : { top: found, bottom: found + 1 };
}
