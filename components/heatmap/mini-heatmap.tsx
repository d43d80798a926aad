"use client";

import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useRef } from "react";
import { toHeatAnswer } from "@/components/heatmap/heat-answer";
import { describeHeat } from "@/components/heatmap/heat-answer-words";
import { timeOf } from "@/components/heatmap/heat-cells";
import { HeatLegend } from "@/components/heatmap/heat-legend";
import { HeatPainter } from "@/components/heatmap/heat-painter";
import { titleOf } from "@/components/heatmap/heat-words";
import styles from "@/components/heatmap/heatmap.module.css";
import { toLeveled, toPainting } from "@/components/heatmap/painting";
import { type AxisGroup, layOutPrefixAxis } from "@/components/heatmap/prefix-axis-layout";
import { useClusterHref } from "@/components/shell/use-cluster-href";
import { LinkButton } from "@/components/ui/button";
import { useZone } from "@/components/ui/clock";
import { Panel } from "@/components/ui/panel";
import { ProblemNote } from "@/components/ui/problem-note";
import { Skeleton } from "@/components/ui/skeleton";
import { toVisibleText } from "@/components/ui/visible-text";
import type { RangeParams } from "@/lib/api/common";
import { heatmapOptions } from "@/lib/api/heatmap";
import type { HeatMatrix } from "@/lib/model/heat-matrix";

const HEIGHT_PX = 168;
const ROWS = 84;
const COLUMNS = 360;

/** What the small heatmap of a page asks for. */
export function miniHeatmapParams(range: RangeParams) {
  return { ...range, rows: ROWS, columns: COLUMNS };
}

/** A heatmap at a glance; the whole one is a click away. */
export function MiniHeatmap({ cluster, range }: { cluster: string; range: RangeParams }) {
  const hrefOf = useClusterHref();
  const { data, error, dataUpdatedAt, refetch } = useQuery(heatmapOptions(cluster, miniHeatmapParams(range)));
  return (
    <Panel
      title={data === undefined ? "Writes per second" : titleOf(data.head)}
      actions={
        <LinkButton small kind="quiet" href={hrefOf(cluster, "heatmap")} prefetch={false}>
          Open the heatmap
        </LinkButton>
      }
    >
      <ProblemNote error={error} dataAtMs={data && dataUpdatedAt} onRetry={() => refetch()} />
      {data === undefined && error === null && <Skeleton height={HEIGHT_PX} />}
      {data !== undefined && data.head.rows.length > 0 && <Small matrix={data} />}
      {data !== undefined && data.head.rows.length === 0 && (
        <p className="muted">Nothing is recorded yet: history begins when the first scan has finished.</p>
      )}
    </Panel>
  );
}

function Small({ matrix }: { matrix: HeatMatrix }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const zone = useZone();
  const painting = useMemo(() => toPainting(toLeveled(matrix, true), 0), [matrix]);
  const words = useMemo(() => describeHeat(toHeatAnswer(matrix), matrix.head, zone), [matrix, zone]);
  const rows = matrix.head.rows;
  const groups = useMemo(() => layOutPrefixAxis(rows, { top: 0, bottom: rows.length, heightPx: HEIGHT_PX }), [rows]);
  useEffect(() => {
    const drawn = canvas.current;
    if (drawn === null) return;
    const painter = new HeatPainter(drawn);
    const draw = () => {
      drawn.width = Math.round(drawn.clientWidth * window.devicePixelRatio);
      drawn.height = Math.round(drawn.clientHeight * window.devicePixelRatio);
      painter.repaint(painting, { ...timeOf(painting.head), top: 0, bottom: painting.matrix.rows });
    };
    const observer = new ResizeObserver(draw);
    observer.observe(drawn);
    return () => observer.disconnect();
  }, [painting]);
  return (
    <>
      <figure className={styles.mini} aria-label={words}>
        <div className={styles.miniNames} style={{ height: HEIGHT_PX }} aria-hidden="true">
          {groups.map((group) => (
            <MiniName key={group.id} group={group} />
          ))}
        </div>
        <div className={styles.cells} style={{ height: HEIGHT_PX, cursor: "default" }}>
          <canvas ref={canvas} />
        </div>
      </figure>
      <div className={styles.foot}>
        <HeatLegend painting={painting} />
      </div>
    </>
  );
}

function MiniName({ group: { label, prefix, labelTop } }: { group: AxisGroup }) {
  if (labelTop === null) return null;
  return (
    <span className={styles.name} style={{ top: labelTop }} title={toVisibleText(prefix)}>
      <span>{toVisibleText(label)}</span>
    </span>
  );
}
