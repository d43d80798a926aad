import { clsx } from "clsx";
import { formatRatio } from "@/lib/model/units";

/** A ratio, 0 to 1, as a bar. `label` names what it is a part of. */
export function Bar({ ratio, tone, label }: { ratio: number; tone?: "warn" | "bad" | "muted"; label: string }) {
  const shown = Math.min(1, Math.max(0, ratio));
  return (
    <span className={clsx("bar", tone)} role="img" aria-label={`${label}: ${formatRatio(ratio)}`}>
      {shown > 0 && <i style={{ width: `${shown * 100}%` }} />}
    </span>
  );
}
