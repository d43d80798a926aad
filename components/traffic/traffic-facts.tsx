import { unknownWhy } from "@/components/traffic/matrix-columns";
import {
  errorRatio,
  formatLatency,
  formatSeconds,
  formatShare,
  responseBytesPerSecond,
} from "@/components/traffic/traffic-measures";
import { Fact, Facts } from "@/components/ui/facts";
import { Skeleton } from "@/components/ui/skeleton";
import type { TrafficFigures } from "@/lib/api/traffic";
import type { TrafficSource } from "@/lib/model/traffic";
import { formatCount, formatPerSecond, splitBytes } from "@/lib/model/units";

/** The figures of some requests as a strip. Undefined while they are on their way. */
export function TrafficFacts(props: { total: TrafficFigures | null | undefined; source: TrafficSource | null }) {
  const { total, source } = props;
  if (total === undefined) return <Skeleton height={76} />;
  if (total === null) return <Fact label="Requests" value={null} hint="no source tells of it in this time" />;
  const why = unknownWhy(source);
  const failed = errorRatio(total);
  const bytes = responseBytesPerSecond(total);
  const size = bytes === null ? null : splitBytes(bytes);
  return (
    <Facts>
      <Fact
        label="Requests"
        value={total.requestsPerSecond === null ? null : formatPerSecond(total.requestsPerSecond)}
        unit="/s"
        hint={`${formatCount(total.requests)} in all`}
      />
      <Fact
        label="Failed"
        value={failed === null ? null : formatShare(failed)}
        hint={total.errors === null ? why : failureHint(total)}
      />
      <Fact
        label="Latency"
        value={total.latencyP99Ms === null ? null : formatLatency(total.latencyP99Ms)}
        unit="p99"
        hint={total.latencyP50Ms === null ? why : `${formatLatency(total.latencyP50Ms)} at p50`}
      />
      <Fact
        label="Busy time"
        value={total.busySeconds === null ? null : formatSeconds(total.busySeconds)}
        hint={total.busySeconds === null ? why : etcdWords(total)}
      />
      <Fact
        label="Answered"
        value={size === null ? null : size.value}
        {...(size === null ? {} : { unit: `${size.unit}/s` })}
        hint={size === null ? why : "bytes of the answers"}
      />
    </Facts>
  );
}

function failureHint({ errors, conflicts, throttled }: TrafficFigures): string {
  const parts = [
    `${formatCount(errors ?? 0)} requests`,
    conflicts !== null && conflicts > 0 && `${formatCount(conflicts)} conflicts`,
    throttled !== null && throttled > 0 && `${formatCount(throttled)} throttled`,
  ];
  return parts.filter((part) => part !== false).join(", ");
}

/** Only slow requests tell their time in etcd: it is a part of at least so much. */
function etcdWords({ etcdSeconds }: TrafficFigures): string {
  return etcdSeconds === null ? "all requests together" : `at least ${formatSeconds(etcdSeconds)} of it in etcd`;
}
