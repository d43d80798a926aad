"use client";

import { useId } from "react";
import { CellTooltip, cellWords } from "@/components/heatmap/cell-tooltip";
import { EventLines, EventStrip } from "@/components/heatmap/event-strip";
import { HeatCanvas } from "@/components/heatmap/heat-canvas";
import { type CellFacts, type CellPlace, factsOf } from "@/components/heatmap/heat-cells";
import type { Highlight } from "@/components/heatmap/heat-search";
import type { Brush, HeatStage } from "@/components/heatmap/heat-stage";
import { titleOf } from "@/components/heatmap/heat-words";
import styles from "@/components/heatmap/heatmap.module.css";
import { HighlightBox } from "@/components/heatmap/highlight-box";
import { PrefixAxis } from "@/components/heatmap/prefix-axis";
import { TimeAxis } from "@/components/heatmap/time-axis";
import { useHeatKeys } from "@/components/heatmap/use-heat-keys";
import { useStage } from "@/components/heatmap/use-stage";
import { useZone } from "@/components/ui/clock";
import type { TimelineItem } from "@/lib/api/timeline";

export interface HeatmapFigureProps {
  stage: HeatStage;
  mode: "pan" | "brush";
  events: readonly TimelineItem[];
  highlight: Highlight | null;
  /** What the whole comes to, for those who cannot see it. */
  description: string;
  hrefOf(cell: CellFacts): string;
  onOpen(cell: CellFacts): void;
  onDrill(prefix: string): void;
  onBrushed(brush: Brush): void;
  onReset(): void;
}

/** The heatmap itself: events above, prefixes at the side, cells, time below. One stop for the keyboard. */
export function HeatmapFigure(props: HeatmapFigureProps) {
  const { stage, events } = props;
  const { head } = stage.painting;
  const height = Math.max(240, Math.min(560, head.rows.length * 18));
  const describedBy = useId();
  const open = (cell: CellPlace) => {
    const facts = factsOf(stage.painting, cell);
    if (facts !== null) props.onOpen(facts);
  };
  const onKeyDown = useHeatKeys(stage, { onOpen: open, onReset: props.onReset });
  return (
    <div className={styles.figure}>
      <p id={describedBy} className="visually-hidden">
        {props.description} Arrow keys move from cell to cell, Page Up and Page Down by ten prefixes, Home and End to
        the ends. Plus and minus zoom, Enter opens the prefix, Space pins the cell, Escape resets.
      </p>
      <div
        className={styles.stage}
        role="application"
        aria-roledescription="heatmap"
        aria-label={`${titleOf(head)} by prefix and time`}
        aria-describedby={describedBy}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it is interactive; its cells are walked by arrow keys
        tabIndex={0}
        onKeyDown={onKeyDown}
      >
        <EventStrip stage={stage} items={events} />
        <PrefixAxis stage={stage} height={height} base={head.prefix} onDrill={props.onDrill} />
        <HeatCanvas {...props} height={height}>
          <EventLines stage={stage} items={events} />
          {props.highlight && <HighlightBox stage={stage} highlight={props.highlight} />}
        </HeatCanvas>
        <TimeAxis stage={stage} />
      </div>
      <CellTooltip stage={stage} hrefOf={props.hrefOf} />
      <SpokenCell stage={stage} />
    </div>
  );
}

function SpokenCell({ stage }: { stage: HeatStage }) {
  const cursor = useStage(stage, "cursor");
  const zone = useZone();
  const { head, values } = stage.painting;
  const facts = cursor && factsOf({ head, values }, cursor);
  return (
    <p className="visually-hidden" aria-live="polite">
      {facts && cellWords(facts, head, zone)}
    </p>
  );
}
