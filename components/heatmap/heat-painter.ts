import { timeOf } from "@/components/heatmap/heat-cells";
import type { HeatView } from "@/components/heatmap/heat-view";
import type { HeatHead } from "@/lib/model/heat-matrix";
import { type LevelMatrix, paintCells } from "@/lib/model/heat-paint";

/** Everything a painter needs to know of a heatmap. */
export interface Painting {
  head: HeatHead;
  values: Float32Array;
  matrix: LevelMatrix;
  /** The pixel of each level. */
  table: Uint32Array;
}

const MEASURES_KEPT = 500;

/**
 * Draws a heatmap on a canvas, off the React tree. `repaint` draws every pixel from the cells; `move` scales a picture
 * of them (one pixel a cell), for while the view is being dragged. Both leave a performance measure.
 */
export class HeatPainter {
  #canvas: HTMLCanvasElement;
  #picture: { canvas: HTMLCanvasElement; of: Painting } | null = null;
  #measured = 0;

  constructor(canvas: HTMLCanvasElement) {
    this.#canvas = canvas;
  }

  repaint(painting: Painting, view: HeatView): void {
    this.#measure("heatmap-repaint", () => {
      const { width, height } = this.#canvas;
      const context = this.#canvas.getContext("2d");
      if (context === null || width === 0 || height === 0) return;
      const image = context.createImageData(width, height);
      const pixels = new Uint32Array(image.data.buffer);
      paintCells(painting.matrix, this.#windowOf(painting, view), { pixels, width, height, table: painting.table });
      context.putImageData(image, 0, 0);
      this.#coverOutside(context, painting, view);
    });
  }

  move(painting: Painting, view: HeatView): void {
    const picture = this.#pictureOf(painting);
    this.#measure("heatmap-move", () => {
      const { width, height } = this.#canvas;
      const context = this.#canvas.getContext("2d");
      if (context === null || picture === null) return;
      const { left, right, top, bottom } = this.#windowOf(painting, view);
      const [x, y] = [width / (right - left), height / (bottom - top)];
      context.clearRect(0, 0, width, height);
      context.imageSmoothingEnabled = false;
      context.drawImage(picture, -left * x, -top * y, painting.matrix.columns * x, painting.matrix.rows * y);
      this.#coverOutside(context, painting, view);
    });
  }

  /** What the answer does not speak of is no gap: it is covered. */
  #coverOutside(context: CanvasRenderingContext2D, { head }: Painting, view: HeatView): void {
    const { width, height } = this.#canvas;
    const { fromMs, toMs } = timeOf(head);
    const xOf = (atMs: number) => ((atMs - view.fromMs) / (view.toMs - view.fromMs)) * width;
    context.fillStyle = getComputedStyle(this.#canvas).getPropertyValue("color");
    if (xOf(fromMs) > 1) context.fillRect(0, 0, xOf(fromMs), height);
    if (xOf(toMs) < width - 1) context.fillRect(xOf(toMs), 0, width - xOf(toMs), height);
  }

  #windowOf({ head }: Painting, { fromMs, toMs, top, bottom }: HeatView) {
    const startMs = timeOf(head).fromMs;
    return { left: (fromMs - startMs) / head.stepMs, right: (toMs - startMs) / head.stepMs, top, bottom };
  }

  #pictureOf(painting: Painting): HTMLCanvasElement | null {
    const { rows, columns } = painting.matrix;
    if (rows === 0 || columns === 0) return null;
    if (this.#picture?.of === painting) return this.#picture.canvas;
    const canvas = document.createElement("canvas");
    canvas.width = columns;
    canvas.height = rows;
    const context = canvas.getContext("2d");
    if (context === null) return null;
    const image = context.createImageData(columns, rows);
    const pixels = new Uint32Array(image.data.buffer);
    const whole = { left: 0, right: columns, top: 0, bottom: rows };
    paintCells(painting.matrix, whole, { pixels, width: columns, height: rows, table: painting.table });
    context.putImageData(image, 0, 0);
    this.#picture = { canvas, of: painting };
    return canvas;
  }

  #measure(name: string, draw: () => void): void {
    const start = performance.now();
    draw();
    if (++this.#measured % MEASURES_KEPT === 0) performance.clearMeasures(name);
    performance.measure(name, { start, end: performance.now() });
  }
}
