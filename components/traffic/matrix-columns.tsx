import { clsx } from "clsx";
import { Unknown } from "@/components/keyspace/figures";
import type { Column } from "@/components/tables/column";
import type { MatrixScale } from "@/components/traffic/matrix-scale";
import styles from "@/components/traffic/traffic.module.css";
import type { MatrixRow } from "@/components/traffic/traffic-matrix";
import {
  errorRatio,
  formatLatency,
  formatShare,
  type MatrixMeasure,
  MEASURES,
} from "@/components/traffic/traffic-measures";
import { nounsOf, SOURCE_WORDS } from "@/components/traffic/traffic-words";
import { KeyName } from "@/components/ui/key-name";
import { toVisibleText } from "@/components/ui/visible-text";
import type { TrafficFigures } from "@/lib/api/traffic";
import { inkOn } from "@/lib/model/heat-color";
import type { TrafficSource } from "@/lib/model/traffic";
import { formatCount, formatPerSecond } from "@/lib/model/units";

/** What the cells of a matrix need to know besides their figures. */
export interface MatrixLook {
  measure: MatrixMeasure;
  source: TrafficSource | null;
  origin: string;
  scale: MatrixScale | null;
  chosen: { resource?: string; verb?: string };
  hrefOf(cell: { resource: string; verb: string }): string;
  onOpen(cell: { resource: string; verb: string }): void;
}

/** Verbs are columns: so that none of them is taken for another column, their ids begin with this. */
const VERB_ID = "verb ";

/** The columns of the matrix: the resource, a column a verb, and all verbs together. */
export function matrixColumns(verbs: readonly string[], look: MatrixLook): Column<MatrixRow>[] {
  const nouns = nounsOf(look.source);
  return [
    {
      id: "resource",
      header: nouns.title,
      value: (row) => (row.resource === null ? wordsOf(row, nouns) : row.resource),
      cell: (row) =>
        row.resource === null ? (
          <span
            className={row.isTotal ? undefined : "muted"}
            title={row.isTotal ? undefined : "The source does not tell"}
          >
            {wordsOf(row, nouns)}
          </span>
        ) : (
          <KeyName text={row.resource} fit="middle" />
        ),
    },
    {
      id: "all",
      header: `All ${nouns.verb}s`,
      hint: MEASURES[look.measure].title,
      numeric: true,
      width: 108,
      value: (row) => (row.all === null ? null : MEASURES[look.measure].of(row.all)),
      cell: (row) => <Figure figures={row.all} look={look} />,
    },
    ...verbs.map((verb) => verbColumn(verb, look)),
  ];
}

function verbColumn(verb: string, look: MatrixLook): Column<MatrixRow> {
  const figuresOf = (row: MatrixRow) => row.cells.get(verb);
  return {
    id: VERB_ID + verb,
    header: verb === "" ? "not known" : toVisibleText(verb),
    numeric: true,
    width: Math.min(160, Math.max(76, 26 + 7 * verb.length)),
    value: (row) => {
      const figures = figuresOf(row);
      return figures === undefined ? null : MEASURES[look.measure].of(figures);
    },
    cell: (row) => <Cell row={row} verb={verb} look={look} />,
  };
}

function Cell({ row, verb, look }: { row: MatrixRow; verb: string; look: MatrixLook }) {
  const figures = row.cells.get(verb);
  if (figures === undefined) return null;
  const { of, format } = MEASURES[look.measure];
  const value = of(figures);
  if (value === null) return <Unknown why={unknownWhy(look.source)} />;
  if (row.isTotal) return <span title={describe(figures, look)}>{format(value)}</span>;
  const fill = look.scale?.of(value) ?? null;
  const isChosen = look.chosen.verb === verb && look.chosen.resource === row.resource;
  const className = clsx(styles.cell, isChosen && styles.chosen);
  const style = fill === null ? undefined : { background: fill, color: inkOn(fill) };
  const { resource } = row;
  if (resource === null || verb === "") {
    return (
      <span className={className} style={style} title={describe(figures, look)}>
        {format(value)}
      </span>
    );
  }
  return (
    <a
      // Rows are walked by keyboard, and a row opened there offers its verbs: cells are no stops of their own.
      tabIndex={-1}
      className={className}
      style={style}
      href={look.hrefOf({ resource, verb })}
      title={`${toVisibleText(verb)} ${toVisibleText(resource)}: ${describe(figures, look)}`}
      onClick={(event) => {
        if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
        event.preventDefault();
        look.onOpen({ resource, verb });
      }}
    >
      {format(value)}
    </a>
  );
}

function Figure({ figures, look }: { figures: TrafficFigures | null; look: MatrixLook }) {
  const value = figures === null ? null : MEASURES[look.measure].of(figures);
  if (figures === null || value === null) return <Unknown why={unknownWhy(look.source)} />;
  return <span title={describe(figures, look)}>{MEASURES[look.measure].format(value)}</span>;
}

/** Why there is no figure. */
export function unknownWhy(source: TrafficSource | null): string {
  return source === null ? "not observed" : `not known: ${SOURCE_WORDS[source]} do not tell it`;
}

/** All figures of a cell in a line, and who says so. */
function describe(figures: TrafficFigures, { source, origin }: MatrixLook): string {
  const failed = errorRatio(figures);
  const parts = [
    `${formatCount(figures.requests)} requests`,
    figures.requestsPerSecond !== null && `${formatPerSecond(figures.requestsPerSecond)} per second`,
    figures.share !== null && `${formatShare(figures.share)} of all`,
    failed !== null && `${formatShare(failed)} failed`,
    figures.latencyP50Ms !== null && `p50 ${formatLatency(figures.latencyP50Ms)}`,
    figures.latencyP99Ms !== null && `p99 ${formatLatency(figures.latencyP99Ms)}`,
    source !== null && `${SOURCE_WORDS[source]}, ${origin}`,
  ];
  return parts.filter((part) => part !== false).join(" · ");
}

function wordsOf(row: MatrixRow, { rows }: { rows: string }): string {
  if (row.isTotal) return `All ${rows}`;
  return row.isOther ? "everything else" : `${rows} not known`;
}
