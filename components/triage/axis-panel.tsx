"use client";

import { Table2 } from "lucide-react";
import { type ReactNode, useMemo, useState } from "react";
import styles from "@/components/triage/axis.module.css";
import { toAxisCharts } from "@/components/triage/axis-series";
import { AxisStage } from "@/components/triage/axis-stage";
import { AxisTable } from "@/components/triage/axis-table";
import type { Span } from "@/components/triage/triage-search";
import { PICKED_WORDS, spanWords } from "@/components/triage/triage-words";
import { Button } from "@/components/ui/button";
import { useZone } from "@/components/ui/clock";
import { OriginNote } from "@/components/ui/origin";
import { Panel } from "@/components/ui/panel";
import type { TriageAnswer } from "@/lib/api/triage";

/** Charts at first: what does not fit a screen is a click away. */
const FIRST_CHARTS = 4;

/** The panel with the charts of an answer, or their values as a table. */
export function AxisPanel(props: { answer: TriageAnswer; toolbar: ReactNode; onDragged(span: Span): void }) {
  const { answer, toolbar } = props;
  const zone = useZone();
  const [asTable, setAsTable] = useState(false);
  const [hasAll, setAll] = useState(false);
  const charts = useMemo(() => toAxisCharts(answer.series), [answer.series]);
  const shown = useMemo(() => (hasAll ? charts : firstCharts(charts)), [charts, hasAll]);
  const table = (
    <Button small kind="quiet" aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>
      <Table2 size={13} aria-hidden="true" />
      {asTable ? "Show as charts" : "Show as table"}
    </Button>
  );
  if (asTable) return <AxisTable answer={answer} actions={table} />;
  return (
    <Panel
      title={spanWords({ from: answer.calm.from, to: answer.window.to }, zone)}
      note={
        <>
          {PICKED_WORDS[answer.picked]} · <OriginNote origin={answer.origin} at={answer.at} />
        </>
      }
      actions={toolbar}
    >
      <AxisStage answer={answer} charts={shown} onDragged={props.onDragged} />
      <div className={styles.stageFoot}>
        <span className="faint">Drag over the charts to choose a time.</span>
        <span className="grow" />
        {charts.length > shown.length && (
          <Button small kind="quiet" onClick={() => setAll(true)}>
            Show all {charts.length} charts
          </Button>
        )}
        {table}
      </div>
    </Panel>
  );
}

/** Two of latency, and the rest of suspects. */
function firstCharts(charts: ReturnType<typeof toAxisCharts>) {
  const latency = charts.filter(({ role }) => role === "latency").slice(0, 2);
  const others = charts.filter(({ role }) => role !== "latency");
  return [...latency, ...others.slice(0, FIRST_CHARTS - latency.length)];
}
