"use client";

import { changeWords } from "@/components/keyspace/color-scales";
import { compareName } from "@/components/keyspace/compare-tiles";
import { instantWords } from "@/components/keyspace/compare-words";
import styles from "@/components/keyspace/keyspace.module.css";
import { useNow, useZone } from "@/components/ui/clock";
import { KeyName } from "@/components/ui/key-name";
import { OriginNote } from "@/components/ui/origin";
import { Time } from "@/components/ui/time";
import type { CompareAnswer, ComparedInstant, CompareRow } from "@/lib/api/compare";
import { formatBytes, formatCount, formatDuration } from "@/lib/model/units";

/** What a comparison comes to, in a sentence; below it, of which instants it really speaks. */
export function CompareHeading(props: {
  cluster: string;
  answer: CompareAnswer;
  parent: NonNullable<CompareAnswer["parent"]>;
  /** The rows to name: those of the child that is looked through, where there is one. */
  rows: readonly CompareRow[];
  /** The later instant is now. */
  isNow: boolean;
}) {
  const { cluster, answer, parent, rows, isNow } = props;
  const name = parent.prefix === "" ? cluster : <KeyName text={parent.prefix} fit="middle" />;
  return (
    <div className="answer">
      <div>
        <h1 className={styles.sentence}>
          <Since answer={answer} isNow={isNow} /> {name} {changedWords(parent.changeBytes)}
          <MostOfIt parent={parent} rows={rows} />
        </h1>
        <p className="lede">
          {countWords(answer)} Compared are <Instant instant={answer.before} /> and <Instant instant={answer.after} />.{" "}
          <OriginNote origin="exact" at={answer.after.at} />
        </p>
      </div>
    </div>
  );
}

function Since({ answer: { before, after }, isNow }: { answer: CompareAnswer; isNow: boolean }) {
  const nowMs = useNow(60_000);
  const zone = useZone();
  const from = instantWords(Date.parse(before.at ?? before.askedAt), nowMs, zone);
  if (isNow) return <>Since {from}</>;
  return (
    <>
      Between {from} and {instantWords(Date.parse(after.at ?? after.askedAt), nowMs, zone)}
    </>
  );
}

function changedWords(bytes: number): string {
  return bytes === 0 ? "did not change in size" : changeWords(bytes);
}

/** `; 83 % of it in events/`, where one row goes the same way and is part of it; else what moved most. */
function MostOfIt({ parent, rows }: { parent: NonNullable<CompareAnswer["parent"]>; rows: readonly CompareRow[] }) {
  const top = rows.find(({ changeBytes }) => changeBytes !== 0);
  if (top === undefined) return null;
  const part = parent.changeBytes === 0 ? 0 : top.changeBytes / parent.changeBytes;
  const name =
    top.kind === "prefix" ? (
      <KeyName text={top.prefix} relativeTo={parent.prefix} fit="middle" />
    ) : (
      compareName(top, parent.prefix)
    );
  if (part > 0 && part <= 1) {
    return (
      <>
        ; {Math.round(part * 100)} % of it in {name}
      </>
    );
  }
  return (
    <>
      ; most in {name}, which {changeWords(top.changeBytes)}
    </>
  );
}

/** `12 grew, 3 shrank, 2 are new, 1 is gone.` */
function countWords({ totals }: CompareAnswer): string {
  const { grown, shrunk, same } = totals;
  const are = (rows: number, word: string) => `${formatCount(rows)} ${rows === 1 ? "is" : "are"} ${word}`;
  const parts = [
    grown.rows > 0 && `${formatCount(grown.rows)} grew by ${formatBytes(grown.changeBytes)}`,
    shrunk.rows > 0 && `${formatCount(shrunk.rows)} shrank by ${formatBytes(-shrunk.changeBytes)}`,
    totals.new.rows > 0 && are(totals.new.rows, "new"),
    totals.gone.rows > 0 && are(totals.gone.rows, "gone"),
    same.rows > 0 && `${formatCount(same.rows)} stayed the same`,
  ].filter((part) => part !== false);
  return parts.length === 0 ? "" : `Of its children ${parts.join(", ")}.`;
}

function Instant({ instant: { at, askedAt, resolutionSeconds } }: { instant: ComparedInstant }) {
  return (
    <>
      <Time at={at ?? askedAt} />
      {resolutionSeconds !== null && resolutionSeconds > 0 && ` (to ${formatDuration(resolutionSeconds * 1_000)})`}
    </>
  );
}
