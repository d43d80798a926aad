"use client";

import { type PointerEvent, useState } from "react";

/** A drag shorter than this is a click. */
const LEAST_PIXELS = 8;

/** Part of the plot's width, 0 to 1. */
interface Brushed {
  from: number;
  to: number;
}

/**
 * Dragging over a plot with mouse or pen selects a part of its width; fingers scroll. `insetLeft` and `insetRight` are
 * what lies beside the plot inside the element, in pixels.
 */
export function useBrush(props: { insetLeft: number; insetRight: number; onBrushed(part: Brushed): void }) {
  const [drag, setDrag] = useState<Brushed | null>(null);
  const [isInside, setInside] = useState(false);
  const ratioAt = (event: PointerEvent<HTMLElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    const width = box.width - props.insetLeft - props.insetRight;
    return Math.max(0, Math.min(1, (event.clientX - box.left - props.insetLeft) / width));
  };
  return {
    brushed: drag === null ? null : { from: Math.min(drag.from, drag.to), to: Math.max(drag.from, drag.to) },
    /** The pointer or the focus is on the element. */
    isInside,
    handlers: {
      onPointerEnter: () => setInside(true),
      onPointerLeave: () => setInside(false),
      onFocus: () => setInside(true),
      onBlur: () => setInside(false),
      onPointerDown(event: PointerEvent<HTMLElement>) {
        if (event.button !== 0 || event.pointerType === "touch") return;
        const at = ratioAt(event);
        setDrag({ from: at, to: at });
      },
      onPointerMove(event: PointerEvent<HTMLElement>) {
        if (drag === null) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        setDrag({ from: drag.from, to: ratioAt(event) });
      },
      onPointerUp(event: PointerEvent<HTMLElement>) {
        if (drag === null) return;
        const [from, to] = [drag.from, ratioAt(event)].sort((a, b) => a - b) as [number, number];
        setDrag(null);
        const width = event.currentTarget.clientWidth - props.insetLeft - props.insetRight;
        if ((to - from) * width >= LEAST_PIXELS) props.onBrushed({ from, to });
      },
      onPointerCancel: () => setDrag(null),
    },
  };
}
