import { driftWords } from "@/components/shell/freshness";
import { Badge } from "@/components/ui/badge";
import { Fact, Facts } from "@/components/ui/facts";
import { OriginNote } from "@/components/ui/origin";
import type { ClusterSummary } from "@/lib/api/clusters";
import { formatBytes, formatCount, formatPerSecond, formatRatio, splitBytes } from "@/lib/model/units";

/** The strip of figures of a cluster. What is not known is a dash with its reason. */
export function ClusterFacts({ summary }: { summary: ClusterSummary }) {
  const { keyspace, dbSizeBytes, dbSizeInUseBytes } = summary;
  const origin = (
    <OriginNote
      origin={keyspace.phase === "live" ? "exact" : "estimated"}
      at={keyspace.at}
      revision={keyspace.revision}
    >
      {keyspace.phase === "live" ? "exact" : "last known"}
    </OriginNote>
  );
  const sampled = <OriginNote origin="sampled" at={summary.sampledAt} />;
  const live = summary.liveBytes === null ? null : splitBytes(summary.liveBytes);
  const isFreeKnown = dbSizeBytes !== null && dbSizeInUseBytes !== null;
  const free = isFreeKnown ? splitBytes(Math.max(0, dbSizeBytes - dbSizeInUseBytes)) : null;
  return (
    <Facts>
      <FileFact summary={summary} />
      <Fact
        label="Live keys"
        origin={origin}
        value={summary.keys === null ? null : formatCount(summary.keys)}
        hint={driftWords(keyspace) ?? "not compared with etcd yet"}
      />
      <Fact
        label="Live bytes"
        origin={origin}
        value={live === null ? null : <span title={`${formatCount(summary.liveBytes ?? 0)} bytes`}>{live.value}</span>}
        {...(live === null ? {} : { unit: live.unit })}
        hint={historyWords(summary)}
      />
      <Fact
        label="Writes"
        origin={origin}
        value={summary.writesPerSecond === null ? null : formatPerSecond(summary.writesPerSecond)}
        unit="/s"
        hint={summary.writesPerSecond === null ? "not watched in the last minute" : "over the last minute"}
      />
      <Fact
        label="Free inside the file"
        origin={sampled}
        value={free?.value ?? null}
        {...(free === null ? {} : { unit: free.unit })}
        hint={
          isFreeKnown && dbSizeBytes > 0
            ? `${formatRatio(1 - dbSizeInUseBytes / dbSizeBytes)} of it; defragmentation gives it back`
            : "not sampled yet"
        }
      />
    </Facts>
  );
}

function historyWords({ historyBytes, keyspace }: ClusterSummary): string {
  if (historyBytes !== null && keyspace.historyReason === null) return `and ${formatBytes(historyBytes)} of history`;
  return "keys and values; history is not measured";
}

function FileFact({ summary }: { summary: ClusterSummary }) {
  const { dbSizeBytes, quotaBackendBytes, alarms } = summary;
  if (dbSizeBytes === null) return <Fact label="File size" value={null} hint="not sampled yet" />;
  const size = splitBytes(dbSizeBytes);
  return (
    <Fact
      label="File size"
      origin={<OriginNote origin="sampled" at={summary.sampledAt} />}
      value={<span title={`${formatCount(dbSizeBytes)} bytes`}>{size.value}</span>}
      unit={quotaBackendBytes === null ? size.unit : `${size.unit} of ${formatBytes(quotaBackendBytes)}`}
      badge={alarms.includes("NOSPACE") ? <Badge tone="bad">NOSPACE</Badge> : undefined}
      hint={quotaBackendBytes === null ? "quota not told by this version" : "largest member, against its quota"}
    />
  );
}
