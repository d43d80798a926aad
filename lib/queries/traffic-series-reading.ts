import type { Origin } from "@/lib/api/common";
import { histogramQuantile } from "@/lib/model/prometheus-histogram";
import type { TrafficIdentity, TrafficSource } from "@/lib/model/traffic";
import type { ReadSlice, Telling, TrafficReading } from "@/lib/queries/traffic-reading";
import type { TableFigure, TrafficTable } from "@/lib/queries/traffic-table";

/** One kind of request as metrics count it: a figure for each slice of time. */
export interface SeriesCell {
  identity: TrafficIdentity;
  origin: Origin;
  figures: Map<TableFigure, Float64Array>;
  /** Of a histogram: how many were in each bucket alone, by its upper bound in seconds. */
  buckets: Map<number, Float64Array>;
}

/** Cells that are made while series are read, each once. */
export class SeriesCells {
  readonly cells: SeriesCell[] = [];
  #byName = new Map<string, SeriesCell>();

  constructor(private readonly columns: number) {}

  of(known: Partial<TrafficIdentity>, origin: Origin = "sampled"): SeriesCell {
    const name = JSON.stringify([known.verb, known.resource, known.code, origin]);
    let cell = this.#byName.get(name);
    if (!cell) {
      cell = { identity: { ...UNKNOWN, ...known }, origin, figures: new Map(), buckets: new Map() };
      this.#byName.set(name, cell);
      this.cells.push(cell);
    }
    return cell;
  }

  add(cell: SeriesCell, figure: TableFigure, values: readonly (number | null)[], scale = 1): void {
    addInto(cell.figures, figure, { values, scale, columns: this.columns });
  }

  addBucket(cell: SeriesCell, upperSeconds: number, values: readonly (number | null)[]): void {
    addInto(cell.buckets, upperSeconds, { values, scale: 1, columns: this.columns });
  }
}

const UNKNOWN: TrafficIdentity = {
  ...{ verb: null, resource: null, namespace: null, user: null, userAgent: null, sourceAddress: null, code: null },
};

function addInto<Key>(
  map: Map<Key, Float64Array>,
  key: Key,
  { values, scale, columns }: { values: readonly (number | null)[]; scale: number; columns: number },
): void {
  const sums = map.get(key) ?? new Float64Array(columns);
  map.set(key, sums);
  for (let column = 0; column < columns; column++) (sums[column] as number) += (values[column] ?? 0) * scale;
}

interface SeriesTraffic {
  source: TrafficSource;
  cells: readonly SeriesCell[];
  slices: readonly ReadSlice[];
  tells: Telling;
}

/** What metrics counted, as a reading: the buckets of a histogram are those of Prometheus, and so are its quantiles. */
export function toSeriesReading({ source, cells, slices, tells }: SeriesTraffic): TrafficReading {
  const bounds = [...new Set(cells.flatMap(({ buckets }) => [...buckets.keys()]))].sort((a, b) => a - b);
  const bucketOf = new Map(bounds.map((bound, bucket) => [bound, bucket]));
  return {
    source,
    origin: "sampled",
    range: { fromMs: slices[0]?.fromMs ?? 0, toMs: slices.at(-1)?.toMs ?? 0 },
    observedMs: slices.reduce((sum, { observedMs }) => sum + observedMs, 0),
    foldedCells: 0,
    scaleFactor: null,
    cells: cells.map(({ identity, origin }) => ({ identity, origin, isFolded: false, firstSeenMs: null })),
    slices,
    tells,
    latencyBuckets: bounds.length,
    quantileMicros: (buckets, q) => quantileMicros(bounds, buckets, q),
    addTo(table, rowOf) {
      for (const [cell, { figures, buckets }] of cells.entries()) {
        addFigures(table, figures, (slice) => rowOf(cell, slice));
        for (const [bound, counts] of buckets) {
          const bucket = bucketOf.get(bound) as number;
          eachValue(counts, (count, slice) => {
            const row = rowOf(cell, slice);
            if (row >= 0) table.addBucket(row, bucket, count);
          });
        }
      }
    },
    eachCount(visit) {
      for (const [cell, { figures }] of cells.entries()) {
        eachValue(figures.get("requests"), (requests, slice) => visit(cell, slice, requests));
      }
    },
  };
}

function addFigures(
  table: TrafficTable,
  figures: ReadonlyMap<TableFigure, Float64Array>,
  rowOf: (slice: number) => number,
): void {
  for (const [figure, values] of figures) {
    eachValue(values, (value, slice) => {
      const row = rowOf(slice);
      if (row >= 0) table.add(row, figure, value);
    });
  }
}

function eachValue(values: Float64Array | undefined, visit: (value: number, slice: number) => void): void {
  for (let slice = 0; slice < (values?.length ?? 0); slice++) {
    const value = values?.[slice] as number;
    if (value !== 0) visit(value, slice);
  }
}

function quantileMicros(bounds: readonly number[], buckets: ReadonlyMap<number, number>, q: number): number | null {
  let count = 0;
  const cumulative = bounds.map((le, bucket) => {
    count += buckets.get(bucket) ?? 0;
    return { le, count };
  });
  const seconds = histogramQuantile(q, cumulative);
  return seconds === null ? null : seconds * 1e6;
}
