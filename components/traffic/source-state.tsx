"use client";

import { CircleCheck, CircleDashed } from "lucide-react";
import { Unknown } from "@/components/keyspace/figures";
import { sourcesHref } from "@/components/settings/settings-pages";
import type { Column } from "@/components/tables/column";
import { DataTable } from "@/components/tables/data-table";
import styles from "@/components/traffic/traffic.module.css";
import { DIMENSION_WORDS, SOURCE_WORDS } from "@/components/traffic/traffic-words";
import { LinkButton } from "@/components/ui/button";
import { Empty } from "@/components/ui/empty";
import { OriginNote } from "@/components/ui/origin";
import { Segmented } from "@/components/ui/segmented";
import { toSentence } from "@/components/ui/sentence";
import { Age } from "@/components/ui/time";
import type { TrafficSourceState } from "@/lib/api/traffic";
import { TRAFFIC_DIMENSIONS, type TrafficSource } from "@/lib/model/traffic";
import { formatCount, formatDuration } from "@/lib/model/units";

/** What an answer says of who told it. */
export interface AnswerSources {
  source: TrafficSource | null;
  sources: readonly TrafficSourceState[];
  range: { from: string; to: string; observedSeconds: number };
}

/** Who says so, how sure and how old it is; with a switch when several can. */
export function SourceLine(props: {
  answer: AnswerSources;
  chosen: TrafficSource | null;
  onChoose?(source: TrafficSource | null): void;
}) {
  const { answer, onChoose } = props;
  const state = answer.sources.find(({ source }) => source === answer.source);
  if (state === undefined) return null;
  const able = answer.sources.filter(({ observedSeconds }) => observedSeconds > 0);
  return (
    <div className={styles.sources}>
      {onChoose !== undefined && able.length > 1 ? (
        <Segmented<TrafficSource>
          label="Source"
          value={state.source}
          options={able.map(({ source }) => ({ value: source, label: SOURCE_WORDS[source] }))}
          onChange={onChoose}
        />
      ) : (
        <span>Source: {SOURCE_WORDS[state.source]}</span>
      )}
      <OriginNote origin={state.origin} at={state.at}>
        {state.origin}
        {state.scaleFactor !== null && <> · lines scaled × {state.scaleFactor.toPrecision(3)} to member metrics</>}
      </OriginNote>
      {state.at !== null && (
        <span>
          newest <Age at={state.at} /> ago
        </span>
      )}
      <WatchedWords answer={answer} state={state} />
      {state.foldedCells > 0 && (
        <span title="Combinations beyond the bound are counted together: totals stay exact, parts are missing">
          {formatCount(state.foldedCells)} combinations folded
        </span>
      )}
      {state.reason !== null && <span>{toSentence(state.reason)}</span>}
    </div>
  );
}

/** Who says so in few words, for the head of a table. */
export function SourceNote({ answer }: { answer: AnswerSources }) {
  const state = answer.sources.find(({ source }) => source === answer.source);
  if (state === undefined) return null;
  return (
    <OriginNote origin={state.origin} at={state.at}>
      {SOURCE_WORDS[state.source]}, {state.origin}
    </OriginNote>
  );
}

/** How much of the range was watched, where that is not all of it. */
function WatchedWords({ answer, state }: { answer: AnswerSources; state: TrafficSourceState }) {
  const wholeMs = Date.parse(answer.range.to) - Date.parse(answer.range.from);
  const observedMs = state.observedSeconds * 1_000;
  // The newest minute is still open.
  if (observedMs > wholeMs * 0.95 - 120_000) return null;
  return (
    <span>
      {formatDuration(observedMs)} of {formatDuration(wholeMs)} watched
    </span>
  );
}

/** Every source: what it can tell, what it told, and what to do where it tells nothing. */
export function SourcesPanel({ cluster, sources }: { cluster: string; sources: readonly TrafficSourceState[] }) {
  return (
    <DataTable
      label="Who can tell what"
      actions={
        <LinkButton small kind="quiet" href={sourcesHref(cluster)} prefetch={false}>
          Open the settings
        </LinkButton>
      }
      rows={sources}
      columns={COLUMNS}
      rowKey={(row) => row.source}
      empty={<Empty title="No source">Nothing is known of this cluster’s sources.</Empty>}
    />
  );
}

const COLUMNS: readonly Column<TrafficSourceState>[] = [
  {
    id: "source",
    header: "Source",
    width: 190,
    value: ({ source }) => SOURCE_WORDS[source],
    cell: (row) => (
      <span className={styles.state}>
        {row.observedSeconds > 0 ? (
          <CircleCheck size={14} className={styles.ok} aria-hidden="true" />
        ) : (
          <CircleDashed size={14} className={styles.none} aria-hidden="true" />
        )}
        <span className={row.observedSeconds > 0 ? undefined : "faint"}>{SOURCE_WORDS[row.source]}</span>
      </span>
    ),
  },
  {
    id: "knows",
    header: "Can tell",
    width: 240,
    value: ({ knows }) => wordsOf(knows),
    cell: ({ knows }) => (
      <span className={styles.wrap}>{knows.length === 0 ? <span className="faint">–</span> : wordsOf(knows)}</span>
    ),
  },
  {
    id: "observedSeconds",
    header: "Watched",
    hint: "How much of the chosen time it watched",
    numeric: true,
    width: 90,
    value: ({ observedSeconds }) => observedSeconds,
    cell: ({ observedSeconds }) =>
      observedSeconds === 0 ? <span className="faint">not at all</span> : formatDuration(observedSeconds * 1_000),
  },
  {
    id: "at",
    header: "Newest",
    numeric: true,
    width: 90,
    value: ({ at }) => (at === null ? null : Date.parse(at)),
    cell: ({ at }) =>
      at === null ? (
        <Unknown why="nothing has come yet" />
      ) : (
        <>
          <Age at={at} /> ago
        </>
      ),
  },
  {
    id: "origin",
    header: "How sure",
    width: 110,
    value: ({ origin }) => origin,
    cell: ({ origin, at, scaleFactor }) => (
      <>
        <OriginNote origin={origin} at={at}>
          {origin}
        </OriginNote>
        {scaleFactor !== null && <span className="faint"> × {scaleFactor.toPrecision(3)}</span>}
      </>
    ),
  },
  {
    id: "reason",
    header: "What is missing, and what to do",
    width: 320,
    value: ({ reason, remedy }) => [reason, remedy].filter((text) => text !== null).join(" ") || null,
    cell: ({ reason, remedy }) => (
      <span className={styles.wrap}>
        {reason === null && remedy === null && <span className="faint">nothing</span>}
        {reason !== null && <span className="muted">{toSentence(reason)} </span>}
        {remedy}
      </span>
    ),
  },
];

/** The dimensions in the order everyone lists them. */
function wordsOf(knows: TrafficSourceState["knows"]): string {
  return TRAFFIC_DIMENSIONS.filter((dimension) => knows.includes(dimension))
    .map((dimension) => DIMENSION_WORDS[dimension])
    .join(", ");
}
