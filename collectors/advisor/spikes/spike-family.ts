import type { SubjectStep } from "@/lib/model/spike-recent";
import type { Usual } from "@/lib/model/spike-usual";
import type { SpikeWatch } from "@/lib/model/spike-watch";
import type { SpikeSignal } from "@/lib/model/spikes";

/** A step of a signal that is complete. */
export interface SignalStep {
  signal: SpikeSignal;
  step: SubjectStep;
}

/** Signals that are read together: of prefixes, of members, of clients and verbs. Subjects have numbers within it. */
export interface SpikeFamily {
  readonly signals: readonly SpikeSignal[];
  /** What a subject had that a step does not list. */
  readonly absent: 0 | null;
  /** How long after its end a step may come. */
  readonly lateMs: number;
  /** Steps that are complete and come after those read before; at first those that begin from `sinceMs` on. */
  read(sinceMs: number, nowMs: number): AsyncGenerator<SignalStep>;
  /** What is usual of subjects at this hour of other weeks or days; without an entry: it is not known. */
  readHistory(signal: SpikeSignal, ids: readonly number[], atMs: number): Promise<Map<number, Usual>>;
  /** Loads what `labelOf` needs, and begins what carries a spike along with it. */
  settle(signal: SpikeSignal, watch: SpikeWatch, stepMs: number): Promise<Settled>;
  /** The number of a stored subject. */
  idOf(subject: string): number;
  subjectOf(id: number): string;
  labelOf(id: number): string;
}

/** Subjects that another one stands for; those not out of their band in the last step are not judged. */
export interface Settled {
  explained: ReadonlySet<number>;
  judged: ReadonlySet<number>;
}

/** Every subject stands for itself. */
export function settleAll(watch: SpikeWatch): Settled {
  return { explained: new Set(), judged: new Set([...watch.listOut()].map(({ id }) => id)) };
}
