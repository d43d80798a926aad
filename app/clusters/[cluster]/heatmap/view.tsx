"use client";

import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useMemo } from "react";
import { toHeatAnswer } from "@/components/heatmap/heat-answer";
import { HeatHeading } from "@/components/heatmap/heat-answer-words";
import { heatmapQuery, readHeatmapState } from "@/components/heatmap/heat-search";
import { HeatmapPanel, type HeatmapPanelProps } from "@/components/heatmap/heatmap-panel";
import { HeatmapSkeleton } from "@/components/heatmap/heatmap-skeleton";
import { HeatmapToolbar } from "@/components/heatmap/heatmap-toolbar";
import { prefixSearch } from "@/components/keyspace/view-search";
import { PatternMessages } from "@/components/patterns/pattern-messages";
import { useClusterHref } from "@/components/shell/use-cluster-href";
import { useUrlState } from "@/components/shell/use-url-state";
import { Empty } from "@/components/ui/empty";
import { KeyName } from "@/components/ui/key-name";
import { ProblemNote } from "@/components/ui/problem-note";
import { heatmapOptions } from "@/lib/api/heatmap";
import { timelineOptions } from "@/lib/api/timeline";

/** Where writes went, prefix by prefix, over time. */
export function HeatmapView({ cluster }: { cluster: string }) {
  const { params, patch } = useUrlState();
  const hrefOf = useClusterHref();
  const state = readHeatmapState(params);
  const { data, error, dataUpdatedAt, isPlaceholderData, refetch } = useQuery(
    heatmapOptions(cluster, heatmapQuery(state)),
  );
  const timeline = useQuery(timelineOptions(cluster, state.range));
  const shown = data?.head.prefix ?? state.chosen.prefix;
  const drill = (prefix: string) => patch({ ...prefixSearch(prefix), first: null, last: null }, { push: true });
  return (
    <div className="page">
      <HeatmapToolbar
        state={state}
        shown={shown}
        hrefOf={(prefix) => hrefOf(cluster, "heatmap", prefixSearch(prefix))}
        onDrill={drill}
        patch={patch}
      />
      <ProblemNote error={error} dataAtMs={data && dataUpdatedAt} onRetry={() => refetch()} />
      {data === undefined && error === null && <HeatmapSkeleton />}
      {data !== undefined && data.head.rows.length === 0 && <NothingRecorded prefix={shown} />}
      {data !== undefined && data.head.rows.length > 0 && (
        <Shown
          cluster={cluster}
          matrix={data}
          state={state}
          events={timeline.data?.items ?? []}
          onDrill={drill}
          isPending={isPlaceholderData}
          messages={<PatternMessages cluster={cluster} params={{ ...state.range, ...state.chosen }} />}
        />
      )}
    </div>
  );
}

function Shown({
  messages,
  isPending,
  ...props
}: Omit<HeatmapPanelProps, "answer"> & { messages: ReactNode; isPending: boolean }) {
  const answer = useMemo(() => toHeatAnswer(props.matrix), [props.matrix]);
  return (
    <>
      <HeatHeading answer={answer} head={props.matrix.head} isPending={isPending} />
      {messages}
      <HeatmapPanel {...props} answer={answer} />
    </>
  );
}

function NothingRecorded({ prefix }: { prefix: string }) {
  return (
    <Empty title="Nothing is recorded here">
      {prefix === "" ? (
        "The first scan of this cluster has to finish before its history begins. The line at the top says how far it is."
      ) : (
        <>
          History is kept of whole prefixes that have a row of their own; <KeyName text={prefix} fit="whole" /> is none.
        </>
      )}
    </Empty>
  );
}
