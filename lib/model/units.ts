const BYTE_UNITS = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"] as const;

/** Bytes as people read them, base 1024: `1011 KiB`, `1.31 GiB`. Exact bytes belong on hover (`formatCount`). */
export function formatBytes(bytes: number): string {
  const { value, unit } = splitBytes(bytes);
  return `${value} ${unit}`;
}

/** `formatBytes`, number and unit apart, for figures set in two sizes. */
export function splitBytes(bytes: number): { value: string; unit: string } {
  let size = Math.abs(bytes);
  let step = 0;
  while (size >= 1023.5 && step < BYTE_UNITS.length - 1) {
    size /= 1024;
    step++;
  }
  const digits = step === 0 || size >= 100 ? 0 : size >= 10 ? 1 : 2;
  return { value: (bytes < 0 ? "−" : "") + size.toFixed(digits), unit: BYTE_UNITS[step] as string };
}

/** A signed change in bytes: `+3.1 MiB`, `−0.2 MiB`, `0 B`. */
export function formatBytesChange(bytes: number): string {
  return bytes > 0 ? `+${formatBytes(bytes)}` : formatBytes(bytes);
}

const counts = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });

/** A count with thousands separators: `1,204,118`. */
export function formatCount(count: number): string {
  return counts.format(count).replace("-", "−");
}

/** A rate without its unit: `1,842`, `61`, `0.4`, `0.01`, `0`. */
export function formatPerSecond(perSecond: number): string {
  if (perSecond === 0) return "0";
  if (perSecond >= 100) return formatCount(perSecond);
  if (perSecond >= 10) return perSecond.toFixed(0);
  if (perSecond >= 0.1) return perSecond.toFixed(1);
  return perSecond < 0.005 ? "<0.01" : perSecond.toFixed(2);
}

/** A ratio as per cent: `38.6 %`, `0.9 %`. */
export function formatRatio(ratio: number): string {
  const percent = ratio * 100;
  return `${percent >= 99.95 ? "100" : percent.toFixed(1)} %`;
}

/** An age or duration in words short enough for a table: `1.2 s`, `48 s`, `12 min`, `3.4 h`, `5 d`. */
export function formatDuration(ms: number): string {
  const seconds = Math.max(0, ms) / 1_000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 90) return `${seconds.toFixed(0)} s`;
  if (seconds < 5_400) return `${(seconds / 60).toFixed(0)} min`;
  if (seconds < 172_800) return `${(seconds / 3_600).toFixed(1)} h`;
  return `${(seconds / 86_400).toFixed(0)} d`;
}
