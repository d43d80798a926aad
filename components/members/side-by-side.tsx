"use client";

import { clsx } from "clsx";
import { Fragment, type ReactNode } from "react";
import { Unknown } from "@/components/keyspace/figures";
import { MemberRole, MemberState } from "@/components/members/member-badges";
import styles from "@/components/members/members.module.css";
import { COMPARED, type ComparedFigure, clockWords, markOdd } from "@/components/members/side-by-side-figures";
import { ExportLinks } from "@/components/tables/export-links";
import { Badge } from "@/components/ui/badge";
import { Empty } from "@/components/ui/empty";
import { OriginNote } from "@/components/ui/origin";
import { Panel } from "@/components/ui/panel";
import { Age } from "@/components/ui/time";
import { toVisibleText } from "@/components/ui/visible-text";
import type { RangeParams } from "@/lib/api/common";
import { clusterPath, toSearch } from "@/lib/api/get-json";
import type { MemberRow, MembersAnswer } from "@/lib/api/members";

const NOT_TOLD = "It has not told yet.";

/** All figures of all members, a column a member; the odd one out is marked, in words. */
export function SideBySide(props: { cluster: string; answer: MembersAnswer; range: RangeParams }) {
  const { cluster, answer, range } = props;
  const { items: members } = answer;
  return (
    <Panel
      flush
      title="Side by side"
      badge={<Badge>{members.length}</Badge>}
      note={<OriginNote origin="sampled" at={answer.compared?.range.to ?? null} />}
      actions={
        <ExportLinks
          label="Members"
          href={(format) => clusterPath(cluster, "/members") + toSearch({ ...range, format })}
          content={() => ""}
        />
      }
    >
      <section
        className={clsx("table-region", styles.sides)}
        aria-label="Members, table"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
        tabIndex={0}
      >
        {members.length === 0 ? (
          <Empty title="No member has been listed yet">They are asked for every ten seconds.</Empty>
        ) : (
          <table className="table" aria-label="Members" style={{ minWidth: 130 + members.length * 150 }}>
            <Head members={members} />
            <tbody>
              <Line label="State" members={members} cell={(row) => <MemberState row={row} />} />
              <Line label="Version" members={members} cell={(row) => <Version row={row} />} />
              <Line label="Runs since" members={members} cell={(row) => <Started row={row} />} />
              <Line label="Clock" hint="Against ours" members={members} cell={(row) => <Clock row={row} />} />
            </tbody>
            {COMPARED.map(({ title, figures }) => (
              <tbody key={title}>
                <tr className={styles.section}>
                  <th scope="rowgroup" colSpan={members.length + 1}>
                    <span>{title}</span>
                  </th>
                </tr>
                {figures.map((figure) => (
                  <FigureLine key={figure.name} figure={figure} members={members} />
                ))}
              </tbody>
            ))}
          </table>
        )}
      </section>
    </Panel>
  );
}

function Head({ members }: { members: readonly MemberRow[] }) {
  return (
    <thead>
      <tr>
        <th scope="col">
          <span className="visually-hidden">Figure</span>
        </th>
        {members.map((row) => (
          <th key={row.memberId} scope="col" title={`${row.memberId} · ${row.clientUrls.join(", ")}`}>
            <bdi>{toVisibleText(row.name || row.memberId)}</bdi> <MemberRole row={row} />
          </th>
        ))}
      </tr>
    </thead>
  );
}

function Line(props: {
  label: string;
  hint?: string;
  members: readonly MemberRow[];
  cell(row: MemberRow, place: number): ReactNode;
}) {
  return (
    <tr>
      <th scope="row" title={props.hint}>
        {props.label}
      </th>
      {props.members.map((row, place) => (
        <td key={row.memberId}>{props.cell(row, place)}</td>
      ))}
    </tr>
  );
}

function FigureLine({ figure, members }: { figure: ComparedFigure; members: readonly MemberRow[] }) {
  const values = members.map((row) => figure.valueOf(row));
  const marks = markOdd(figure, values);
  return (
    <Line
      label={figure.label}
      {...(figure.hint !== undefined && { hint: figure.hint })}
      members={members}
      cell={(row, place) => {
        const [value, mark] = [values[place] ?? null, marks[place] ?? null];
        if (value === null) return <Unknown why={row.health?.unknown[figure.name] ?? NOT_TOLD} />;
        return (
          <>
            <span className="tabular" title={String(value)}>
              {figure.words(value)}
            </span>
            {mark !== null && (
              <>
                {" "}
                <Badge tone="warn">{mark}</Badge>
              </>
            )}
          </>
        );
      }}
    />
  );
}

function Version({ row }: { row: MemberRow }) {
  if (row.version === null) return <Unknown why={NOT_TOLD} />;
  const bugs = row.health?.knownBugs ?? [];
  const worst = bugs[0]?.severity;
  return (
    <Fragment>
      {toVisibleText(row.version)}{" "}
      {bugs.length > 0 && (
        <span
          title={bugs.map(({ problem, fixedIn }) => problem + (fixedIn ? `, mended in ${fixedIn}` : "")).join("\n")}
        >
          <Badge tone={worst === "critical" ? "bad" : worst === "warning" ? "warn" : "neutral"}>
            {bugs.length === 1 ? "1 known bug" : `${bugs.length} known bugs`}
          </Badge>
        </span>
      )}
    </Fragment>
  );
}

function Started({ row }: { row: MemberRow }) {
  const startedAt = row.health?.startedAt ?? null;
  return startedAt === null ? <Unknown why={row.health?.unknown.startedAt ?? NOT_TOLD} /> : <Age at={startedAt} />;
}

function Clock({ row }: { row: MemberRow }) {
  const { clockAheadLeastMs: least = null, clockAheadMostMs: most = null, unknown } = row.health ?? {};
  if (least === null || most === null) return <Unknown why={unknown?.clockAheadLeastMs ?? NOT_TOLD} />;
  return <span className="tabular">{clockWords(least, most)}</span>;
}
