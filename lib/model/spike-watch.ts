import type { BandFloor } from "@/lib/model/spike-band";
import { RecentSteps, type SubjectStep, valueAt } from "@/lib/model/spike-recent";
import { type SpikeNews, SpikeTrack, type TrackedSpike } from "@/lib/model/spike-track";
import { moreTolerant, type Usual, usualLimit } from "@/lib/model/spike-usual";
import type { TimeRange } from "@/lib/model/time-range";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** What the last hour says of a subject holds for so long. */
const RECENT_LIFE_MS = 5 * MINUTE_MS;
/** What came and went so often within an hour is a habit. */
const HABIT = 3;

export interface WatchOptions {
  floor: BandFloor;
  /** What a subject had that a step does not list. */
  absent: 0 | null;
  /** Bound of the figures kept in memory: 12 bytes each. */
  maxCells: number;
}

/** One subject that is, or was lately, out of its band. */
interface Watched {
  track: SpikeTrack;
  /** Spikes of the last hour that are over. */
  past: TimeRange[];
}

/**
 * Watches one signal of many subjects. Only those above the signal's floor can be out of their band, so only for them it
 * is worked out what is usual: how many subjects there are matters little.
 */
export class SpikeWatch {
  readonly #options: WatchOptions;
  readonly #recent: RecentSteps;
  readonly #watched = new Map<number, Watched>();
  readonly #usual = new Map<number, { usual: Usual | null; untilMs: number }>();
  /** By the same hour of other weeks or days; null: they do not tell. */
  readonly #history = new Map<number, { usual: Usual | null; hourMs: number }>();
  #lastMs = Number.NEGATIVE_INFINITY;

  constructor(options: WatchOptions) {
    this.#options = options;
    this.#recent = new RecentSteps(options.absent, options.maxCells);
  }

