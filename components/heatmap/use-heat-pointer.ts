"use client";

import { type PointerEvent, useEffect, useRef } from "react";
import type { Brush, HeatStage } from "@/components/heatmap/heat-stage";
import { pan, zoomRows, zoomTime } from "@/components/heatmap/heat-view";
import { cellAt } from "@/components/heatmap/stage-geometry";

/** A drag shorter than this is a click. */
const CLICK_PX = 4;
/** A brush flatter or narrower than this means only the other axis. */
const FLAT_PX = 20;

interface Drag {
  kind: "pan" | "brush";
  x: number;
  y: number;
  view: ReturnType<HeatStage["get"]>["view"];
  hasMoved: boolean;
}

/** What mouse, pen and finger do to a heatmap: wheel zooms, drag pans, shift-drag (or `mode`) brushes, click pins. */
export function useHeatPointer(
  stage: HeatStage,
  { mode, onBrushed, onReset }: { mode: "pan" | "brush"; onBrushed(brush: Brush): void; onReset(): void },
) {
  const drag = useRef<Drag | null>(null);
  const place = (event: PointerEvent<HTMLElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  const end = () => {
    drag.current = null;
    stage.mark({ brush: null });
  };
  return {
    onPointerDown(event: PointerEvent<HTMLElement>) {
      if (event.button !== 0) return;
      const kind = event.shiftKey !== (mode === "brush") ? "brush" : "pan";
      drag.current = { kind, ...place(event), view: stage.get().view, hasMoved: false };
    },
    onPointerMove(event: PointerEvent<HTMLElement>) {
      const at = place(event);
      const current = drag.current;
      if (current === null) {
        stage.mark({ hover: cellAt(stage, at) });
        return;
      }
      if (!current.hasMoved && Math.hypot(at.x - current.x, at.y - current.y) < CLICK_PX) return;
      if (!current.hasMoved) event.currentTarget.setPointerCapture(event.pointerId);
      current.hasMoved = true;
      const { width, height } = stage.get().size;
      if (current.kind === "brush") stage.mark({ hover: null, brush: toBrush(current, at, stage.get().size) });
      else {
        const moved = pan(current.view, (current.x - at.x) / width, (current.y - at.y) / height, stage.bounds);
        stage.mark({ hover: null });
        stage.setView(moved);
      }
    },
    onPointerUp(event: PointerEvent<HTMLElement>) {
      const current = drag.current;
      const { brush, pinned } = stage.get();
      end();
      if (current === null) return;
      if (brush !== null) onBrushed(brush);
      else if (!current.hasMoved) {
        const cell = cellAt(stage, place(event));
        const isSame = cell !== null && pinned?.row === cell.row && pinned.column === cell.column;
        stage.mark({ pinned: isSame ? null : cell, cursor: cell });
      }
    },
    onPointerCancel: end,
    onPointerLeave: () => stage.mark({ hover: null }),
    onDoubleClick() {
      stage.mark({ pinned: null });
      onReset();
    },
  };
}

function toBrush(
  from: { x: number; y: number },
  to: { x: number; y: number },
  size: { width: number; height: number },
) {
  const part = (px: number, whole: number) => Math.max(0, Math.min(1, px / whole));
  const isNarrow = Math.abs(to.x - from.x) < FLAT_PX && Math.abs(to.y - from.y) >= FLAT_PX;
  const isFlat = Math.abs(to.y - from.y) < FLAT_PX;
  return {
    left: isNarrow ? 0 : part(Math.min(from.x, to.x), size.width),
    right: isNarrow ? 1 : part(Math.max(from.x, to.x), size.width),
    top: isFlat ? 0 : part(Math.min(from.y, to.y), size.height),
    bottom: isFlat ? 1 : part(Math.max(from.y, to.y), size.height),
  };
}

const ZOOM_PER_PIXEL = 0.0022;
const PIXELS_PER_LINE = 16;

/** The wheel zooms time; with shift or alt, or where `axis` is rows, it zooms rows. Sideways it pans. */
export function useHeatWheel(stage: HeatStage, element: HTMLElement | null, axis: "time" | "rows"): void {
  useEffect(() => {
    if (element === null) return;
    const onWheel = (event: WheelEvent) => {
      if (event.ctrlKey || event.metaKey) return; // the browser's own zoom
      event.preventDefault();
      const box = element.getBoundingClientRect();
      const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? PIXELS_PER_LINE : 1;
      const isRows = axis === "rows" || event.shiftKey || event.altKey;
      const isSideways = !isRows && Math.abs(event.deltaX) > Math.abs(event.deltaY);
      // With shift some browsers report the wheel as sideways.
      const delta = (isRows && event.deltaY === 0 ? event.deltaX : event.deltaY) * unit;
      const factor = Math.exp(Math.max(-300, Math.min(300, delta)) * ZOOM_PER_PIXEL);
      const { view } = stage.get();
      if (isSideways) stage.setView(pan(view, (event.deltaX * unit) / box.width, 0, stage.bounds));
      else if (isRows) stage.setView(zoomRows(view, factor, (event.clientY - box.top) / box.height, stage.bounds));
      else stage.setView(zoomTime(view, factor, (event.clientX - box.left) / box.width, stage.bounds));
    };
    element.addEventListener("wheel", onWheel, { passive: false });
    return () => element.removeEventListener("wheel", onWheel);
  }, [stage, element, axis]);
}
