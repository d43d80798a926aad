"use client";

import { ExternalLink } from "lucide-react";
import { useState } from "react";
import { clientName } from "@/components/clients/agent-words";
import { Plain } from "@/components/clients/client-name";
import styles from "@/components/clients/clients.module.css";
import { clientKey } from "@/components/clients/clients-search";
import { PATTERN_BADGES } from "@/components/clients/pattern-words";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Panel } from "@/components/ui/panel";
import { toVisibleText } from "@/components/ui/visible-text";
import type { ClientFinding, ClientRow } from "@/lib/api/clients";
import { formatCount } from "@/lib/model/units";

const SHOWN_FIRST = 5;

interface Found {
  row: ClientRow;
  finding: ClientFinding;
}

/** What does harm: the pattern, the client, its numbers, the remedy and where it is written. Nothing when there is none. */
export function FindingsPanel({ rows, onOpen }: { rows: readonly ClientRow[]; onOpen(row: ClientRow): void }) {
  const [isWhole, setWhole] = useState(false);
  const found = rows.flatMap((row) => row.findings.map((finding) => ({ row, finding })));
  if (found.length === 0) return null;
  const shown = isWhole ? found : found.slice(0, SHOWN_FIRST);
  return (
    <Panel title="What does harm" badge={<Badge>{formatCount(found.length)}</Badge>} note="the worst first" flush>
      <ul className={styles.findings}>
        {shown.map((one) => (
          <FindingRow
            key={`${one.finding.pattern} ${one.finding.verb} ${one.finding.resource} ${clientKey(one.row)}`}
            {...one}
            onOpen={onOpen}
          />
        ))}
      </ul>
      {found.length > shown.length && (
        <div className={styles.more}>
          <Button small onClick={() => setWhole(true)}>
            {formatCount(found.length - shown.length)} more
          </Button>
        </div>
      )}
    </Panel>
  );
}

function FindingRow({ row, finding, onOpen }: Found & { onOpen(row: ClientRow): void }) {
  const name = clientName(row) ?? "a client without a name";
  return (
    <li>
      <PatternBadge finding={finding} />
      <div>
        <h3>
          <button type="button" className={styles.who} onClick={() => onOpen(row)}>
            <Plain shown={name} whole={row.userAgent ?? name} />
          </button>{" "}
          {toVisibleText(finding.title)}
        </h3>
        <FindingText finding={finding} />
      </div>
      <SourceLink finding={finding} />
    </li>
  );
}

/** The findings of one client, without its name. */
export function ClientFindings({ findings }: { findings: readonly ClientFinding[] }) {
  if (findings.length === 0) return null;
  return (
    <ul className={styles.findings}>
      {findings.map((finding) => (
        <li key={`${finding.pattern} ${finding.verb} ${finding.resource}`}>
          <PatternBadge finding={finding} />
          <div>
            <h3>It {toVisibleText(finding.title)}</h3>
            <FindingText finding={finding} />
          </div>
          <SourceLink finding={finding} />
        </li>
      ))}
    </ul>
  );
}

function PatternBadge({ finding }: { finding: ClientFinding }) {
  const { words, tone } = PATTERN_BADGES[finding.pattern];
  return (
    <span>
      <Badge tone={tone}>{words}</Badge>
    </span>
  );
}

function FindingText({ finding }: { finding: ClientFinding }) {
  return (
    <>
      <p>{toVisibleText(finding.evidence)}</p>
      <p className={styles.next}>Next: {toVisibleText(finding.remedy)}</p>
    </>
  );
}

function SourceLink({ finding }: { finding: ClientFinding }) {
  return (
    <a className="button small quiet" href={finding.sourceUrl} target="_blank" rel="noreferrer">
      Why
      <ExternalLink size={12} aria-hidden="true" />
      <span className="visually-hidden">{PATTERN_BADGES[finding.pattern].words} do harm, in a new tab</span>
    </a>
  );
}
