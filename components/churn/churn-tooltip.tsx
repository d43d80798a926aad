import styles from "@/components/churn/churn.module.css";
import type { ChurnDrawing, Dot } from "@/components/churn/churn-dots";
import { CORNER_WORDS, churnName, formatByteRate, GROWTH_WORDS } from "@/components/churn/churn-words";
import { KeyName } from "@/components/ui/key-name";
import { formatBytes, formatBytesChange, formatCount, formatPerSecond, formatRatio } from "@/lib/model/units";

const WIDTH = 280;
const AWAY = 10;

/** What a dot says, beside it. Read out by the dot's own label. */
export function ChurnTooltip({ dot, parent, drawing }: { dot: Dot; parent: string; drawing: ChurnDrawing }) {
  const { row, corner, growth, x, y, radius } = dot;
  const isLeft = x + radius + AWAY + WIDTH > drawing.width;
  const left = isLeft ? Math.max(4, x - radius - AWAY - WIDTH) : x + radius + AWAY;
  const top = Math.max(4, Math.min(y - 40, drawing.height - 210));
  const { writtenBytesPerSecond, writesPerSecond } = row;
  return (
    <div className={styles.tooltip} style={{ left, top, width: Math.min(WIDTH, drawing.width - 8) }} aria-hidden="true">
      {row.kind === "prefix" ? <KeyName text={row.prefix} fit="middle" /> : <b>{churnName(row, parent)}</b>}
      <p>
        {CORNER_WORDS[corner].name}: {CORNER_WORDS[corner].advice.toLowerCase()}
      </p>
      <dl>
        <dt>Live</dt>
        <dd>
          {formatBytes(row.liveBytes)} <i>{formatRatio(row.liveShare)}</i>
        </dd>
        <dt>Written</dt>
        <dd>
          {writtenBytesPerSecond === null ? "not known" : formatByteRate(writtenBytesPerSecond)}{" "}
          {row.writtenShare !== null && <i>{formatRatio(row.writtenShare)}</i>}
        </dd>
        <dt>Writes</dt>
        <dd>{writesPerSecond === null ? "not known" : `${formatPerSecond(writesPerSecond)}/s`}</dd>
        <dt>Keys</dt>
        <dd>{formatCount(row.keys)}</dd>
        {row.historyBytes !== null && (
          <>
            <dt>History</dt>
            <dd>{formatBytes(row.historyBytes)}</dd>
          </>
        )}
        <dt>Growth</dt>
        <dd>{row.growthBytes === null ? GROWTH_WORDS[growth] : formatBytesChange(row.growthBytes)}</dd>
      </dl>
    </div>
  );
}
