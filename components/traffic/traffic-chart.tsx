"use client";

import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { ChartSeries, ChartUnit } from "@/components/charts/chart-data";
import { TimeChart } from "@/components/charts/time-chart";
import { shortAgent } from "@/components/clients/agent-words";
import styles from "@/components/traffic/traffic.module.css";
import type { SeriesBy, TrafficState } from "@/components/traffic/traffic-search";
import { trafficSeriesQuestion } from "@/components/traffic/traffic-search";
import { codeName, cutText, nounsOf, SOURCE_WORDS } from "@/components/traffic/traffic-words";
import { ProblemNote } from "@/components/ui/problem-note";
import { Segmented } from "@/components/ui/segmented";
import { toVisibleText } from "@/components/ui/visible-text";
import { type TrafficSeriesAnswer, type TrafficSeriesParams, trafficSeriesOptions } from "@/lib/api/traffic";

const TITLES: Record<TrafficSeriesParams["measure"], { title: string; unit: ChartUnit; kind: "stacked" | "lines" }> = {
  requestsPerSecond: { title: "Requests", unit: "perSecond", kind: "stacked" },
  errorsPerSecond: { title: "Failed requests", unit: "perSecond", kind: "stacked" },
  latencyP99Ms: { title: "Latency, 99 of 100 at most", unit: "milliseconds", kind: "lines" },
  responseBytesPerSecond: { title: "Answered", unit: "bytesPerSecond", kind: "stacked" },
};

/** The chosen requests over time, on top of each other by verb, resource, client or code. */
export function TrafficChart(props: { cluster: string; state: TrafficState; onBy(by: SeriesBy): void }) {
  const { cluster, state, onBy } = props;
  const params = trafficSeriesQuestion(state);
  const { data, error, dataUpdatedAt, refetch } = useQuery(trafficSeriesOptions(cluster, params));
  const series = useMemo(() => toTrafficSeries(data), [data]);
  const nouns = nounsOf(data?.source ?? null);
  const { title, unit, kind } = TITLES[params.measure];
  const options = [
    { value: "verb" as const, label: nouns.verb === "verb" ? "Verb" : "Method" },
    { value: "resource" as const, label: nouns.tab },
    { value: "userAgent" as const, label: "Client" },
    { value: "code" as const, label: "Code" },
  ];
  return (
    <div className="page">
      <ProblemNote error={error} dataAtMs={dataUpdatedAt} onRetry={() => refetch()} />
      <TimeChart
        title={`${title}${chosenWords(state)}`}
        unit={unit}
        kind={kind}
        answer={data}
        series={series}
        syncId="traffic"
        actions={
          <span className={styles.tabs}>
            <Segmented label="By" value={state.by} options={options} onChange={onBy} />
          </span>
        }
        nothing={nothingWords(data)}
      />
    </div>
  );
}

function chosenWords({ chosen: { verb, resource } }: TrafficState): string {
  const words = [verb, resource].filter((text) => text !== undefined).map((text) => cutText(toVisibleText(text), 60));
  return words.length === 0 ? "" : `: ${words.join(" ")}`;
}

/** An answered series as a chart draws it. */
export function toTrafficSeries(answer: TrafficSeriesAnswer | undefined): ChartSeries[] {
  return (answer?.series ?? []).map(({ name, values }) => ({
    id: name === null ? "rest" : `=${name}`,
    label: name === null ? "everything else" : labelOf(name, answer?.by),
    values,
    isRest: name === null,
  }));
}

function labelOf(name: string, by: TrafficSeriesAnswer["by"] | undefined): string {
  if (name === "") return "not known";
  if (by === "userAgent") return toVisibleText(shortAgent(name));
  if (by === "code") return `${name} ${codeName(Number(name))}`.trim();
  return cutText(toVisibleText(name), 120);
}

function nothingWords(answer: TrafficSeriesAnswer | undefined): string {
  if (answer === undefined || answer.range.observedSeconds === 0) {
    return "Nobody watched in this time. Choose another in the header.";
  }
  if (answer.source === null) return "No source tells this of the chosen time.";
  return `${SOURCE_WORDS[answer.source]} tell nothing of this in the chosen time.`;
}
