import { toVisibleText } from "@/components/ui/visible-text";
import type { ChurnRow } from "@/lib/api/churn";
import type { Corner } from "@/lib/model/churn";
import { formatBytes, formatCount, formatPerSecond, formatRatio } from "@/lib/model/units";

/** The corners by name, with what to do about what is in them. */
export const CORNER_WORDS: Record<Corner, { name: string; advice: string }> = {
  "large-busy": { name: "Large and busy", advice: "Split candidates" },
  "large-still": { name: "Large and still", advice: "Clean up or move out" },
  "small-busy": { name: "Small and busy", advice: "Fat hot keys, loops" },
  "small-still": { name: "Small and still", advice: "Leave alone" },
};

/** How a prefix changed over the range. */
export type GrowthState = "grew" | "shrank" | "same" | "unknown";
export const GROWTH_WORDS: Record<GrowthState, string> = {
  grew: "grew",
  shrank: "shrank",
  same: "about the same",
  unknown: "growth not known",
};

/** Chosen: less than a hundredth of it is no change one has to see. */
const SAME = 0.01;

/** Whether a prefix grew or shrank over the range. */
export function growthOf({ growthBytes, liveBytes }: Pick<ChurnRow, "growthBytes" | "liveBytes">): GrowthState {
  if (growthBytes === null) return "unknown";
  if (growthBytes === 0 || Math.abs(growthBytes) < (liveBytes - growthBytes) * SAME) return "same";
  return growthBytes > 0 ? "grew" : "shrank";
}

const COMMON_PREFIX = "/registry/";

/** A row's name below its parent, and below the prefix that all of Kubernetes' keys share. */
export function churnName({ kind, prefix }: Pick<ChurnRow, "kind" | "prefix">, parent: string): string {
  if (kind === "other") return "other prefixes";
  if (kind === "rest") return "the rest";
  const above =
    parent !== "" && prefix.startsWith(parent) ? parent : prefix.startsWith(COMMON_PREFIX) ? COMMON_PREFIX : "";
  return prefix.length > above.length ? prefix.slice(above.length) : prefix;
}

/** Bytes per second, also far below one: `1.2 MiB/s`, `0.4 B/s`. */
export function formatByteRate(bytesPerSecond: number): string {
  if (bytesPerSecond >= 10 || bytesPerSecond === 0) return `${formatBytes(bytesPerSecond)}/s`;
  return `${formatPerSecond(bytesPerSecond)} B/s`;
}

/** Tells a row from its siblings. */
export function churnId({ kind, prefix }: Pick<ChurnRow, "kind" | "prefix">): string {
  return `${kind} ${prefix}`;
}

/** Everything a dot shows, as one sentence. */
export function dotWords(row: ChurnRow, corner: Corner, parent: string): string {
  const name = toVisibleText(churnName(row, parent));
  const written =
    row.writtenBytesPerSecond === null ? "writes not known" : `${formatByteRate(row.writtenBytesPerSecond)} written`;
  const keys = `${formatCount(row.keys)} ${row.keys === 1 ? "key" : "keys"}`;
  const state = GROWTH_WORDS[growthOf(row)];
  return `${name}: ${CORNER_WORDS[corner].name.toLowerCase()}; ${formatBytes(row.liveBytes)} live, ${written}, ${keys}, ${state}`;
}

/** What is in a corner, added up. */
export interface CornerSum {
  rows: ChurnRow[];
  liveShare: number;
  writtenShare: number;
}

/** `3 prefixes hold 71 % of the bytes and take 64 % of the written bytes`. */
export function cornerSentence({ rows, liveShare, writtenShare }: CornerSum): string {
  const [verbs, what] =
    rows.length === 1 ? [["holds", "takes"], "1 prefix"] : [["hold", "take"], `${rows.length} prefixes`];
  return `${what} ${verbs[0]} ${formatRatio(liveShare)} of the bytes and ${verbs[1]} ${formatRatio(writtenShare)} of the written bytes`;
}

/** Rows by corner, each summed up. Rows that stand for many are counted, but are no prefixes of their own. */
export function sumCorners(
  rows: readonly ChurnRow[],
  cornerOfRow: (row: ChurnRow) => Corner,
): Record<Corner, CornerSum> {
  const empty = (): CornerSum => ({ rows: [], liveShare: 0, writtenShare: 0 });
  const sums = { "large-busy": empty(), "large-still": empty(), "small-busy": empty(), "small-still": empty() };
  for (const row of rows) {
    const sum = sums[cornerOfRow(row)];
    sum.rows.push(row);
    sum.liveShare += row.liveShare;
    sum.writtenShare += row.writtenShare ?? 0;
  }
  return sums;
}
