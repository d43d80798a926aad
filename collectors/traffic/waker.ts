import { setTimeout as sleep } from "node:timers/promises";

/** A sleep that others can end; a call that comes before it makes it no sleep at all. */
export class Waker {
  #isCalled = false;
  #wake: (() => void) | null = null;

  wake(): void {
    this.#isCalled = true;
    this.#wake?.();
  }

  /** Until someone wakes us, or the time has passed, or all ends. */
  async sleep(ms: number, signal: AbortSignal): Promise<void> {
    if (!this.#isCalled) {
      const early = new AbortController();
      this.#wake = () => early.abort();
      await this.rest(ms, AbortSignal.any([signal, early.signal]));
      this.#wake = null;
    }
    this.#isCalled = false;
  }

  /** Until the time has passed or all ends. */
  async rest(ms: number, signal: AbortSignal): Promise<void> {
    await sleep(ms, undefined, { signal }).catch(() => undefined);
  }
}
