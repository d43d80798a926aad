"use client";

import { useQuery } from "@tanstack/react-query";
import { X } from "lucide-react";
import { useEffect, useMemo, useRef } from "react";
import { prefixSearch } from "@/components/keyspace/view-search";
import { useClusterHref } from "@/components/shell/use-cluster-href";
import { DataTable } from "@/components/tables/data-table";
import { drillColumns, drillRowKey } from "@/components/traffic/drill-columns";
import { findResourcePrefix, resourceNeedle } from "@/components/traffic/resource-prefix";
import { SourceNote } from "@/components/traffic/source-state";
import styles from "@/components/traffic/traffic.module.css";
import { TrafficFacts } from "@/components/traffic/traffic-facts";
import {
  type ChosenTraffic,
  DRILL_GROUPS,
  type DrillTab,
  EXPORT_LIMIT,
  type TrafficState,
  trafficQuestions,
} from "@/components/traffic/traffic-search";
import { DIMENSION_WORDS } from "@/components/traffic/traffic-words";
import { Button, LinkButton } from "@/components/ui/button";
import { Empty } from "@/components/ui/empty";
import { KeyName } from "@/components/ui/key-name";
import { Panel } from "@/components/ui/panel";
import { ProblemNote } from "@/components/ui/problem-note";
import { Segmented } from "@/components/ui/segmented";
import { Skeleton } from "@/components/ui/skeleton";
import { clusterPath, toSearch } from "@/lib/api/get-json";
import { prefixSearchOptions } from "@/lib/api/prefixes";
import { type TrafficAnswer, trafficOptions } from "@/lib/api/traffic";

const TAB_WORDS: Record<DrillTab, { tab: string; title: string }> = {
  clients: { tab: "Clients", title: "Who asks" },
  namespaces: { tab: "Namespaces", title: "In which namespaces" },
  codes: { tab: "Codes", title: "How it was answered" },
};
const TABS = Object.entries(TAB_WORDS).map(([value, { tab }]) => ({ value: value as DrillTab, label: tab }));
const PREFIXES = 20;

interface DrillProps {
  cluster: string;
  state: TrafficState;
  /** Verbs of the chosen resource, to narrow it down. */
  verbs: readonly string[];
  /** Opened on this page, not by its address: then it is brought into sight. */
  isOpenedHere: boolean;
  onChange(changes: { resource?: string | null; verb?: string | null; tab?: DrillTab }): void;
}

/** One resource, one verb, or both: their figures, and who, where and with what outcome. */
export function DrillPanel(props: DrillProps) {
  const { cluster, state, onChange } = props;
  const params = trafficQuestions(state).drill;
  const { data, error, dataUpdatedAt, refetch } = useQuery(trafficOptions(cluster, params));
  const region = useRef<HTMLElement>(null);
  const { resource, verb } = state.chosen;
  const { isOpenedHere } = props;
  // What was opened by a click far up may lie below the window.
  // biome-ignore lint/correctness/useExhaustiveDependencies: another choice moves the page, too
  useEffect(() => {
    if (isOpenedHere) region.current?.scrollIntoView({ block: "nearest" });
  }, [resource, verb, isOpenedHere]);
  return (
    <section ref={region} className={`page ${styles.drill}`} aria-label="What was chosen">
      <ProblemNote error={error} dataAtMs={dataUpdatedAt} onRetry={() => refetch()} />
      <Panel
        title={<ChosenTitle chosen={state.chosen} />}
        actions={
          <>
            {props.verbs.length > 1 && <VerbSwitch {...props} />}
            {resource !== undefined && <PrefixLink cluster={cluster} resource={resource} />}
            <Button small kind="quiet" iconOnly aria-label="Close" onClick={() => onChange(NOTHING)}>
              <X size={14} aria-hidden="true" />
            </Button>
          </>
        }
        flush
      >
        <TrafficFacts total={data?.total} source={data?.source ?? null} />
      </Panel>
      <DrillTable {...props} answer={data} isFailed={error !== null} />
    </section>
  );
}

