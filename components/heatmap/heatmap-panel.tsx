"use client";

import { Maximize2, Minus, MousePointer2, Plus, SquareDashedMousePointer, Table2, X } from "lucide-react";
import { useRouter } from "next/navigation";
import { type ReactNode, useCallback, useMemo, useState } from "react";
import type { HeatAnswer } from "@/components/heatmap/heat-answer";
import { describeHeat } from "@/components/heatmap/heat-answer-words";
import type { CellFacts } from "@/components/heatmap/heat-cells";
import { HeatLegend } from "@/components/heatmap/heat-legend";
import type { HeatmapState } from "@/components/heatmap/heat-search";
import type { Brush } from "@/components/heatmap/heat-stage";
import { HeatTable } from "@/components/heatmap/heat-table";
import { zoomTime } from "@/components/heatmap/heat-view";
import { titleOf } from "@/components/heatmap/heat-words";
import styles from "@/components/heatmap/heatmap.module.css";
import { HeatmapFigure } from "@/components/heatmap/heatmap-figure";
import { toLeveled, toPainting } from "@/components/heatmap/painting";
import { viewOfBrush } from "@/components/heatmap/stage-geometry";
import { useBrightness } from "@/components/heatmap/use-brightness";
import { useRangeZoom } from "@/components/heatmap/use-range-zoom";
import { useRowZoom } from "@/components/heatmap/use-row-zoom";
import { useNewStage, useStage } from "@/components/heatmap/use-stage";
import { prefixSearch } from "@/components/keyspace/view-search";
import { clusterHref } from "@/components/shell/cluster-href";
import { useClusterHref } from "@/components/shell/use-cluster-href";
import { useUrlState } from "@/components/shell/use-url-state";
import { Button } from "@/components/ui/button";
import { useZone } from "@/components/ui/clock";
import { OriginNote } from "@/components/ui/origin";
import { Panel } from "@/components/ui/panel";
import type { TimelineItem } from "@/lib/api/timeline";
import type { HeatMatrix, HeatRowName } from "@/lib/model/heat-matrix";

export interface HeatmapPanelProps {
  cluster: string;
  matrix: HeatMatrix;
  answer: HeatAnswer;
  state: HeatmapState;
  events: readonly TimelineItem[];
  onDrill(prefix: string): void;
}

/** The heatmap with all that belongs to it: colours, zoom, brightness; or its figures as a table. */
export function HeatmapPanel(props: HeatmapPanelProps) {
  const { matrix, cluster } = props;
  const { asTable } = props.state;
  const { patch } = useUrlState();
  const hrefOf = useClusterHref();
  const rowHref = useCallback(
    (row: HeatRowName) => hrefOf(cluster, "prefix", prefixSearch(row.prefix, row.prefixBase64)),
    [hrefOf, cluster],
  );
  const toggle = (
    <Button small kind="quiet" aria-pressed={asTable} onClick={() => patch({ view: asTable ? null : "table" })}>
      <Table2 size={13} aria-hidden="true" />
      {asTable ? "Show as heatmap" : "Show as table"}
    </Button>
  );
  const note = <OriginNote origin={matrix.head.origin} at={matrix.head.range.to} />;
  return asTable ? (
    <HeatTable matrix={matrix} note={note} actions={toggle} hrefOf={rowHref} />
  ) : (
    <Drawn {...props} toggle={toggle} note={note} />
  );
}

/** How far either side of a cell its prefix is shown, in columns. */
const AROUND_COLUMNS = 30;

