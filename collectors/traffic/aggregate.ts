import { HeardTime } from "@/collectors/traffic/heard";
import { MINUTE_CELLS, MINUTE_MS, NEWEST_EVENT_MS, OLDEST_EVENT_MS } from "@/collectors/traffic/limits";
import { ConfigTally } from "@/collectors/traffic/member-configs";
import type { MemberConfig } from "@/lib/model/etcd-config-line";
import type { IngestFaultName } from "@/lib/model/ingest-faults";
import type { LogSignal } from "@/lib/model/log-signals";
import type { TrafficEvent } from "@/lib/model/traffic";
import { addEvent, cellKey, emptyFigures, type TrafficCell } from "@/lib/model/traffic-cells";
import { foldCells } from "@/lib/model/traffic-folding";

/** What came of one minute. */
export interface MinuteTally {
  /** By `cellKey`; at most twice as many as a minute may have. */
  cells: Map<string, TrafficCell>;
  events: number;
  foldedCells: number;
}

/** Lines of one kind in one minute. */
export interface SignalTally {
  minuteMs: number;
  kind: LogSignal["kind"];
  lines: number;
  worstMicros: number | null;
  totalMicros: number | null;
  /** Of the worst line, or of the last where none says how long it took. */
  example: string;
}

/** What one source of one cluster told in one turn, by minute. It grows with the minutes, not with the events. */
export class Tally {
  readonly minutes = new Map<number, MinuteTally>();
  readonly signals = new Map<string, SignalTally>();
  readonly faults = new Map<IngestFaultName, number>();
  readonly configs = new ConfigTally();
  readonly heard = new HeardTime();
  #nowMs: number;
  #observe: ((event: TrafficEvent) => void) | null;

  /** `observe` gets every event that is counted. */
  constructor(nowMs: number, observe: ((event: TrafficEvent) => void) | null = null) {
    this.#nowMs = nowMs;
    this.#observe = observe;
  }

  /** Counts a request in the minute it ended in. */
  addEvent(event: TrafficEvent): void {
    const fault = this.#timeFault(event.atMs);
    if (fault !== null) {
      this.addFault(fault, 1);
      return;
    }
    this.heard.addEvent(event.atMs);
    const minute = this.#minute(toMinute(event.atMs));
    const key = cellKey(event, false);
    let cell = minute.cells.get(key);
    if (cell === undefined) {
      cell = { identity: identityOf(event), isFolded: false, cellId: null, figures: emptyFigures() };
      minute.cells.set(key, cell);
    }
    addEvent(cell.figures, event);
    this.#observe?.(event);
    minute.events++;
    if (minute.cells.size > 2 * MINUTE_CELLS) minute.foldedCells += foldCells(minute.cells, MINUTE_CELLS);
  }

  addFault(fault: IngestFaultName, events: number): void {
    this.faults.set(fault, (this.faults.get(fault) ?? 0) + events);
  }

  addSignal({ kind, micros, atMs, example }: LogSignal): void {
    const fault = this.#timeFault(atMs);
    if (fault !== null) {
      this.addFault(fault, 1);
      return;
    }
    this.heard.addEvent(atMs);
    const minuteMs = toMinute(atMs);
    const key = `${minuteMs} ${kind}`;
    const there = this.signals.get(key);
    if (there === undefined) {
      this.signals.set(key, { minuteMs, kind, lines: 1, worstMicros: micros, totalMicros: micros, example });
      return;
    }
    there.lines++;
    if (micros === null) return;
    if (there.worstMicros === null || micros > there.worstMicros) {
      there.worstMicros = micros;
      there.example = example;
    }
    there.totalMicros = Math.min((there.totalMicros ?? 0) + micros, Number.MAX_SAFE_INTEGER);
  }

  /** However long ago a member was started: it is how it runs. */
  addConfig(config: MemberConfig): void {
    if (this.#timeFault(config.startedAtMs) === "in-the-future") this.addFault("in-the-future", 1);
    else this.configs.add(config);
  }

  /** The oldest instant that is to be written; infinite: there is none. */
  oldestMs(): number {
    let oldestMs = this.heard.oldestMs();
    for (const minuteMs of this.minutes.keys()) oldestMs = Math.min(oldestMs, minuteMs);
    return oldestMs;
  }

  #minute(minuteMs: number): MinuteTally {
    let minute = this.minutes.get(minuteMs);
    if (minute === undefined) {
      minute = { cells: new Map(), events: 0, foldedCells: 0 };
      this.minutes.set(minuteMs, minute);
    }
    return minute;
  }

  #timeFault(atMs: number): IngestFaultName | null {
    if (atMs > this.#nowMs + NEWEST_EVENT_MS) return "in-the-future";
    return atMs >= this.#nowMs - OLDEST_EVENT_MS ? null : "too-old";
  }
}

function toMinute(atMs: number): number {
  return Math.floor(atMs / MINUTE_MS) * MINUTE_MS;
}

function identityOf(event: TrafficEvent): TrafficCell["identity"] {
  const { verb, resource, namespace, user, userAgent, sourceAddress, code } = event;
  return { verb, resource, namespace, user, userAgent, sourceAddress, code };
}
