import { FRAME_MEASURES, type FrameGauge, type FrameMeasure } from "@/lib/model/frame";
import { BLOCK_SLOTS, type Stretch } from "@/lib/model/stretch";

/** A stretch held as plain matrices: row = slot, every slot from 0 listed. */
export class MatrixStretch implements Stretch {
  readonly observedMs: Float64Array;
  readonly revisions: Float64Array;
  readonly slots: Int32Array;
  readonly matrices = {} as Record<FrameMeasure, Float64Array>;

  constructor(
    readonly fromMs: number,
    readonly columnMs: number,
    readonly columns: number,
    slots: number,
  ) {
    this.observedMs = new Float64Array(columns);
    this.revisions = new Float64Array(columns);
    this.slots = Int32Array.from({ length: slots }, (_, slot) => slot);
    for (const measure of FRAME_MEASURES) this.matrices[measure] = new Float64Array(slots * columns);
  }

  block(measure: FrameMeasure, block: number): Float64Array {
    const cells = BLOCK_SLOTS * this.columns;
    return this.matrices[measure].subarray(block * cells, (block + 1) * cells);
  }

  absent(_gauge: FrameGauge): Float64Array {
    return new Float64Array(this.columns);
  }

  at(measure: FrameMeasure, slot: number, column: number): number {
    return this.matrices[measure][slot * this.columns + column] as number;
  }
}
