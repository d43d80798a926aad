"use client";

import { useQuery } from "@tanstack/react-query";
import { X } from "lucide-react";
import { type ReactNode, useEffect, useMemo, useRef } from "react";
import { TimeChart } from "@/components/charts/time-chart";
import { clientName } from "@/components/clients/agent-words";
import { Plain, placeOf } from "@/components/clients/client-name";
import styles from "@/components/clients/clients.module.css";
import { type ChosenClient, type ClientsState, clientQuestions } from "@/components/clients/clients-search";
import { doingColumns, doingKey } from "@/components/clients/doing-columns";
import { ClientFindings } from "@/components/clients/findings-panel";
import { useClusterHref } from "@/components/shell/use-cluster-href";
import { DataTable } from "@/components/tables/data-table";
import { SourceNote } from "@/components/traffic/source-state";
import traffic from "@/components/traffic/traffic.module.css";
import { toTrafficSeries } from "@/components/traffic/traffic-chart";
import { TrafficFacts } from "@/components/traffic/traffic-facts";
import { EXPORT_LIMIT } from "@/components/traffic/traffic-search";
import { cutText } from "@/components/traffic/traffic-words";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Empty } from "@/components/ui/empty";
import { KeyName } from "@/components/ui/key-name";
import { Panel } from "@/components/ui/panel";
import { ProblemNote } from "@/components/ui/problem-note";
import { Skeleton } from "@/components/ui/skeleton";
import { Time } from "@/components/ui/time";
import type { ClientRow } from "@/lib/api/clients";
import { clusterPath, toSearch } from "@/lib/api/get-json";
import { trafficOptions, trafficSeriesOptions } from "@/lib/api/traffic";

/** Names are kept shorter; an address bar may hold anything. */
const LONGEST_NAME = 1_000;

interface DetailProps {
  cluster: string;
  state: ClientsState;
  /** The row of the list, where the client is among those listed. */
  row: ClientRow | undefined;
  /** Opened on this page, not by its address: then it is brought into sight. */
  isOpenedHere: boolean;
  onClose(): void;
}

/** One client: who it is, what stands out, what it asks for and when. */
export function ClientDetail(props: DetailProps) {
  const { cluster, state, row, onClose } = props;
  const questions = clientQuestions(state);
  const doing = useQuery(trafficOptions(cluster, questions.doing));
  const region = useRef<HTMLElement>(null);
  const id = JSON.stringify(state.chosen);
  const { isOpenedHere } = props;
  // What was opened by a click far up may lie below the window.
  // biome-ignore lint/correctness/useExhaustiveDependencies: another client moves the page, too
  useEffect(() => {
    if (isOpenedHere) region.current?.scrollIntoView({ block: "nearest" });
  }, [id, isOpenedHere]);
  const name = clientName({ userAgent: null, user: null, sourceAddress: null, ...state.chosen }) ?? "this client";
  return (
    <section ref={region} className={`page ${traffic.drill}`} aria-label="The chosen client">
      <ProblemNote error={doing.error} dataAtMs={doing.dataUpdatedAt} onRetry={() => void doing.refetch()} />
      <Panel
        title={<Plain shown={name} whole={state.chosen.userAgent ?? name} />}
        badge={row?.isNew && <Badge tone="accent">new</Badge>}
        actions={
          <Button small kind="quiet" iconOnly aria-label="Close" onClick={onClose}>
            <X size={14} aria-hidden="true" />
          </Button>
        }
        flush
      >
        <div className={styles.identity}>
          <Identity chosen={state.chosen} row={row} />
        </div>
        <TrafficFacts total={doing.data?.total} source={doing.data?.source ?? null} />
        <ClientFindings findings={row?.findings ?? []} />
      </Panel>
      <Doing {...props} />
      <ClientChart cluster={cluster} state={state} />
    </section>
  );
}

/** Everything that is known of who it is, uncut. */
function Identity({ chosen, row }: { chosen: ChosenClient; row: ClientRow | undefined }) {
  const place = placeOf(row?.resolvedName ?? null);
  return (
    <dl className={styles.facts}>
      <Known label="Agent" text={chosen.userAgent} />
      <Known label="User" text={chosen.user} />
      <Known label="Address" text={chosen.sourceAddress}>
        {place !== null && (
          <span className="muted">
            <KeyName text={place} fit="whole" />
          </span>
        )}
      </Known>
      {row?.firstSeenAt != null && (
        <div>
          <dt>First seen</dt>
          <dd>
            <Time at={row.firstSeenAt} style="minute" />
          </dd>
        </div>
      )}
      {row?.lastSeenAt != null && (
        <div>
          <dt>Last seen</dt>
          <dd>
            <Time at={row.lastSeenAt} style="minute" />
          </dd>
        </div>
      )}
    </dl>
  );
}

function Known({ label, text, children }: { label: string; text: string | undefined; children?: ReactNode }) {
  if (text === undefined) return null;
  return (
    <div>
      <dt>{label}</dt>
      <dd>
        <KeyName text={cutText(text, LONGEST_NAME)} fit="whole" />
        {children}
      </dd>
    </div>
  );
}

function Doing({ cluster, state }: DetailProps) {
  const { doing } = clientQuestions(state);
  const { data, error } = useQuery(trafficOptions(cluster, doing));
  const hrefOf = useClusterHref();
  const columns = useMemo(
    () => doingColumns(data?.source ?? null, (resource) => hrefOf(cluster, "traffic", { resource })),
    [data?.source, hrefOf, cluster],
  );
  if (data === undefined) {
    return (
      <Panel title="What it asks">
        {error === null ? (
          <Skeleton height={200} />
        ) : (
          <Empty title="No list">It is shown as soon as it is answered.</Empty>
        )}
      </Panel>
    );
  }
  return (
    <div className={traffic.short}>
      <DataTable
        label="What it asks"
        note={<SourceNote answer={data} />}
        rows={data.items}
        columns={columns}
        rowKey={doingKey}
        sort={{ column: "requestsPerSecond", order: "desc" }}
        exportHref={(format) => clusterPath(cluster, "/traffic") + toSearch({ ...doing, limit: EXPORT_LIMIT, format })}
        empty={<Empty title="Nothing was asked">This client asked nothing in this time.</Empty>}
      />
    </div>
  );
}

function ClientChart({ cluster, state }: { cluster: string; state: ClientsState }) {
  const { series: params } = clientQuestions(state);
  const { data, error, dataUpdatedAt, refetch } = useQuery(trafficSeriesOptions(cluster, params));
  const series = useMemo(() => toTrafficSeries(data), [data]);
  return (
    <>
      <ProblemNote error={error} dataAtMs={dataUpdatedAt} onRetry={() => refetch()} />
      <TimeChart
        title="Its requests by verb"
        unit="perSecond"
        kind="stacked"
        answer={data}
        series={series}
        height={180}
      />
    </>
  );
}
