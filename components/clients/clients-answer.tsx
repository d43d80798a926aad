"use client";

import { clientName } from "@/components/clients/agent-words";
import { changeOf } from "@/components/clients/client-change";
import { Plain } from "@/components/clients/client-name";
import styles from "@/components/keyspace/keyspace.module.css";
import { useRangeClause } from "@/components/traffic/traffic-answer";
import { formatShare } from "@/components/traffic/traffic-measures";
import type { ClientRow, ClientsAnswer } from "@/lib/api/clients";
import { formatCount } from "@/lib/model/units";

/** The page's answer: the client that does harm and how; else the loudest. */
export function ClientsHeading({ answer }: { answer: ClientsAnswer }) {
  const when = useRangeClause();
  const known = answer.items.filter(({ isOther }) => !isOther);
  const troubled = known.filter(({ findings }) => findings.length > 0);
  const worst = troubled[0];
  const [finding] = worst?.findings ?? [];
  return (
    <div>
      <h1 className={styles.sentence}>
        {worst !== undefined && finding !== undefined ? (
          <>
            <Name row={worst} /> {finding.title}
          </>
        ) : (
          <Calm rows={known} when={when} />
        )}
      </h1>
      <p className="lede">
        {worst !== undefined && finding !== undefined && <>{finding.evidence} </>}
        <CountWords rows={known} troubled={troubled.length} when={when} isCut={known.length < answer.items.length} />
      </p>
    </div>
  );
}

function Name({ row }: { row: ClientRow }) {
  const name = clientName(row) ?? "a client without a name";
  return <Plain shown={name} whole={row.userAgent ?? row.user ?? name} />;
}

function Calm({ rows, when }: { rows: readonly ClientRow[]; when: string }) {
  const loudest = rows.reduce<ClientRow | null>(
    (most, row) => ((row.requests ?? 0) > (most?.requests ?? 0) ? row : most),
    null,
  );
  if (loudest === null) return <>Nobody asked anything {when}</>;
  return (
    <>
      No client does harm {when}
      {loudest.share !== null && (
        <>
          ; <Name row={loudest} /> is the loudest with {formatShare(loudest.share)} of the requests
        </>
      )}
    </>
  );
}

function CountWords(props: { rows: readonly ClientRow[]; troubled: number; when: string; isCut: boolean }) {
  const { rows, troubled, when, isCut } = props;
  if (rows.length === 0) return null;
  const fresh = rows.filter((row) => changeOf(row) === "new").length;
  const louder = rows.filter((row) => changeOf(row) === "louder").length;
  const parts = [
    troubled > 0 && `${formatCount(troubled)} with a pattern that does harm`,
    fresh > 0 && `${formatCount(fresh)} new`,
    louder > 0 && `${formatCount(louder)} at least twice as loud as before`,
  ].filter((part) => part !== false);
  return (
    <>
      {isCut ? "More than " : ""}
      {formatCount(rows.length)} {rows.length === 1 ? "client" : "clients"} asked {when}
      {parts.length > 0 && <>: {parts.join(", ")}</>}.
    </>
  );
}
