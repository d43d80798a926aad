import { allCells, cellTotals, changedCells } from "@/collectors/keyspace/frame-builder";
import type { KeyspaceFigures, KeyspaceModel } from "@/collectors/keyspace/keyspace-model";
import { type Figures, ROOT } from "@/collectors/keyspace/prefix-tree";
import type { FrameRow, HotMinute, HourIncrease } from "@/collectors/keyspace/publisher";
import { encodeFrame, FRAME_FORMAT } from "@/lib/model/frame";

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
/** Frames kept while Postgres is away: half an hour. Older ones are dropped and become a gap. */
const MAX_WAITING_FRAMES = 180;
const MAX_HOT_KEYS = 200;
/** A key written once a minute is not hot, and naming each would fill the dictionary with the names of events. */
const MIN_HOT_WRITES = 2;

/** The length of a frame; a change counts from the next one on. */
export interface FrameSettings {
  frameMs: number;
}

/**
 * Cuts what the model counts into frames, hot minutes and hours. It is asked about once a second and holds back what
 * Postgres has not taken yet.
 */
export class KeyspaceRecorder {
  #model: KeyspaceModel;
  #settings: FrameSettings;
  #lookedAtMs: number;
  #frameStartMs: number;
  #frameMs: number;
  #frameObservedMs = 0;
  #frameBefore: Figures | null = null;
  #isFullDue = true;
  #minuteStartMs: number;
  #minuteObservedMs = 0;
  #hourBefore: Figures | null = null;
  #hourObservedMs = 0;
  #frames: FrameRow[] = [];
  #hourIncreases: HourIncrease[] = [];
  #hotMinutes: HotMinute[] = [];
  /** Frames lost because Postgres was away for too long. */
  droppedFrames = 0;

  /** Begins at `nowMs` with a model that has just become live: its counters stand at zero. */
  constructor(model: KeyspaceModel, settings: FrameSettings, nowMs: number) {
    this.#model = model;
    this.#settings = settings;
    this.#lookedAtMs = nowMs;
    this.#frameMs = settings.frameMs;
    this.#frameStartMs = floorTo(nowMs, this.#frameMs);
    this.#minuteStartMs = floorTo(nowMs, MINUTE_MS);
  }

  /** Notes the time since the last look as watched or not, and closes what has ended: then `sumUp` is asked. */
  look(sumUp: () => KeyspaceFigures, nowMs: number, isWatching: boolean): void {
    const elapsedMs = Math.max(0, nowMs - this.#lookedAtMs);
    this.#lookedAtMs = nowMs;
    if (isWatching) {
      this.#frameObservedMs += elapsedMs;
      this.#minuteObservedMs += elapsedMs;
      this.#hourObservedMs += elapsedMs;
    }
    // Each closes its slice when the clock has passed it; the slice's own start dates it.
    if (nowMs >= this.#frameStartMs + this.#frameMs) this.#closeFrame(sumUp(), nowMs);
    if (nowMs >= this.#minuteStartMs + MINUTE_MS) this.#closeMinute(sumUp(), nowMs);
  }

  /** What waits to be written; the running minute is in it only after a frame was closed. */
  get waiting(): { frames: FrameRow[]; hotMinutes: HotMinute[]; hourIncreases: HourIncrease[] } {
    return { frames: [...this.#frames], hotMinutes: [...this.#hotMinutes], hourIncreases: [...this.#hourIncreases] };
  }

  /** `waiting`, as it was handed out, has been written. */
  written(waiting: KeyspaceRecorder["waiting"]): void {
    this.#frames = this.#frames.filter((frame) => !waiting.frames.includes(frame));
    this.#hotMinutes = this.#hotMinutes.filter((minute) => !waiting.hotMinutes.includes(minute));
    this.#hourIncreases = this.#hourIncreases.filter((increase) => !waiting.hourIncreases.includes(increase));
  }

  #closeFrame(figures: KeyspaceFigures, nowMs: number): void {
    // A slice nobody watched has no row; what came in at reconnecting is counted in the slice it came in.
    if (this.#frameObservedMs > 0) {
      const at = new Date(this.#frameStartMs);
      const isFull = this.#isFullDue || this.#frameStartMs % HOUR_MS === 0;
      const cells = isFull ? allCells(this.#frameBefore, figures) : changedCells(this.#frameBefore, figures);
      this.#frames.push({
        at,
        observedMs: Math.min(Math.round(this.#frameObservedMs), this.#frameMs),
        revision: this.#model.revision,
        ...cellTotals(this.#frameBefore, figures, ROOT),
        ...(this.#model.historyKnown ? {} : { historyBytes: null }),
        ...this.#model.largestWrites.take(), // of the watched part of the slice, as its counts are
        isFull,
        format: FRAME_FORMAT,
        payload: encodeFrame(cells),
      });
      this.#isFullDue = false;
      this.#frameBefore = figures;
      this.#keepRunningMinute();
    }
    if (this.#frames.length > MAX_WAITING_FRAMES) {
      this.#frames.shift();
      this.droppedFrames++;
      this.#isFullDue = true; // the frames that follow must not lean on the one that is lost
    }
    this.#frameMs = this.#settings.frameMs;
    this.#frameStartMs = floorTo(nowMs, this.#frameMs);
    this.#frameObservedMs = 0;
  }

  #closeMinute(figures: KeyspaceFigures, nowMs: number): void {
    this.#keepRunningMinute();
    this.#model.hotKeys.clear();
    this.#closeHourPart(figures);
    this.#minuteStartMs = floorTo(nowMs, MINUTE_MS);
    this.#minuteObservedMs = 0;
  }

  #keepRunningMinute(): void {
    if (this.#minuteObservedMs === 0) return;
    const hot = this.#model.hotKeys.top(MAX_HOT_KEYS, MIN_HOT_WRITES, (entry) => this.#model.keyOf(entry));
    const minute = { minuteMs: this.#minuteStartMs, observedMs: Math.round(this.#minuteObservedMs), hot };
    this.#hotMinutes = [...this.#hotMinutes.filter(({ minuteMs }) => minuteMs !== minute.minuteMs), minute];
    if (this.#hotMinutes.length > MAX_WAITING_FRAMES) this.#hotMinutes.shift();
  }

  #closeHourPart(figures: KeyspaceFigures): void {
    if (this.#hourObservedMs === 0) return;
    const isFirst = this.#hourBefore === null;
    this.#hourIncreases.push({
      hourMs: floorTo(this.#minuteStartMs, HOUR_MS),
      observedMs: Math.round(this.#hourObservedMs),
      revision: this.#model.revision,
      historyKnown: this.#model.historyKnown,
      cells: isFirst ? allCells(null, figures) : changedCells(this.#hourBefore, figures),
    });
    if (this.#hourIncreases.length > MAX_WAITING_FRAMES) this.#hourIncreases.shift();
    this.#hourBefore = figures;
    this.#hourObservedMs = 0;
  }
}

function floorTo(ms: number, stepMs: number): number {
  return Math.floor(ms / stepMs) * stepMs;
}
