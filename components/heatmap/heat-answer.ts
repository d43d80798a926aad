import { type CellFacts, factsOf, isSigned, strongestOf } from "@/components/heatmap/heat-cells";
import type { HeatHead, HeatMatrix } from "@/lib/model/heat-matrix";
import { listPrefixParts } from "@/lib/model/prefix-parts";

/** What a heatmap comes to. */
export interface HeatAnswer {
  /** The whole prefix over the time shown: a rate, a change, or what it held at the end. Null: nothing is known. */
  total: number | null;
  /** The prefix most of it lies under, and how much of the whole that is. */
  leader: { prefix: string; value: number; share: number | null } | null;
  /** The strongest cell. */
  hottest: CellFacts | null;
}

/** A prefix with less of the whole than this does not lead; the walk down stops above it. */
const LEADING_SHARE = 0.3;

/** Sums a heatmap up. */
export function toHeatAnswer(matrix: HeatMatrix): HeatAnswer {
  const { head } = matrix;
  const sums = sumRows(matrix);
  const known = sums.filter((sum) => !Number.isNaN(sum));
  if (known.length === 0) return { total: null, leader: null, hottest: null };
  const total = known.reduce((all, sum) => all + sum, 0);
  const place = strongestOf(matrix, { first: 0, end: head.rows.length }, { first: 0, end: head.atMs.length });
  const hottest = place && factsOf(matrix, place);
  return { total, leader: findLeader(head, sums), hottest: hottest?.value ? hottest : null };
}

/** Of each row over all columns: the average rate, the sum of changes, the last level. NaN: never known. */
export function sumRows({ head, values }: HeatMatrix): number[] {
  return head.rows.map((_, row) => aggregate(head, values, { row, first: 0, end: head.atMs.length }));
}

/** One row over some columns. */
export function aggregate(
  { atMs, observedMs, measure }: HeatHead,
  values: Float32Array,
  { row, first, end }: { row: number; first: number; end: number },
): number {
  let [sum, weight, last] = [0, 0, Number.NaN];
  for (let column = first; column < end; column++) {
    const value = values[row * atMs.length + column] as number;
    if (Number.isNaN(value)) continue;
    const watchedMs = observedMs[column] as number;
    sum += measure === "liveBytesChange" ? value : value * watchedMs;
    weight += watchedMs;
    last = value;
  }
  if (weight === 0) return Number.NaN;
  if (measure === "historyBytes") return last;
  return measure === "liveBytesChange" ? sum : sum / weight;
}

/** Walks down from the prefix asked for, always to the heaviest child, while that still leads. */
function findLeader(head: HeatHead, sums: readonly number[]): HeatAnswer["leader"] {
  const under = sumUnder(head, sums);
  const whole = [...sums].reduce((all, sum) => all + (Number.isNaN(sum) ? 0 : Math.abs(sum)), 0);
  let leader: { prefix: string; value: number } | null = null;
  for (let parent = head.prefix; ; ) {
    const [prefix, value] = heaviest(under.get(parent)) ?? [];
    if (prefix === undefined || value === undefined || value === 0) break;
    if (leader !== null && Math.abs(value) < whole * LEADING_SHARE) break;
    leader = { prefix, value };
    parent = prefix;
  }
  return leader && { ...leader, share: isSigned(head) || whole === 0 ? null : leader.value / whole };
}

/** The sum under every prefix between the one asked for and the rows, by parent. */
function sumUnder(head: HeatHead, sums: readonly number[]): Map<string, Map<string, number>> {
  const under = new Map<string, Map<string, number>>();
  for (const [row, { prefix }] of head.rows.entries()) {
    const sum = sums[row] as number;
    if (Number.isNaN(sum)) continue;
    let parent = head.prefix;
    for (const part of listPrefixParts(prefix)) {
      if (part.prefix.length <= head.prefix.length) continue;
      const children = under.get(parent) ?? new Map<string, number>();
      children.set(part.prefix, (children.get(part.prefix) ?? 0) + sum);
      under.set(parent, children);
      parent = part.prefix;
    }
  }
  return under;
}

function heaviest(children: Map<string, number> | undefined): [string, number] | undefined {
  return [...(children ?? [])].reduce<[string, number] | undefined>(
    (most, child) => (most === undefined || Math.abs(child[1]) > Math.abs(most[1]) ? child : most),
    undefined,
  );
}
