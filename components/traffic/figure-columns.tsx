import { Bytes, Rate, Unknown } from "@/components/keyspace/figures";
import type { Column } from "@/components/tables/column";
import { unknownWhy } from "@/components/traffic/matrix-columns";
import styles from "@/components/traffic/traffic.module.css";
import {
  errorRatio,
  formatLatency,
  formatMs,
  formatSeconds,
  formatShare,
  responseBytesPerSecond,
} from "@/components/traffic/traffic-measures";
import { Bar } from "@/components/ui/bar";
import type { TrafficFigures } from "@/lib/api/traffic";
import type { TrafficSource } from "@/lib/model/traffic";
import { formatCount, formatPerSecond } from "@/lib/model/units";

/** The columns that lists of requests have in common. */
export function figureColumns<Row extends TrafficFigures>(source: TrafficSource | null): Column<Row>[] {
  const why = unknownWhy(source);
  return [
    {
      id: "requestsPerSecond",
      header: "Requests/s",
      numeric: true,
      width: 104,
      value: (row) => row.requestsPerSecond,
      cell: (row) => <Rate value={row.requestsPerSecond} />,
    },
    {
      id: "share",
      header: "Share",
      hint: "Of all requests of this table",
      numeric: true,
      width: 132,
      value: (row) => row.share,
      cell: ({ share }) => (share === null ? <Unknown why={why} /> : <ShareBar share={share} />),
    },
    {
      id: "errors",
      header: "Failed",
      hint: "Answered 400 or above, or with a gRPC status other than OK",
      numeric: true,
      width: 84,
      value: (row) => row.errors,
      cell: (row) => <Failed row={row} why={why} />,
    },
    latency("latencyP50Ms", "p50", "Half of the requests took at most so long", why),
    latency("latencyP99Ms", "p99", "99 of 100 requests took at most so long", why),
    {
      id: "responseBytesPerSecond",
      header: "Answered/s",
      hint: "Bytes of the answers",
      numeric: true,
      width: 104,
      value: (row) => responseBytesPerSecond(row),
      cell: (row) => {
        const bytes = responseBytesPerSecond(row);
        return bytes === null ? <Unknown why={why} /> : <Bytes value={bytes} />;
      },
    },
    {
      id: "busySeconds",
      header: "Busy time",
      hint: "How long the requests took, added up; watches are not counted",
      numeric: true,
      width: 92,
      value: (row) => row.busySeconds,
      cell: ({ busySeconds }) => (busySeconds === null ? <Unknown why={why} /> : formatSeconds(busySeconds)),
    },
  ];
}

/** A share as a bar with its figure. */
export function ShareBar({ share, label = "Share of requests" }: { share: number; label?: string }) {
  return (
    <span className={styles.share}>
      <Bar ratio={share} label={label} />
      <span className="num muted">{formatShare(share)}</span>
    </span>
  );
}

/** How many failed; the part of all on hover. */
export function Failed({ row, why }: { row: TrafficFigures; why: string }) {
  const ratio = errorRatio(row);
  if (row.errors === null || ratio === null) return <Unknown why={why} />;
  const parts = [
    `${formatShare(ratio)} of ${formatCount(row.requests)}`,
    row.conflicts !== null && row.conflicts > 0 && `${formatCount(row.conflicts)} conflicts`,
    row.throttled !== null && row.throttled > 0 && `${formatCount(row.throttled)} throttled`,
  ];
  return (
    <span className={row.errors === 0 ? "faint" : undefined} title={parts.filter(Boolean).join(", ")}>
      {formatCount(row.errors)}
    </span>
  );
}

function latency<Row extends TrafficFigures>(
  id: "latencyP50Ms" | "latencyP99Ms",
  header: string,
  hint: string,
  why: string,
): Column<Row> {
  return {
    id,
    header: `${header}, ms`,
    hint,
    numeric: true,
    width: 80,
    value: (row) => row[id],
    cell: (row) => {
      const ms = row[id];
      return ms === null ? <Unknown why={why} /> : <span title={formatLatency(ms)}>{formatMs(ms)}</span>;
    },
  };
}

/** A rate with its unit, for sentences. */
export function rateWords(perSecond: number): string {
  return `${formatPerSecond(perSecond)} ${perSecond === 1 ? "request" : "requests"}/s`;
}
