"use client";

import { useMemo } from "react";
import { Unknown } from "@/components/keyspace/figures";
import type { Column } from "@/components/tables/column";
import { DataTable } from "@/components/tables/data-table";
import { isHeard } from "@/components/triage/is-heard";
import styles from "@/components/triage/triage.module.css";
import { subjectLinks } from "@/components/triage/triage-links";
import { formatFigure, leadWords, shownText, subjectName, timesWords } from "@/components/triage/triage-words";
import { Empty } from "@/components/ui/empty";
import { KeyName } from "@/components/ui/key-name";
import type { TriageAnswer, TriageMover } from "@/lib/api/triage";

/** What moved, by how much, and how long before the latency: the nearer to the cause, the earlier. */
export function MoversTable({ cluster, answer }: { cluster: string; answer: TriageAnswer }) {
  const { calm, window } = answer;
  const columns = useMemo(
    () => toColumns(cluster, { from: calm.from, to: window.to }),
    [cluster, calm.from, window.to],
  );
  return (
    <DataTable
      label="What moved, and when"
      rows={answer.movers}
      columns={columns}
      rowKey={keyOf}
      empty={
        isHeard(answer) ? (
          <Empty title="Nothing moved">
            No prefix, client, verb or member left its usual band in this window, as far as somebody tells.
          </Empty>
        ) : (
          <Empty title="What moved is not known">No source told of this window.</Empty>
        )
      }
    />
  );
}

function keyOf(mover: TriageMover): string {
  return JSON.stringify([mover.subject, mover.label, mover.seriesId]);
}

function toColumns(cluster: string, time: { from: string; to: string }): Column<TriageMover>[] {
  return [
    {
      id: "suspect",
      header: "Suspect",
      width: 214,
      value: (row) => [subjectName(row.subject), row.label].filter((part) => part !== null).join(" "),
      cell: (row) => <Suspect mover={row} href={subjectLinks(cluster, row.subject, time)[0]?.href} />,
    },
    figure("calm", "Calm", "Over the calm time"),
    figure("window", "Window", "Over the window"),
    {
      id: "leadSeconds",
      header: "Lead",
      hint: "When it moved, against the latency: below zero is before it",
      numeric: true,
      width: 64,
      value: ({ leadSeconds }) => leadSeconds,
      cell: ({ leadSeconds }) =>
        leadSeconds === null ? <Unknown why="it did not move, or the latency did not" /> : leadWords(leadSeconds),
    },
  ];
}

function Suspect({ mover, href }: { mover: TriageMover; href: string | undefined }) {
  const { subject, label } = mover;
  const name = subjectName(subject);
  const link = href === undefined ? {} : { href };
  return (
    <span className={styles.suspect}>
      {name === null ? (
        <span>{label}</span>
      ) : (
        <>
          {subject.kind === "prefix" ? (
            <KeyName text={name} fit="middle" {...link} />
          ) : (
            <KeyName text={shownText(name, 80)} {...link} />
          )}
          <small>{label}</small>
        </>
      )}
    </span>
  );
}

function figure(id: "calm" | "window", header: string, hint: string): Column<TriageMover> {
  return {
    id,
    header,
    hint,
    numeric: true,
    width: 88,
    value: (row) => row[id],
    cell(row) {
      const value = row[id];
      if (value === null) return <Unknown why="not observed" />;
      const times = id === "window" ? timesWords(row) : null;
      return <span title={times === null ? undefined : `${times} the calm time`}>{formatFigure(value, row.unit)}</span>;
    },
  };
}
