"use client";

import type { HeatStage } from "@/components/heatmap/heat-stage";
import styles from "@/components/heatmap/heatmap.module.css";
import { useStage } from "@/components/heatmap/use-stage";
import { useZone } from "@/components/ui/clock";
import { formatInstant } from "@/components/ui/format-instant";
import type { TimelineItem } from "@/lib/api/timeline";
import { type TimelineTone, timelineTone } from "@/lib/model/timeline";

/** Marks closer than this are one. */
const LEAST_PX = 5;
const TOLD = 6;

interface Mark {
  left: number;
  width: number;
  tone: TimelineTone;
  items: TimelineItem[];
}

/** What happened to the cluster, above the cells at its time: quiet ticks for compactions, taller marks for the rest. */
export function EventStrip({ stage, items }: { stage: HeatStage; items: readonly TimelineItem[] }) {
  const view = useStage(stage, "view");
  const { width } = useStage(stage, "size");
  const zone = useZone();
  const marks = toMarks(items, view, width);
  return (
    <div
      className={styles.events}
      role="img"
      aria-label={`Timeline: ${countWords(marks.flatMap((mark) => mark.items))}`}
    >
      {marks.map(({ left, width: size, tone, items: told }) => (
        <i
          key={`${told[0]?.at} ${told[0]?.kind}`}
          data-tone={tone}
          style={{ left, width: size }}
          title={told
            .slice(0, TOLD)
            .map(({ at, text }) => `${formatInstant(Date.parse(at), zone, "time")}  ${text}`)
            .concat(told.length > TOLD ? [`and ${told.length - TOLD} more`] : [])
            .join("\n")}
        />
      ))}
    </div>
  );
}

/** Lines through the cells where something went wrong. */
export function EventLines({ stage, items }: { stage: HeatStage; items: readonly TimelineItem[] }) {
  const view = useStage(stage, "view");
  const { width } = useStage(stage, "size");
  const bad = toMarks(items, view, width).filter(({ tone }) => tone === "bad");
  return bad.map(({ left, items: [first] }) => (
    <i key={`${first?.at} ${first?.kind}`} className={styles.eventLine} style={{ left }} />
  ));
}

function toMarks(items: readonly TimelineItem[], view: { fromMs: number; toMs: number }, width: number): Mark[] {
  const xOf = (at: string) => ((Date.parse(at) - view.fromMs) / (view.toMs - view.fromMs)) * width;
  const marks: Mark[] = [];
  for (const item of items) {
    const left = xOf(item.at);
    const right = item.until === null ? left + 2 : Math.max(left + 2, xOf(item.until));
    if (right < 0 || left > width) continue;
    const tone = timelineTone(item.kind);
    const near = marks.find((mark) => mark.tone === tone && Math.abs(mark.left - left) < LEAST_PX);
    if (near !== undefined) near.items.push(item);
    else {
      const from = Math.max(0, left);
      marks.push({ left: from, width: Math.min(width, right) - from, tone, items: [item] });
    }
  }
  return marks;
}

function countWords(items: readonly TimelineItem[]): string {
  if (items.length === 0) return "nothing happened in this time";
  const counts = new Map<string, number>();
  for (const { kind } of items) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return [...counts].map(([kind, count]) => `${count} ${kind.replace("-", " ")}`).join(", ");
}
