"use client";

import { clsx } from "clsx";
import { type KeyboardEvent, type MouseEvent, useMemo, useRef, useState } from "react";
import styles from "@/components/churn/churn.module.css";
import { BAND, type ChurnDrawing, type Dot, dotTowards, drawChurn, MARGIN } from "@/components/churn/churn-dots";
import { ChurnTooltip } from "@/components/churn/churn-tooltip";
import { CORNER_WORDS, formatByteRate } from "@/components/churn/churn-words";
import { useWidth } from "@/components/churn/use-width";
import type { ChurnRow } from "@/lib/api/churn";
import type { ChurnLines } from "@/lib/model/churn";
import { formatBytes } from "@/lib/model/units";

/** Proportions for the first paint, before the browser has measured. */
const FIRST_WIDTH = 1_150;

export interface ChurnPlotProps {
  rows: readonly ChurnRow[];
  parent: string;
  lines: ChurnLines;
  hrefOf(row: ChurnRow): string;
  onOpen(row: ChurnRow): void;
}

/** Size against written bytes, a dot a prefix. Arrow keys go to the nearest dot, Enter opens it. */
export function ChurnPlot({ rows, parent, lines, hrefOf, onOpen }: ChurnPlotProps) {
  const ref = useRef<HTMLDivElement>(null);
  const width = useWidth(ref, FIRST_WIDTH);
  const drawing = useMemo(() => drawChurn(rows, { parent, lines, width }), [rows, parent, lines, width]);
  const [activeId, setActiveId] = useState<string | null>(null);
  const [shownId, setShownId] = useState<string | null>(null);
  const { dots } = drawing;
  const active = dots.find(({ id }) => id === activeId) ?? dots[0];
  const shown = dots.find(({ id }) => id === shownId);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.altKey || event.ctrlKey || event.metaKey || active === undefined) return;
    if (event.key === "Escape") return setShownId(null);
    const next = event.key === "Home" ? dots[0] : dotTowards(dots, active, event.key);
    if (!next) return;
    event.preventDefault();
    for (const element of ref.current?.querySelectorAll<SVGElement>("[data-dot]") ?? []) {
      if (element.dataset.dot === next.id) element.focus();
    }
  };
  const dotProps = (dot: Dot) => ({
    dot,
    isActive: dot.id === active?.id,
    isShown: dot.id === shown?.id,
    onShow: () => setShownId(dot.id),
    onHide: () => setShownId((id) => (id === dot.id ? null : id)),
    onFocus: () => {
      setActiveId(dot.id);
      setShownId(dot.id);
    },
  });
  return (
    <div className={styles.plot} ref={ref}>
      <Frame drawing={drawing} lines={lines} />
      <nav className={styles.layer} aria-label="Prefixes by size and written bytes" onKeyDown={onKeyDown}>
        <svg width={width} height={drawing.height} role="presentation">
          {[...dots]
            .sort((a, b) => b.radius - a.radius)
            .map((dot) => (
              <DotMark key={dot.id} {...dotProps(dot)} href={hrefOf(dot.row)} onOpen={() => onOpen(dot.row)} />
            ))}
        </svg>
      </nav>
      <svg className={clsx(styles.layer, styles.labels)} width={width} height={drawing.height} aria-hidden="true">
        {drawing.labels.map(({ id, text, x, y }) => (
          <text key={id} x={x} y={y}>
            {text}
          </text>
        ))}
      </svg>
      {shown && <ChurnTooltip dot={shown} parent={parent} drawing={drawing} />}
    </div>
  );
}

interface DotMarkProps {
  dot: Dot;
  href: string;
  isActive: boolean;
  isShown: boolean;
  onShow(): void;
  onHide(): void;
  onFocus(): void;
  onOpen(): void;
}

