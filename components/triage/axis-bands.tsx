import { placeOf } from "@/components/triage/axis-series";
import styles from "@/components/triage/bands.module.css";
import { useZone } from "@/components/ui/clock";
import { formatInstant } from "@/components/ui/format-instant";
import type { TriageAnswer } from "@/lib/api/triage";
import type { TimeRange } from "@/lib/model/time-range";

/** The window and the calm time, shaded over all charts and named, and where the latency began to move. */
export function AxisBands({ answer, range }: { answer: TriageAnswer; range: TimeRange }) {
  const zone = useZone();
  const calm = placeOf(answer.calm, range);
  const window = placeOf(answer.window, range);
  const onset = answer.onset === null ? Number.NaN : Date.parse(answer.onset);
  const isOnsetSeen = onset >= range.fromMs && onset < range.toMs;
  const place = (onset - range.fromMs) / (range.toMs - range.fromMs);
  return (
    <>
      {calm !== null && <Band name="Calm" kind="calm" {...calm} />}
      {window !== null && <Band name="Window" kind="window" {...window} />}
      {isOnsetSeen && (
        <div className={styles.onset} data-side={place > 0.5 ? "left" : "right"} style={{ left: `${place * 100}%` }}>
          <span className={styles.onsetTime}>began {formatInstant(onset, zone, "time").split(" ")[0]}</span>
        </div>
      )}
    </>
  );
}

function Band({ name, kind, from, to }: { name: string; kind: "calm" | "window"; from: number; to: number }) {
  return (
    <div className={styles.band} data-kind={kind} style={{ left: `${from * 100}%`, width: `${(to - from) * 100}%` }}>
      <span className={styles.bandName}>{name}</span>
    </div>
  );
}
