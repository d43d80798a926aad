interface Waiting {
  start: () => Promise<void>;
}

/**
 * Does work of many clusters a piece at a time, the clusters in turn: one that sends a flood waits for its own, and for no
 * more than one piece of each other. Between pieces everything else in the process has its chance.
 */
export class FairTurns {
  readonly #concurrency: number;
  /** In the order in which the clusters come next; a cluster is here while it has work waiting. */
  readonly #waiting = new Map<number, Waiting[]>();
  #running = 0;
  #isScheduled = false;

  constructor(concurrency: number) {
    this.#concurrency = concurrency;
  }

  /** Does `work` when it is the cluster's turn. Fails as the work does. */
  run<Result>(clusterId: number, work: () => Result | Promise<Result>): Promise<Result> {
    return new Promise((resolve, reject) => {
      const start = async () => {
        try {
          resolve(await work());
        } catch (error) {
          reject(error);
        }
      };
      const queue = this.#waiting.get(clusterId);
      if (queue) queue.push({ start });
      else this.#waiting.set(clusterId, [{ start }]);
      this.#schedule();
    });
  }

  #schedule(): void {
    if (this.#isScheduled || this.#running >= this.#concurrency || this.#waiting.size === 0) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      void this.#startNext();
      this.#schedule();
    });
  }

  async #startNext(): Promise<void> {
    const next = this.#takeNext();
    if (next === undefined) return;
    this.#running++;
    try {
      await next.start();
    } finally {
      this.#running--;
      this.#schedule();
    }
  }

  /** The first of the cluster that is next; if it has more waiting, that comes behind all others. */
  #takeNext(): Waiting | undefined {
    for (const [clusterId, queue] of this.#waiting) {
      const next = queue.shift();
      this.#waiting.delete(clusterId);
      if (queue.length > 0) this.#waiting.set(clusterId, queue);
      return next;
    }
    return undefined;
  }
}
