import type { FrameMeasure } from "@/lib/model/frame";
import { SampleMatrix } from "@/lib/model/sample-matrix";
import type { Sealable } from "@/lib/model/sealed";
import { BLOCK_SLOTS, isGauge, type Stretch } from "@/lib/model/stretch";

/** Finer stretches as one with longer columns; unpacked a block at a time, so that it can be sealed piece by piece. */
export class CoarseStretch implements Sealable {
  readonly observedMs: Float64Array;
  readonly revisions: Float64Array;
  readonly slots: Int32Array;

  constructor(
    private readonly parts: readonly Stretch[],
    readonly fromMs: number,
    readonly columnMs: number,
    private readonly columns: number,
  ) {
    const { observedMs, revisions } = this.#gather([], []);
    this.observedMs = observedMs;
    this.revisions = revisions;
    this.slots = Int32Array.from(new Set([0, ...parts.flatMap(({ slots }) => [...slots])])).sort();
  }

  block(measure: FrameMeasure, block: number): Float64Array {
    const slots = this.slots.subarray(block * BLOCK_SLOTS, (block + 1) * BLOCK_SLOTS);
    const values = this.#gather([measure], [...slots]).of(measure);
    if (isGauge(measure)) return values;
    return values.map((value) => (Number.isNaN(value) ? 0 : value)); // a gap: nothing was counted
  }

  #gather(measures: readonly FrameMeasure[], slots: readonly number[]) {
    const { fromMs, columnMs, columns } = this;
    const matrix = new SampleMatrix({ fromMs, stepMs: columnMs, columns, measures, slots });
    for (const part of this.parts) matrix.add(part, { fromMs, toMs: fromMs + columns * columnMs });
    return matrix.finish();
  }
}
