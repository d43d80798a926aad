"use client";

import { zoneOffsetMs } from "@/components/charts/zone-offset";
import styles from "@/components/triage/axis.module.css";
import { useZone } from "@/components/ui/clock";
import { formatInstant, zoneName } from "@/components/ui/format-instant";
import { timeTicks } from "@/lib/model/axis";
import type { TimeRange } from "@/lib/model/time-range";

const TICKS = 6;
const DAY_MS = 86_400_000;

/** Round instants below the charts, in the reader's zone. */
export function AxisTime({ range: { fromMs, toMs } }: { range: TimeRange }) {
  const zone = useZone();
  const ticks = timeTicks(fromMs, toMs, { count: TICKS, offsetMs: zoneOffsetMs(fromMs, zone) });
  const stepMs = (ticks[1] ?? toMs) - (ticks[0] ?? fromMs);
  const words = (atMs: number) => {
    if (stepMs >= DAY_MS) return formatInstant(atMs, zone, "day").replace(/ \d{4}$/, "");
    return formatInstant(atMs, zone, stepMs < 60_000 ? "time" : "clock").split(" ")[0];
  };
  return (
    <div className={styles.row}>
      <div className={styles.zone}>{zoneName(toMs, zone)}</div>
      <div className={styles.times} aria-hidden="true">
        {ticks.map((atMs) => {
          const place = (atMs - fromMs) / (toMs - fromMs);
          return (
            <span
              key={atMs}
              style={{ left: `${place * 100}%` }}
              data-edge={place < 0.03 ? "start" : place > 0.97 ? "end" : undefined}
            >
              {words(atMs)}
            </span>
          );
        })}
      </div>
    </div>
  );
}
