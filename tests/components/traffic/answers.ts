import type { TrafficAnswer, TrafficFigures, TrafficRow } from "@/lib/api/traffic";

/** Figures of so many requests; what matters is given. */
export function figures(given: Partial<TrafficFigures> = {}): TrafficFigures {
  return {
    ...{ requests: 60, requestsPerSecond: 1, share: 0.5, errors: 0, throttled: 0, conflicts: 0 },
    ...{ latencyP50Ms: 2, latencyP99Ms: 20, busySeconds: 1, etcdSeconds: null, responseBytes: null },
    ...{ unpagedLists: 0, uncachedLists: 0 },
    ...given,
  };
}

/** A row of an answer. */
export function row(given: Partial<TrafficRow> = {}): TrafficRow {
  return {
    ...{ verb: null, resource: null, namespace: null, user: null, userAgent: null, sourceAddress: null, code: null },
    ...figures(),
    ...{ isOther: false, source: "audit", origin: "exact" },
    ...given,
  };
}

/** An answer with these rows. */
export function answer(items: TrafficRow[], given: Partial<TrafficAnswer> = {}): TrafficAnswer {
  return {
    ...{ groupBy: ["verb", "resource"], items, nextCursor: null, total: figures(), source: "audit", sources: [] },
    range: { from: "2026-03-01T13:00:00.000Z", to: "2026-03-01T14:00:00.000Z", observedSeconds: 3_600 },
    ...given,
  };
}
