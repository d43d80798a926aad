"use client";

import { useEffect, useEffectEvent, useRef } from "react";
import type { RowWindow } from "@/components/heatmap/heat-search";
import type { HeatStage } from "@/components/heatmap/heat-stage";
import { windowOfRows } from "@/components/heatmap/row-window";
import { SETTLED_MS } from "@/components/heatmap/use-range-zoom";
import { useUrlState } from "@/components/shell/use-url-state";

/**
 * The rows in sight and the rows in the URL. Rows that were zoomed or moved are named in the URL once they are still; a
 * way back in the browser's history shows the rows it leads to.
 */
export function useRowZoom(stage: HeatStage, inUrl: RowWindow | null): void {
  const { patch } = useUrlState();
  const named = nameOf(inUrl);
  const known = useRef(named);
  const show = useEffectEvent(() => stage.showRows(inUrl));
  useEffect(() => {
    if (known.current === named) return;
    known.current = named;
    show();
  }, [named]);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const tell = () => {
      const shown = windowOfRows(stage.painting.head.rows, stage.get().view);
      if (stage.awaitsRows || nameOf(shown) === known.current) return;
      known.current = nameOf(shown);
      patch({ first: shown?.first, last: shown?.last });
    };
    const stop = stage.subscribe(() => {
      clearTimeout(timer);
      timer = setTimeout(tell, SETTLED_MS);
    });
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [stage, patch]);
}

function nameOf(rows: RowWindow | null): string {
  return rows === null ? "" : JSON.stringify([rows.first, rows.last]);
}
