import { and, eq, sql } from "drizzle-orm";
import type { Db } from "@/lib/db/client";
import { MAX_DAY_ROWS } from "@/lib/db/roll-up-rows";
import { prefixDay } from "@/lib/db/schema";
import { FRAME_MEASURES } from "@/lib/model/frame";
import { SampleMatrix, type Samples } from "@/lib/model/sample-matrix";
import type { Stretch } from "@/lib/model/stretch";

const DAY_MS = 86_400_000;
const ROWS_A_STATEMENT = 2_000;
const ROOT_SLOT = 0;

/** Writes the roll-up of a day that is over from its hours, in place of an earlier one. */
export async function writeDayRollUps(
  db: Db,
  clusterId: number,
  dayMs: number,
  hours: readonly Stretch[],
): Promise<void> {
  const shape = { fromMs: dayMs, stepMs: DAY_MS, columns: 1, measures: FRAME_MEASURES, slots: null };
  const matrix = new SampleMatrix(shape);
  for (const hour of hours) matrix.add(hour, { fromMs: dayMs, toMs: dayMs + DAY_MS });
  const samples = matrix.finish();
  const day = new Date(dayMs);
  await db.delete(prefixDay).where(and(eq(prefixDay.clusterId, clusterId), eq(prefixDay.day, day)));
  if (samples.observedMs[0] === 0) return;
  const rows = toRows(samples);
  for (let at = 0; at < rows.length; at += ROWS_A_STATEMENT) {
    const part = JSON.stringify(rows.slice(at, at + ROWS_A_STATEMENT));
    await db.execute(sql`
      insert into prefix_day (cluster_id, day, observed_ms, revision, slot, keys, key_bytes, value_bytes, history_bytes,
        puts, creates, deletes, written_bytes)
      select ${clusterId}, ${day.toISOString()}::timestamptz, ${samples.observedMs[0]}, ${samples.revisions[0]},
        (row->>0)::int, (row->>1)::bigint, (row->>2)::bigint, (row->>3)::bigint, (row->>4)::bigint, (row->>5)::bigint,
        (row->>6)::bigint, (row->>7)::bigint, (row->>8)::bigint
      from json_array_elements(${part}::json) as row`);
  }
}

/** A row a slot: the slot, then every measure; null where it is not known. */
function toRows(samples: Samples): (number | null)[][] {
  const matrices = FRAME_MEASURES.map((measure) => samples.of(measure));
  const [keyBytes, valueBytes, writtenBytes] = (["keyBytes", "valueBytes", "writtenBytes"] as const).map((measure) =>
    samples.of(measure),
  ) as [Float64Array, Float64Array, Float64Array];
  const known = samples.of("keys");
  const weight = (row: number) =>
    (keyBytes[row] as number) + (valueBytes[row] as number) + (writtenBytes[row] as number);
  return Array.from(samples.slots.keys())
    .filter((row) => !Number.isNaN(known[row]))
    .sort((a, b) => weight(b) - weight(a) || a - b)
    .filter((row, rank) => rank < MAX_DAY_ROWS || samples.slots[row] === ROOT_SLOT)
    .map((row) => [
      samples.slots[row] as number,
      ...matrices.map((values) => (Number.isNaN(values[row]) ? null : (values[row] as number))),
    ]);
}
