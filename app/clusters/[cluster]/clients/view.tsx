"use client";

import { useQuery } from "@tanstack/react-query";
import { ClientDetail } from "@/components/clients/client-detail";
import { ClientsHeading } from "@/components/clients/clients-answer";
import { clientsQuestion, findChosen, isChosen, readClientsState } from "@/components/clients/clients-search";
import { ClientsTable } from "@/components/clients/clients-table";
import { FindingsPanel } from "@/components/clients/findings-panel";
import { useOpenClient } from "@/components/clients/use-open-client";
import { useUrlState } from "@/components/shell/use-url-state";
import { SourceRecipes } from "@/components/traffic/no-source";
import { SourceLine, SourcesPanel } from "@/components/traffic/source-state";
import { ProblemNote } from "@/components/ui/problem-note";
import { PageSkeleton } from "@/components/ui/skeleton";
import { type ClientsAnswer, clientsOptions } from "@/lib/api/clients";

/** Sources that tell anything of who asks. */
const TELLS_CLIENTS = ["audit", "etcd-log"] as const;

/** Who asks this cluster. */
export function ClientsView({ cluster }: { cluster: string }) {
  const { params } = useUrlState();
  const question = clientsQuestion(readClientsState(params));
  const { data, error, dataUpdatedAt, refetch } = useQuery(clientsOptions(cluster, question));
  return (
    <div className="page">
      <ProblemNote error={error} dataAtMs={dataUpdatedAt} onRetry={() => refetch()} />
      {data === undefined && error === null && <PageSkeleton label="Loading the clients" />}
      {data !== undefined &&
        (data.source === null ? <NotTold cluster={cluster} answer={data} /> : <Told cluster={cluster} answer={data} />)}
    </div>
  );
}

function Told({ cluster, answer }: { cluster: string; answer: ClientsAnswer }) {
  const { params } = useUrlState();
  const state = readClientsState(params);
  const { open, close, isOpenedHere } = useOpenClient();
  return (
    <>
      <div className="answer">
        <ClientsHeading answer={answer} />
      </div>
      <SourceLine answer={answer} chosen={null} />
      <FindingsPanel rows={answer.items} onOpen={open} />
      <ClientsTable cluster={cluster} answer={answer} state={state} onOpen={open} onClose={close} />
      {isChosen(state.chosen) && (
        <ClientDetail
          isOpenedHere={isOpenedHere}
          cluster={cluster}
          state={state}
          row={findChosen(answer.items, state.chosen)}
          onClose={close}
        />
      )}
      <SourcesPanel cluster={cluster} sources={answer.sources} />
    </>
  );
}

/** No source tells who asks: of this time none watched, or none was ever switched on. */
function NotTold({ cluster, answer }: { cluster: string; answer: ClientsAnswer }) {
  const tellers = answer.sources.filter(({ source }) => TELLS_CLIENTS.some((teller) => teller === source));
  const hasHeard = tellers.some(({ at }) => at !== null);
  return (
    <>
      <div className="answer">
        <div>
          <h1>{hasHeard ? "Nobody watched who asked in this time" : "Who asks this cluster is not observed yet"}</h1>
          <p className="lede">
            {hasHeard
              ? "Choose another time in the header. Below is when each source last told something."
              : "Behind a kube-apiserver all users are one client to etcd. Audit events tell them apart by user, agent and address; etcd’s own log tells the addresses that talk to etcd itself."}
          </p>
        </div>
      </div>
      <SourcesPanel cluster={cluster} sources={answer.sources} />
      {!hasHeard && <SourceRecipes cluster={cluster} only={TELLS_CLIENTS} />}
    </>
  );
}
