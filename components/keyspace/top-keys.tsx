"use client";

import { useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { type ReactNode, useMemo } from "react";
import { keyColumns, measureId } from "@/components/keyspace/key-columns";
import styles from "@/components/keyspace/keyspace.module.css";
import { type TopKeysQuestion, topKeysParams } from "@/components/keyspace/top-keys-params";
import { keySearch } from "@/components/keyspace/view-search";
import { useClusterHref } from "@/components/shell/use-cluster-href";
import { DataTable } from "@/components/tables/data-table";
import { Empty } from "@/components/ui/empty";
import { OriginNote } from "@/components/ui/origin";
import { Panel } from "@/components/ui/panel";
import { ProblemNote } from "@/components/ui/problem-note";
import { Segmented } from "@/components/ui/segmented";
import { toSentence } from "@/components/ui/sentence";
import { Skeleton } from "@/components/ui/skeleton";
import { clusterPath, toSearch } from "@/lib/api/get-json";
import { type TopKeyRow, type TopKeysAnswer, type TopKeysParams, topKeysOptions } from "@/lib/api/keys";
import { formatDuration } from "@/lib/model/units";

type Order = TopKeysParams["by"];

export const ORDER_WORDS: Record<Order, { tab: string; title: string }> = {
  writes: { tab: "Hottest", title: "Hottest keys" },
  writtenBytes: { tab: "Most bytes written", title: "Keys with the most bytes written" },
  historyBytes: { tab: "Most history held", title: "Keys that hold the most history" },
  valueBytes: { tab: "Longest values", title: "Keys with the longest values" },
  keyBytes: { tab: "Longest keys", title: "Longest keys" },
  version: { tab: "Most revised", title: "Most revised keys" },
  age: { tab: "Stalest", title: "Keys not written for longest" },
};
const ORDERS = Object.entries(ORDER_WORDS).map(([value, { tab }]) => ({ value: value as Order, label: tab }));

/** Largest answer of the API; what is taken home. */
const EXPORT_LIMIT = 1_000;

/** The top keys of a prefix in one of several orders, with the switch between them. */
export function TopKeys(props: {
  cluster: string;
  question: TopKeysQuestion;
  onOrder(by: Order): void;
  footer?(answer: TopKeysAnswer): ReactNode;
}) {
  const { cluster, question } = props;
  const { prefix } = question.chosen;
  const params = topKeysParams(question);
  const { data, error, dataUpdatedAt, refetch } = useQuery(topKeysOptions(cluster, params));
  const hrefOf = useClusterHref();
  const router = useRouter();
  // Another order's rows may still be shown while this one's are on their way: columns follow the rows.
  const by = data?.by ?? question.by;
  const historyReason = data?.historyReason ?? null;
  const keyHref = useMemo(
    () => (row: TopKeyRow) => hrefOf(cluster, "key", keySearch(row.key, row.keyBase64)),
    [hrefOf, cluster],
  );
  const columns = useMemo(
    () => keyColumns(by, { prefix, hrefOf: keyHref, historyReason }),
    [by, prefix, keyHref, historyReason],
  );
  const tabs = (
    <span className={styles.tabs}>
      <Segmented hideLabel label="Order" value={question.by} options={ORDERS} onChange={props.onOrder} />
    </span>
  );
  if (data === undefined) {
    return (
      <>
        {error !== null && <ProblemNote error={error} onRetry={() => refetch()} />}
        <Panel title={ORDER_WORDS[by].title} actions={tabs}>
          {error === null ? (
            <Skeleton height={320} />
          ) : (
            <Empty title="No list">It is shown as soon as it is answered.</Empty>
          )}
        </Panel>
      </>
    );
  }
  return (
    <>
      <ProblemNote error={error} dataAtMs={dataUpdatedAt} onRetry={() => refetch()} />
      <DataTable
        key={by}
        label={ORDER_WORDS[by].title}
        note={<KeysNote answer={data} />}
        actions={tabs}
        rows={data.items}
        columns={columns}
        rowKey={(row) => row.keyBase64 ?? row.key}
        sort={{ column: measureId(by), order: by === "age" ? "asc" : "desc" }}
        exportHref={(format) =>
          clusterPath(cluster, "/keys/top") + toSearch({ ...params, limit: EXPORT_LIMIT, format })
        }
        onActivate={(row) => router.push(keyHref(row))}
        empty={<NoKeys answer={data} />}
        footer={props.footer?.(data)}
      />
    </>
  );
}

/** Orders over a time, counted minute by minute; the others are of the keys as they are now. */
function isCounted(by: Order): boolean {
  return by === "writes" || by === "writtenBytes";
}

function KeysNote({ answer }: { answer: TopKeysAnswer }) {
  const isExact = answer.items.every((row) => row.origin === "exact");
  const { observedSeconds } = answer.range;
  return (
    <OriginNote origin={isExact ? "exact" : "estimated"} at={answer.at} revision={answer.revision}>
      {isCounted(answer.by) ? (
        <>
          {isExact ? "exact" : "exact, or at least and at most"}, {formatDuration(observedSeconds * 1_000)} watched
        </>
      ) : (
        "exact, of the keys as they are now"
      )}
    </OriginNote>
  );
}

function NoKeys({ answer }: { answer: TopKeysAnswer }) {
  if (answer.by === "historyBytes" && answer.historyReason !== null) {
    return <Empty title="History is not measured">{toSentence(answer.historyReason)}</Empty>;
  }
  if (!isCounted(answer.by)) return <Empty title="No keys">No key begins with this prefix.</Empty>;
  if (answer.range.observedSeconds === 0) {
    return <Empty title="Nothing observed">Nobody watched in this time. Choose another in the header.</Empty>;
  }
  return (
    <Empty title="Nothing among the hottest">
      No key that begins with this prefix was among the most written keys of any minute in this time.
    </Empty>
  );
}
