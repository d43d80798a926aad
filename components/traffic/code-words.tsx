import styles from "@/components/traffic/traffic.module.css";
import { codeName, isFailure } from "@/components/traffic/traffic-words";
import { Badge } from "@/components/ui/badge";

/** A code with its name; one that means failure carries a badge, except where all do (`isPlain`). */
export function CodeWords({ code, isPlain = false }: { code: number | null; isPlain?: boolean }) {
  if (code === null) return <span className="faint">not known</span>;
  return (
    <span className={styles.code}>
      <b>{code}</b>
      <span className="muted">{codeName(code)}</span>
      {!isPlain && isFailure(code) && <Badge tone={code >= 500 || code === 429 ? "bad" : "warn"}>failed</Badge>}
    </span>
  );
}
