import { clsx } from "clsx";
import styles from "@/components/keyspace/ledger.module.css";
import { ledgerWords, partWords } from "@/components/keyspace/ledger-words";
import type { LedgerRow } from "@/lib/api/ledger";
import { formatBytes, formatCount } from "@/lib/model/units";

type Part = LedgerRow["parts"][number];

/** A file as a bar of its parts, and their names. `wholeBytes` is what the whole width stands for. */
export function LedgerBar({ row, wholeBytes }: { row: LedgerRow; wholeBytes: number }) {
  return (
    <>
      <div className={styles.bar} role="img" aria-label={ledgerWords(row)}>
        {row.parts
          .filter(({ bytes }) => bytes > 0)
          .map((part) => (
            <i
              key={part.covers.join()}
              className={fillOf(part)}
              style={{ width: `${(part.bytes / wholeBytes) * 100}%` }}
              title={`${partWords(part)}: ${formatCount(part.bytes)} bytes`}
            />
          ))}
      </div>
      <ul className={styles.legend}>
        {row.parts.map((part) => (
          <li key={part.covers.join()} title={`${formatCount(part.bytes)} bytes`}>
            <i className={fillOf(part)} />
            {partWords(part)} <b>{formatBytes(part.bytes)}</b>
          </li>
        ))}
      </ul>
    </>
  );
}

/** The bytes a bar needs room for: the file, or more when the readings do not fit together. */
export function drawnBytes({ parts, dbSizeBytes }: LedgerRow): number {
  const positive = parts.reduce((sum, { bytes }) => sum + Math.max(0, bytes), 0);
  return Math.max(1, positive, dbSizeBytes ?? 0);
}

function fillOf({ covers }: Pick<Part, "covers">): string | undefined {
  const [only] = covers;
  return clsx(covers.length === 1 && only !== undefined ? styles[only] : styles.mixed);
}