  /** Takes up a spike that was found earlier, after the steps before it: open, or over within the last hour. */
  restore(id: number, found: Omit<TrackedSpike, "usual"> & { usual: Omit<Usual, "high"> }): void {
    const watched = this.#watched.get(id) ?? { track: new SpikeTrack(this.#options.floor), past: [] };
    const high = this.#recent.usual(id, found.onsetMs, [])?.high ?? 0;
    const spike = { ...found, usual: { ...found.usual, high } };
    if (spike.endedAtMs === null) watched.track = new SpikeTrack(this.#options.floor, spike);
    else watched.past.push({ fromMs: spike.onsetMs, toMs: spike.endedAtMs });
    this.#watched.set(id, watched);
  }

  /** Notes a step without looking for spikes: what was before the first look. */
  learn(step: SubjectStep): void {
    this.#recent.add(step);
    this.#lastMs = step.atMs;
  }

  /** Subjects above what the last hour says, of whom it matters what earlier weeks say of this hour: `know` tells it. */
  listUnknown(step: SubjectStep): number[] {
    return this.#listCandidates(step).filter((id) => {
      if (this.#watched.get(id)?.track.spike || this.#historyOf(id, step.atMs) !== undefined) return false;
      const recent = this.#recentOf(id, step.atMs);
      const value = valueAt(step, id) ?? 0;
      return recent === null || value > usualLimit(recent, this.#options.floor);
    });
  }

  /** Tells what is usual of a subject at this hour of other weeks or days; null: nothing is known of it. */
  know(id: number, atMs: number, usual: Usual | null): void {
    this.#history.set(id, { usual, hourMs: floorToHour(atMs) });
  }

  /** Takes the next step. */
  feed(step: SubjectStep): { id: number; news: SpikeNews }[] {
    const { atMs, stepMs } = step;
    if (atMs <= this.#lastMs) return [];
    const told: { id: number; news: SpikeNews }[] = [];
    for (const id of new Set([...this.#listCandidates(step), ...this.#watched.keys()])) {
      const watched = this.#watched.get(id) ?? { track: new SpikeTrack(this.#options.floor), past: [] };
      const value = valueAt(step, id) ?? this.#options.absent;
      const usual = value === null ? null : this.#usualOf(id, atMs);
      for (const news of watched.track.feed({ atMs, stepMs, value, usual })) told.push({ id, news });
      this.#note(id, watched, atMs);
    }
    this.#noteEnds(told);
    this.#recent.add(step);
    if (floorToHour(atMs) !== floorToHour(this.#lastMs)) this.#forgetBands(atMs);
    this.#lastMs = atMs;
    return told;
  }

  /** Ends what nobody has told anything of for too long. */
  endUnseen(nowMs: number, stepMs: number): { id: number; news: SpikeNews }[] {
    const told = [...this.#watched].flatMap(([id, { track }]) =>
      track.endUnseen(nowMs, stepMs).map((news) => ({ id, news })),
    );
    this.#noteEnds(told);
    return told;
  }

  /** Begins a spike of a subject whose last step was out, without waiting for another. */
  beginNow(id: number, stepMs: number): SpikeNews[] {
    return this.#watched.get(id)?.track.beginNow(stepMs) ?? [];
  }

  /** Who is out of the band in the last step, and by how much of the usual. */
  *listOut(): Generator<{ id: number; excess: number; spike: TrackedSpike | null }> {
    for (const [id, { track }] of this.#watched) {
      if (track.out) yield { id, excess: track.out.value - track.out.usual.median, spike: track.spike };
    }
  }

  /** The spikes that go on. */
  *listOpen(): Generator<{ id: number; spike: TrackedSpike }> {
    for (const [id, { track }] of this.#watched) if (track.spike) yield { id, spike: track.spike };
  }

  #listCandidates({ ids, values }: SubjectStep): number[] {
    const { least } = this.#options.floor;
    const found: number[] = [];
    for (let i = 0; i < ids.length; i++) if ((values[i] as number) > least) found.push(ids[i] as number);
    return found;
  }

  /** While a spike is young, the band it left; what has lasted for an hour is what is usual now. */
  #usualOf(id: number, atMs: number): Usual | null {
    const spike = this.#watched.get(id)?.track.spike;
    if (spike && spike.onsetMs > atMs - HOUR_MS) return spike.usual;
    return moreTolerant(this.#recentOf(id, atMs), this.#historyOf(id, atMs) ?? null, this.#options.floor);
  }

  #recentOf(id: number, atMs: number): Usual | null {
    const known = this.#usual.get(id);
    if (known && known.untilMs > atMs) return known.usual;
    const past = this.#watched.get(id)?.past ?? [];
    const usual = this.#recent.usual(id, atMs, past.length < HABIT ? past : []);
    this.#usual.set(id, { usual, untilMs: atMs + RECENT_LIFE_MS });
    return usual;
  }

  #historyOf(id: number, atMs: number): Usual | null | undefined {
    const known = this.#history.get(id);
    return known?.hourMs === floorToHour(atMs) ? known.usual : undefined;
  }

  #note(id: number, watched: Watched, atMs: number): void {
    watched.past = watched.past.filter(({ toMs }) => toMs > atMs - HOUR_MS);
    if (watched.track.isIdle && watched.past.length === 0) this.#watched.delete(id);
    else this.#watched.set(id, watched);
  }

  #noteEnds(told: readonly { id: number; news: SpikeNews }[]): void {
    for (const { id, news } of told) {
      this.#usual.delete(id);
      const { onsetMs: fromMs, endedAtMs: toMs } = news.spike;
      if (news.kind !== "end" || toMs === null || toMs - fromMs >= HOUR_MS) continue;
      const watched = this.#watched.get(id) ?? { track: new SpikeTrack(this.#options.floor), past: [] };
      watched.past.push({ fromMs, toMs });
      this.#watched.set(id, watched);
    }
  }

  #forgetBands(atMs: number): void {
    for (const [id, { untilMs }] of this.#usual) if (untilMs <= atMs) this.#usual.delete(id);
    for (const [id, { hourMs }] of this.#history) if (hourMs !== floorToHour(atMs)) this.#history.delete(id);
  }
}

function floorToHour(atMs: number): number {
  return Math.floor(atMs / HOUR_MS) * HOUR_MS;
}
