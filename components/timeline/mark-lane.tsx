"use client";

import { clsx } from "clsx";
import { type PointerEvent, useState } from "react";
import styles from "@/components/timeline/timeline.module.css";
import { countKinds, describeMark, markAt, type TimelineMark } from "@/components/timeline/timeline-marks";
import { useZone } from "@/components/ui/clock";

/** The pointer finds a mark from so many pixels away. */
const REACH_PX = 6;

/** Lines through a plot where something happened: trouble is seen, the rest hardly. */
export function MarkLines({ marks }: { marks: readonly TimelineMark[] }) {
  return (
    <div className={styles.lines} aria-hidden="true">
      {marks.map((mark) => (
        <i
          key={keyOf(mark)}
          data-tone={mark.tone}
          style={{ left: percent(mark.from), width: `max(1px, ${percent(mark.to - mark.from)})` }}
        />
      ))}
    </div>
  );
}

/** What happened, along the time axis: a tick a mark, named under the pointer. */
export function MarkLane({ marks, className }: { marks: readonly TimelineMark[]; className?: string }) {
  const [pointed, setPointed] = useState<TimelineMark | null>(null);
  const point = (event: PointerEvent<HTMLElement>) => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    setPointed(width === 0 ? null : markAt(marks, (event.clientX - left) / width, REACH_PX / width));
  };
  return (
    <div
      className={clsx(styles.lane, className)}
      role="img"
      aria-label={`Timeline: ${countKinds(marks.flatMap(({ items }) => items))}`}
      onPointerMove={point}
      onPointerDown={point}
      onPointerLeave={() => setPointed(null)}
    >
      {marks.map((mark) => (
        <i
          key={keyOf(mark)}
          data-tone={mark.tone}
          style={{ left: percent(mark.from), width: `max(2px, ${percent(mark.to - mark.from)})` }}
        />
      ))}
      {pointed !== null && <MarkTooltip mark={pointed} />}
    </div>
  );
}

/** Stays within the plot: to the left of marks in its right half. */
function MarkTooltip({ mark }: { mark: TimelineMark }) {
  const zone = useZone();
  const side = mark.from > 0.5 ? { right: percent(1 - mark.from) } : { left: percent(mark.from) };
  return (
    <div className={styles.tooltip} style={side}>
      {describeMark(mark, zone).map(({ when, text }, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a line has no identity but its place
        <p key={place}>
          {when !== "" && <time>{when}</time>} {text}
        </p>
      ))}
    </div>
  );
}

function keyOf({ tone, items: [first] }: TimelineMark): string {
  return `${tone} ${first?.at} ${first?.kind} ${first?.memberId}`;
}

function percent(ratio: number): string {
  return `${(ratio * 100).toFixed(3)}%`;
}