function Drawn(props: HeatmapPanelProps & { toggle: ReactNode; note: ReactNode }) {
  const { cluster, matrix, answer } = props;
  const { highlight } = props.state;
  const isLog = props.state.scale === "log";
  const [brightness, setBrightness] = useBrightness(props.state.brightness);
  const [mode, setMode] = useState<"pan" | "brush">("pan");
  const leveled = useMemo(() => toLeveled(matrix, isLog), [matrix, isLog]);
  const painting = useMemo(() => toPainting(leveled, brightness), [leveled, brightness]);
  const stage = useNewStage(painting, props.state.rows);
  const { zoomTo, reset, isZoomed } = useRangeZoom(stage);
  useRowZoom(stage, props.state.rows);
  const { patch } = useUrlState();
  const router = useRouter();
  const zone = useZone();
  const cellHref = (cell: CellFacts) => {
    const aroundMs = AROUND_COLUMNS * matrix.head.stepMs;
    const from = new Date(cell.fromMs - aroundMs).toISOString();
    const to = new Date(cell.toMs + aroundMs).toISOString();
    return clusterHref(cluster, "prefix", { ...prefixSearch(cell.prefix, cell.prefixBase64), from, to });
  };
  const onBrushed = (brush: Brush) => {
    const wanted = viewOfBrush(brush, stage.get().view);
    stage.setView(wanted);
    if (brush.left > 0 || brush.right < 1) zoomTo(wanted);
  };
  const zoom = (factor: number) => stage.setView(zoomTime(stage.get().view, factor, 0.5, stage.bounds));
  return (
    <Panel
      title={titleOf(matrix.head)}
      note={props.note}
      actions={
        <>
          {highlight && (
            <Button small kind="quiet" onClick={() => patch({ highlight: null, hfrom: null, hto: null })}>
              <X size={13} aria-hidden="true" />
              Clear the frame
            </Button>
          )}
          <ZoomReset stage={stage} isZoomed={isZoomed} onReset={reset} />
          <Button small kind="quiet" iconOnly aria-label="Zoom in" title="Zoom in" onClick={() => zoom(0.5)}>
            <Plus size={14} aria-hidden="true" />
          </Button>
          <Button small kind="quiet" iconOnly aria-label="Zoom out" title="Zoom out" onClick={() => zoom(2)}>
            <Minus size={14} aria-hidden="true" />
          </Button>
          <ModeSwitch mode={mode} onChange={setMode} />
          {props.toggle}
        </>
      }
    >
      <HeatmapFigure
        stage={stage}
        mode={mode}
        events={props.events}
        highlight={highlight}
        description={describeHeat(answer, matrix.head, zone)}
        hrefOf={cellHref}
        onOpen={(cell) => router.push(cellHref(cell))}
        onDrill={props.onDrill}
        onBrushed={onBrushed}
        onReset={reset}
      />
      <div className={styles.foot}>
        <HeatLegend painting={painting} />
        <label className={styles.brightness}>
          Brightness
          <input
            type="range"
            min={-1}
            max={1}
            step={0.1}
            value={brightness}
            onChange={(event) => setBrightness(event.target.valueAsNumber)}
          />
        </label>
        <span className={styles.hint}>
          Wheel zooms time, with <kbd>Shift</kbd> prefixes. Drag moves, <kbd>Shift</kbd>-drag selects, double click
          resets.
        </span>
      </div>
    </Panel>
  );
}

function ZoomReset(props: { stage: ReturnType<typeof useNewStage>; isZoomed: boolean; onReset(): void }) {
  const view = useStage(props.stage, "view");
  const follows = useStage(props.stage, "follows");
  const rows = props.stage.painting.matrix.rows;
  if (!props.isZoomed && follows && view.top === 0 && view.bottom === rows) return null;
  return (
    <Button small kind="quiet" onClick={props.onReset}>
      <Maximize2 size={13} aria-hidden="true" />
      Reset zoom
    </Button>
  );
}

function ModeSwitch({ mode, onChange }: { mode: "pan" | "brush"; onChange(mode: "pan" | "brush"): void }) {
  const isBrush = mode === "brush";
  return (
    <Button small kind="quiet" aria-pressed={isBrush} onClick={() => onChange(isBrush ? "pan" : "brush")}>
      {isBrush ? (
        <SquareDashedMousePointer size={13} aria-hidden="true" />
      ) : (
        <MousePointer2 size={13} aria-hidden="true" />
      )}
      {isBrush ? "Dragging selects" : "Dragging moves"}
    </Button>
  );
}
