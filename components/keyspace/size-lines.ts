import type { ChartLine } from "@/components/charts/chart-data";
import type { MemberSeriesAnswer } from "@/lib/api/member-series";
import { formatBytes } from "@/lib/model/units";

/** A quota so much larger than the file would press everything else to the ground. */
const FAR_RATIO = 5;

/** Equal slices of time. */
interface Buckets {
  atMs: readonly number[];
  stepSeconds: number;
}

/**
 * The file size and the quota as lines over the live bytes: the largest member's, as it is the first to be full. The
 * quota is left out where it is so far above that nothing else could be seen, or not known.
 */
export function toSizeLines(
  buckets: Buckets | undefined,
  file: MemberSeriesAnswer | undefined,
  quotaBackendBytes: number | null,
): ChartLine[] {
  if (buckets === undefined || file === undefined) return [];
  const values = alignLargest(buckets, file);
  const most = Math.max(0, ...values.map((value) => value ?? 0));
  const lines: ChartLine[] = [{ id: "file", label: "file, largest member", values, color: "var(--text)" }];
  if (quotaBackendBytes !== null && quotaBackendBytes <= most * FAR_RATIO) {
    const label = `quota ${formatBytes(quotaBackendBytes)}`;
    const quota = buckets.atMs.map(() => quotaBackendBytes);
    lines.push({ id: "quota", label, values: quota, color: "var(--bad)", isDashed: true });
  }
  return lines;
}

/** The largest member's value in each bucket, whatever the steps of the two; null where no sample lies in it. */
function alignLargest({ atMs, stepSeconds }: Buckets, { atMs: sampleMs, series }: MemberSeriesAnswer) {
  const largest = new Map<number, number>();
  const firstMs = atMs[0] ?? 0;
  const stepMs = stepSeconds * 1_000;
  for (const { values } of series) {
    values.forEach((value, i) => {
      const bucket = Math.floor(((sampleMs[i] ?? 0) - firstMs) / stepMs);
      if (value !== null) largest.set(bucket, Math.max(value, largest.get(bucket) ?? 0));
    });
  }
  return atMs.map((_, bucket) => largest.get(bucket) ?? null);
}
