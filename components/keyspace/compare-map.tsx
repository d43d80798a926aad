"use client";

import { useMemo } from "react";
import { ColorLegend } from "@/components/keyspace/color-legend";
import { compareName, toCompareTiles } from "@/components/keyspace/compare-tiles";
import { Treemap } from "@/components/keyspace/treemap";
import styles from "@/components/keyspace/treemap.module.css";
import { KeyName } from "@/components/ui/key-name";
import { toVisibleText } from "@/components/ui/visible-text";
import type { CompareRow } from "@/lib/api/compare";
import { formatCount } from "@/lib/model/units";

const NAMED_GONE = 4;

/** What is there now as a treemap, coloured by what changed; what is gone is named below it. */
export function CompareMap(props: {
  rows: readonly CompareRow[];
  parent: string;
  seenThrough: string | null;
  hrefOf(row: CompareRow): string | null;
  onOpen(row: CompareRow): void;
  onUp(): void;
}) {
  const { rows, parent, seenThrough, hrefOf, onOpen } = props;
  const { tiles, gone, scale } = useMemo(
    () => toCompareTiles(rows, { parent, seenThrough }),
    [rows, parent, seenThrough],
  );
  const place = parent === "" ? "the keyspace" : toVisibleText(parent).slice(-80);
  return (
    <section className="panel" aria-label="Treemap">
      {tiles.length === 0 ? (
        <div className={styles.map}>
          <p className={styles.nothing}>Nothing of it is there any more.</p>
        </div>
      ) : (
        <Treemap
          label={`Children of ${place} by live bytes, coloured by change`}
          tiles={tiles}
          hrefOf={({ row }) => row && hrefOf(row)}
          onOpen={({ row }) => row && onOpen(row)}
          onUp={props.onUp}
        />
      )}
      <div className={styles.foot}>
        <span>
          {seenThrough !== null && (
            <>
              Nearly all of it lies in <KeyName text={seenThrough} />, whose children are drawn.{" "}
            </>
          )}
          Area is live bytes at the later instant. <Gone gone={gone} parent={seenThrough ?? parent} />
        </span>
        <ColorLegend title="Shrunk or grown in between" scale={scale} />
      </div>
    </section>
  );
}

function Gone({ gone, parent }: { gone: readonly CompareRow[]; parent: string }) {
  if (gone.length === 0) return null;
  const names = gone.slice(0, NAMED_GONE).map((row) => toVisibleText(compareName(row, parent)));
  const more = gone.length > NAMED_GONE ? ` and ${formatCount(gone.length - NAMED_GONE)} more` : "";
  return (
    <>
      Gone, and not drawn: {names.join(", ")}
      {more}.
    </>
  );
}
