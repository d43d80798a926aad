import { sql } from "drizzle-orm";
import type { ProbeResult } from "@/collectors/probe/member-probe";
import type { Db } from "@/lib/db/client";
import { probeMinute } from "@/lib/db/schema-health";
import { PROBE_SLOTS, slotAt } from "@/lib/model/probe-slots";

/** What all members answered in one slot. */
export interface ProbedSlot {
  atMs: number;
  results: readonly ProbeResult[];
}

/** Writes a slot of all members in one statement. Written twice it stands there once, as it was written last. */
export async function writeProbes(db: Db, clusterId: number, { atMs, results }: ProbedSlot): Promise<void> {
  const measured = results.filter(
    ({ serializableMicros, linearizableMicros }) => serializableMicros !== null || linearizableMicros !== null,
  );
  if (measured.length === 0) return;
  const { minuteMs, slot } = slotAt(atMs);
  const rows = measured.map(({ memberId, serializableMicros, linearizableMicros, failures }) => ({
    clusterId,
    minute: new Date(minuteMs),
    memberId,
    serializableMicros: withSlot(slot, serializableMicros),
    linearizableMicros: withSlot(slot, linearizableMicros),
    failures: failures.map((failure) => ({ slot, ...failure })),
  }));
  await db
    .insert(probeMinute)
    .values(rows)
    .onConflictDoUpdate({
      target: [probeMinute.clusterId, probeMinute.minute, probeMinute.memberId],
      set: {
        serializableMicros: replacing(slot, "serializable_micros"),
        linearizableMicros: replacing(slot, "linearizable_micros"),
        failures: sql`(select coalesce(json_agg(one), '[]'::json) from (
          select one from json_array_elements(${probeMinute.failures}) as kept(one) where (one->>'slot')::int <> ${slot}
          union all select one from json_array_elements(excluded.failures) as fresh(one)) as failures)`,
      },
    });
}

function withSlot(slot: number, micros: number | null): (number | null)[] {
  return Array.from({ length: PROBE_SLOTS }, (_, index) => (index === slot ? micros : null));
}

/** The stored array with one slot from the new row; arrays of Postgres count from 1. */
function replacing(slot: number, column: "serializable_micros" | "linearizable_micros") {
  const stored = sql`${sql.identifier("probe_minute")}.${sql.identifier(column)}`;
  const at = sql.raw(String(slot + 1));
  const [before, behind] = [sql.raw(String(slot)), sql.raw(String(slot + 2))];
  return sql`${stored}[1:${before}] || excluded.${sql.identifier(column)}[${at}:${at}] || ${stored}[${behind}:]`;
}
