import type { ClusterSummary } from "@/lib/api/clusters";
import { formatBytes, formatCount, formatRatio, splitBytes } from "@/lib/model/units";

type SizeFacts = Pick<ClusterSummary, "dbSizeBytes" | "dbSizeInUseBytes" | "quotaBackendBytes">;

/** In use, file size and quota as one bar. Without a known quota the file is drawn as the whole, and no limit. */
export function SizeBar(props: SizeFacts) {
  const { dbSizeBytes, dbSizeInUseBytes, quotaBackendBytes } = props;
  if (dbSizeBytes === null) return <span className="faint">–</span>;
  const wholeBytes = Math.max(dbSizeBytes, quotaBackendBytes ?? 0, 1);
  const words = sizeWords(props);
  return (
    <span className="size-bar" title={words}>
      <svg viewBox="0 0 100 8" preserveAspectRatio="none" role="img" aria-label={words}>
        <rect width="100" height="8" fill="var(--free)" />
        <rect width={(100 * dbSizeBytes) / wholeBytes} height="8" fill="var(--overhead)" />
        <rect width={(100 * (dbSizeInUseBytes ?? 0)) / wholeBytes} height="8" fill="var(--live)" />
      </svg>
      <span className="tabular">{shortWords(dbSizeBytes, quotaBackendBytes)}</span>
    </span>
  );
}

/** The bar in a sentence, with the exact bytes. */
export function sizeWords({ dbSizeBytes, dbSizeInUseBytes, quotaBackendBytes }: SizeFacts): string {
  if (dbSizeBytes === null) return "File size not known yet";
  const inUse = dbSizeInUseBytes === null ? "" : `${formatBytes(dbSizeInUseBytes)} in use in `;
  const file = `${inUse}a file of ${formatBytes(dbSizeBytes)} (${formatCount(dbSizeBytes)} bytes)`;
  if (quotaBackendBytes === null) return `${file}. Quota not known: etcd up to 3.5 does not report it`;
  const ratio = formatRatio(dbSizeBytes / quotaBackendBytes);
  return `${file}, ${ratio} of the quota of ${formatBytes(quotaBackendBytes)}`;
}

/** `5.68 of 8.00 GiB` where the units agree. */
function shortWords(dbSizeBytes: number, quotaBackendBytes: number | null): string {
  if (quotaBackendBytes === null) return formatBytes(dbSizeBytes);
  const size = splitBytes(dbSizeBytes);
  const quota = splitBytes(quotaBackendBytes);
  return size.unit === quota.unit
    ? `${size.value} of ${quota.value} ${quota.unit}`
    : `${formatBytes(dbSizeBytes)} of ${formatBytes(quotaBackendBytes)}`;
}
