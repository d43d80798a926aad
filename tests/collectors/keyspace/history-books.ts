/**
 * What etcd holds, by a plain loop over all that was ever written: every revision, until compactions take them away as
 * etcd's documentation says. Shares no code with the product.
 */
export interface Write {
  revision: number;
  key: string;
  /** Null: deleted. */
  valueBytes: number | null;
}

/** What is held of a prefix beyond its live keys. */
export interface HeldFigures {
  historyBytes: number;
  historyRevisions: number;
}

export class HistoryBooks {
  /** In etcd's order. */
  readonly writes: Write[] = [];
  compactRevision = 0;

  /** The writes that etcd still holds, live ones included. */
  held(): Write[] {
    const newest = new Map<string, Write>();
    for (const write of this.writes) if (write.revision <= this.compactRevision) newest.set(write.key, write);
    return this.writes.filter(
      (write) =>
        write.revision > this.compactRevision || (newest.get(write.key) === write && write.valueBytes !== null),
    );
  }

  /** The newest write of each key, where that is no delete. */
  live(): Map<string, Write> {
    const live = new Map<string, Write>();
    for (const write of this.writes) {
      if (write.valueBytes === null) live.delete(write.key);
      else live.set(write.key, write);
    }
    return live;
  }

  /** What is held and not live, of each key. */
  historyOfKeys(): Map<string, HeldFigures> {
    const live = this.live();
    const figures = new Map<string, HeldFigures>();
    for (const write of this.held()) {
      if (live.get(write.key) === write) continue;
      const sum = figures.get(write.key) ?? { historyBytes: 0, historyRevisions: 0 };
      sum.historyBytes += write.key.length + (write.valueBytes ?? 0);
      sum.historyRevisions += 1;
      figures.set(write.key, sum);
    }
    return figures;
  }
}

/** The figures of every prefix, the empty one included. */
export function sumByPrefix(ofKeys: ReadonlyMap<string, HeldFigures>): Map<string, HeldFigures> {
  const sums = new Map<string, HeldFigures>();
  for (const [key, { historyBytes, historyRevisions }] of ofKeys) {
    for (const prefix of prefixesOf(key)) {
      const sum = sums.get(prefix) ?? { historyBytes: 0, historyRevisions: 0 };
      sum.historyBytes += historyBytes;
      sum.historyRevisions += historyRevisions;
      sums.set(prefix, sum);
    }
  }
  return sums;
}

/** Each ends behind a separator of the key; leading separators belong to the first. */
function prefixesOf(key: string): string[] {
  const separator = ["/", ":", "."].find((candidate) => key.includes(candidate));
  if (separator === undefined) return [""];
  let at = 0;
  while (key[at] === separator) at++;
  const prefixes = [""];
  for (at = key.indexOf(separator, at); at >= 0; at = key.indexOf(separator, at + 1))
    prefixes.push(key.slice(0, at + 1));
  return prefixes;
}
