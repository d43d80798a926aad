"use client";

import { useMemo } from "react";
import { COLOR_TITLES, ColorLegend } from "@/components/keyspace/color-legend";
import type { Area, Color } from "@/components/keyspace/keyspace-search";
import { historySentence } from "@/components/keyspace/keyspace-words";
import { toTiles } from "@/components/keyspace/tiles";
import { Treemap } from "@/components/keyspace/treemap";
import styles from "@/components/keyspace/treemap.module.css";
import { KeyName } from "@/components/ui/key-name";
import { toVisibleText } from "@/components/ui/visible-text";
import type { PrefixesAnswer, PrefixRow } from "@/lib/api/prefixes";
import { formatCount } from "@/lib/model/units";

const AREA_WORDS: Record<Area, string> = {
  liveBytes: "live bytes",
  keys: "number of keys",
  history: "history bytes",
  writes: "writes per second",
  growth: "growth, either way",
};

/** The children of a prefix as a treemap, with its legend and what it leaves out. */
export function KeyspaceMap(props: {
  answer: PrefixesAnswer;
  rows: readonly PrefixRow[];
  seenThrough: string | null;
  area: Area;
  color: Color;
  hrefOf(row: PrefixRow): string | null;
  onOpen(row: PrefixRow): void;
  onUp(): void;
}) {
  const { answer, rows, seenThrough, area, color, hrefOf, onOpen, onUp } = props;
  const { parent, at, clockSince } = answer;
  const { tiles, without, scale } = useMemo(
    () => toTiles({ parent, rows, area, color, at, clockSince, seenThrough }),
    [parent, rows, area, color, at, clockSince, seenThrough],
  );
  const place = parent === null || parent.prefix === "" ? "the keyspace" : toVisibleText(parent.prefix).slice(-80);
  return (
    <section className="panel" aria-label="Treemap">
      {tiles.length === 0 ? (
        <div className={styles.map}>
          <p className={styles.nothing}>{nothingWords(area, answer)}</p>
        </div>
      ) : (
        <Treemap
          label={`Children of ${place} by ${AREA_WORDS[area]}`}
          tiles={tiles}
          hrefOf={({ row }) => row && hrefOf(row)}
          onOpen={({ row }) => row && onOpen(row)}
          onUp={onUp}
        />
      )}
      <div className={styles.foot}>
        <span>
          {seenThrough !== null && (
            <>
              Nearly all of it lies in <KeyName text={seenThrough} />, whose children are drawn.{" "}
            </>
          )}
          Area is {AREA_WORDS[area]}; grey: not known.
          {without > 0 && tiles.length > 0 && <> {withoutWords(without, area)}</>}
        </span>
        <ColorLegend title={COLOR_TITLES[scale.color]} scale={scale} />
      </div>
    </section>
  );
}

function nothingWords(area: Area, { range, historyReason }: PrefixesAnswer): string {
  if (area === "history") {
    if (historyReason !== null) return historySentence(historyReason);
    return "No superseded revision is held here: compaction has removed them all.";
  }
  if (area === "writes") {
    if (range.observedSeconds === 0) return "Nobody watched in this time: writes are not known.";
    return "Nothing was written to these prefixes in this time. Single keys have no rates of their own.";
  }
  if (area === "growth") return "No growth is known in this time: nothing changed, or the records begin later.";
  return "There is nothing to draw.";
}

function withoutWords(without: number, area: Area): string {
  const what = without === 1 ? "1 listed child has" : `${formatCount(without)} listed children have`;
  if (area === "writes") return `${what} no writes or no rate of their own.`;
  if (area === "history") return `${what} no history, or it is not measured.`;
  return area === "growth" ? `${what} not changed, or are older than the records.` : `${what} none.`;
}
