import type { PrefixesAnswer, PrefixRow } from "@/lib/api/prefixes";

/** A row of the prefixes' list; what is not given is unremarkable. */
export function prefixRow(prefix: string, figures: Partial<PrefixRow> = {}): PrefixRow {
  return {
    prefix,
    prefixBase64: null,
    kind: "prefix",
    keys: 10,
    keyBytes: 100,
    valueBytes: 900,
    liveBytes: 1_000,
    historyBytes: null,
    historyRevisions: null,
    heldBytes: null,
    leasedKeys: 0,
    largestValueBytes: 200,
    share: 0.1,
    putsPerSecond: 0,
    createsPerSecond: 0,
    deletesPerSecond: 0,
    writesPerSecond: 0,
    writtenBytesPerSecond: 0,
    growthBytes: 0,
    growthKeys: 0,
    oldestModRevision: 1,
    newestModRevision: 90,
    newestModAt: "2026-11-21T11:59:00.000Z",
    hasChildren: true,
    origin: "exact",
    ...figures,
  };
}

/** An answer with these children. */
export function prefixesAnswer(parent: PrefixRow | null, items: PrefixRow[]): PrefixesAnswer {
  return {
    parent,
    items,
    nextCursor: null,
    state: "live",
    revision: 100,
    at: "2026-11-21T12:00:00.000Z",
    lagMs: 0,
    clockSince: "2026-11-20T12:00:00.000Z",
    historyReason: null,
    compactRevision: 90,
    range: { from: "2026-11-21T11:00:00.000Z", to: "2026-11-21T12:00:00.000Z", observedSeconds: 3_600 },
  };
}
