import { type SignalStep, type SpikeFamily, settleAll } from "@/collectors/advisor/spikes/spike-family";
import { Subjects, toStep } from "@/collectors/advisor/spikes/subjects";
import { readUsualHours } from "@/collectors/advisor/spikes/usual-hours";
import type { Db } from "@/lib/db/client";
import type { SpikeWatch } from "@/lib/model/spike-watch";
import type { SpikeSignal } from "@/lib/model/spikes";
import type { TimeRange } from "@/lib/model/time-range";
import type { TrafficDimension, TrafficIdentity } from "@/lib/model/traffic";
import { answerTraffic } from "@/lib/queries/traffic-answer";
import { groupCells } from "@/lib/queries/traffic-groups";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** Batches of events come some time after what they tell. */
const GRACE_MS = 45_000;
/** A rate over less of a minute than this says little: for the rest of it one waits so long. */
const LEAST_HEARD_MS = 30_000;
const PATIENCE_MS = 4 * MINUTE_MS;
const MAX_LABEL = 120;

const DIMENSIONS = {
  clientRequests: ["userAgent", "user", "sourceAddress"],
  verbRequests: ["verb"],
} as const satisfies Partial<Record<SpikeSignal, readonly TrafficDimension[]>>;
type TrafficSignal = keyof typeof DIMENSIONS;
const SIGNALS = Object.keys(DIMENSIONS) as TrafficSignal[];

/** Requests by client and by verb, minute by minute, from whatever source tells them best. */
export class TrafficSpikes implements SpikeFamily {
  readonly signals = SIGNALS;
  readonly absent = 0;
  readonly lateMs = 2 * MINUTE_MS;
  #subjects = new Subjects();
  #nextMs = new Map<TrafficSignal, number>();
  /** Up to there was read last: nothing more comes before another minute is over. */
  #readToMs = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly db: Db,
    private readonly clusterId: number,
  ) {}

  async *read(sinceMs: number, nowMs: number): AsyncGenerator<SignalStep> {
    const nextMs = Math.min(...SIGNALS.map((signal) => this.#nextOf(signal)));
    const fromMs = Math.floor(Math.max(nextMs, sinceMs) / MINUTE_MS) * MINUTE_MS;
    const toMs = Math.floor((nowMs - GRACE_MS) / MINUTE_MS) * MINUTE_MS;
    if (fromMs >= toMs || toMs === this.#readToMs) return;
    for (const signal of SIGNALS) {
      const minutes = await this.#readMinutes(signal, { fromMs, toMs }, nowMs);
      for (let atMs = Math.max(fromMs, this.#nextOf(signal)); atMs < toMs; atMs += MINUTE_MS) {
        const figures = minutes.get(atMs);
        if (figures === undefined && atMs > nowMs - PATIENCE_MS) break;
        this.#nextMs.set(signal, atMs + MINUTE_MS);
        if (figures !== undefined) yield { signal, step: toStep(atMs, MINUTE_MS, figures) };
      }
    }
    this.#readToMs = toMs;
    this.#subjects.forget(nowMs);
  }

  readHistory(signal: SpikeSignal, ids: readonly number[], atMs: number) {
    return readUsualHours(ids, atMs, async (hourMs) => {
      const range = { fromMs: hourMs, toMs: hourMs + HOUR_MS };
      const minutes = await this.#readMinutes(signal as TrafficSignal, range, atMs);
      if (minutes.size === 0) return null;
      return new Map(ids.map((id) => [id, [...minutes.values()].map((figures) => figures.get(id) ?? 0)]));
    });
  }

  async settle(_signal: SpikeSignal, watch: SpikeWatch) {
    return settleAll(watch);
  }

  idOf(subject: string): number {
    return this.#subjects.idOf(subject, toLabel(subject));
  }

  subjectOf(id: number): string {
    return this.#subjects.textOf(id);
  }

  labelOf(id: number): string {
    return this.#subjects.labelOf(id);
  }

  /** Requests a second by minute and subject; minutes of which too little was heard are left out. */
  async #readMinutes(signal: TrafficSignal, range: TimeRange, nowMs: number) {
    const groupBy = DIMENSIONS[signal];
    const question = { range, groupBy, filter: {}, source: undefined, stepMs: MINUTE_MS, nowMs };
    const { reading } = await answerTraffic(this.db, this.clusterId, question);
    const minutes = new Map<number, Map<number, number>>();
    if (reading === null) return minutes;
    const { groupOf, identities } = groupCells(reading.cells, { groupBy, filter: {} });
    const ids = identities.map((identity) => this.#idOf(identity, groupBy, nowMs));
    for (const { fromMs, toMs, observedMs } of reading.slices) {
      if (toMs - fromMs <= MINUTE_MS && observedMs >= LEAST_HEARD_MS) minutes.set(fromMs, new Map());
    }
    reading.eachCount((cell, slice, requests) => {
      const { fromMs = 0, observedMs = 0 } = reading.slices[slice] ?? {};
      const figures = minutes.get(fromMs);
      const id = ids[groupOf[cell] as number] ?? null;
      if (id === null || figures === undefined) return;
      figures.set(id, (figures.get(id) ?? 0) + requests / (observedMs / 1_000));
    });
    return minutes;
  }

  #nextOf(signal: TrafficSignal): number {
    return this.#nextMs.get(signal) ?? Number.NEGATIVE_INFINITY;
  }

  /** Null: nothing of it is known that could be named. */
  #idOf(identity: TrafficIdentity, dimensions: readonly TrafficDimension[], nowMs: number): number | null {
    const told = dimensions.map((dimension) => [dimension, identity[dimension]] as const);
    if (told.every(([, value]) => value === null || value === "")) return null;
    const subject = dimensions.length === 1 ? String(told[0]?.[1]) : JSON.stringify(Object.fromEntries(told));
    return this.#subjects.idOf(subject, toLabel(subject), nowMs);
  }
}

/** A verb by itself; a client by its agent, else its user, else its address. */
function toLabel(subject: string): string {
  if (!subject.startsWith("{")) return subject.slice(0, MAX_LABEL);
  const { userAgent, user, sourceAddress } = JSON.parse(subject) as Partial<Record<TrafficDimension, string | null>>;
  return (userAgent || user || sourceAddress || "").slice(0, MAX_LABEL);
}