function DotMark({ dot, href, isActive, isShown, onShow, onHide, onFocus, onOpen }: DotMarkProps) {
  const { x, y, radius, growth, row, words } = dot;
  const whisker = growth === "grew" ? -1 : growth === "shrank" ? 1 : 0;
  const onClick = (event: MouseEvent) => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    onOpen();
  };
  return (
    <a
      className={clsx(styles.dot, styles[growth], row.kind !== "prefix" && styles.many, isShown && styles.shown)}
      href={href}
      aria-label={words}
      data-dot={dot.id}
      tabIndex={isActive ? 0 : -1}
      onPointerEnter={onShow}
      onPointerLeave={onHide}
      onFocus={onFocus}
      onBlur={onHide}
      onClick={onClick}
    >
      <circle className={styles.target} cx={x} cy={y} r={Math.max(12, radius)} />
      <circle cx={x} cy={y} r={radius} />
      {whisker !== 0 && <line x1={x} x2={x} y1={y + whisker * radius} y2={y + whisker * (radius + 5)} />}
    </a>
  );
}

/** Axes, bands, dividing lines and the names of the corners. */
function Frame({ drawing, lines }: { drawing: ChurnDrawing; lines: ChurnLines }) {
  const { width, height, x, y, lineX, lineY, hasEmpty } = drawing;
  const [top, right, bottom] = [MARGIN.top - 6, width - MARGIN.right + 6, height - MARGIN.bottom];
  const floor = bottom - BAND;
  const left = MARGIN.left + (hasEmpty ? BAND : 0);
  return (
    <svg className={styles.frame} width={width} height={height} aria-hidden="true">
      <rect className={styles.band} x={MARGIN.left} y={floor} width={right - MARGIN.left} height={BAND} />
      {hasEmpty && <rect className={styles.band} x={MARGIN.left} y={top} width={BAND} height={bottom - top} />}
      {x.ticks.map((tick) => (
        <g key={tick}>
          <line x1={x.place(tick)} x2={x.place(tick)} y1={top} y2={bottom} />
          <text x={x.place(tick)} y={bottom + 15} textAnchor="middle">
            {formatBytes(tick)}
          </text>
        </g>
      ))}
      {y.ticks.map((tick) => (
        <g key={tick}>
          <line x1={left} x2={right} y1={y.place(tick)} y2={y.place(tick)} />
          <text x={MARGIN.left - 6} y={y.place(tick) + 4} textAnchor="end">
            {formatByteRate(tick)}
          </text>
        </g>
      ))}
      <text x={MARGIN.left - 6} y={floor + BAND / 2 + 4} textAnchor="end">
        nothing
      </text>
      {hasEmpty && (
        <text x={MARGIN.left + BAND / 2} y={bottom + 15} textAnchor="middle">
          0 B
        </text>
      )}
      <text className={styles.axis} x={(left + right) / 2} y={height - 8} textAnchor="middle">
        Live bytes
      </text>
      <text className={styles.axis} transform={`translate(11 ${(top + floor) / 2}) rotate(-90)`} textAnchor="middle">
        Written bytes per second
      </text>
      {lineX !== null && <line className={styles.divide} x1={lineX} x2={lineX} y1={top} y2={bottom} />}
      {lineY !== null && <line className={styles.divide} x1={MARGIN.left} x2={right} y1={lineY} y2={lineY} />}
      <CornerName corner="small-busy" x={left + 8} y={MARGIN.top + 10} isEnd={false} />
      <CornerName corner="large-busy" x={width - MARGIN.right} y={MARGIN.top + 10} isEnd />
      <CornerName corner="small-still" x={left + 8} y={floor - 22} isEnd={false} />
      <CornerName corner="large-still" x={width - MARGIN.right} y={floor - 22} isEnd />
      {lines.liveBytes === null && lines.writtenBytesPerSecond === null && (
        <text x={(left + right) / 2} y={(top + bottom) / 2} textAnchor="middle">
          Nothing to divide
        </text>
      )}
    </svg>
  );
}

function CornerName({
  corner,
  x,
  y,
  isEnd,
}: {
  corner: keyof typeof CORNER_WORDS;
  x: number;
  y: number;
  isEnd: boolean;
}) {
  const { name, advice } = CORNER_WORDS[corner];
  const anchor = isEnd ? "end" : "start";
  return (
    <>
      <text className={styles.corner} x={x} y={y} textAnchor={anchor}>
        {name}
      </text>
      <text x={x} y={y + 15} textAnchor={anchor}>
        {advice}
      </text>
    </>
  );
}
