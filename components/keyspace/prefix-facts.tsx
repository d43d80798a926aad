import { BytesChange, historyWhy, Rate } from "@/components/keyspace/figures";
import { Fact, Facts } from "@/components/ui/facts";
import { OriginNote } from "@/components/ui/origin";
import { Age, Time } from "@/components/ui/time";
import type { PrefixesAnswer, PrefixRow } from "@/lib/api/prefixes";
import { formatBytes, formatCount, formatPerSecond, splitBytes } from "@/lib/model/units";

/** The strip of figures of one prefix. */
export function PrefixFacts({ row, answer }: { row: PrefixRow; answer: PrefixesAnswer }) {
  const live = splitBytes(row.liveBytes);
  const largest = splitBytes(row.largestValueBytes);
  const origin = <OriginNote origin={row.origin} at={answer.at} revision={answer.revision} />;
  // Counted from the frames of the range, which end with it.
  const rangeOrigin = <OriginNote origin={row.origin} at={answer.range.to} />;
  return (
    <Facts>
      <Fact
        label="Live bytes"
        origin={origin}
        value={<span title={`${formatCount(row.liveBytes)} bytes`}>{live.value}</span>}
        unit={live.unit}
        hint={`${formatBytes(row.valueBytes)} values, ${formatBytes(row.keyBytes)} keys`}
      />
      <Fact
        label="Keys"
        origin={origin}
        value={formatCount(row.keys)}
        hint={`${formatBytes(row.keys === 0 ? 0 : row.liveBytes / row.keys)} each on average${leasedWords(row)}`}
      />
      <HistoryFact row={row} answer={answer} />
      <Fact
        label="Writes"
        origin={row.writesPerSecond !== null && rangeOrigin}
        value={row.writesPerSecond === null ? null : <Rate value={row.writesPerSecond} />}
        unit="/s"
        hint={
          row.createsPerSecond === null || row.deletesPerSecond === null
            ? "not recorded for this prefix"
            : `${formatPerSecond(row.createsPerSecond)} creates, ${formatPerSecond(row.deletesPerSecond)} deletes per second`
        }
      />
      <Fact
        label="Growth over this time"
        origin={row.growthBytes !== null && rangeOrigin}
        value={row.growthBytes === null ? null : <BytesChange value={row.growthBytes} />}
        hint={
          row.growthKeys === null
            ? "the time begins before the first record"
            : `${row.growthKeys > 0 ? "+" : ""}${formatCount(row.growthKeys)} keys`
        }
      />
      <Fact label="Largest value" origin={origin} value={largest.value} unit={largest.unit} />
      <Fact
        label="Last write"
        origin={row.newestModAt !== null && origin}
        value={row.newestModAt === null ? null : <Age at={row.newestModAt} />}
        unit="ago"
        {...(row.newestModRevision === null ? {} : { hint: <LastWriteHint row={row} answer={answer} /> })}
      />
    </Facts>
  );
}

function leasedWords({ leasedKeys }: PrefixRow): string {
  if (leasedKeys === null) return "";
  return leasedKeys === 0 ? "; none has a lease" : `; ${formatCount(leasedKeys)} with a lease`;
}

function HistoryFact({ row, answer }: { row: PrefixRow; answer: PrefixesAnswer }) {
  if (row.historyBytes === null) {
    return <Fact label="History" value={null} hint={historyWhy(answer.historyReason)} />;
  }
  const history = splitBytes(row.historyBytes);
  return (
    <Fact
      label="History"
      origin={<OriginNote origin={row.origin} at={answer.at} revision={answer.revision} />}
      value={<span title={`${formatCount(row.historyBytes)} bytes`}>{history.value}</span>}
      unit={history.unit}
      hint={`${formatCount(row.historyRevisions ?? 0)} superseded revisions; compaction frees them`}
    />
  );
}

function LastWriteHint({ row, answer }: { row: PrefixRow; answer: PrefixesAnswer }) {
  return (
    <>
      revision {formatCount(row.newestModRevision ?? 0)}
      {row.newestModAt === null && answer.clockSince !== null && (
        <>
          , before <Time at={answer.clockSince} style="minute" />
        </>
      )}
    </>
  );
}
