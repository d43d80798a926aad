"use client";

import { useQuery } from "@tanstack/react-query";
import { Table2 } from "lucide-react";
import { useState } from "react";
import { historySentence } from "@/components/keyspace/keyspace-words";
import styles from "@/components/keyspace/ledger.module.css";
import { drawnBytes, LedgerBar } from "@/components/keyspace/ledger-bar";
import { LedgerTable } from "@/components/keyspace/ledger-table";
import { factorWords, fileWords } from "@/components/keyspace/ledger-words";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Empty } from "@/components/ui/empty";
import { OriginNote } from "@/components/ui/origin";
import { Panel } from "@/components/ui/panel";
import { ProblemNote } from "@/components/ui/problem-note";
import { Skeleton } from "@/components/ui/skeleton";
import { type LedgerAnswer, type LedgerRow, ledgerOptions } from "@/lib/api/ledger";
import { TRUSTED_FACTOR } from "@/lib/model/ledger";

const TITLE = "What fills the file";

/** What fills the file of each member: a bar each that adds up to it, or all in figures. */
export function LedgerPanel({ cluster }: { cluster: string }) {
  const { data, error, dataUpdatedAt, refetch } = useQuery(ledgerOptions(cluster));
  const [asTable, setAsTable] = useState(false);
  const actions = (
    <Button small kind="quiet" aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>
      <Table2 size={13} aria-hidden="true" />
      {asTable ? "Show as bars" : "Show as table"}
    </Button>
  );
  const problem = <ProblemNote error={error} dataAtMs={data && dataUpdatedAt} onRetry={() => refetch()} />;
  if (data === undefined) return error === null ? <Skeleton height={120} /> : problem;
  const note = <LedgerNote answer={data} />;
  return (
    <>
      {problem}
      {asTable ? (
        <LedgerTable
          cluster={cluster}
          title={TITLE}
          rows={data.items}
          historyReason={data.historyReason}
          note={note}
          actions={actions}
        />
      ) : (
        <Panel title={TITLE} note={note} actions={actions}>
          <Bars answer={data} />
        </Panel>
      )}
    </>
  );
}

function LedgerNote({ answer }: { answer: LedgerAnswer }) {
  return (
    <OriginNote origin={answer.state === "live" ? "exact" : "estimated"} at={answer.at} revision={answer.revision}>
      {answer.historyReason === null ? "live and history exact" : "live exact"}, file sampled
    </OriginNote>
  );
}

function Bars({ answer }: { answer: LedgerAnswer }) {
  const { items, historyReason } = answer;
  if (items.length === 0) {
    return <Empty title="No member has been listed yet">They are asked for every ten seconds.</Empty>;
  }
  // All bars have one scale, so that members can be compared.
  const wholeBytes = Math.max(...items.map(drawnBytes));
  return (
    <div className={styles.members}>
      {items.map((row) => (
        <MemberBar key={row.memberId} row={row} wholeBytes={wholeBytes} historyReason={historyReason} />
      ))}
      {historyReason !== null && <p className="muted">{historySentence(historyReason)}</p>}
    </div>
  );
}

function MemberBar(props: { row: LedgerRow; wholeBytes: number; historyReason: string | null }) {
  const { row, wholeBytes, historyReason } = props;
  const isTrusted = row.factor === null || row.factor <= TRUSTED_FACTOR;
  return (
    <div className={styles.member}>
      <div className={styles.head}>
        <b>{row.name === "" ? row.memberId : row.name}</b>
        {row.isLeader && <Badge tone="accent">leader</Badge>}
        <span className="muted">{fileWords(row)}</span>
        {row.failure !== null && <Badge tone="bad">no answer</Badge>}
        <span className="faint">
          <span title="In use, divided by live + history + 80 bytes a revision">{factorWords(row, historyReason)}</span>
          {!isTrusted && <Badge tone="warn">not to be trusted</Badge>}{" "}
          {row.sampledAt !== null && <OriginNote origin="sampled" at={row.sampledAt} />}
        </span>
      </div>
      {row.dbSizeBytes !== null && <LedgerBar row={row} wholeBytes={wholeBytes} />}
      {row.notes.length > 0 && (
        <ul className={styles.notes}>
          {row.notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
    </div>
  );
}
