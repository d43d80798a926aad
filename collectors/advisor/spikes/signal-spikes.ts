import type { SpikeFamily } from "@/collectors/advisor/spikes/spike-family";
import type { SpikeRow } from "@/collectors/advisor/spikes/spike-rows";
import { BAND_FLOORS } from "@/lib/model/spike-band";
import type { SubjectStep } from "@/lib/model/spike-recent";
import type { TrackedSpike } from "@/lib/model/spike-track";
import { usualLimit } from "@/lib/model/spike-usual";
import { SpikeWatch } from "@/lib/model/spike-watch";
import { SPIKE_SIGNALS, type SpikeSignal } from "@/lib/model/spikes";

/** 12 MiB a signal at most. */
const MAX_CELLS = 2 ** 20;
/** Of very many that leave their band at once, for so many it is asked what earlier weeks say. */
const MAX_UNKNOWN = 200;

/** A spike that could be told. */
export interface SpikeCandidate {
  id: number;
  /** How many times the limit its peak is. */
  strength: number;
}

/** One signal of a cluster: what is told of it, and what is not because something else stands for it. */
export class SignalSpikes {
  readonly watch: SpikeWatch;
  readonly #floor;
  /** Until then steps are only noted; what was open before goes on from there. */
  #restoreFromMs: number;
  #rows: SpikeRow[];
  #explained = new Set<number>();
  /** By what name. */
  #told = new Map<number, string>();
  #begun = new Set<number>();
  #ended: { id: number; label: string; spike: TrackedSpike }[] = [];

  constructor(
    private readonly clusterId: number,
    readonly signal: SpikeSignal,
    readonly family: SpikeFamily,
    { rows, newestMs }: { rows: readonly SpikeRow[]; newestMs: number },
  ) {
    this.#floor = BAND_FLOORS[SPIKE_SIGNALS[signal].unit];
    this.watch = new SpikeWatch({ floor: this.#floor, absent: family.absent, maxCells: MAX_CELLS });
    this.#rows = rows.filter((row) => row.signal === signal);
    const open = this.#rows.filter(({ endedAt }) => endedAt === null).map(({ checkedAt }) => checkedAt.getTime());
    const over = this.#rows.map(({ endedAt }) => endedAt?.getTime() ?? 0); // what is over is not found again
    this.#restoreFromMs = open.length > 0 ? Math.min(...open) : Math.max(newestMs, ...over);
  }

  /** From when on steps are needed to know what was usual when it was last looked. */
  get sinceMs(): number {
    return this.#restoreFromMs - 3_600_000;
  }

  /** How many are told that go on. */
  get toldOpen(): number {
    return this.#told.size;
  }

  async take(step: SubjectStep): Promise<void> {
    if (step.atMs < this.#restoreFromMs) {
      this.watch.learn(step);
      return;
    }
    this.restore();
    await this.#askHistory(step);
    this.#noteEnds(this.watch.feed(step));
    const { explained, judged } = await this.family.settle(this.signal, this.watch, step.stepMs);
    for (const id of judged) {
      if (explained.has(id)) this.#explained.add(id);
      else this.#explained.delete(id);
    }
  }

  /** Takes up what was found before, once. */
  restore(): void {
    const rows = this.#rows;
    this.#rows = [];
    for (const row of rows) {
      const id = this.family.idOf(row.subject);
      this.watch.restore(id, toSpike(row));
      if (row.endedAt === null) this.#told.set(id, row.label);
    }
  }

  /** Ends what nobody has told anything of for too long. */
  endUnseen(nowMs: number): void {
    this.#noteEnds(this.watch.endUnseen(nowMs - this.family.lateMs, 0));
  }

  /** Spikes that go on, stand for themselves, and are not told yet. */
  listCandidates(): SpikeCandidate[] {
    return [...this.watch.listOpen()]
      .filter(({ id }) => !this.#told.has(id) && !this.#explained.has(id))
      .map(({ id, spike }) => ({
        id,
        strength: spike.peak / usualLimit(spike.usual, this.#floor),
      }));
  }

  tell(id: number): void {
    this.#told.set(id, this.family.labelOf(id));
    this.#begun.add(id);
  }

  /** The rows as they stand: told spikes that go on, and those that ended since the last time. */
  listRows(): { row: SpikeRow; isNews: boolean }[] {
    const rows = this.#ended.map((ended) => ({ row: this.#toRow(ended), isNews: true }));
    for (const { id, spike } of this.watch.listOpen()) {
      const label = this.#told.get(id);
      if (label !== undefined) rows.push({ row: this.#toRow({ id, label, spike }), isNews: this.#begun.has(id) });
    }
    return rows;
  }

  /** The rows have been written. */
  written(): void {
    this.#ended = [];
    this.#begun.clear();
  }

  async #askHistory(step: SubjectStep): Promise<void> {
    const unknown = this.watch.listUnknown(step).slice(0, MAX_UNKNOWN);
    if (unknown.length === 0) return;
    const usual = await this.family.readHistory(this.signal, unknown, step.atMs);
    for (const id of unknown) this.watch.know(id, step.atMs, usual.get(id) ?? null);
  }

  #noteEnds(news: ReturnType<SpikeWatch["feed"]>): void {
    for (const { id, news: one } of news) {
      if (one.kind !== "end") continue;
      const label = this.#told.get(id);
      if (label !== undefined) this.#ended.push({ id, label, spike: one.spike });
      this.#told.delete(id);
      this.#explained.delete(id);
    }
  }

  #toRow({ id, label, spike }: { id: number; label: string; spike: TrackedSpike }): SpikeRow {
    return {
      clusterId: this.clusterId,
      onset: new Date(spike.onsetMs),
      signal: this.signal,
      subject: this.family.subjectOf(id),
      label,
      endedAt: spike.endedAtMs === null ? null : new Date(spike.endedAtMs),
      ...{ peak: spike.peak, peakAt: new Date(spike.peakAtMs), median: spike.usual.median, mad: spike.usual.mad },
      baseline: spike.usual.baseline,
      checkedAt: new Date(spike.seenUntilMs),
    };
  }
}

function toSpike({ onset, endedAt, peak, peakAt, median, mad, baseline, checkedAt }: SpikeRow) {
  return {
    ...{ onsetMs: onset.getTime(), endedAtMs: endedAt?.getTime() ?? null, peak, peakAtMs: peakAt.getTime() },
    ...{ seenUntilMs: checkedAt.getTime(), usual: { median, mad, baseline: baseline as "recent" } },
  };
}
