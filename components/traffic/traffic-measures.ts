import type { TrafficFigures, TrafficSeriesParams } from "@/lib/api/traffic";
import { formatBytes, formatCount, formatDuration, formatPerSecond, formatRatio } from "@/lib/model/units";

/** What a cell of the matrix can show. */
export const MATRIX_MEASURES = ["rate", "share", "errors", "p50", "p99", "bytes", "busy"] as const;
export type MatrixMeasure = (typeof MATRIX_MEASURES)[number];

/** A measure: how it is called, read off some figures and written. */
export interface MeasureWords {
  tab: string;
  /** With its unit, for titles and legends. */
  title: string;
  /** Null: not known. */
  of(figures: TrafficFigures): number | null;
  format(value: number): string;
  /** The measure of the series that goes with it, and how the series is to be read. */
  series: TrafficSeriesParams["measure"];
}

export const MEASURES: Record<MatrixMeasure, MeasureWords> = {
  rate: {
    tab: "Requests/s",
    title: "Requests per second",
    of: (figures) => figures.requestsPerSecond,
    format: formatPerSecond,
    series: "requestsPerSecond",
  },
  share: {
    tab: "Share",
    title: "Share of all requests",
    of: (figures) => figures.share,
    format: formatShare,
    series: "requestsPerSecond",
  },
  errors: {
    tab: "Errors",
    title: "Requests that failed",
    of: (figures) => figures.errors,
    format: formatCount,
    series: "errorsPerSecond",
  },
  p50: {
    tab: "p50",
    title: "Half took at most so long, milliseconds",
    of: (figures) => figures.latencyP50Ms,
    format: formatMs,
    series: "latencyP99Ms",
  },
  p99: {
    tab: "p99",
    title: "99 of 100 took at most so long, milliseconds",
    of: (figures) => figures.latencyP99Ms,
    format: formatMs,
    series: "latencyP99Ms",
  },
  bytes: {
    tab: "Bytes/s",
    title: "Response bytes per second",
    of: responseBytesPerSecond,
    format: formatBytes,
    series: "responseBytesPerSecond",
  },
  busy: {
    tab: "Busy time",
    title: "How long the requests took, added up; watches are not counted",
    of: (figures) => figures.busySeconds,
    format: formatSeconds,
    series: "requestsPerSecond",
  },
};

/** Response bytes per second; null where sizes or the time watched are not known. */
export function responseBytesPerSecond(figures: TrafficFigures): number | null {
  const { responseBytes, requests, requestsPerSecond } = figures;
  if (responseBytes === null || requestsPerSecond === null || requests === 0) return null;
  return (responseBytes / requests) * requestsPerSecond;
}

/** Failed requests as a part of all, 0 to 1; null where failures are not told. */
export function errorRatio({ errors, requests }: Pick<TrafficFigures, "errors" | "requests">): number | null {
  return errors === null || requests === 0 ? null : errors / requests;
}

/** Milliseconds as people read them in a row of figures: `0.4`, `12`, `1,240`. */
export function formatMs(ms: number): string {
  if (ms >= 100) return formatCount(ms);
  if (ms >= 10) return ms.toFixed(0);
  return ms >= 1 ? ms.toFixed(1) : ms.toFixed(2);
}

/** A time with its unit: `0.42 ms`, `12 ms`, `1.2 s`. */
export function formatLatency(ms: number): string {
  return ms < 1_000 ? `${formatMs(ms)} ms` : formatDuration(ms);
}

/** Seconds that requests took together: `120 ms`, `4.2 s`, `12 min`. */
export function formatSeconds(seconds: number): string {
  if (seconds === 0) return "0 s";
  return seconds < 1 ? `${formatMs(seconds * 1_000)} ms` : formatDuration(seconds * 1_000);
}

/** A share that is not zero is never written as zero. */
export function formatShare(share: number): string {
  return share > 0 && share < 0.0005 ? "<0.1 %" : formatRatio(share);
}
