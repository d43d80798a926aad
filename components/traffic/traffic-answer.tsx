"use client";

import type { ReactNode } from "react";
import styles from "@/components/keyspace/keyspace.module.css";
import { parseChosenRange, rangeWords } from "@/components/shell/range-words";
import { useUrlState } from "@/components/shell/use-url-state";
import { rateWords } from "@/components/traffic/figure-columns";
import { errorRatio, formatLatency, formatShare } from "@/components/traffic/traffic-measures";
import { cutText, failureWords, verbPlural } from "@/components/traffic/traffic-words";
import { useZone } from "@/components/ui/clock";
import { KeyName } from "@/components/ui/key-name";
import type { TrafficAnswer, TrafficRow } from "@/lib/api/traffic";

/** From this share on the largest group of failures is "most" of them. */
const MOST = 0.5;

/** The page's answer: how much is asked, what most of it is, what fails. */
export function TrafficHeading({ cells, failures }: { cells: TrafficAnswer; failures: TrafficAnswer | undefined }) {
  const when = useRangeClause();
  const { total } = cells;
  if (total === null || total.requestsPerSecond === null) {
    return <h1>What is asked of this cluster is not known {when}</h1>;
  }
  const busiest = cells.items.find(({ isOther }) => !isOther);
  const isNamed = busiest !== undefined && (busiest.verb !== null || busiest.resource !== null);
  return (
    <div>
      <h1 className={styles.sentence}>
        {total.requests === 0 ? (
          <>Nothing was asked {when}</>
        ) : (
          <>
            {rateWords(total.requestsPerSecond)} {when}
            {isNamed && busiest.share !== null && (
              <>
                ; <Subject row={busiest} /> are {formatShare(busiest.share)} of them
              </>
            )}
          </>
        )}
      </h1>
      <p className="lede">
        <FailureSentence total={total} failures={failures?.items ?? []} />
        {total.latencyP99Ms !== null && <> 99 of 100 requests took at most {formatLatency(total.latencyP99Ms)}.</>}
      </p>
    </div>
  );
}

/** `in the last hour`, `in this time`. */
export function useRangeClause(): string {
  const { params } = useUrlState();
  const zone = useZone();
  const chosen = parseChosenRange(params);
  return chosen.preset === null ? "in this time" : `in the ${rangeWords(chosen, zone).toLowerCase()}`;
}

function Subject({ row: { verb, resource } }: { row: TrafficRow }): ReactNode {
  if (resource === null) return verbPlural(verb);
  return (
    <>
      {verbPlural(verb)} of <KeyName text={cutText(resource, 80)} fit="middle" />
    </>
  );
}

function FailureSentence({ total, failures }: { total: NonNullable<TrafficAnswer["total"]>; failures: TrafficRow[] }) {
  const failed = errorRatio(total);
  if (total.requests === 0) return null;
  if (failed === null || total.errors === null) return <>How many of them failed is not told.</>;
  if (total.errors === 0) return <>None of them failed.</>;
  const worst = failures.find(({ code, errors, isOther }) => !isOther && code !== null && (errors ?? 0) > 0);
  return (
    <>
      <b>{formatShare(failed)}</b> failed
      {worst !== undefined && worst.code !== null && (
        <>
          , {(worst.errors ?? 0) / total.errors >= MOST ? "most of them" : "above all"} {failureWords(worst.code)}
          {worst.resource !== null && (
            <>
              {" "}
              on{" "}
              <span className={styles.sentenceKey}>
                <KeyName text={cutText(worst.resource, 80)} fit="middle" />
              </span>
            </>
          )}
        </>
      )}
      .
    </>
  );
}
