"use client";

import { useQuery } from "@tanstack/react-query";
import { type ChangeRow, compareColumns, type TotalRow } from "@/components/keyspace/compare-columns";
import { compareParams } from "@/components/keyspace/compare-search";
import { compareRowId } from "@/components/keyspace/compare-tiles";
import { STATUS_WORDS } from "@/components/keyspace/compare-words";
import styles from "@/components/keyspace/keyspace.module.css";
import { DataTable } from "@/components/tables/data-table";
import { Empty } from "@/components/ui/empty";
import { KeyName } from "@/components/ui/key-name";
import { Segmented } from "@/components/ui/segmented";
import {
  CHANGE_STATUSES,
  type ChangeStatus,
  type CompareAnswer,
  type CompareRow,
  compareOptions,
} from "@/lib/api/compare";
import { clusterPath, toSearch } from "@/lib/api/get-json";
import { formatCount } from "@/lib/model/units";

/** What grew, shrank, came and went, with what it adds up to. */
export function ChangeTable(props: {
  cluster: string;
  /** The whole comparison. */
  answer: CompareAnswer;
  parent: NonNullable<CompareAnswer["parent"]>;
  question: Parameters<typeof compareParams>;
  status: ChangeStatus | null;
  onStatus(status: ChangeStatus | null): void;
  hrefOf(row: CompareRow): string | null;
  onOpen(row: CompareRow): void;
  onUp(): void;
}) {
  const { cluster, answer, parent, status, hrefOf, onOpen } = props;
  const [below, when] = props.question;
  const params = compareParams(below, { ...when, status });
  // The same question as the page's own while nothing is narrowed.
  const { data } = useQuery(compareOptions(cluster, params));
  const shown = data?.parent?.prefix === parent.prefix ? data.items : answer.items;
  const rows: ChangeRow[] = status === null ? [...shown] : shown.filter((row) => row.status === status);
  const open = (row: ChangeRow) => row.kind !== "total" && onOpen(row);
  return (
    <DataTable<ChangeRow>
      label="Changes"
      title={parent.prefix === "" ? "Changes of the roots" : <ChangesBelow prefix={parent.prefix} />}
      actions={<StatusSwitch answer={answer} status={status} onStatus={props.onStatus} />}
      rows={rows}
      columns={compareColumns({ parent: parent.prefix, hrefOf, onOpen })}
      rowKey={(row) => (row.kind === "total" ? "total" : compareRowId(row))}
      total={toTotal(answer, parent, status)}
      filterText={(row) => (row.kind === "total" ? "" : row.prefix)}
      exportHref={(format) => clusterPath(cluster, "/prefixes/compare") + toSearch({ ...params, format })}
      onActivate={open}
      onBack={() => props.onUp()}
      empty={<Empty title="None">{status === null ? "Nothing was there, then or now." : NONE_WORDS[status]}</Empty>}
    />
  );
}

const NONE_WORDS: Record<ChangeStatus, string> = {
  grown: "No child grew.",
  shrunk: "No child shrank.",
  new: "No child is new.",
  gone: "No child is gone.",
  same: "No child stayed the same.",
};

function toTotal(
  answer: CompareAnswer,
  parent: NonNullable<CompareAnswer["parent"]>,
  status: ChangeStatus | null,
): TotalRow {
  if (status === null) return { kind: "total", label: "Together", ...changeOf(parent) };
  return { kind: "total", label: `${STATUS_WORDS[status]}, together`, ...changeOf(answer.totals[status]) };
}

function changeOf({ before, after, changeBytes, changeKeys, changeHistoryBytes }: Omit<TotalRow, "kind" | "label">) {
  return { before, after, changeBytes, changeKeys, changeHistoryBytes };
}

function ChangesBelow({ prefix }: { prefix: string }) {
  return (
    <>
      Changes below <KeyName text={prefix} fit="middle" />
    </>
  );
}

function StatusSwitch(props: {
  answer: CompareAnswer;
  status: ChangeStatus | null;
  onStatus(status: ChangeStatus | null): void;
}) {
  const { totals } = props.answer;
  const all = { value: "all" as const, label: "All" };
  const each = CHANGE_STATUSES.filter((status) => status !== "same" || totals.same.rows > 0).map((status) => ({
    value: status,
    label: `${STATUS_WORDS[status]} ${formatCount(totals[status].rows)}`,
  }));
  return (
    <span className={styles.tabs}>
      <Segmented<ChangeStatus | "all">
        hideLabel
        label="Which changes"
        value={props.status ?? "all"}
        options={[all, ...each]}
        onChange={(value) => props.onStatus(value === "all" ? null : value)}
      />
    </span>
  );
}
