"use client";

import { useQuery } from "@tanstack/react-query";
import { CircleAlert, Dot } from "lucide-react";
import { useMemo } from "react";
import { readRange } from "@/components/keyspace/view-search";
import { useUrlState } from "@/components/shell/use-url-state";
import type { Column } from "@/components/tables/column";
import { DataTable } from "@/components/tables/data-table";
import styles from "@/components/timeline/timeline.module.css";
import { KIND_WORDS } from "@/components/timeline/timeline-marks";
import { Empty } from "@/components/ui/empty";
import { OriginNote } from "@/components/ui/origin";
import { ProblemNote } from "@/components/ui/problem-note";
import { Skeleton } from "@/components/ui/skeleton";
import { Time } from "@/components/ui/time";
import { useIsHydrated } from "@/components/ui/use-is-hydrated";
import { toVisibleText } from "@/components/ui/visible-text";
import type { RangeParams } from "@/lib/api/common";
import { membersOptions } from "@/lib/api/members";
import { type TimelineItem, timelineOptions } from "@/lib/api/timeline";
import { TIMELINE_KINDS, timelineTone } from "@/lib/model/timeline";
import { formatDuration } from "@/lib/model/units";

/** An event with the name of its member. */
type Row = TimelineItem & { member: string | null };

/** What happened to a cluster, the newest first; the time of the page, unless another is given. */
export function HappenedPanel({ cluster, range }: { cluster: string; range?: RangeParams }) {
  const { params, patch } = useUrlState();
  const { data, error, dataUpdatedAt, refetch } = useQuery(timelineOptions(cluster, range ?? readRange(params)));
  const members = useQuery(membersOptions(cluster));
  const isHydrated = useIsHydrated();
  const rows = useMemo(() => toRows(data?.items ?? [], members.data?.items ?? []), [data, members.data]);
  const kind = TIMELINE_KINDS.find((one) => one === params.get("happened")) ?? null;
  const member = params.get("of");
  const shown = useMemo(
    () => rows.filter((row) => (kind === null || row.kind === kind) && (member === null || row.member === member)),
    [rows, kind, member],
  );
  if (!isHydrated || (data === undefined && error === null)) return <Skeleton height={240} />;
  return (
    <>
      <ProblemNote error={error} dataAtMs={data && dataUpdatedAt} onRetry={() => refetch()} />
      {data !== undefined && (
        <DataTable
          label="What happened"
          note={<OriginNote origin={data.origin} at={data.range.to} />}
          rows={shown}
          columns={COLUMNS}
          rowKey={(row) => `${row.at} ${row.kind} ${row.memberId} ${row.text}`}
          actions={
            <>
              <Choice
                label="Kind"
                all="All kinds"
                value={kind}
                options={listOf(rows.map((row) => row.kind)).map((one) => ({ value: one, words: KIND_WORDS[one] }))}
                onChange={(happened) => patch({ happened })}
              />
              <Choice
                label="Member"
                all="All members"
                value={member}
                options={listOf(rows.flatMap((row) => row.member ?? [])).map((one) => ({ value: one, words: one }))}
                onChange={(of) => patch({ of })}
              />
            </>
          }
          empty={
            <Empty title="Nothing was seen to happen in this time">
              {rows.length > 0
                ? "Nothing of the chosen kind and member; choose all of them again."
                : "No leader change, restart, alarm, compaction or scan was seen. Times nobody watched are gaps."}
            </Empty>
          }
          {...(data.truncated ? { footer: "These are the newest; choose a shorter time to see older ones." } : {})}
        />
      )}
    </>
  );
}

function Choice<Value extends string>(props: {
  label: string;
  all: string;
  value: Value | null;
  options: readonly { value: Value; words: string }[];
  onChange(value: Value | null): void;
}) {
  const { label, all, value, options, onChange } = props;
  if (options.length < 2 && value === null) return null;
  return (
    <select
      className={styles.filter}
      aria-label={label}
      value={value ?? ""}
      onChange={(event) => onChange(event.target.value === "" ? null : (event.target.value as Value))}
    >
      <option value="">{all}</option>
      {value !== null && !options.some((option) => option.value === value) && <option value={value}>{value}</option>}
      {options.map((option) => (
        <option key={option.value} value={option.value}>
          {toVisibleText(option.words)}
        </option>
      ))}
    </select>
  );
}

function toRows(items: readonly TimelineItem[], members: readonly { memberId: string; name: string }[]): Row[] {
  const names = new Map(members.map(({ memberId, name }) => [memberId, name || memberId]));
  return items
    .map((item) => ({ ...item, member: item.memberId === null ? null : (names.get(item.memberId) ?? item.memberId) }))
    .reverse();
}

function listOf<Value extends string>(values: readonly Value[]): Value[] {
  return [...new Set(values)].sort();
}

const COLUMNS: readonly Column<Row>[] = [
  {
    id: "at",
    header: "When",
    width: 190,
    value: ({ at }) => at,
    cell: ({ at }) => <Time at={at} />,
  },
  {
    id: "lasted",
    header: "Lasted",
    numeric: true,
    width: 84,
    value: ({ at, until }) => (until === null ? null : (Date.parse(until) - Date.parse(at)) / 1_000),
    cell: ({ at, until }) =>
      until === null ? <span className="faint">–</span> : formatDuration(Date.parse(until) - Date.parse(at)),
  },
  {
    id: "kind",
    header: "What",
    width: 150,
    value: ({ kind }) => kind,
    cell: ({ kind }) => <Kind kind={kind} />,
  },
  {
    id: "member",
    header: "Member",
    width: 130,
    value: ({ member }) => member,
    cell: ({ member }) =>
      member === null ? <span className="faint">the cluster</span> : <bdi>{toVisibleText(member)}</bdi>,
  },
  {
    id: "text",
    header: "In words",
    width: 420,
    value: ({ text }) => text,
    cell: ({ text }) => <span className={styles.text}>{toVisibleText(text)}</span>,
  },
];

function Kind({ kind }: Pick<TimelineItem, "kind">) {
  const tone = timelineTone(kind);
  const Icon = tone === "bad" ? CircleAlert : Dot;
  return (
    <span className={styles.kind}>
      <Icon size={13} data-tone={tone} aria-hidden="true" />
      {KIND_WORDS[kind]}
    </span>
  );
}
