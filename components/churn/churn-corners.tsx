import styles from "@/components/churn/churn.module.css";
import { CORNER_WORDS, type CornerSum, churnName } from "@/components/churn/churn-words";
import { KeyName } from "@/components/ui/key-name";
import { CORNERS, type Corner } from "@/lib/model/churn";
import { formatCount, formatRatio } from "@/lib/model/units";

const NAMED = 3;

/** The four corners, what is in each and what to do about it. */
export function ChurnCorners({ sums, parent }: { sums: Record<Corner, CornerSum>; parent: string }) {
  return (
    <dl className="facts">
      {CORNERS.map((corner) => {
        const { rows, liveShare, writtenShare } = sums[corner];
        return (
          <div className="fact" key={corner}>
            <dt>
              {CORNER_WORDS[corner].name}
              <span className="faint">{CORNER_WORDS[corner].advice.toLowerCase()}</span>
            </dt>
            <dd>
              {formatCount(rows.length)} <small>{rows.length === 1 ? "prefix" : "prefixes"}</small>
              <span className="fact-hint">
                {formatRatio(liveShare)} of the bytes, {formatRatio(writtenShare)} of the written
              </span>
              <span className={`fact-hint ${styles.named}`}>
                {rows.slice(0, NAMED).map((row) => (
                  <KeyName key={`${row.kind} ${row.prefix}`} text={churnName(row, parent)} />
                ))}
                {rows.length > NAMED && <span>and {formatCount(rows.length - NAMED)} more</span>}
              </span>
            </dd>
          </div>
        );
      })}
    </dl>
  );
}
