"use client";

import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { PrefixFilter } from "@/app/clusters/[cluster]/keys/prefix-filter";
import styles from "@/components/keyspace/keyspace.module.css";
import { TopKeys } from "@/components/keyspace/top-keys";
import { readTopKeys, topKeysParams } from "@/components/keyspace/top-keys-params";
import { useUrlState } from "@/components/shell/use-url-state";
import { Button } from "@/components/ui/button";
import { KeyName } from "@/components/ui/key-name";
import { Skeleton } from "@/components/ui/skeleton";
import { Age } from "@/components/ui/time";
import { type TopKeyRow, type TopKeysAnswer, topKeysOptions } from "@/lib/api/keys";
import { formatBytes, formatCount, formatDuration, formatPerSecond } from "@/lib/model/units";

/** The keys that stand out, in one of five orders, of the whole keyspace or below a prefix. */
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
            {data?.by === "writes" && data.range.observedSeconds > 0 && (
              <>
                Writes are counted over the {formatDuration(data.range.observedSeconds * 1_000)} watched in this time.
              </>
            )}
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

/** The answer: the first key, and by how much. */
function Headline({ answer }: { answer: TopKeysAnswer }) {
  const first = answer.items[0];
  if (first === undefined)
    return <>{answer.by === "writes" ? "No key stands out by its writes" : "There are no keys here"}</>;
  return (
    <>
      <KeyName text={first.key} fit="middle" /> <span>{HEADLINES[answer.by](first)}</span>
    </>
  );
}

const HEADLINES: Record<TopKeysAnswer["by"], (row: TopKeyRow) => ReactNode> = {
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
