"use client";

import { clsx } from "clsx";
import type { HeatAnswer } from "@/components/heatmap/heat-answer";
import { isSigned } from "@/components/heatmap/heat-cells";
import { formatCell, formatHeat, NOUNS, shiftWords } from "@/components/heatmap/heat-words";
import styles from "@/components/heatmap/heatmap.module.css";
import { parseChosenRange, rangeWords } from "@/components/shell/range-words";
import { useUrlState } from "@/components/shell/use-url-state";
import { useZone } from "@/components/ui/clock";
import { formatInstant } from "@/components/ui/format-instant";
import { KeyName } from "@/components/ui/key-name";
import { toVisibleText } from "@/components/ui/visible-text";
import type { HeatHead, HeatMeasure } from "@/lib/model/heat-matrix";
import { formatBytes, formatDuration, formatRatio } from "@/lib/model/units";

const SUBJECTS: Record<HeatMeasure, string> = {
  writes: "writes",
  writtenBytes: "written bytes",
  deletes: "deletes",
  liveBytesChange: "change of live bytes",
  historyBytes: "history",
};

/** The running column alone leaves this much out. */
const MOSTLY = 0.95;

/** The page's answer: where most of it goes, and the hottest cell. `isPending`: it is still that of another question. */
export function HeatHeading(props: { answer: HeatAnswer; head: HeatHead; isPending: boolean }) {
  const { answer, head, isPending } = props;
  const zone = useZone();
  const { leader, hottest } = answer;
  return (
    <div className="answer">
      <div className={clsx(styles.heading, isPending && styles.pending)} aria-busy={isPending}>
        <h1>
          <Headline answer={answer} head={head} />
        </h1>
        <p className="lede">
          {hottest !== null && (
            <>
              The {isSigned(head) ? "largest change" : "hottest cell"} is {hottest.kind === "rest" && "the rest of "}
              {hottest.prefix === "" ? "all keys" : <KeyName text={hottest.prefix} />} at{" "}
              <b>{formatInstant(hottest.fromMs, zone, "minute")}</b>, {formatCell(hottest.value ?? 0, head)}.
            </>
          )}
          {hottest === null && leader === null && answer.total !== null && <>All that was watched was quiet.</>}
          {answer.total !== null && <WatchedPart head={head} />}
        </p>
      </div>
    </div>
  );
}

/** A share of all writes is one of those seen: where not all of the time was watched, it says so. */
function WatchedPart({ head }: { head: HeatHead }) {
  const watchedMs = head.observedMs.reduce((sum, ms) => sum + ms, 0);
  const wholeMs = head.atMs.length * head.stepMs;
  if (watchedMs > wholeMs * MOSTLY) return null;
  return (
    <>
      {" "}
      Watched for {formatDuration(watchedMs)} of {formatDuration(wholeMs)}.
    </>
  );
}

function Headline({ answer: { total, leader }, head }: { answer: HeatAnswer; head: HeatHead }) {
  const when = useRangeClause();
  if (total === null) return <>Nobody watched this prefix {when}</>;
  if (leader === null)
    return (
      <>
        No {SUBJECTS[head.measure]} {when}
      </>
    );
  const name = <KeyName text={leader.prefix} />;
  if (head.compare !== null) {
    return (
      <>
        {name} changed most: {formatHeat(Math.abs(leader.value), head.unit, false)}
        {NOUNS[head.measure]} {leader.value > 0 ? "more" : "less"} than {shiftWords(head.compare.shiftMs)} before
      </>
    );
  }
  if (head.measure === "liveBytesChange") {
    return (
      <>
        {name} {leader.value > 0 ? "grew" : "shrank"} most {when}, by {formatBytes(Math.abs(leader.value))}
      </>
    );
  }
  if (head.measure === "historyBytes") {
    return (
      <>
        {formatRatio(leader.share ?? 0)} of all history, {formatBytes(leader.value)}, lies under {name}
      </>
    );
  }
  const whole = head.prefix === "" ? `all ${SUBJECTS[head.measure]}` : `the ${SUBJECTS[head.measure]} here`;
  return (
    <>
      {formatRatio(leader.share ?? 0)} of {whole} {when} went to {name}
    </>
  );
}

/** The answer as plain text, for the description of the picture. */
export function describeHeat({ hottest }: HeatAnswer, head: HeatHead, zone: string): string {
  const size = `${head.rows.length} prefixes by ${head.atMs.length} columns of time.`;
  if (hottest === null) return `${size} Nothing happened in what was watched.`;
  const at = formatInstant(hottest.fromMs, zone, "minute");
  const row = `${hottest.kind === "rest" ? "the rest of " : ""}${toVisibleText(hottest.prefix) || "all keys"}`;
  return `${size} The strongest cell is ${row} at ${at}, ${formatCell(hottest.value ?? 0, head)}.`;
}

/** `in the last hour`, `in this time`. */
function useRangeClause(): string {
  const { params } = useUrlState();
  const zone = useZone();
  const chosen = parseChosenRange(params);
  if (chosen.preset === null) return "in this time";
  return `in the ${rangeWords(chosen, zone).toLowerCase()}`;
}
