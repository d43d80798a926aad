"use client";

import Link from "next/link";
import { useCluster } from "@/components/shell/use-cluster";
import { Banner } from "@/components/ui/banner";
import { toSentence } from "@/components/ui/sentence";
import { Age } from "@/components/ui/time";
import type { ClusterSummary, CollectorReport } from "@/lib/api/clusters";

/** What one must know about a cluster before reading its pages: paused, failing, alarmed, a demo. */
export function ClusterBanner({ cluster }: { cluster: string }) {
  const { data } = useCluster(cluster);
  if (data === undefined) return null;
  const troubled = data.paused ? [] : data.collectors.filter((report) => report.health !== "ok");
  return (
    <>
      {data.paused && <PausedBanner cluster={data} />}
      {groupByReason(troubled).map((reports) => (
        <TroubleBanner key={reports.map((report) => report.collector).join()} reports={reports} />
      ))}
      {data.alarms.length > 0 && <AlarmBanner alarms={data.alarms} />}
      {data.isDemo && (
        <Banner tone="info">
          <b>Demo.</b> A real etcd on this machine, kept busy by a workload that looks like a Kubernetes cluster. Its
          audit log names who would have made each write; the reads in it are invented.{" "}
          <Link className="link" href="/settings/clusters?add">
            Add your own cluster
          </Link>{" "}
          and the demo goes away.
        </Banner>
      )}
    </>
  );
}

function PausedBanner({ cluster }: { cluster: ClusterSummary }) {
  return (
    <Banner tone="warn">
      <b>Paused.</b> Nothing is read from this cluster; the figures are{" "}
      {cluster.keyspace.at === null ? "none yet" : <Age at={cluster.keyspace.at} />}
      {cluster.keyspace.at !== null && " old"}.{" "}
      <Link className="link" href="/settings/clusters">
        Resume it in the settings
      </Link>
      .
    </Banner>
  );
}

/** Collectors that fail for the same reason are one piece of news. */
function TroubleBanner({ reports }: { reports: readonly CollectorReport[] }) {
  const [first] = reports;
  if (first === undefined) return null;
  const isFailed = first.health === "failed";
  const names = reports.map((report) => report.collector).join(", ");
  const since = reports.map((report) => report.since).sort()[0] ?? first.since;
  return (
    <Banner tone={isFailed ? "bad" : "warn"}>
      <b>
        {isFailed ? "No new data" : "Not complete"} ({names}) for <Age at={since} />.
      </b>{" "}
      {toSentence(first.reason ?? "No reason given")} {first.remedy}
    </Banner>
  );
}

function groupByReason(reports: readonly CollectorReport[]): CollectorReport[][] {
  const groups = new Map<string, CollectorReport[]>();
  for (const report of reports) {
    const cause = `${report.health} ${report.reason}`;
    groups.set(cause, [...(groups.get(cause) ?? []), report]);
  }
  return [...groups.values()];
}

const ALARM_WORDS: Record<string, string> = {
  NOSPACE: "The quota is full and etcd refuses writes. Compact, defragment, then disarm the alarm.",
  CORRUPT: "A member's data differs from the others'. Take it out of service before anything else.",
};

function AlarmBanner({ alarms }: { alarms: readonly string[] }) {
  return (
    <Banner tone="bad">
      {alarms.map((alarm) => (
        <span key={alarm}>
          <b>etcd raised {alarm}.</b> {ALARM_WORDS[alarm]}{" "}
        </span>
      ))}
    </Banner>
  );
}
