import type { CellSource } from "@/collectors/traffic/cell-dictionary";
import type { TrafficEvent } from "@/lib/model/traffic";

/** Hears requests one by one, each once and when it is counted for good. */
export interface EventObserver {
  wants(atMs: number): boolean;
  hear(source: CellSource, event: TrafficEvent): void;
}

/** Who hears the requests of which cluster. Nobody does most of the time, and then it costs nothing. */
export class EventObservers {
  #byCluster = new Map<number, readonly EventObserver[]>();

  add(clusterId: number, observer: EventObserver): void {
    this.#byCluster.set(clusterId, [...(this.#byCluster.get(clusterId) ?? []), observer]);
  }

  remove(clusterId: number, observer: EventObserver): void {
    const left = (this.#byCluster.get(clusterId) ?? []).filter((one) => one !== observer);
    if (left.length > 0) this.#byCluster.set(clusterId, left);
    else this.#byCluster.delete(clusterId);
  }

  /** What one transaction tells; null: nobody listens to the cluster. */
  begin(clusterId: number): ObservedEvents | null {
    const observers = this.#byCluster.get(clusterId);
    return observers === undefined ? null : new ObservedEvents(observers);
  }
}

/** The events of one transaction that somebody wants: told only once it is committed, so that none is heard twice. */
export class ObservedEvents {
  #told: { observer: EventObserver; source: CellSource; event: TrafficEvent }[] = [];

  constructor(private readonly observers: readonly EventObserver[]) {}

  /** Takes the events of a source. */
  of(source: CellSource): (event: TrafficEvent) => void {
    return (event) => {
      for (const observer of this.observers) {
        if (observer.wants(event.atMs)) this.#told.push({ observer, source, event });
      }
    };
  }

  /** To be called once the transaction is committed. */
  tell(): void {
    for (const { observer, source, event } of this.#told) observer.hear(source, event);
    this.#told = [];
  }
}
