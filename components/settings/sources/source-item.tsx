"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Power, SlidersHorizontal } from "lucide-react";
import { patchSource } from "@/components/settings/sources/source-requests";
import { SourceTargets } from "@/components/settings/sources/source-targets";
import {
  RECEIVED_WORDS,
  SOURCE_FIELDS,
  SOURCE_HEALTH_WORDS,
  SOURCE_WORDS,
} from "@/components/settings/sources/source-words";
import styles from "@/components/settings/sources/sources.module.css";
import { Button } from "@/components/ui/button";
import { type Health, HealthMark } from "@/components/ui/health-mark";
import { ProblemNote } from "@/components/ui/problem-note";
import { toSentence } from "@/components/ui/sentence";
import { Age } from "@/components/ui/time";
import { type SourceRow, sourcesOptions } from "@/lib/api/sources";
import { formatCount } from "@/lib/model/units";

const MARKS: Record<SourceRow["health"], Health> = {
  ok: "ok",
  degraded: "degraded",
  failed: "failed",
  waiting: "unknown",
  off: "paused",
};

interface SourceItemProps {
  cluster: string;
  row: SourceRow;
  isEditable: boolean;
  onSetUp(): void;
}

/** One source: its state, what it can and cannot tell, and what has come of it. */
export function SourceItem({ cluster, row, isEditable, onSetUp }: SourceItemProps) {
  const client = useQueryClient();
  const { queryKey } = sourcesOptions(cluster);
  const turn = useMutation({
    mutationFn: () => patchSource(cluster, row.source, { enabled: !row.enabled }),
    onSettled: () => client.invalidateQueries({ queryKey }),
  });
  const name = SOURCE_WORDS[row.source];
  return (
    <li className={styles.source} aria-label={name}>
      <div className={styles.head}>
        <h3>{name}</h3>
        <span className="health">
          <HealthMark health={MARKS[row.health]} />
          {SOURCE_HEALTH_WORDS[row.health]}
        </span>
        <span className={styles.figures}>
          <Figures row={row} />
        </span>
        {isEditable && (
          <span className={styles.actions}>
            {SOURCE_FIELDS[row.source].length > 0 && (
              <Button small kind="quiet" aria-label={`Set up ${name}`} onClick={onSetUp}>
                <SlidersHorizontal size={13} aria-hidden="true" />
                Set up
              </Button>
            )}
            <Button
              small
              kind="quiet"
              busy={turn.isPending}
              aria-label={`Switch ${name} ${row.enabled ? "off" : "on"}`}
              onClick={() => turn.mutate()}
            >
              {!turn.isPending && <Power size={13} aria-hidden="true" />}
              Switch {row.enabled ? "off" : "on"}
            </Button>
          </span>
        )}
      </div>
      <dl className={styles.told}>
        <dt>Tells</dt>
        <dd>{toSentence(row.tells)}</dd>
        <dt>Cannot tell</dt>
        <dd className="muted">{toSentence(row.cannotTell)}</dd>
      </dl>
      {row.reason !== null && (
        <p className={row.health === "failed" ? styles.failed : styles.reason}>
          {toSentence(row.reason)} {row.remedy}
        </p>
      )}
      {row.paths.length > 0 && <p className={`mono ${styles.paths}`}>{row.paths.join("  ")}</p>}
      <Faults faults={row.faults} />
      {row.targets.length > 0 && <SourceTargets name={name} targets={row.targets} />}
      <ProblemNote error={turn.error} />
    </li>
  );
}

function Figures({ row: { source, health, received, at } }: { row: SourceRow }) {
  if (health === "off") return null;
  const word = RECEIVED_WORDS[source];
  return (
    <>
      {received !== null && (
        <span>
          {formatCount(received)} {received === 1 ? word : `${word}s`} in the last hour
        </span>
      )}
      {at !== null && (
        <span>
          newest <Age at={at} /> ago
        </span>
      )}
    </>
  );
}

/** What came and could not be used: never dropped without a word. */
function Faults({ faults }: { faults: SourceRow["faults"] }) {
  if (faults.length === 0) return null;
  return (
    <ul className={styles.faults} aria-label="Not used in the last hour">
      {faults.map(({ fault, label, events }) => (
        <li key={fault}>
          <b className="tabular">{formatCount(events)}</b> not used: {label}
        </li>
      ))}
    </ul>
  );
}
