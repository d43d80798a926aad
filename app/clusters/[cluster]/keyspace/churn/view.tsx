"use client";

import { useQuery } from "@tanstack/react-query";
import { Table2 } from "lucide-react";
import { useMemo } from "react";
import styles from "@/components/churn/churn.module.css";
import { churnColumns } from "@/components/churn/churn-columns";
import { ChurnCorners } from "@/components/churn/churn-corners";
import { ChurnPlot } from "@/components/churn/churn-plot";
import {
  CHURN_PARTS,
  type ChurnPart,
  type ChurnState,
  churnQuery,
  readChurnState,
} from "@/components/churn/churn-search";
import { ChurnLede, churnHeadline } from "@/components/churn/churn-sentence";
import { churnId, sumCorners } from "@/components/churn/churn-words";
import { type ChurnLinks, useChurnLinks } from "@/components/churn/use-churn-links";
import { Breadcrumb } from "@/components/keyspace/breadcrumb";
import keyspaceStyles from "@/components/keyspace/keyspace.module.css";
import { useUrlState } from "@/components/shell/use-url-state";
import { DataTable } from "@/components/tables/data-table";
import { Button } from "@/components/ui/button";
import { Empty } from "@/components/ui/empty";
import { KeyName } from "@/components/ui/key-name";
import { OriginNote } from "@/components/ui/origin";
import { Panel } from "@/components/ui/panel";
import { ProblemNote } from "@/components/ui/problem-note";
import { Segmented } from "@/components/ui/segmented";
import { PageSkeleton } from "@/components/ui/skeleton";
import { type ChurnAnswer, churnOptions } from "@/lib/api/churn";
import { clusterPath, toSearch } from "@/lib/api/get-json";
import { type ChurnLines, cornerOf, divideChurn } from "@/lib/model/churn";
import { parentOf } from "@/lib/model/prefix-parts";
import { formatCount } from "@/lib/model/units";

const PART_OPTIONS = CHURN_PARTS.map((value) => ({ value, label: `${value} %` })).sort((a, b) =>
  a.value < b.value ? -1 : 1,
);

/** Size against written bytes. Drilling only changes the URL. */
export function ChurnView({ cluster }: { cluster: string }) {
  const { params, patch } = useUrlState();
  const state = readChurnState(params);
  const links = useChurnLinks(cluster);
  const { data, error, dataUpdatedAt, refetch } = useQuery(churnOptions(cluster, churnQuery(state)));
  // While the next prefix is on its way, the one before stays, under its own name.
  const shown = data?.parent?.prefix ?? state.parent;
  return (
    <div className="page">
      <div className={keyspaceStyles.toolbar}>
        <Breadcrumb text={shown} hrefOf={links.hrefOfParent} onOpen={links.openParent} />
        <Segmented
          label="Large and busy make up"
          value={state.part}
          options={PART_OPTIONS}
          onChange={(part) => patch({ part })}
        />
      </div>
      <ProblemNote error={error} dataAtMs={dataUpdatedAt} onRetry={refetch} />
      {data === undefined && error === null && <PageSkeleton label="Loading size and churn" />}
      {data !== undefined && <Answered cluster={cluster} answer={data} state={state} links={links} shown={shown} />}
    </div>
  );
}

interface AnsweredProps {
  cluster: string;
  answer: ChurnAnswer;
  state: ChurnState;
  links: ChurnLinks;
  shown: string;
}

function Answered(props: AnsweredProps) {
  const { answer, state, shown } = props;
  const { items } = answer;
  const lines = useMemo(() => divideChurn(items, Number(state.part) / 100), [items, state.part]);
  const sums = useMemo(() => sumCorners(items, (row) => cornerOf(row, lines)), [items, lines]);
  if (answer.parent === null || items.length === 0) return <NothingHere shown={shown} answer={answer} />;
  return (
    <>
      <div className="answer">
        <div>
          <h1 className={keyspaceStyles.heading}>{churnHeadline(answer, sums)}</h1>
          <p className="lede">
            <ChurnLede sums={sums} parent={shown} />
          </p>
        </div>
      </div>
      <ChurnCorners sums={sums} parent={shown} />
      {state.asTable ? <ChurnTable {...props} lines={lines} /> : <ChurnChart {...props} lines={lines} />}
    </>
  );
}

