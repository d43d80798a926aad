"use client";

import { useMemo } from "react";
import { ColorLegend } from "@/components/keyspace/color-legend";
import { DataTable } from "@/components/tables/data-table";
import { matrixColumns } from "@/components/traffic/matrix-columns";
import { toMatrixScale } from "@/components/traffic/matrix-scale";
import styles from "@/components/traffic/traffic.module.css";
import { type MatrixRow, toMatrix } from "@/components/traffic/traffic-matrix";
import { MATRIX_MEASURES, type MatrixMeasure, MEASURES } from "@/components/traffic/traffic-measures";
import type { ChosenTraffic } from "@/components/traffic/traffic-search";
import { nounsOf } from "@/components/traffic/traffic-words";
import { useUrlSort } from "@/components/traffic/use-url-sort";
import { Empty } from "@/components/ui/empty";
import { OriginNote } from "@/components/ui/origin";
import { Segmented } from "@/components/ui/segmented";
import { clusterPath, toSearch } from "@/lib/api/get-json";
import type { TrafficAnswer } from "@/lib/api/traffic";
import { formatCount } from "@/lib/model/units";

const MEASURE_OPTIONS = MATRIX_MEASURES.map((value) => ({ value, label: MEASURES[value].tab }));
const INITIAL = { column: "all", order: "desc" } as const;

export interface MatrixPanelProps {
  cluster: string;
  cells: TrafficAnswer;
  rows: TrafficAnswer | undefined;
  verbs: TrafficAnswer | undefined;
  measure: MatrixMeasure;
  onMeasure(measure: MatrixMeasure): void;
  chosen: ChosenTraffic;
  hrefOf(chosen: ChosenTraffic): string;
  onOpen(chosen: ChosenTraffic): void;
  onBack(): void;
  /** What the export asks for. */
  asked: object;
}

/** What is asked for: a row a resource, a column a verb, the chosen measure in every cell. */
export function MatrixPanel(props: MatrixPanelProps) {
  const { cells, rows, verbs, measure, chosen, hrefOf, onOpen } = props;
  const words = MEASURES[measure];
  const nouns = nounsOf(cells.source);
  const matrix = useMemo(() => toMatrix({ cells, rows, verbs }), [cells, rows, verbs]);
  const scale = useMemo(() => toMatrixScale(matrix, words), [matrix, words]);
  const state = cells.sources.find(({ source }) => source === cells.source);
  const origin = state?.origin ?? "estimated";
  const columns = matrixColumns(matrix.verbs, { measure, source: cells.source, origin, scale, chosen, hrefOf, onOpen });
  const sorted = useUrlSort(matrix.rows, columns, INITIAL);
  return (
    <div className={styles.matrix}>
      <DataTable
        label={`${nouns.title} by ${nouns.verb}`}
        title={words.title}
        note={<OriginNote origin={origin} at={state?.at ?? null} />}
        actions={
          <span className={styles.tabs}>
            <Segmented hideLabel label="Measure" value={measure} options={MEASURE_OPTIONS} onChange={props.onMeasure} />
          </span>
        }
        rows={sorted.rows}
        columns={columns}
        rowKey={(row) => row.id}
        sort={sorted.sort}
        onSort={sorted.onSort}
        filterText={(row) => row.resource ?? ""}
        selectedKey={chosen.resource === undefined ? null : `=${chosen.resource}`}
        exportHref={(format) => clusterPath(props.cluster, "/traffic") + toSearch({ ...props.asked, format })}
        onActivate={(row) => row.resource !== null && onOpen({ resource: row.resource })}
        onBack={props.onBack}
        total={matrix.total}
        empty={<Empty title="No request in this time">The source watched, and nothing was asked.</Empty>}
        footer={
          <span className={styles.foot}>
            <FootWords matrix={matrix} nouns={nouns} />
            {scale !== null && <ColorLegend title={`${words.tab}, log scale`} scale={scale} />}
          </span>
        }
      />
    </div>
  );
}

function FootWords(props: { matrix: ReturnType<typeof toMatrix>; nouns: ReturnType<typeof nounsOf> }) {
  const { matrix, nouns } = props;
  const known = matrix.rows.filter((row: MatrixRow) => row.resource !== null).length;
  return (
    <span>
      {formatCount(known)} {known === 1 ? nouns.row : nouns.rows}. An empty cell: not asked for.
      {matrix.hiddenVerbs > 0 && (
        <>
          {" "}
          {formatCount(matrix.hiddenVerbs)} rarer {nouns.verb}s have no column; they are in “All {nouns.verb}s”.
        </>
      )}
      {matrix.unplacedRequests > 0 && (
        <> {formatCount(matrix.unplacedRequests)} requests are of combinations that were not kept apart.</>
      )}
    </span>
  );
}
