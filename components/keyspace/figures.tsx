import styles from "@/components/keyspace/keyspace.module.css";
import { Age } from "@/components/ui/time";
import { formatBytes, formatBytesChange, formatCount, formatPerSecond } from "@/lib/model/units";

/** A dash that says why there is no figure. */
export function Unknown({ why }: { why: string }) {
  return (
    <span className={`faint ${styles.figure}`} title={why}>
      –<span className="visually-hidden"> {why}</span>
    </span>
  );
}

/** A size, exact on hover. */
export function Bytes({ value }: { value: number }) {
  return <span title={`${formatCount(value)} bytes`}>{formatBytes(value)}</span>;
}

/** Bytes of history, exact on hover; where they are not known, a dash that says why. */
export function HistoryBytes({ value, reason }: { value: number | null; reason: string | null }) {
  return value === null ? <Unknown why={historyWhy(reason)} /> : <Bytes value={value} />;
}

/** Why there is no figure of history. Without a reason it is measured, but not of this row. */
export function historyWhy(reason: string | null): string {
  return reason === null ? "not measured: history is kept of whole prefixes and keys" : `not measured: ${reason}`;
}

/** A change in size, exact on hover. */
export function BytesChange({ value }: { value: number | null }) {
  if (value === null) return <Unknown why="not known: the time begins before the first record" />;
  return <span title={`${value > 0 ? "+" : ""}${formatCount(value)} bytes`}>{formatBytesChange(value)}</span>;
}

const KEY_HAS_NO_RATE = "not recorded: rates are kept of prefixes, not of single keys";

/** A rate per second; null is a single key's, or that of a time nobody watched. */
export function Rate({ value, isKey = false }: { value: number | null; isKey?: boolean }) {
  if (value === null) return <Unknown why={isKey ? KEY_HAS_NO_RATE : "not observed in this time"} />;
  return <span title={`${value.toPrecision(4)} per second`}>{formatPerSecond(value)}</span>;
}

/** How long ago a revision was written, or that it is older than anything that has a date. */
export function Written(props: { at: string | null; revision: number | null; since: string | null }) {
  if (props.revision === null) return <Unknown why="not known" />;
  const title = `revision ${formatCount(props.revision)}`;
  if (props.at !== null) {
    return (
      <span title={title}>
        <Age at={props.at} /> ago
      </span>
    );
  }
  if (props.since === null) return <span title="No dates yet: they begin with the first frame">{title}</span>;
  return (
    <span className="muted" title={`${title}: older than the revision clock`}>
      over <Age at={props.since} /> ago
    </span>
  );
}
