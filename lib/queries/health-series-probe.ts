import { and, asc, eq, gte, lt } from "drizzle-orm";
import type { Db } from "@/lib/db/client";
import { probeMinute } from "@/lib/db/schema-health";
import { type HealthSignalName, healthSignal } from "@/lib/model/health-signals";
import type { HealthLine, HealthPart } from "@/lib/queries/health-series";
import { type HealthFigures, type HealthGrid, toSteps } from "@/lib/queries/health-series-figures";
import { groupBy } from "@/lib/queries/health-series-groups";
import type { GridQuestion } from "@/lib/queries/health-series-status";

const MINUTE_MS = 60_000;
const SLOT_MS = 5_000;
/** Of a longer time: what one read in a hundred took at least. */
const QUANTILE = 0.99;

/** A read that was answered, and in which step it began. */
interface GoodRead {
  step: number;
  ms: number;
}

/** Signals of the black-box probe: the slowest good read of a step. Failed reads have no duration. */
export async function readProbePart(db: Db, clusterId: number, question: GridQuestion): Promise<HealthPart> {
  const wanted = question.names.flatMap((signal) => {
    const { of } = healthSignal(signal);
    return of.kind === "probe" ? [{ signal, read: of.read }] : [];
  });
  const observedMs = new Array<number>(question.grid.columns).fill(0);
  if (wanted.length === 0) return { lines: [], observedMs };
  const rows = await readMinutes(db, clusterId, question);
  const lines = wanted.flatMap(({ signal, read }) => linesOf(rows, { ...question, signal, read }));
  return { lines, observedMs: observedBy(rows, question.grid) };
}

type ProbeRow = Pick<
  typeof probeMinute.$inferSelect,
  "minute" | "memberId" | "serializableMicros" | "linearizableMicros"
>;
type ProbeRead = "serializable" | "linearizable";

/** Served by the primary key. */
function readMinutes(db: Db, clusterId: number, { grid, range }: GridQuestion): Promise<ProbeRow[]> {
  const { minute, memberId, serializableMicros, linearizableMicros } = probeMinute;
  const firstMs = Math.floor(grid.fromMs / MINUTE_MS) * MINUTE_MS;
  return db
    .select({ minute, memberId, serializableMicros, linearizableMicros })
    .from(probeMinute)
    .where(and(eq(probeMinute.clusterId, clusterId), gte(minute, new Date(firstMs)), lt(minute, new Date(range.toMs))))
    .orderBy(asc(minute), asc(memberId));
}

function linesOf(
  rows: readonly ProbeRow[],
  { grid, signal, read, withMembers, withTotals }: GridQuestion & { signal: HealthSignalName; read: ProbeRead },
): HealthLine[] {
  const reads = new Map<string, GoodRead[]>();
  for (const row of rows) {
    const own = reads.get(row.memberId) ?? [];
    addReads(own, grid, { minuteMs: row.minute.getTime(), micros: row[`${read}Micros`] });
    reads.set(row.memberId, own);
  }
  const toLine = (memberId: string, own: GoodRead[]) => ({ signal, memberId, split: null, ...toFigures(grid, own) });
  const lines = withMembers ? [...reads].map(([memberId, own]) => toLine(memberId, own)) : [];
  const all = [...reads.values()].flat().sort((a, b) => a.step - b.step);
  return withTotals && reads.size > 0 ? [...lines, toLine("", all)] : lines;
}

/** A read stands for its slot, whatever it met with. */
function observedBy(rows: readonly ProbeRow[], grid: HealthGrid): number[] {
  const observedMs = new Array<number>(grid.columns).fill(0);
  for (const own of groupBy(rows, ({ memberId }) => memberId).values()) {
    const asked = new Array<number>(grid.columns).fill(0);
    for (const { minute, serializableMicros } of own) {
      for (const [slot, value] of serializableMicros.entries()) {
        const step = Math.floor((minute.getTime() + slot * SLOT_MS - grid.fromMs) / grid.stepMs);
        if (isAsked(value) && step >= 0 && step < grid.columns) asked[step] = (asked[step] as number) + SLOT_MS;
      }
    }
    for (const [step, ms] of asked.entries()) observedMs[step] = Math.max(observedMs[step] as number, ms);
  }
  return observedMs;
}

/** A null within an array is read as NaN. */
function isAsked(micros: number | null): micros is number {
  return micros !== null && !Number.isNaN(micros);
}

function addReads(
  reads: GoodRead[],
  grid: HealthGrid,
  { minuteMs, micros }: { minuteMs: number; micros: readonly (number | null)[] },
): void {
  for (const [slot, value] of micros.entries()) {
    if (!isAsked(value) || value < 0) continue;
    const step = Math.floor((minuteMs + slot * SLOT_MS - grid.fromMs) / grid.stepMs);
    if (step >= 0 && step < grid.columns) reads.push({ step, ms: value / 1_000 });
  }
}

/** `reads` in the order of their steps. */
function toFigures(grid: HealthGrid, reads: readonly GoodRead[]): HealthFigures {
  const values = new Array<number | null>(grid.columns).fill(null);
  for (const { step, ms } of reads) values[step] = Math.max(values[step] ?? 0, ms);
  return {
    values,
    over(range) {
      const { first, end } = toSteps(grid, range);
      const within = reads.filter(({ step }) => step >= first && step < end).map(({ ms }) => ms);
      return rankOf(within, QUANTILE);
    },
  };
}

/** The least value that at least the share `q` does not exceed; null of none. */
function rankOf(values: number[], q: number): number | null {
  if (values.length === 0) return null;
  values.sort((a, b) => a - b);
  return values[Math.max(0, Math.ceil(q * values.length) - 1)] as number;
}
