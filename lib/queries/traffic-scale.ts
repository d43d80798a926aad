import type { Db } from "@/lib/db/client";
import { readGrpcTotals } from "@/lib/queries/traffic-grpc";
import type { ReadCell, TrafficReading } from "@/lib/queries/traffic-reading";
import { TABLE_FIGURES, TrafficTable } from "@/lib/queries/traffic-table";

/**
 * Zap writes at least one line in 100 of a kind. Where lines are fewer than that, they were not sampled: etcd logs slow
 * requests only, and those say nothing of the others.
 */
const MAX_FACTOR = 120;
/** The members must have been read for most of the time that lines came. */
const MIN_READ_RATIO = 0.5;

/**
 * The requests of etcd's log, scaled up method by method to how many the members counted in the same range; as they are
 * where that is not known, or where the lines cannot be a sample of all requests.
 */
export async function scaleToTotals(db: Db, clusterId: number, reading: TrafficReading): Promise<TrafficReading> {
  if (reading.cells.length === 0) return reading;
  const totals = await readGrpcTotals(db, clusterId, reading.range);
  if (totals.observedMs < reading.observedMs * MIN_READ_RATIO) return reading;
  const lines = countByVerb(reading);
  const factors = new Map<string, number>();
  for (const [verb, count] of lines) {
    const expected = ((totals.requests.get(verb) ?? 0) * reading.observedMs) / totals.observedMs;
    factors.set(verb, Math.max(1, expected / count));
  }
  if ([...factors.values()].some((factor) => factor > MAX_FACTOR)) return reading;
  return scaled(reading, factors, lines);
}

function countByVerb({ cells, eachCount }: TrafficReading): Map<string, number> {
  const counts = new Map<string, number>();
  eachCount((cell, _slice, requests) => {
    const verb = cells[cell]?.identity.verb ?? null;
    if (verb !== null) counts.set(verb, (counts.get(verb) ?? 0) + requests);
  });
  return counts;
}

function scaled(
  reading: TrafficReading,
  factors: ReadonlyMap<string, number>,
  lines: ReadonlyMap<string, number>,
): TrafficReading {
  const scaleOf = reading.cells.map(({ identity: { verb } }) => (verb === null ? 1 : (factors.get(verb) ?? 1)));
  let counted = 0;
  let expected = 0;
  for (const [verb, count] of lines) {
    counted += count;
    expected += count * (factors.get(verb) ?? 1);
  }
  const scaleFactor = counted === 0 ? 1 : expected / counted;
  return {
    ...reading,
    origin: "estimated",
    scaleFactor,
    cells: reading.cells.map((cell): ReadCell => ({ ...cell, origin: "estimated" })),
    addTo(table, rowOf) {
      addScaled(reading, table, { rowOf, scaleOf });
    },
    eachCount(visit) {
      reading.eachCount((cell, slice, requests) => visit(cell, slice, requests * (scaleOf[cell] ?? 1)));
    },
  };
}

/** By way of a table of its own for each row and factor: a log has few methods. */
function addScaled(
  reading: TrafficReading,
  table: TrafficTable,
  { rowOf, scaleOf }: { rowOf: (cell: number, slice: number) => number; scaleOf: readonly number[] },
): void {
  const scales = [...new Set(scaleOf)];
  for (const scale of scales) {
    const part = new TrafficTable(table.rows, reading.latencyBuckets);
    reading.addTo(part, (cell, slice) => (scaleOf[cell] === scale ? rowOf(cell, slice) : -1));
    for (let row = 0; row < table.rows; row++) {
      for (const figure of TABLE_FIGURES) table.add(row, figure, part.of(row, figure) * scale);
      for (const [bucket, count] of part.bucketsOf(row)) table.addBucket(row, bucket, count * scale);
    }
  }
}
