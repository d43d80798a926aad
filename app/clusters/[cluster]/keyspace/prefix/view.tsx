"use client";

import { useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { Breadcrumb } from "@/components/keyspace/breadcrumb";
import styles from "@/components/keyspace/keyspace.module.css";
import { keysWords, PlaceSentence } from "@/components/keyspace/keyspace-words";
import { PrefixChart } from "@/components/keyspace/prefix-charts";
import { PrefixClients } from "@/components/keyspace/prefix-clients";
import { prefixColumns } from "@/components/keyspace/prefix-columns";
import { PrefixFacts } from "@/components/keyspace/prefix-facts";
import { PREFIX_CHARTS, readPrefixPage } from "@/components/keyspace/prefix-search-state";
import { rowId } from "@/components/keyspace/tiles";
import { TopKeys } from "@/components/keyspace/top-keys";
import { type ChosenPrefix, keySearch, prefixSearch } from "@/components/keyspace/view-search";
import { useClusterHref } from "@/components/shell/use-cluster-href";
import { useUrlState } from "@/components/shell/use-url-state";
import { DataTable } from "@/components/tables/data-table";
import { LinkButton } from "@/components/ui/button";
import { Empty } from "@/components/ui/empty";
import { KeyName } from "@/components/ui/key-name";
import { OriginNote } from "@/components/ui/origin";
import { ProblemNote } from "@/components/ui/problem-note";
import { PageSkeleton } from "@/components/ui/skeleton";
import { clusterPath, toSearch } from "@/lib/api/get-json";
import { type PrefixesAnswer, type PrefixRow, prefixesOptions } from "@/lib/api/prefixes";
import { parentOf } from "@/lib/model/prefix-parts";
import { formatBytes, formatBytesChange, formatPerSecond } from "@/lib/model/units";

/** The page of one prefix. */
export function PrefixView({ cluster }: { cluster: string }) {
  const { params, patch } = useUrlState();
  const hrefOf = useClusterHref();
  const { chosen, range, topKeys, children } = readPrefixPage(params);
  const query = useQuery(prefixesOptions(cluster, children));
  // Never another prefix's figures under this one's name.
  const answer = query.isPlaceholderData && query.data?.parent?.prefix !== chosen.prefix ? undefined : query.data;
  const shown = answer?.parent?.prefix ?? chosen.prefix;
  return (
    <div className="page">
      <Breadcrumb text={shown} hrefOf={(prefix) => hrefOf(cluster, "prefix", prefixSearch(prefix))} />
      <ProblemNote error={query.error} dataAtMs={answer && query.dataUpdatedAt} onRetry={() => query.refetch()} />
      {answer === undefined && query.error === null && <PageSkeleton label="Loading this prefix" />}
      {answer !== undefined && (
        <>
          <PrefixAnswer cluster={cluster} shown={shown} answer={answer} />
          <div className={styles.halves}>
            {PREFIX_CHARTS.map((chart) => (
              <PrefixChart key={chart.measure} cluster={cluster} chosen={chosen} range={range} {...chart} />
            ))}
          </div>
          <PrefixClients cluster={cluster} chosen={chosen} range={range} />
          <HeaviestChildren cluster={cluster} shown={shown} answer={answer} chosen={chosen} params={children} />
          <TopKeys cluster={cluster} question={topKeys} onOrder={(by) => patch({ by })} />
        </>
      )}
    </div>
  );
}

function PrefixAnswer({ cluster, shown, answer }: { cluster: string; shown: string; answer: PrefixesAnswer }) {
  const hrefOf = useClusterHref();
  const { parent } = answer;
  if (parent === null) {
    return (
      <Empty title={answer.revision === null ? "The keyspace has not been read yet" : "No key begins with this prefix"}>
        {answer.revision === null ? (
          "The first scan of this cluster has to finish first. What was recorded earlier is drawn below."
        ) : (
          <>
            <KeyName text={shown} fit="whole" /> holds nothing now. What was recorded of it is drawn below.
          </>
        )}
      </Empty>
    );
  }
  return (
    <>
      <div className="answer">
        <div>
          <h1 className={styles.heading}>
            {shown === "" ? cluster : <KeyName text={shown} base64={parent.prefixBase64} fit="whole" />}{" "}
            <span>
              holds {keysWords(parent.keys)} in {formatBytes(parent.liveBytes)}
            </span>
          </h1>
          <p className="lede">
            <PlaceSentence text={shown} />
            <ActivitySentence row={parent} observedSeconds={answer.range.observedSeconds} />
          </p>
        </div>
        <LinkButton href={hrefOf(cluster, "keyspace", prefixSearch(shown, parent.prefixBase64))} prefetch={false}>
          Open in Keyspace
        </LinkButton>
      </div>
      <PrefixFacts row={parent} answer={answer} />
    </>
  );
}

function ActivitySentence({ row, observedSeconds }: { row: PrefixRow; observedSeconds: number }) {
  if (row.writesPerSecond === null) {
    return observedSeconds === 0 ? (
      <>Nobody watched in this time, so its writes are not known.</>
    ) : (
      <>Its writes are not recorded: it is not a whole prefix of the tree.</>
    );
  }
  if (row.writesPerSecond === 0) return <>Nothing was written to it in this time.</>;
  return (
    <>
      It takes {formatPerSecond(row.writesPerSecond)} writes per second
      {row.growthBytes === null ? (
        <>; its growth over this time is not known.</>
      ) : (
        <> and changed by {formatBytesChange(row.growthBytes)} over this time.</>
      )}
    </>
  );
}

function HeaviestChildren(props: {
  cluster: string;
  shown: string;
  answer: PrefixesAnswer;
  chosen: ChosenPrefix;
  params: object;
}) {
  const { cluster, shown, answer } = props;
  const { clockSince, historyReason } = answer;
  const hrefOf = useClusterHref();
  const router = useRouter();
  const rowHref = (row: PrefixRow) => {
    if (row.kind === "key") return hrefOf(cluster, "key", keySearch(row.prefix, row.prefixBase64));
    return row.hasChildren ? hrefOf(cluster, "prefix", prefixSearch(row.prefix, row.prefixBase64)) : null;
  };
  const open = (row: PrefixRow) => {
    const href = rowHref(row);
    if (href !== null) router.push(href);
  };
  if (answer.parent === null) return null;
  return (
    <DataTable
      label="Heaviest children"
      note={<OriginNote origin={answer.parent.origin} at={answer.at} revision={answer.revision} />}
      actions={
        <LinkButton small kind="quiet" href={hrefOf(cluster, "keyspace", prefixSearch(shown))} prefetch={false}>
          All children
        </LinkButton>
      }
      rows={answer.items}
      columns={prefixColumns({ parent: shown, clockSince, historyReason, hrefOf: rowHref, onOpen: open })}
      rowKey={rowId}
      sort={{ column: "liveBytes", order: "desc" }}
      filterText={(row) => row.prefix}
      exportHref={(format) => clusterPath(cluster, "/prefixes") + toSearch({ ...props.params, format })}
      onActivate={open}
      onBack={() => router.push(hrefOf(cluster, "prefix", prefixSearch(parentOf(shown))))}
      empty={<Empty title="Nothing below">This prefix has no children.</Empty>}
    />
  );
}
