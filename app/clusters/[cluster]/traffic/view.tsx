"use client";

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useClusterHref } from "@/components/shell/use-cluster-href";
import { useUrlState } from "@/components/shell/use-url-state";
import { DrillPanel } from "@/components/traffic/drill-panel";
import { ErrorsPanel } from "@/components/traffic/errors-panel";
import { LogSignals } from "@/components/traffic/log-signals";
import { MatrixPanel } from "@/components/traffic/matrix-panel";
import { SourceRecipes } from "@/components/traffic/no-source";
import { SourceLine, SourcesPanel } from "@/components/traffic/source-state";
import { TrafficHeading } from "@/components/traffic/traffic-answer";
import { TrafficChart } from "@/components/traffic/traffic-chart";
import {
  type ChosenTraffic,
  EXPORT_LIMIT,
  readTrafficState,
  trafficQuestions,
} from "@/components/traffic/traffic-search";
import { ProblemNote } from "@/components/ui/problem-note";
import { PageSkeleton } from "@/components/ui/skeleton";
import { type TrafficAnswer, trafficOptions } from "@/lib/api/traffic";

/** What is asked of this cluster. */
export function TrafficView({ cluster }: { cluster: string }) {
  const { params } = useUrlState();
  const state = readTrafficState(params);
  const questions = trafficQuestions(state);
  const cells = useQuery(trafficOptions(cluster, questions.cells));
  const { data, error, dataUpdatedAt, refetch } = cells;
  return (
    <div className="page">
      <ProblemNote error={error} dataAtMs={dataUpdatedAt} onRetry={() => refetch()} />
      {data === undefined && error === null && <PageSkeleton label="Loading the traffic" />}
      {data !== undefined &&
        (data.source === null ? <NotTold cluster={cluster} answer={data} /> : <Told cluster={cluster} cells={data} />)}
    </div>
  );
}

function Told({ cluster, cells }: { cluster: string; cells: TrafficAnswer }) {
  const { params, patch } = useUrlState();
  const clusterHref = useClusterHref();
  const state = readTrafficState(params);
  const questions = trafficQuestions(state);
  const rows = useQuery(trafficOptions(cluster, questions.rows));
  const verbs = useQuery(trafficOptions(cluster, questions.verbs));
  const failures = useQuery(trafficOptions(cluster, questions.failures));
  const { chosen } = state;
  const isDrilled = chosen.resource !== undefined || chosen.verb !== undefined;
  const [isOpenedHere, setOpenedHere] = useState(false);
  const open = ({ resource, verb }: ChosenTraffic) => {
    setOpenedHere(true);
    patch({ resource: resource ?? null, verb: verb ?? null }, { push: true });
  };
  const failed = [rows, verbs, failures].find(({ error }) => error !== null);
  return (
    <>
      <div className="answer">
        <TrafficHeading cells={cells} failures={isDrilled ? undefined : failures.data} />
      </div>
      <SourceLine answer={cells} chosen={state.source} onChoose={(source) => patch({ source })} />
      {failed && (
        <ProblemNote error={failed.error} dataAtMs={failed.dataUpdatedAt} onRetry={() => void failed.refetch()} />
      )}
      <MatrixPanel
        cluster={cluster}
        cells={cells}
        rows={rows.data}
        verbs={verbs.data}
        measure={state.measure}
        onMeasure={(measure) => patch({ measure: measure === "rate" ? null : measure })}
        chosen={chosen}
        hrefOf={(cell) => clusterHref(cluster, "traffic", { ...cell })}
        onOpen={open}
        onBack={() => patch({ resource: null, verb: null }, { push: true })}
        asked={{ ...questions.cells, limit: EXPORT_LIMIT }}
      />
      {isDrilled && (
        <DrillPanel
          cluster={cluster}
          state={state}
          isOpenedHere={isOpenedHere}
          verbs={verbsOf(cells, chosen.resource)}
          onChange={(changes) => patch(changes, { push: true })}
        />
      )}
      <TrafficChart cluster={cluster} state={state} onBy={(by) => patch({ by: by === "verb" ? null : by })} />
      {failures.data !== undefined && (
        <ErrorsPanel cluster={cluster} answer={failures.data} asked={questions.failures} />
      )}
      <LogSignals cluster={cluster} range={state.range} />
      <SourcesPanel cluster={cluster} sources={cells.sources} />
    </>
  );
}

/** The verbs that were used on a resource, the most used first. */
function verbsOf(cells: TrafficAnswer, resource: string | undefined): string[] {
  if (resource === undefined) return [];
  return cells.items.flatMap((item) => (item.resource === resource && item.verb ? [item.verb] : []));
}

/** No source answers: of this time none watched, or none was ever switched on. */
function NotTold({ cluster, answer }: { cluster: string; answer: TrafficAnswer }) {
  const hasHeard = answer.sources.some(({ at }) => at !== null);
  return (
    <>
      <div className="answer">
        <div>
          <h1>
            {hasHeard
              ? "Nobody watched what was asked in this time"
              : "What is asked of this cluster is not observed yet"}
          </h1>
          <p className="lede">
            {hasHeard
              ? "Choose another time in the header. Below is when each source last told something."
              : "etcd itself does not say who reads or writes which key. Any of these sources tells a part; together they tell who does what, how often and how long it takes."}
          </p>
        </div>
      </div>
      <SourcesPanel cluster={cluster} sources={answer.sources} />
      {!hasHeard && <SourceRecipes cluster={cluster} />}
    </>
  );
}
