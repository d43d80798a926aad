"use client";

import type { HeatStage } from "@/components/heatmap/heat-stage";
import styles from "@/components/heatmap/heatmap.module.css";
import { useStage } from "@/components/heatmap/use-stage";
import { useZone } from "@/components/ui/clock";
import { formatInstant, zoneName } from "@/components/ui/format-instant";
import { timeTicks } from "@/lib/model/axis";

const TICK_PX = 92;
const DAY_MS = 86_400_000;

/** Round instants below the cells, in the reader's zone. */
export function TimeAxis({ stage }: { stage: HeatStage }) {
  const zone = useZone();
  const { fromMs, toMs } = useStage(stage, "view");
  const { width } = useStage(stage, "size");
  const count = Math.max(2, Math.floor(width / TICK_PX));
  const ticks = timeTicks(fromMs, toMs, { count, offsetMs: zoneOffsetMs(fromMs, zone) });
  const stepMs = (ticks[1] ?? toMs) - (ticks[0] ?? fromMs);
  return (
    <div className={styles.timeAxis} aria-hidden="true">
      {ticks.map((atMs) => {
        const left = ((atMs - fromMs) / (toMs - fromMs)) * width;
        const isNearEnd = left > width - 70;
        return (
          <span key={atMs} style={{ left }} data-edge={left < 24 ? "start" : isNearEnd ? "end" : undefined}>
            {tickWords(atMs, stepMs, zone)}
          </span>
        );
      })}
      <span className={styles.zone}>{zoneName(toMs, zone)}</span>
    </div>
  );
}

/** Days where the steps are days; the day at midnight; else the time of day. */
function tickWords(atMs: number, stepMs: number, zone: string): string {
  const [date = "", time = ""] = formatInstant(atMs, zone, "minute").split(", ");
  if (stepMs >= DAY_MS) return date;
  const clock = time.split(" ")[0] ?? "";
  if (stepMs < 60_000) return formatInstant(atMs, zone, "time").split(" ")[0] ?? clock;
  return clock === "00:00" ? date : clock;
}

/** What a zone is ahead of UTC at an instant. */
function zoneOffsetMs(atMs: number, zone: string): number {
  const local = new Date(atMs).toLocaleString("sv-SE", { timeZone: zone });
  return Date.parse(`${local.replace(" ", "T")}Z`) - Math.floor(atMs / 1_000) * 1_000;
}
