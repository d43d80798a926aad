"use client";

import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { ChildrenTable } from "@/app/clusters/[cluster]/keyspace/children-table";
import { useDrill } from "@/app/clusters/[cluster]/keyspace/use-drill";
import { Breadcrumb } from "@/components/keyspace/breadcrumb";
import styles from "@/components/keyspace/keyspace.module.css";
import { KeyspaceMap } from "@/components/keyspace/keyspace-map";
import {
  AREAS,
  belowParams,
  COLORS,
  readKeyspace,
  tableParams,
  tileParams,
} from "@/components/keyspace/keyspace-search";
import { ChildrenSentence, keysWords, PlaceSentence } from "@/components/keyspace/keyspace-words";
import { prefixPagesOptions } from "@/components/keyspace/prefix-pages";
import { defaultColor, findDominant, rowId } from "@/components/keyspace/tiles";
import { prefixSearch } from "@/components/keyspace/view-search";
import { useClusterHref } from "@/components/shell/use-cluster-href";
import { useUrlState } from "@/components/shell/use-url-state";
import { LinkButton } from "@/components/ui/button";
import { Empty } from "@/components/ui/empty";
import { KeyName } from "@/components/ui/key-name";
import { ProblemNote } from "@/components/ui/problem-note";
import { Segmented } from "@/components/ui/segmented";
import { PageSkeleton } from "@/components/ui/skeleton";
import { type PrefixesAnswer, type PrefixRow, prefixesOptions } from "@/lib/api/prefixes";
import { parentOf } from "@/lib/model/prefix-parts";
import { formatBytes } from "@/lib/model/units";

const AREA_OPTIONS = toOptions(AREAS, {
  liveBytes: "Live bytes",
  keys: "Keys",
  writes: "Writes/s",
  growth: "Growth",
});
const COLOR_OPTIONS = toOptions(COLORS, {
  writes: "Writes/s",
  lastWrite: "Last write",
  largestValue: "Largest value",
  growth: "Growth",
});

/** The keyspace below one prefix. Drilling only changes the URL; both lists follow it. */
export function KeyspaceView({ cluster }: { cluster: string }) {
  const { params, patch } = useUrlState();
  const state = readKeyspace(params);
  const pages = useInfiniteQuery(prefixPagesOptions(cluster, tableParams(state)));
  // One hook each: unlike useQueries, useQuery keeps the prefix before on screen while the next one comes.
  const [heaviest, lightest] = tileParams(state);
  const map = useQuery(prefixesOptions(cluster, heaviest));
  const shrunk = useQuery({ ...prefixesOptions(cluster, lightest ?? heaviest), enabled: lightest !== undefined });
  const drill = useDrill(cluster);
  const answer = map.data;
  const dominant = findDominant(answer, state.area);
  const below = useQuery({
    ...prefixesOptions(cluster, belowParams(state, dominant ?? NOTHING)),
    enabled: dominant !== null,
  });
  const listed = [map.data, lightest === undefined ? undefined : shrunk.data].flatMap((one) => one?.items ?? []);
  const seen = lookThrough(listed, dominant, below.data);
  const color = state.color ?? defaultColor(seen.rows, state.area);
  const error = pages.error ?? map.error;
  const retry = () => [pages, map].map((query) => query.refetch());
  // While the next prefix is on its way, the one before stays, under its own name.
  const shown = answer?.parent?.prefix ?? state.chosen.prefix;
  return (
    <div className="page">
      <div className={styles.toolbar}>
        <Breadcrumb text={shown} hrefOf={drill.hrefOfPrefix} onOpen={drill.openPrefix} />
        <div className={styles.switches}>
          <Segmented
            label="Area"
            value={state.area}
            options={AREA_OPTIONS}
            onChange={(area) => patch({ area, colour: null, sort: null, order: null })}
          />
          <Segmented label="Colour" value={color} options={COLOR_OPTIONS} onChange={(colour) => patch({ colour })} />
        </div>
      </div>
      {answer === undefined && error !== null && <ProblemNote error={error} onRetry={retry} />}
      {answer === undefined && error === null && <PageSkeleton label="Loading the keyspace" />}
      {answer !== undefined && (
        <>
          <ProblemNote error={error} dataAtMs={map.dataUpdatedAt} onRetry={retry} />
          <KeyspaceAnswer cluster={cluster} shown={shown} answer={answer} area={state.area} />
          {answer.parent !== null && (
            <>
              <KeyspaceMap
                answer={answer}
                {...seen}
                area={state.area}
                color={color}
                hrefOf={drill.hrefOf}
                onOpen={drill.open}
                onUp={() => drill.openPrefix(parentOf(shown))}
              />
              <ChildrenTable cluster={cluster} parent={shown} state={state} pages={pages} drill={drill} />
            </>
          )}
        </>
      )}
    </div>
  );
}

const NOTHING = { prefix: "", prefixBase64: null };

/** The rows with the dominant one replaced by its own children, once they are there. */
function lookThrough(rows: PrefixRow[], dominant: PrefixRow | null, below: PrefixesAnswer | undefined) {
  if (dominant === null || below?.parent?.prefix !== dominant.prefix) return { rows, seenThrough: null };
  const others = rows.filter((row) => rowId(row) !== rowId(dominant));
  return { rows: [...others, ...below.items], seenThrough: dominant.prefix };
}

function KeyspaceAnswer(props: {
  cluster: string;
  shown: string;
  answer: PrefixesAnswer;
  area: (typeof AREAS)[number];
}) {
  const { cluster, shown, answer, area } = props;
  const hrefOf = useClusterHref();
  const name = shown === "" ? cluster : <KeyName text={shown} />;
  if (answer.parent === null) return <NothingHere shown={shown} answer={answer} />;
  return (
    <div className="answer">
      <div>
        <h1 className={styles.heading}>
          {name} holds {keysWords(answer.parent.keys)} in {formatBytes(answer.parent.liveBytes)}
        </h1>
        <p className="lede">
          <PlaceSentence text={shown} />
          <ChildrenSentence answer={answer} area={area} />
        </p>
      </div>
      <LinkButton href={hrefOf(cluster, "prefix", prefixSearch(shown))} prefetch={false}>
        {shown === "" ? "Over time" : "This prefix over time"}
      </LinkButton>
    </div>
  );
}

/** Nothing yet, or nothing at all: two different things. */
function NothingHere({ shown, answer }: { shown: string; answer: PrefixesAnswer }) {
  if (answer.revision === null) {
    return (
      <Empty title="The keyspace has not been read yet">
        The first scan of this cluster has to finish before anything can be said. The line at the top says how far it
        is.
      </Empty>
    );
  }
  if (shown === "")
    return <Empty title="This cluster holds no keys">They appear here within a second of being written.</Empty>;
  return (
    <Empty title="No key begins with this prefix">
      <KeyName text={shown} fit="whole" /> was deleted, has expired, or is spelled differently.
    </Empty>
  );
}

function toOptions<Value extends string>(values: readonly Value[], labels: Record<Value, string>) {
  return values.map((value) => ({ value, label: labels[value] }));
}
