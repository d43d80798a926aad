import type { FrameCounter, FrameGauge, FrameMeasure } from "@/lib/model/frame";
import { type Stretch, sumGroups } from "@/lib/model/stretch";

/** A stretch that keeps what was unpacked of it. */
export class KeptStretch implements Stretch {
  #kept = new Map<string, Float64Array>();

  /** `note` is told how many bytes of memory each new part takes. */
  constructor(
    private readonly stretch: Stretch,
    private readonly note: (bytes: number) => void,
  ) {}

  get fromMs(): number {
    return this.stretch.fromMs;
  }
  get columnMs(): number {
    return this.stretch.columnMs;
  }
  get observedMs(): Float64Array {
    return this.stretch.observedMs;
  }
  get revisions(): Float64Array {
    return this.stretch.revisions;
  }
  get slots(): Int32Array {
    return this.stretch.slots;
  }

  block(measure: FrameMeasure, block: number): Float64Array {
    return this.#keep(`${measure} ${block}`, () => this.stretch.block(measure, block));
  }

  grouped(counter: FrameCounter, block: number, columns: number): Float64Array {
    const make = () => sumGroups(this.stretch.block(counter, block), columns);
    return this.#keep(`${counter} ${block} by ${columns}`, make);
  }

  absent(gauge: FrameGauge): Float64Array {
    return this.#keep(`absent ${gauge}`, () => this.stretch.absent(gauge));
  }

  #keep(part: string, make: () => Float64Array): Float64Array {
    const known = this.#kept.get(part);
    if (known) return known;
    const values = make();
    this.#kept.set(part, values);
    this.note(values.byteLength);
    return values;
  }
}
