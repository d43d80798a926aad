"use client";

import { memo, useEffect, useMemo, useRef } from "react";
import styles from "@/components/triage/axis.module.css";
import { shownText } from "@/components/triage/triage-words";
import { KeyName } from "@/components/ui/key-name";
import type { TriageAnswer } from "@/lib/api/triage";
import { heatColor, heatPixels } from "@/lib/model/heat-color";
import { toHeatScale, toLevels } from "@/lib/model/heat-levels";
import { type LevelMatrix, paintCells } from "@/lib/model/heat-paint";
import { formatPerSecond } from "@/lib/model/units";

export const HEAT_ROW_PX = 15;

/** Prefixes by time, as bright as they are written; in the colours of the heatmap. */
export function HeatStrip({ answer, step }: { answer: TriageAnswer; step: number | null }) {
  const { heatStrip } = answer;
  const { matrix, most } = useMemo(() => toMatrix(answer), [answer]);
  if (heatStrip.length === 0) return null;
  return (
    <div className={styles.row}>
      <div className={styles.gutter}>
        <ul className={styles.heatNames}>
          {heatStrip.map(({ prefix, values }) => (
            <li key={prefix} style={{ height: HEAT_ROW_PX }}>
              <span className={styles.key}>
                <KeyName text={prefix} fit="middle" />
              </span>
              {step !== null && <span className={styles.readout}>{readout(values[step] ?? null)}</span>}
            </li>
          ))}
        </ul>
      </div>
      <div className={styles.heat}>
        <HeatCanvas matrix={matrix} label={describe(heatStrip)} />
        <p className={styles.heatLegend}>
          Writes per second by prefix
          <i style={{ background: `linear-gradient(to right, ${SCALE.join(", ")})` }} /> 0 to {formatPerSecond(most)}
        </p>
      </div>
    </div>
  );
}

const SCALE = Array.from({ length: 9 }, (_, step) => heatColor(step / 8));

const HeatCanvas = memo(function HeatCanvas({ matrix, label }: { matrix: LevelMatrix; label: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const drawn = canvas.current;
    if (drawn === null) return;
    const draw = () => paint(drawn, matrix);
    const observer = new ResizeObserver(draw);
    observer.observe(drawn);
    return () => observer.disconnect();
  }, [matrix]);
  return (
    <canvas
      ref={canvas}
      className={styles.heatCells}
      style={{ height: matrix.rows * HEAT_ROW_PX }}
      role="img"
      aria-label={label}
    />
  );
});

function paint(canvas: HTMLCanvasElement, matrix: LevelMatrix): void {
  const width = Math.round(canvas.clientWidth * window.devicePixelRatio);
  const height = Math.round(canvas.clientHeight * window.devicePixelRatio);
  const context = canvas.getContext("2d");
  if (context === null || width === 0 || height === 0) return;
  canvas.width = width;
  canvas.height = height;
  const image = context.createImageData(width, height);
  const pixels = new Uint32Array(image.data.buffer);
  const whole = { left: 0, right: matrix.columns, top: 0, bottom: matrix.rows };
  paintCells(matrix, whole, { pixels, width, height, table: heatPixels() });
  context.putImageData(image, 0, 0);
}

/** The strip as levels of colour; what nobody watched is a gap. */
function toMatrix({ heatStrip, axis }: TriageAnswer): { matrix: LevelMatrix; most: number } {
  const columns = axis.atMs.length;
  const values = new Float32Array(columns * heatStrip.length).fill(Number.NaN);
  heatStrip.forEach((row, place) => {
    for (let column = 0; column < columns; column++) {
      const value = row.values[column] ?? null;
      if (value !== null) values[place * columns + column] = value;
    }
  });
  const scale = toHeatScale(values, { isSigned: false, isLog: true, isBytes: false });
  return {
    matrix: { levels: toLevels(values, scale), rows: heatStrip.length, columns, isSigned: false },
    most: scale.most,
  };
}

function readout(value: number | null): string {
  return value === null ? "–" : formatPerSecond(value);
}

function describe(strip: TriageAnswer["heatStrip"]): string {
  const first = strip[0];
  if (first === undefined) return "";
  return `Writes of ${strip.length} prefixes over time; the first is ${shownText(first.prefix)}`;
}
