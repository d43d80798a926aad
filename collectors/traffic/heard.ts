import { MINUTE_MS, SECOND_MS, SILENCE_MS } from "@/collectors/traffic/limits";

/** A stretch of time, both ends heard. */
export interface HeardStretch {
  fromMs: number;
  toMs: number;
}

/**
 * When a source was heard: the seconds in which its requests ended, and what lies between two of them that are no more
 * than two minutes apart. Longer silence is a gap: nobody may have sent.
 */
export class HeardTime {
  #seconds = new Set<number>();
  #stretches: HeardStretch[] = [];

  addEvent(atMs: number): void {
    this.#seconds.add(Math.floor(atMs / SECOND_MS));
  }

  /** Of a source that is known to have said nothing: a file that was read to its end all the while. */
  addStretch(stretch: HeardStretch): void {
    this.#stretches.push(stretch);
  }

  /** The oldest instant that was heard, to the second; infinite: there is none. */
  oldestMs(): number {
    let oldest = Number.POSITIVE_INFINITY;
    for (const second of this.#seconds) oldest = Math.min(oldest, second * SECOND_MS);
    for (const { fromMs } of this.#stretches) oldest = Math.min(oldest, fromMs);
    return oldest;
  }

  /** The newest event, to the second; null: there is none. */
  newestEventMs(): number | null {
    let newest = Number.NEGATIVE_INFINITY;
    for (const second of this.#seconds) newest = Math.max(newest, second * SECOND_MS);
    return this.#seconds.size === 0 ? null : newest;
  }

  /** The seconds heard by minute, as bits; `heardUntilMs` is the newest that was heard before. */
  minutes(heardUntilMs: number | null): Map<number, bigint> {
    const minutes = new Map<number, bigint>();
    let beforeSecond = heardUntilMs === null ? Number.NEGATIVE_INFINITY : Math.floor(heardUntilMs / SECOND_MS);
    for (const second of [...this.#seconds].sort((a, b) => a - b)) {
      const isGap = second < beforeSecond || (second - beforeSecond) * SECOND_MS > SILENCE_MS;
      markSeconds(minutes, isGap ? second : beforeSecond, second);
      beforeSecond = second;
    }
    for (const { fromMs, toMs } of this.#stretches) {
      if (toMs >= fromMs) markSeconds(minutes, Math.floor(fromMs / SECOND_MS), Math.floor(toMs / SECOND_MS));
    }
    return minutes;
  }
}

/** How much of a minute these seconds are, in milliseconds. */
export function heardMs(seconds: bigint): number {
  let count = 0;
  for (let rest = seconds; rest > 0n; rest &= rest - 1n) count++;
  return count * SECOND_MS;
}

/** The newest of a minute's seconds. */
export function newestHeardMs(minuteMs: number, seconds: bigint): number {
  return minuteMs + Math.max(0, seconds.toString(2).length - 1) * SECOND_MS;
}

function markSeconds(minutes: Map<number, bigint>, fromSecond: number, toSecond: number): void {
  const minuteSeconds = MINUTE_MS / SECOND_MS;
  for (let first = fromSecond; first <= toSecond; ) {
    const minute = Math.floor(first / minuteSeconds);
    const last = Math.min(toSecond, (minute + 1) * minuteSeconds - 1);
    const bits = ((1n << BigInt(last - first + 1)) - 1n) << BigInt(first - minute * minuteSeconds);
    const minuteMs = minute * MINUTE_MS;
    minutes.set(minuteMs, (minutes.get(minuteMs) ?? 0n) | bits);
    first = last + 1;
  }
}
