"use client";

import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { PrefixFilter } from "@/app/clusters/[cluster]/keys/prefix-filter";
import styles from "@/components/keyspace/keyspace.module.css";
import { historySentence } from "@/components/keyspace/keyspace-words";
import { TopKeys } from "@/components/keyspace/top-keys";
import { mostHistoryParams, readTopKeys, topKeysParams } from "@/components/keyspace/top-keys-params";
import { type ChosenPrefix, keySearch } from "@/components/keyspace/view-search";
import { useClusterHref } from "@/components/shell/use-cluster-href";
import { useUrlState } from "@/components/shell/use-url-state";
import { Button } from "@/components/ui/button";
import { KeyName } from "@/components/ui/key-name";
import { Skeleton } from "@/components/ui/skeleton";
import { Age } from "@/components/ui/time";
import { type TopKeyRow, type TopKeysAnswer, topKeysOptions } from "@/lib/api/keys";
import { formatBytes, formatCount, formatDuration, formatPerSecond } from "@/lib/model/units";

/** The keys that stand out, in one of several orders, of the whole keyspace or below a prefix. */
export function TopKeysView({ cluster }: { cluster: string }) {
  const { params, patch } = useUrlState();
  const question = readTopKeys(params);
  const { data } = useQuery(topKeysOptions(cluster, topKeysParams(question)));
  const { prefix } = question.chosen;
  return (
    <div className="page">
      <div className="answer">
        <div>
          <h1 className={styles.heading}>
            {data === undefined ? <Skeleton width={360} height={24} /> : <Headline answer={data} />}
          </h1>
          <p className="lede">
            Values are only measured, never read.{" "}
            {data !== undefined && data.range.observedSeconds > 0 && (
              <>
                Writes are counted over the {formatDuration(data.range.observedSeconds * 1_000)} watched in this time.{" "}
              </>
            )}
            {question.by !== "historyBytes" && <HistorySentence cluster={cluster} chosen={question.chosen} />}
          </p>
        </div>
        <PrefixFilter
          key={prefix}
          prefix={prefix}
          onChange={(text) => patch({ prefix: text, prefixBase64: null }, { push: true })}
        />
      </div>
      <TopKeys
        cluster={cluster}
        question={question}
        onOrder={(by) => patch({ by })}
        footer={(answer) =>
          answer.items.length >= question.limit && question.limit < 1_000 ? (
            <Button small onClick={() => patch({ limit: 1_000 })}>
              Show up to 1,000
            </Button>
          ) : (
            `${formatCount(answer.items.length)} listed.`
          )
        }
      />
    </div>
  );
}

/** The key that holds the most history: often not the one that is written most. Nothing when nobody holds any. */
function HistorySentence({ cluster, chosen }: { cluster: string; chosen: ChosenPrefix }) {
  const hrefOf = useClusterHref();
  const { data } = useQuery(topKeysOptions(cluster, mostHistoryParams(chosen)));
  if (data === undefined) return null;
  if (data.historyReason !== null) return <>{historySentence(data.historyReason)}</>;
  const top = data.items.find(({ historyBytes }) => (historyBytes ?? 0) > 0);
  if (top === undefined) return <>No superseded revision is held.</>;
  return (
    <>
      <KeyName text={top.key} href={hrefOf(cluster, "key", keySearch(top.key, top.keyBase64))} fit="middle" /> holds the
      most history: {heldWords(top)}.
    </>
  );
}

function heldWords({ historyBytes, historyRevisions }: TopKeyRow): string {
  const revisions = historyRevisions === 1 ? "1 revision" : `${formatCount(historyRevisions ?? 0)} revisions`;
  return `${formatBytes(historyBytes ?? 0)} in ${revisions}`;
}

/** The answer: the first key, and by how much. */
function Headline({ answer }: { answer: TopKeysAnswer }) {
  const first = answer.items[0];
  if (first === undefined) return <>{nothingWords(answer)}</>;
  return (
    <>
      <KeyName text={first.key} fit="middle" /> <span>{HEADLINES[answer.by](first)}</span>
    </>
  );
}

function nothingWords({ by, historyReason }: TopKeysAnswer): string {
  if (by === "writes" || by === "writtenBytes") return "No key stands out by its writes";
  return by === "historyBytes" && historyReason !== null ? "History is not measured" : "There are no keys here";
}

const HEADLINES: Record<TopKeysAnswer["by"], (row: TopKeyRow) => ReactNode> = {
  writtenBytes: (row) => `has the most bytes written, ${formatBytes(row.writtenBytesPerSecond ?? 0)} per second`,
  historyBytes: (row) => `holds the most history, ${heldWords(row)}`,
  writes: (row) => `is the hottest key, with ${formatPerSecond(row.writesPerSecond ?? 0)} writes per second`,
  valueBytes: (row) => `has the longest value, ${formatBytes(row.valueBytes ?? 0)}`,
  keyBytes: (row) => `is the longest key, ${formatCount(row.keyBytes)} bytes`,
  version: (row) => `is the most revised key, ${formatCount(row.version ?? 0)} writes since it was created`,
  age: (row) =>
    row.modifiedAt === null ? (
      "is the key not written for longest, since before there are dates"
    ) : (
      <>
        is the key not written for longest: <Age at={row.modifiedAt} />
      </>
    ),
};
