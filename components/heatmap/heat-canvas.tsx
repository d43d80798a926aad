"use client";

import { type ReactNode, useEffect, useRef, useState } from "react";
import type { Brush, HeatStage } from "@/components/heatmap/heat-stage";
import styles from "@/components/heatmap/heatmap.module.css";
import { boxOfCell, clipBox } from "@/components/heatmap/stage-geometry";
import { useHeatPointer, useHeatWheel } from "@/components/heatmap/use-heat-pointer";
import { useStage } from "@/components/heatmap/use-stage";

/** The cells, and what lies on top of them: the cursor, the pinned cell, a brush, and `children`. */
export function HeatCanvas(props: {
  stage: HeatStage;
  mode: "pan" | "brush";
  height: number;
  onBrushed(brush: Brush): void;
  onReset(): void;
  children?: ReactNode;
}) {
  const { stage, mode, height } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  const [area, setArea] = useState<HTMLElement | null>(null);
  const pointer = useHeatPointer(stage, { mode, onBrushed: props.onBrushed, onReset: props.onReset });
  useHeatWheel(stage, area, "time");
  useEffect(() => (canvas.current === null ? undefined : stage.attach(canvas.current)), [stage]);
  useEffect(() => {
    const drawn = canvas.current;
    if (area === null || drawn === null) return;
    const observer = new ResizeObserver(() => {
      const { clientWidth, clientHeight } = area;
      drawn.width = Math.round(clientWidth * window.devicePixelRatio);
      drawn.height = Math.round(clientHeight * window.devicePixelRatio);
      stage.resize(clientWidth, clientHeight);
    });
    observer.observe(area);
    return () => observer.disconnect();
  }, [area, stage]);
  return (
    <div ref={setArea} className={styles.cells} data-mode={mode} style={{ height }} {...pointer}>
      <canvas ref={canvas} />
      {props.children}
      <Marks stage={stage} />
    </div>
  );
}

function Marks({ stage }: { stage: HeatStage }) {
  const view = useStage(stage, "view");
  const size = useStage(stage, "size");
  const pinned = useStage(stage, "pinned");
  const cursor = useStage(stage, "cursor");
  const brush = useStage(stage, "brush");
  const { head } = stage.painting;
  const marks = [
    { name: styles.cursor, cell: cursor },
    { name: styles.pinned, cell: pinned },
  ];
  return (
    <>
      {marks.map(({ name, cell }) => {
        const box = cell && clipBox(boxOfCell(head, cell, view, size), size);
        return box && <i key={name} className={name} style={box} />;
      })}
      {brush && (
        <i
          className={styles.brush}
          style={{
            left: brush.left * size.width,
            width: (brush.right - brush.left) * size.width,
            top: brush.top * size.height,
            height: (brush.bottom - brush.top) * size.height,
          }}
        />
      )}
    </>
  );
}
