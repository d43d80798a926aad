"use client";

import { useEffect, useRef, useState } from "react";
import { SETTLED_MS } from "@/components/heatmap/use-range-zoom";
import { useUrlState } from "@/components/shell/use-url-state";

/** Brightness, −1 to 1, and how to change it: at once on the canvas, in the URL once the slider is still. */
export function useBrightness(inUrl: number): [brightness: number, setBrightness: (brightness: number) => void] {
  const { patch } = useUrlState();
  const [brightness, setBrightness] = useState(inUrl);
  const known = useRef(inUrl);
  useEffect(() => {
    if (known.current === inUrl) return;
    known.current = inUrl; // a way back in the browser's history
    setBrightness(inUrl);
  }, [inUrl]);
  useEffect(() => {
    if (known.current === brightness) return;
    const timer = setTimeout(() => {
      known.current = brightness;
      patch({ brightness: brightness === 0 ? null : brightness });
    }, SETTLED_MS);
    return () => clearTimeout(timer);
  }, [brightness, patch]);
  return [brightness, setBrightness];
}
