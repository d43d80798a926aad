import { type SignalStep, type SpikeFamily, settleAll } from "@/collectors/advisor/spikes/spike-family";
import { Subjects, toStep } from "@/collectors/advisor/spikes/subjects";
import { readUsualHours } from "@/collectors/advisor/spikes/usual-hours";
import type { Db } from "@/lib/db/client";
import type { SpikeWatch } from "@/lib/model/spike-watch";
import type { SpikeSignal } from "@/lib/model/spikes";
import type { TimeRange } from "@/lib/model/time-range";
import { type HealthLine, type HealthSeries, readHealthSeries } from "@/lib/queries/health-series";
import { type FailedRead, listFailedReads } from "@/lib/queries/spikes-failed-reads";

const STEP_MS = 10_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** A reading that covers the end of a step is there some seconds after it. */
const GRACE_MS = 15_000;
/** What came later than this is not looked at any more. */
const REACH_MS = 2 * MINUTE_MS;

/** A read that fails has taken as long as its deadline: whoever asks waits no less. */
export const FAILED_READ_MS = 4_000;

const SIGNALS = ["probeLinearizable", "probeSerializable", "fsyncP99", "commitP99", "peerRttP99"] as const;

/** Latencies of members: what a user of etcd feels, disk, network. */
export class MemberSpikes implements SpikeFamily {
  readonly signals = SIGNALS;
  readonly absent = null;
  readonly lateMs = MINUTE_MS;
  #members = new Subjects();
  #nextMs = new Map<SpikeSignal, number>();
  #hasRead = false;

  constructor(
    private readonly db: Db,
    private readonly clusterId: number,
  ) {}

  async *read(sinceMs: number, nowMs: number): AsyncGenerator<SignalStep> {
    const fromMs = this.#hasRead ? Math.max(sinceMs, nowMs - REACH_MS) : sinceMs;
    const toMs = Math.floor((nowMs - GRACE_MS) / STEP_MS) * STEP_MS;
    if (fromMs >= toMs) return;
    const series = await this.#readSeries({ fromMs, toMs }, SIGNALS, STEP_MS);
    const failed = await listFailedReads(this.db, this.clusterId, { fromMs: series.fromMs, toMs });
    this.#hasRead = true;
    for (let column = 0; column < series.columns; column++) {
      const atMs = series.fromMs + column * series.stepMs;
      if (atMs + series.stepMs > toMs) return;
      for (const signal of SIGNALS) {
        const figures = this.#figuresAt(series, signal, column);
        for (const one of failed) {
          const isInStep = one.atMs >= atMs && one.atMs < atMs + series.stepMs;
          if (isInStep && one.signal === signal) this.#addFailed(figures, one);
        }
        if (figures.size === 0 || atMs < (this.#nextMs.get(signal) ?? 0)) continue;
        this.#nextMs.set(signal, atMs + series.stepMs);
        yield { signal, step: toStep(atMs, series.stepMs, figures) };
      }
    }
  }

  readHistory(signal: SpikeSignal, ids: readonly number[], atMs: number) {
    return readUsualHours(ids, atMs, async (hourMs) => {
      const range = { fromMs: hourMs, toMs: hourMs + HOUR_MS };
      const series = await this.#readSeries(range, [signal as (typeof SIGNALS)[number]], MINUTE_MS);
      const told = new Map<number, number[]>();
      for (let column = 0; column < series.columns; column++) {
        for (const [id, value] of this.#figuresAt(series, signal, column)) {
          const values = told.get(id) ?? [];
          values.push(value);
          told.set(id, values);
        }
      }
      return told.size === 0 ? null : told;
    });
  }

  async settle(_signal: SpikeSignal, watch: SpikeWatch) {
    return settleAll(watch);
  }

  idOf(subject: string): number {
    return this.#members.idOf(subject);
  }

  subjectOf(id: number): string {
    return this.#members.textOf(id);
  }

  labelOf(id: number): string {
    return this.#members.labelOf(id);
  }

  async #readSeries(range: TimeRange, names: readonly (typeof SIGNALS)[number][], stepMs: number) {
    const series = await readHealthSeries(this.db, this.clusterId, { names, range, stepMs });
    for (const { memberId, name } of series.members) this.#members.idOf(memberId, name);
    return series;
  }

  #addFailed(figures: Map<number, number>, { memberId }: FailedRead): void {
    const id = this.#members.idOf(memberId);
    figures.set(id, Math.max(FAILED_READ_MS, figures.get(id) ?? 0));
  }

  #figuresAt(series: HealthSeries, signal: SpikeSignal, column: number): Map<number, number> {
    const figures = new Map<number, number>();
    for (const line of series.lines) {
      const value = isWanted(line, signal) ? line.values[column] : null;
      if (value != null) figures.set(this.#members.idOf(line.memberId), value);
    }
    return figures;
  }
}

function isWanted({ signal, memberId, split }: HealthLine, wanted: SpikeSignal): boolean {
  return signal === wanted && split === null && memberId !== "";
}
