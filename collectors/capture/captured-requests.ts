import type { CellSource } from "@/collectors/traffic/cell-dictionary";
import type { EventObserver } from "@/collectors/traffic/event-observers";
import type { CapturedRequests } from "@/lib/model/capture";
import { quantileMicros } from "@/lib/model/latency-buckets";
import type { TrafficEvent, TrafficFigures } from "@/lib/model/traffic";
import { addEvent, cellKey, emptyFigures } from "@/lib/model/traffic-cells";

const MAX_GROUPS = 5_000;

type Identity = Omit<CapturedRequests, "requests" | "responseBytes" | "latencyP99Ms">;

/**
 * Counts the requests that were reported for the time of a session, by who and what. It goes by the time the reporter
 * gave them: a clock that is off shifts them.
 */
export class RequestCounts implements EventObserver {
  /** Of all groups. */
  requests = 0;
  #groups = new Map<string, { identity: Identity; figures: TrafficFigures }>();
  #fromMs: number;
  #toMs: number;
  #maxGroups: number;

  constructor({ fromMs, toMs }: { fromMs: number; toMs: number }, maxGroups = MAX_GROUPS) {
    this.#fromMs = fromMs;
    this.#toMs = toMs;
    this.#maxGroups = maxGroups;
  }

  /** The session ended earlier than was planned. */
  endAt(atMs: number): void {
    this.#toMs = Math.min(this.#toMs, atMs);
  }

  wants(atMs: number): boolean {
    return atMs >= this.#fromMs && atMs < this.#toMs;
  }

  hear(source: CellSource, event: TrafficEvent): void {
    addEvent(this.#group(source, event), event);
    this.requests++;
  }

  /** The groups, the most requests first. */
  list(): CapturedRequests[] {
    const rows = [...this.#groups.values()].map(({ identity, figures }) => ({ ...identity, ...toFigures(figures) }));
    return rows.sort((a, b) => b.requests - a.requests);
  }

  #group(source: CellSource, event: TrafficEvent): TrafficFigures {
    const key = `${source} ${cellKey({ ...event, code: null }, false)}`;
    const there = this.#groups.get(key);
    if (there !== undefined) return there.figures;
    const isFull = this.#groups.size >= this.#maxGroups;
    return isFull ? this.#add(`${source} rest`, restOf(source)) : this.#add(key, identityOf(source, event));
  }

  #add(key: string, identity: Identity): TrafficFigures {
    const there = this.#groups.get(key);
    if (there !== undefined) return there.figures;
    const figures = emptyFigures();
    this.#groups.set(key, { identity, figures });
    return figures;
  }
}

function identityOf(source: CellSource, event: TrafficEvent): Identity {
  const { verb, resource, namespace, user, userAgent, sourceAddress } = event;
  return { source, verb, resource, namespace, user, userAgent, sourceAddress };
}

function restOf(source: CellSource): Identity {
  const all = { verb: null, resource: null, namespace: null, user: null, userAgent: null, sourceAddress: null };
  return { source, ...all, isRest: true };
}

function toFigures({ requests, sizedRequests, responseBytes, buckets }: TrafficFigures) {
  const p99Micros = quantileMicros(buckets, 0.99);
  return {
    requests,
    responseBytes: sizedRequests > 0 ? responseBytes : null,
    latencyP99Ms: p99Micros === null ? null : p99Micros / 1_000,
  };
}
