import type { HeatmapParams } from "@/lib/api/heatmap";
import type { Db } from "@/lib/db/client";
import type { HeatHead, HeatMatrix } from "@/lib/model/heat-matrix";
import { type HeatRow, planHeatRows } from "@/lib/model/heat-rows";
import { toKeyText } from "@/lib/model/key-text";
import { FRAME_MS, type TimeRange } from "@/lib/model/time-range";
import { ParameterError } from "@/lib/queries/errors";
import { columnsBefore, fillCells, SHOWN } from "@/lib/queries/heatmap-cells";
import { countShownColumns, type HeatColumns, toHeatColumns } from "@/lib/queries/heatmap-columns";
import { listHeatNodes } from "@/lib/queries/heatmap-nodes";
import { type Coverage, pickLevel, readCoverage } from "@/lib/queries/history-levels";
import { toKeyBytes } from "@/lib/queries/key-bytes";
import { findNode } from "@/lib/queries/prefix-nodes";
import { toQueryRange } from "@/lib/queries/query-range";
import { readSamples, type Samples } from "@/lib/queries/samples";

const OFFSETS_MS = { "1h": 3_600_000, "1d": 86_400_000, "7d": 7 * 86_400_000, "30d": 30 * 86_400_000 } as const;
/** Heavy prefixes looked at for each row: *other* nodes and ties at the end take some. */
const NODES_PER_ROW = 2;

/**
 * Prefixes by time: the heaviest prefixes below one a row each, what is left of a parent as another, so that all rows
 * together are the prefix. History is kept of the tree's own prefixes: any other has no rows.
 */
export async function readHeatmap(
  db: Db,
  clusterId: number,
  params: HeatmapParams,
  nowMs: number,
): Promise<HeatMatrix> {
  const bytes = toKeyBytes("prefix", params.prefix, params.prefixBase64);
  const range = toQueryRange(params, nowMs);
  const [rows, coverage] = await Promise.all([
    planRows(db, clusterId, { bytes, params, range }),
    readCoverage(db, clusterId),
  ]);
  const question = { rows, params, range, nowMs, coverage };
  const { columns, shiftMs, samples, earlier } = await readParts(db, clusterId, question);
  const before = columnsBefore(params.measure);
  const shown = countShownColumns(samples.atMs.slice(before), samples.observedMs.subarray(before), nowMs);
  const values = fillCells({ samples, earlier }, rows, { measure: params.measure, columns: shown });
  const atMs = samples.atMs.slice(before, before + shown);
  const observedMs = Array.from(samples.observedMs.subarray(before, before + shown));
  return { head: toHead({ params, bytes, rows, atMs, observedMs, columns, range, shiftMs, values }), values };
}

async function planRows(
  db: Db,
  clusterId: number,
  { bytes, params, range }: { bytes: Buffer; params: HeatmapParams; range: TimeRange },
): Promise<HeatRow[]> {
  const node = await findNode(db, clusterId, bytes);
  if (node === null) return [];
  const { slot, prefix } = node;
  const { measure, rows: budget } = params;
  const question = { slot, prefix, measure, range, limit: budget * NODES_PER_ROW };
  return planHeatRows(await listHeatNodes(db, clusterId, question), slot, budget);
}

interface PartsQuestion {
  rows: readonly HeatRow[];
  params: HeatmapParams;
  range: TimeRange;
  nowMs: number;
  coverage: Coverage;
}

/** The samples of the range and, where it is compared, of as long a time before, in equal columns. */
async function readParts(db: Db, clusterId: number, question: PartsQuestion) {
  const { params, range } = question;
  const offsetMs = toOffsetMs(params.compare, range);
  let finestMs = findFinestMs(question, range.fromMs - offsetMs);
  for (;;) {
    const columns = toHeatColumns(range, finestMs, params.columns);
    const shiftMs = Math.ceil(offsetMs / columns.stepMs) * columns.stepMs;
    const samples = await readPart(db, clusterId, columns, question);
    const earlier = shiftMs === 0 ? null : await readPart(db, clusterId, shifted(columns, shiftMs), question);
    finestMs = Math.max(samples.stepMs, earlier?.stepMs ?? 0);
    if (finestMs <= columns.stepMs) return { columns, shiftMs, samples, earlier };
    // Stored less finely than it looked, as where frames were longer at the time: once more, in such columns.
  }
}

/** How fine the columns of a range can be that reaches back to `fromMs`. */
function findFinestMs({ params, range, coverage }: PartsQuestion, fromMs: number): number {
  const { stepMs } = toHeatColumns(range, FRAME_MS, params.columns);
  return coverage.unitMs[pickLevel(coverage, stepMs, fromMs)];
}

function readPart(
  db: Db,
  clusterId: number,
  { stepMs, fromMs, toMs }: HeatColumns,
  { rows, params, nowMs, coverage }: PartsQuestion,
): Promise<Samples> {
  const slots = [...new Set(rows.flatMap((row) => [row.slot, ...row.less]))].sort((a, b) => a - b);
  const { measures } = SHOWN[params.measure];
  const range = { fromMs: fromMs - columnsBefore(params.measure) * stepMs, toMs };
  return readSamples(db, clusterId, { range, stepMs, measures, slots, isSum: true }, nowMs, coverage);
}

/** How far back the other window lies; 0: nothing is compared. Throws a `ParameterError`. */
function toOffsetMs(compare: HeatmapParams["compare"], range: TimeRange): number {
  if (compare === undefined) return 0;
  if (compare in OFFSETS_MS) return OFFSETS_MS[compare as keyof typeof OFFSETS_MS];
  const offsetMs = range.toMs - Date.parse(compare);
  if (offsetMs <= 0) throw new ParameterError("compare", "must lie before the end of the range");
  return offsetMs;
}

function shifted({ fromMs, toMs, stepMs }: HeatColumns, shiftMs: number): HeatColumns {
  return { fromMs: fromMs - shiftMs, toMs: toMs - shiftMs, stepMs };
}

function toHead(made: {
  params: HeatmapParams;
  bytes: Buffer;
  rows: readonly HeatRow[];
  atMs: number[];
  observedMs: number[];
  columns: HeatColumns;
  range: TimeRange;
  shiftMs: number;
  values: Float32Array;
}): HeatHead {
  const { params, rows, atMs, observedMs, range, shiftMs } = made;
  const { text: prefix, base64: prefixBase64 } = toKeyText(made.bytes);
  const names = rows.map(({ prefix: bytes, kind, depth }) => {
    const { text, base64 } = toKeyText(bytes);
    return { prefix: text, prefixBase64: base64, kind, depth };
  });
  const toIso = (ms: number) => new Date(ms).toISOString();
  return {
    ...{ measure: params.measure, unit: SHOWN[params.measure].unit, prefix, prefixBase64, rows: names },
    ...{ atMs, observedMs, stepMs: made.columns.stepMs, origin: "exact", ...extremes(made.values) },
    range: {
      ...{ from: toIso(range.fromMs), to: toIso(range.toMs) },
      observedSeconds: observedMs.reduce((sum, ms) => sum + ms, 0) / 1_000,
    },
    compare:
      shiftMs === 0 ? null : { from: toIso(made.columns.fromMs - shiftMs), to: toIso(range.toMs - shiftMs), shiftMs },
  };
}

function extremes(values: Float32Array): { min: number | null; max: number | null } {
  let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number; // NaN is neither
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return min > max ? { min: null, max: null } : { min, max };
}
