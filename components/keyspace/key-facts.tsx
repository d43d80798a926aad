import { Bytes } from "@/components/keyspace/figures";
import { Fact, Facts } from "@/components/ui/facts";
import { OriginNote } from "@/components/ui/origin";
import { Age, Time } from "@/components/ui/time";
import type { KeyAnswer } from "@/lib/api/keys";
import { formatCount, formatDuration, splitBytes } from "@/lib/model/units";

/** The strip of figures of one key that exists. */
export function KeyFacts({ answer }: { answer: KeyAnswer }) {
  const origin = <OriginNote origin={answer.origin} at={answer.at} revision={answer.revision} />;
  const value = splitBytes(answer.valueBytes ?? 0);
  return (
    <Facts>
      <Fact
        label="Value"
        origin={origin}
        value={
          answer.valueBytes === null ? null : (
            <span title={`${formatCount(answer.valueBytes)} bytes`}>{value.value}</span>
          )
        }
        unit={value.unit}
        hint={
          <>
            key <Bytes value={answer.keyBytes} />
          </>
        }
      />
      <Fact
        label="Version"
        origin={origin}
        value={answer.version === null ? null : formatCount(answer.version)}
        hint="writes since it was created"
      />
      <Fact
        label="Create revision"
        value={answer.createRevision === null ? null : formatCount(answer.createRevision)}
        hint={<RevisionDate at={answer.createdAt} since={answer.clockSince} />}
      />
      <Fact
        label="Mod revision"
        value={answer.modRevision === null ? null : formatCount(answer.modRevision)}
        hint={<RevisionDate at={answer.modifiedAt} since={answer.clockSince} />}
      />
      <HistoryFact answer={answer} />
      <LeaseFact answer={answer} />
    </Facts>
  );
}

function HistoryFact({ answer }: { answer: KeyAnswer }) {
  if (answer.historyBytes === null) {
    return <Fact label="History held" value={null} hint="older revisions are held than those listed: not measured" />;
  }
  const history = splitBytes(answer.historyBytes);
  return (
    <Fact
      label="History held"
      origin={<OriginNote origin={answer.origin} at={answer.at} revision={answer.revision} />}
      value={<span title={`${formatCount(answer.historyBytes)} bytes`}>{history.value}</span>}
      unit={history.unit}
      hint={
        answer.historyRevisions === 0
          ? "no superseded revision is held"
          : `${formatCount(answer.historyRevisions ?? 0)} superseded revisions; compaction frees them`
      }
    />
  );
}

function LeaseFact({ answer }: { answer: KeyAnswer }) {
  const { leaseId, leaseTtlSeconds: ttl, leaseGrantedSeconds: granted } = answer;
  if (leaseId === null) return <Fact label="Lease" value={<small>none</small>} hint="it stays until it is deleted" />;
  const hint = (
    <>
      <span className="mono">{leaseId}</span>
      {granted !== null && <>, granted {formatDuration(granted * 1_000)}</>}
    </>
  );
  if (ttl === null) return <Fact label="Lease" value={null} hint={hint} />;
  if (ttl <= 0) return <Fact label="Lease" value={<small>expired</small>} hint={hint} />;
  return (
    <Fact
      label="Lease ends in"
      origin={<OriginNote origin="sampled" at={answer.at} />}
      value={formatDuration(ttl * 1_000)}
      hint={hint}
    />
  );
}

/** When a revision was written, or why that cannot be said. */
export function RevisionDate({ at, since }: { at: string | null; since: string | null }) {
  if (at !== null) {
    return (
      <>
        <Time at={at} />, <Age at={at} /> ago
      </>
    );
  }
  if (since === null) return <>no date yet: the revision clock has not begun</>;
  return (
    <>
      older than the revision clock, which begins <Time at={since} style="minute" />
    </>
  );
}
