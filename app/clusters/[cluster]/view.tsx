"use client";

import { useQueries, useQuery } from "@tanstack/react-query";
import { ClusterFacts } from "@/app/clusters/[cluster]/cluster-facts";
import { HotPrefixes } from "@/app/clusters/[cluster]/hot-prefixes";
import { LargestPrefixes } from "@/app/clusters/[cluster]/largest-prefixes";
import { MembersTable } from "@/app/clusters/[cluster]/members-table";
import { MiniHeatmap } from "@/components/heatmap/mini-heatmap";
import styles from "@/components/keyspace/keyspace.module.css";
import { keysWords } from "@/components/keyspace/keyspace-words";
import { LedgerPanel } from "@/components/keyspace/ledger-panel";
import {
  hotChildrenParams,
  hottestOf,
  listHotRows,
  overviewParams,
  rootParams,
  subjectOf,
} from "@/components/keyspace/overview-search";
import { PrefixChart } from "@/components/keyspace/prefix-charts";
import { SizeChart } from "@/components/keyspace/size-chart";
import { prefixSearch, readRange } from "@/components/keyspace/view-search";
import { PatternMessages } from "@/components/patterns/pattern-messages";
import { useClusterHref } from "@/components/shell/use-cluster-href";
import { useUrlState } from "@/components/shell/use-url-state";
import { OverviewTraffic } from "@/components/traffic/overview-traffic";
import { TroubleNotice } from "@/components/triage/trouble-notice";
import { Empty } from "@/components/ui/empty";
import { KeyName } from "@/components/ui/key-name";
import { ProblemNote } from "@/components/ui/problem-note";
import { PageSkeleton, Skeleton } from "@/components/ui/skeleton";
import { type ClusterSummary, clusterOptions } from "@/lib/api/clusters";
import { membersOptions } from "@/lib/api/members";
import { type PrefixRow, prefixesOptions } from "@/lib/api/prefixes";
import { formatBytes, formatPerSecond, formatRatio } from "@/lib/model/units";

/** Children of the hottest prefixes are background: they need not be as fresh as the rest. */
const BELOW_REFRESH_MS = 10_000;

/** One cluster at a glance. */
export function OverviewView({ cluster }: { cluster: string }) {
  const { params } = useUrlState();
  const range = readRange(params);
  const summary = useQuery(clusterOptions(cluster));
  const members = useQuery(membersOptions(cluster));
  const roots = useQuery(prefixesOptions(cluster, rootParams(range)));
  const subject = subjectOf(roots.data);
  const wanted = overviewParams(subject ?? "", range);
  const hottest = useQuery({ ...prefixesOptions(cluster, wanted.hottest), enabled: subject !== null });
  const largest = useQuery({ ...prefixesOptions(cluster, wanted.largest), enabled: subject !== null });
  const below = useQueries({
    queries: hotChildrenParams(hottest.data, range).map((one) => ({
      ...prefixesOptions(cluster, one),
      refetchInterval: BELOW_REFRESH_MS,
    })),
  });
  const hotRows = listHotRows(
    hottest.data,
    below.flatMap(({ data }) => data ?? []),
  );
  const failed = [summary, roots, hottest, largest].find(({ error }) => error !== null);
  return (
    <div className="page">
      <TroubleNotice cluster={cluster} />
      {failed && (
        <ProblemNote error={failed.error} dataAtMs={failed.dataUpdatedAt} onRetry={() => void failed.refetch()} />
      )}
      {summary.data === undefined ? (
        failed === undefined && <PageSkeleton label="Loading the overview" />
      ) : (
        <>
          <ClusterAnswer cluster={cluster} summary={summary.data} hottest={hottestOf(hotRows)} />
          <ClusterFacts summary={summary.data} />
          <PatternMessages cluster={cluster} params={range} />
          <LedgerPanel cluster={cluster} />
        </>
      )}
      {subject !== null && roots.data?.revision != null && (
        <>
          <div className={styles.halves}>
            <SizeChart
              cluster={cluster}
              params={wanted.size}
              quotaBackendBytes={summary.data?.quotaBackendBytes ?? null}
            />
            <PrefixChart
              cluster={cluster}
              chosen={{ prefix: subject }}
              range={range}
              title="Writes by prefix"
              measure="writes"
              parts={wanted.writes.children}
            />
          </div>
          <MiniHeatmap cluster={cluster} range={range} />
          {hottest.data === undefined ? (
            <Skeleton height={280} />
          ) : (
            <HotPrefixes cluster={cluster} subject={subject} answer={hottest.data} rows={hotRows} />
          )}
          {largest.data === undefined ? (
            <Skeleton height={280} />
          ) : (
            <LargestPrefixes cluster={cluster} subject={subject} answer={largest.data} params={wanted.largest} />
          )}
        </>
      )}
      <OverviewTraffic cluster={cluster} range={range} />
      <ProblemNote error={members.error} dataAtMs={members.dataUpdatedAt} onRetry={() => void members.refetch()} />
      {members.data === undefined ? (
        members.error === null && <Skeleton height={160} />
      ) : (
        <MembersTable members={members.data.items} />
      )}
    </div>
  );
}

function ClusterAnswer(props: { cluster: string; summary: ClusterSummary; hottest: PrefixRow | null }) {
  const { cluster, summary, hottest } = props;
  const hrefOf = useClusterHref();
  const { keys, liveBytes, writesPerSecond } = summary;
  if (keys === null || liveBytes === null) {
    return <Empty title={`What ${summary.name} holds is not known yet`}>{unreadWords(summary)}</Empty>;
  }
  return (
    <div className="answer">
      <div>
        <h1>
          {summary.name} holds {keysWords(keys)} in {formatBytes(liveBytes)}
          {writesPerSecond !== null && <> and takes {formatPerSecond(writesPerSecond)} writes per second</>}
        </h1>
        <p className="lede">
          {hottest === null ? (
            "Nothing is known to have been written in this time."
          ) : (
            <>
              <span className={styles.sentenceKey}>
                <KeyName text={hottest.prefix} href={hrefOf(cluster, "prefix", prefixSearch(hottest.prefix))} />
              </span>{" "}
              is the hottest prefix, with {formatPerSecond(hottest.writesPerSecond ?? 0)} writes per second.
            </>
          )}{" "}
          <FillSentence summary={summary} />
        </p>
      </div>
    </div>
  );
}

/** Why nothing is known yet: it cannot be read, nobody reads it, or the reading is under way. */
function unreadWords({ paused, collectors, keyspace }: ClusterSummary): string {
  if (paused) return "It was paused before it had been read; resume it in Settings.";
  const failed = collectors.find(({ health, reason }) => health === "failed" && reason !== null);
  if (failed !== undefined) return `It has not been read yet. ${failed.reason} ${failed.remedy ?? ""}`.trim();
  if (keyspace.phase === "unknown") return "Reading it has not begun yet.";
  return "Its keyspace is being read for the first time; the line at the top says how far that is.";
}

function FillSentence({ summary: { dbSizeBytes, quotaBackendBytes } }: { summary: ClusterSummary }) {
  if (dbSizeBytes === null) return <>No member has told the size of its file yet.</>;
  if (quotaBackendBytes === null) {
    return <>How full the file may get is not known: etcd tells its quota from 3.6 on.</>;
  }
  return <>The largest file is {formatRatio(dbSizeBytes / quotaBackendBytes)} full.</>;
}