const NOTHING = { resource: null, verb: null };

function ChosenTitle({ chosen: { resource, verb } }: { chosen: ChosenTraffic }) {
  return (
    <span className={styles.head}>
      {verb !== undefined && <KeyName text={verb} />}
      {resource === undefined ? <span className="muted">on everything</span> : <KeyName text={resource} fit="middle" />}
    </span>
  );
}

const ALL_VERBS = "";

function VerbSwitch({ state, verbs, onChange }: DrillProps) {
  const { verb } = state.chosen;
  const shown = verb === undefined || verbs.includes(verb) ? verbs : [...verbs, verb];
  return (
    <span className={styles.tabs}>
      <Segmented
        hideLabel
        label="Verb"
        value={verb ?? ALL_VERBS}
        options={[{ value: ALL_VERBS, label: "all" }, ...shown.map((value) => ({ value, label: value }))]}
        onChange={(value) => onChange({ verb: value === ALL_VERBS ? null : value })}
      />
    </span>
  );
}

/** To the keys of a resource, where the keyspace has them. */
function PrefixLink({ cluster, resource }: { cluster: string; resource: string }) {
  const hrefOf = useClusterHref();
  const needle = resourceNeedle(resource) ?? "";
  const { data } = useQuery({ ...prefixSearchOptions(cluster, { q: needle, limit: PREFIXES }), retry: false });
  const prefix = findResourcePrefix(resource, data?.items ?? []);
  if (prefix === null) return null;
  return (
    <LinkButton small href={hrefOf(cluster, "prefix", prefixSearch(prefix))} prefetch={false}>
      Its keys
    </LinkButton>
  );
}

function DrillTable(props: DrillProps & { answer: TrafficAnswer | undefined; isFailed: boolean }) {
  const { cluster, state, answer, onChange } = props;
  const { tab } = state;
  const hrefOf = useClusterHref();
  const source = answer?.source ?? null;
  const columns = useMemo(
    () => drillColumns(tab, source, (userAgent, user) => hrefOf(cluster, "clients", { userAgent, user })),
    [tab, source, hrefOf, cluster],
  );
  const tabs = (
    <span className={styles.tabs}>
      <Segmented hideLabel label="Inside" value={tab} options={TABS} onChange={(next) => onChange({ tab: next })} />
    </span>
  );
  // The answer before may still stand for the question before: rows follow the answer's own dimensions.
  const isOwn = answer?.groupBy.join() === DRILL_GROUPS[tab].join();
  if (answer === undefined || !isOwn) {
    return (
      <Panel title={TAB_WORDS[tab].title} actions={tabs}>
        {props.isFailed ? (
          <Empty title="No list">It is shown as soon as it is answered.</Empty>
        ) : (
          <Skeleton height={200} />
        )}
      </Panel>
    );
  }
  const asked = { ...trafficQuestions(state).drill, limit: EXPORT_LIMIT };
  return (
    <DataTable
      key={tab}
      label={TAB_WORDS[tab].title}
      note={<SourceNote answer={answer} />}
      actions={tabs}
      rows={answer.items}
      columns={columns}
      rowKey={drillRowKey}
      sort={{ column: "requestsPerSecond", order: "desc" }}
      exportHref={(format) => clusterPath(cluster, "/traffic") + toSearch({ ...asked, format })}
      empty={<NothingInside answer={answer} tab={tab} />}
    />
  );
}

function NothingInside({ answer, tab }: { answer: TrafficAnswer; tab: DrillTab }) {
  if (answer.source !== null) return <Empty title="Nothing of it was asked">No such request in this time.</Empty>;
  const wanted = DRILL_GROUPS[tab].map((dimension) => DIMENSION_WORDS[dimension]).join(" and ");
  return (
    <Empty title={`The ${wanted} is not told`}>
      No source that watched in this time tells it. Audit events do; the table at the end of the page says what each
      source can tell and how to switch it on.
    </Empty>
  );
}
