"use client";

import { useQuery } from "@tanstack/react-query";
import { CircleCheck, EyeOff, Grid3x3 } from "lucide-react";
import Link from "next/link";
import { type ReactNode, useState } from "react";
import { cellSearch } from "@/components/patterns/pattern-links";
import { PatternIcon, PatternWord } from "@/components/patterns/pattern-word";
import styles from "@/components/patterns/patterns.module.css";
import { clusterHref } from "@/components/shell/cluster-href";
import { Button } from "@/components/ui/button";
import { KeyName } from "@/components/ui/key-name";
import { ProblemNote } from "@/components/ui/problem-note";
import { Skeleton } from "@/components/ui/skeleton";
import { Time } from "@/components/ui/time";
import { toVisibleText } from "@/components/ui/visible-text";
import type { RangeParams } from "@/lib/api/common";
import { type PatternItem, type PatternsAnswer, type PatternsParams, patternsOptions } from "@/lib/api/patterns";
import { formatDuration } from "@/lib/model/units";

/** So many are shown at first; the others on demand. */
const SHOWN_FIRST = 5;
const DAY_MS = 86_400_000;
const COMMON_PREFIX = "/registry/";

/** What stands out in a range, a plain sentence each with a link to its cells in the heatmap. */
export function PatternMessages({ cluster, params }: { cluster: string; params: Partial<PatternsParams> }) {
  const { data, error, dataUpdatedAt, refetch } = useQuery(patternsOptions(cluster, params));
  const { range, from, to } = params;
  const asked = { ...(range && { range }), ...(from && { from }), ...(to && { to }) };
  return (
    <section className={`panel ${styles.messages}`} aria-label="What stands out">
      {error !== null && <ProblemNote error={error} dataAtMs={dataUpdatedAt} onRetry={refetch} />}
      {data === undefined && error === null && <LoadingRow />}
      {data !== undefined && <Messages cluster={cluster} answer={data} asked={asked} />}
    </section>
  );
}

function Messages({ cluster, answer, asked }: { cluster: string; answer: PatternsAnswer; asked: RangeParams }) {
  const [isWhole, setWhole] = useState(false);
  const { items } = answer;
  const shown = isWhole ? items : items.slice(0, SHOWN_FIRST);
  const isCalm = items.every(({ severity }) => severity === "info");
  return (
    <>
      <ul>
        {isCalm && <CalmRow answer={answer} />}
        {shown.map((item) => (
          <li key={`${item.pattern} ${item.kind} ${item.prefix} ${item.from}`}>
            <PatternIcon pattern={item.pattern} severity={item.severity} />
            <span className={styles.sentence}>
              <Sentence item={item} isLong={isLongRange(answer)} />
            </span>
            <Link
              className={styles.cells}
              href={clusterHref(cluster, "heatmap", cellSearch(item, answer.range, asked))}
              aria-label={`Cells of ${toVisibleText(item.prefix) || "the whole keyspace"}, ${item.pattern}`}
              prefetch={false}
            >
              <Grid3x3 size={13} aria-hidden="true" />
              <span>Cells</span>
            </Link>
          </li>
        ))}
      </ul>
      {items.length > shown.length && (
        <div className={styles.more}>
          <Button small onClick={() => setWhole(true)}>
            {items.length - shown.length} more
          </Button>
        </div>
      )}
    </>
  );
}

function Sentence({ item, isLong }: { item: PatternItem; isLong: boolean }): ReactNode {
  return item.sentence.map((part, place) => {
    const key = `${place} ${part.kind}`;
    if (part.kind === "text") return part.text;
    if (part.kind === "instant") return <Time key={key} at={part.at} style={isLong ? "minute" : "clock"} />;
    if (part.kind === "pattern") return <PatternWord key={key} pattern={item.pattern} />;
    if (item.prefix === "") return <b key={key}>the whole keyspace</b>;
    const relativeTo = item.prefix.startsWith(COMMON_PREFIX) ? COMMON_PREFIX : "";
    return <KeyName key={key} text={item.prefix} base64={item.prefixBase64} relativeTo={relativeTo} fit="middle" />;
  });
}

/** Below this share of the time watched, that nothing was seen says little. */
const MOSTLY = 0.95;

function CalmRow({ answer }: { answer: PatternsAnswer }) {
  if (answer.range.observedSeconds === 0) {
    return (
      <li>
        <EyeOff size={15} aria-hidden="true" className={styles.info} />
        <span className={styles.sentence}>Nobody watched in this time: what happened is not known.</span>
      </li>
    );
  }
  const watchedMs = answer.range.observedSeconds * 1_000;
  const wholeMs = Date.parse(answer.range.to) - Date.parse(answer.range.from);
  return (
    <li>
      <CircleCheck size={15} aria-hidden="true" className={styles.good} />
      <span className={styles.sentence}>
        Nothing unusual: no storm, hot loop, leak or mass delete
        {answer.prefixes > 1 && <> among the {answer.prefixes} heaviest prefixes</>}
        {watchedMs < wholeMs * MOSTLY && (
          <>
            {" "}
            in the {formatDuration(watchedMs)} watched of {formatDuration(wholeMs)}
          </>
        )}
        .
      </span>
    </li>
  );
}

function LoadingRow() {
  return (
    <div role="status" aria-label="Looking for patterns">
      <ul>
        <li>
          <Skeleton width={15} height={15} />
          <Skeleton width="min(520px, 80%)" />
        </li>
      </ul>
    </div>
  );
}

function isLongRange({ range }: PatternsAnswer): boolean {
  return Date.parse(range.to) - Date.parse(range.from) > DAY_MS;
}
