"use client";

import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { ChildrenTable } from "@/app/clusters/[cluster]/keyspace/children-table";
import { KeyspaceCompared } from "@/app/clusters/[cluster]/keyspace/compared";
import { type Drill, useDrill } from "@/app/clusters/[cluster]/keyspace/use-drill";
import { Breadcrumb } from "@/components/keyspace/breadcrumb";
import { ComparePicker } from "@/components/keyspace/compare-picker";
import styles from "@/components/keyspace/keyspace.module.css";
import { KeyspaceMap } from "@/components/keyspace/keyspace-map";
import {
  AREAS,
  belowParams,
  COLORS,
  type Color,
  type KeyspaceState,
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
  history: "History",
  writes: "Writes/s",
  growth: "Growth",
});
const COLOR_OPTIONS = toOptions(COLORS, {
  writes: "Writes/s",
  lastWrite: "Last write",
  largestValue: "Largest value",
  growth: "Growth",
});

/** The keyspace below one prefix, now or at two instants. Drilling only changes the URL; everything follows it. */
export function KeyspaceView({ cluster }: { cluster: string }) {
  const { params } = useUrlState();
  const state = readKeyspace(params);
  const drill = useDrill(cluster);
  return (
    <div className="page">
      {state.compare === null ? (
        <KeyspaceNow cluster={cluster} state={state} drill={drill} />
      ) : (
        <>
          <KeyspaceToolbar shown={state.chosen.prefix} state={state} drill={drill} />
          <KeyspaceCompared cluster={cluster} state={state} compare={state.compare} drill={drill} />
        </>
      )}
    </div>
  );
}

/** Where one is, and how it is looked at. Switches that mean nothing to a comparison are not there then. */
function KeyspaceToolbar(props: { shown: string; state: KeyspaceState; drill: Drill; color?: Color }) {
  const { shown, state, drill, color } = props;
  const { patch } = useUrlState();
  return (
    <div className={styles.toolbar}>
      <Breadcrumb
        text={shown}
        hrefOf={(prefix) => drill.hrefOfPrefix(prefix)}
        onOpen={(prefix) => drill.openPrefix(prefix)}
      />
      <div className={styles.switches}>
        {color !== undefined && (
          <>
            <Segmented
              label="Area"
              value={state.area}
              options={AREA_OPTIONS}
              onChange={(area) => patch({ area, colour: null, sort: null, order: null })}
            />
            <Segmented label="Colour" value={color} options={COLOR_OPTIONS} onChange={(colour) => patch({ colour })} />
          </>
        )}
        <ComparePicker
          key={state.compare}
          value={state.compare}
          onChange={(compare) => patch({ compare, change: null }, { push: true })}
        />
      </div>
    </div>
  );
}

/** What lies below the prefix now. */
function KeyspaceNow({ cluster, state, drill }: { cluster: string; state: KeyspaceState; drill: Drill }) {
  const pages = useInfiniteQuery(prefixPagesOptions(cluster, tableParams(state)));
  // One hook each: unlike useQueries, useQuery keeps the prefix before on screen while the next one comes.
  const [heaviest, lightest] = tileParams(state);
  const map = useQuery(prefixesOptions(cluster, heaviest));
  const shrunk = useQuery({ ...prefixesOptions(cluster, lightest ?? heaviest), enabled: lightest !== undefined });
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
    <>
      <KeyspaceToolbar shown={shown} state={state} drill={drill} color={color} />
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
    </>
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