function ChurnChart({ answer, state, links, shown, lines }: AnsweredProps & { lines: ChurnLines }) {
  return (
    <Panel
      flush
      title="Size against written bytes"
      note={<Origin answer={answer} />}
      actions={<ViewSwitch asTable={false} />}
    >
      <ChurnPlot rows={answer.items} parent={shown} lines={lines} hrefOf={links.hrefOf} onOpen={links.open} />
      <div className={styles.foot}>
        <p>{lineWords(state.part)} Both scales are logarithmic; the area of a dot is its number of keys.</p>
        <GrowthLegend />
      </div>
    </Panel>
  );
}

function ChurnTable({ cluster, answer, state, links, shown, lines }: AnsweredProps & { lines: ChurnLines }) {
  const query = churnQuery(state);
  return (
    <DataTable
      label="Prefixes by size and written bytes"
      note={<Origin answer={answer} />}
      actions={<ViewSwitch asTable />}
      rows={answer.items}
      columns={churnColumns({ parent: shown, lines, hrefOf: links.hrefOf, onOpen: links.open })}
      rowKey={churnId}
      sort={{ column: "liveBytes", order: "desc" }}
      filterText={(row) => row.prefix}
      exportHref={(format) => clusterPath(cluster, "/churn") + toSearch({ ...query, format })}
      onActivate={links.open}
      onBack={() => shown !== "" && links.openParent(parentOf(shown))}
      empty={<Empty title="Nothing below">This prefix has no children.</Empty>}
      footer={lineWords(state.part)}
    />
  );
}

/** What the dividing lines are. */
function lineWords(part: ChurnPart): string {
  return `Large are the fewest prefixes that together hold ${part} % of the live bytes, busy the fewest that take ${part} % of the written bytes.`;
}

function Origin({ answer }: { answer: ChurnAnswer }) {
  const isExact = answer.state === "live";
  return (
    <OriginNote origin={isExact ? "exact" : "estimated"} at={answer.at} revision={answer.revision}>
      {isExact ? "exact" : "last known"}
      {answer.revision !== null && <> at revision {formatCount(answer.revision)}</>}
    </OriginNote>
  );
}

function ViewSwitch({ asTable }: { asTable: boolean }) {
  const { patch } = useUrlState();
  return (
    <Button small kind="quiet" aria-pressed={asTable} onClick={() => patch({ view: asTable ? null : "table" })}>
      <Table2 size={13} aria-hidden="true" />
      {asTable ? "Show as chart" : "Show as table"}
    </Button>
  );
}

function GrowthLegend() {
  return (
    <ul className={styles.legend}>
      <LegendItem state="grew" whisker={-1} words="grew by more than 1 %" />
      <LegendItem state="shrank" whisker={1} words="shrank" />
      <LegendItem state="same" whisker={0} words="about the same" />
      <LegendItem state="unknown" whisker={0} words="not known, or many together" />
    </ul>
  );
}

function LegendItem({ state, whisker, words }: { state: string; whisker: number; words: string }) {
  return (
    <li>
      <svg width="14" height="20" aria-hidden="true">
        <g className={`${styles.dot} ${styles[state]}`}>
          <circle cx="7" cy="10" r="4.5" />
          {whisker !== 0 && <line x1="7" x2="7" y1={10 + whisker * 4.5} y2={10 + whisker * 9.5} />}
        </g>
      </svg>
      {words}
    </li>
  );
}

/** Nothing yet, or nothing at all: two different things. */
function NothingHere({ shown, answer }: { shown: string; answer: ChurnAnswer }) {
  if (answer.revision === null) {
    return (
      <Empty title="The keyspace has not been read yet">
        The first scan of this cluster has to finish before anything can be said. The line at the top says how far it
        is.
      </Empty>
    );
  }
  if (shown === "") {
    return <Empty title="This cluster holds no keys">They appear here within a second of being written.</Empty>;
  }
  return (
    <Empty title="No prefixes to compare">
      <KeyName text={shown} fit="whole" /> is no prefix of the tree, or nothing lies below it.
    </Empty>
  );
}
