const FORGET_MS = 2 * 3_600_000;

/** Numbers for subjects that are named by text. A number is never given again. */
export class Subjects {
  #byText = new Map<string, { id: number; seenMs: number }>();
  #byId = new Map<number, { text: string; label: string }>();
  #next = 1;

  /** The number of a subject that was seen at an instant, and how it is called since. */
  idOf(text: string, label?: string, seenMs = Date.now()): number {
    const known = this.#byText.get(text) ?? { id: this.#next++, seenMs };
    known.seenMs = Math.max(known.seenMs, seenMs);
    this.#byText.set(text, known);
    const called = label ?? this.#byId.get(known.id)?.label ?? text;
    if (this.#byId.get(known.id)?.label !== called) this.#byId.set(known.id, { text, label: called });
    return known.id;
  }

  textOf(id: number): string {
    return this.#byId.get(id)?.text ?? "";
  }

  labelOf(id: number): string {
    return this.#byId.get(id)?.label ?? "";
  }

  /** Lets go of those that were not seen for two hours. */
  forget(nowMs: number): void {
    for (const [text, { id, seenMs }] of this.#byText) {
      if (seenMs > nowMs - FORGET_MS) continue;
      this.#byText.delete(text);
      this.#byId.delete(id);
    }
  }
}

/** A step from figures by number. */
export function toStep(atMs: number, stepMs: number, figures: ReadonlyMap<number, number>) {
  const ids = Int32Array.from(figures.keys()).sort();
  return { atMs, stepMs, ids, values: Float64Array.from(ids, (id) => figures.get(id) as number) };
}
