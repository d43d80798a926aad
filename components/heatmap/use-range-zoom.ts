"use client";

import { useCallback, useEffect, useRef } from "react";
import type { HeatStage } from "@/components/heatmap/heat-stage";
import { type RangeSearch, rangeSearch } from "@/components/shell/cluster-href";
import { useUrlState } from "@/components/shell/use-url-state";
import { FRAME_MS } from "@/lib/model/time-range";

/** How long a view must be still before it is in the URL, and its time the page's. */
export const SETTLED_MS = 400;

/**
 * The time in sight and the time in the URL. A view that was zoomed or dragged becomes the page's range once it is still,
 * so that finer columns come; `reset` goes back to the range it began from.
 */
export function useRangeZoom(stage: HeatStage) {
  const { params, patch } = useUrlState();
  const origin = useRef<RangeSearch | null>(null);
  const chosen = useRef("");
  const zoomTo = useCallback(
    ({ fromMs, toMs }: { fromMs: number; toMs: number }) => {
      const before = rangeSearch(new URLSearchParams(window.location.search));
      const isFirst = origin.current === null || before.from !== chosen.current;
      if (isFirst) origin.current = before;
      const from = new Date(Math.floor(fromMs / FRAME_MS) * FRAME_MS).toISOString();
      const to = new Date(Math.ceil(toMs / FRAME_MS) * FRAME_MS).toISOString();
      chosen.current = from;
      patch({ range: null, from, to }, { push: isFirst });
      stage.follow();
    },
    [patch, stage],
  );
  const reset = useCallback(() => {
    const { range = null, from = null, to = null } = origin.current ?? {};
    if (origin.current !== null) patch({ range, from, to }, { push: true });
    else patch({ from: null, to: null });
    origin.current = null;
    stage.reset();
  }, [patch, stage]);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = stage.subscribe(() => {
      clearTimeout(timer);
      const { follows, brush } = stage.get();
      if (!follows && brush === null) timer = setTimeout(() => zoomTo(stage.get().view), SETTLED_MS);
    });
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [stage, zoomTo]);
  return { zoomTo, reset, isZoomed: params.get("from") !== null || params.get("to") !== null };
}
