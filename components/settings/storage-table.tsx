"use client";

import { useMemo } from "react";
import { KeepSelect } from "@/components/settings/keep-select";
import type { Column } from "@/components/tables/column";
import { DataTable } from "@/components/tables/data-table";
import { Empty } from "@/components/ui/empty";
import type { InstantStyle } from "@/components/ui/format-instant";
import { Time } from "@/components/ui/time";
import type { StorageLevel, StoragePatch } from "@/lib/api/storage";
import { formatBytes, formatCount } from "@/lib/model/units";

const LEVEL_WORDS: Record<StorageLevel["level"], string> = {
  frames: "Frames",
  minutes: "Minutes",
  hours: "Hours",
  days: "Days",
};

/** The levels of storage, how long each is kept, and what it takes. */
export function StorageTable(props: {
  levels: readonly StorageLevel[];
  isBusy: boolean;
  onChange(patch: StoragePatch): void;
}) {
  const { levels, isBusy, onChange } = props;
  const columns = useMemo((): readonly Column<StorageLevel>[] => {
    const [level, resolution, ...figures] = COLUMNS;
    if (!level || !resolution) return COLUMNS;
    return [
      level,
      resolution,
      { ...KEPT, cell: (row) => <KeepSelect {...{ row, levels, isBusy, onChange }} /> },
      ...figures,
    ];
  }, [levels, isBusy, onChange]);
  return (
    <DataTable
      label="Levels"
      rows={levels}
      columns={columns}
      rowKey={(row) => row.level}
      empty={<Empty title="Nothing is stored yet">Levels fill as clusters are watched.</Empty>}
    />
  );
}

const KEPT: Column<StorageLevel> = {
  id: "keepHours",
  header: "Kept for",
  hint: "A coarser level is kept at least as long as a finer one.",
  width: 150,
  value: (row) => row.keepHours,
};

const COLUMNS: readonly Column<StorageLevel>[] = [
  { id: "level", header: "Level", width: 110, value: (row) => LEVEL_WORDS[row.level], sortable: false },
  {
    id: "resolution",
    header: "A sample every",
    hint: "Frames may be set to 30 or 60 s for a cluster.",
    width: 120,
    value: (row) => row.resolution,
    sortable: false,
  },
  {
    id: "bytes",
    header: "On disk",
    numeric: true,
    width: 100,
    value: (row) => row.bytes,
    cell: (row) => <span title={`${formatCount(row.bytes)} bytes`}>{formatBytes(row.bytes)}</span>,
  },
  {
    id: "bytesPerDay",
    header: "A day takes",
    numeric: true,
    width: 110,
    value: (row) => row.bytesPerDay,
    cell: (row) => (row.bytesPerDay === null ? "–" : formatBytes(row.bytesPerDay)),
  },
  {
    id: "rows",
    header: "Rows",
    hint: "As Postgres estimates them.",
    numeric: true,
    width: 100,
    value: (row) => row.rows,
    cell: (row) => formatCount(row.rows),
  },
  {
    id: "oldest",
    header: "Since",
    width: 150,
    value: (row) => row.oldest,
    cell: (row) => (row.oldest === null ? "–" : <Time at={row.oldest} style={styleOf(row)} />),
  },
  {
    id: "newest",
    header: "Until",
    width: 150,
    value: (row) => row.newest,
    cell: (row) => (row.newest === null ? "–" : <Time at={row.newest} style={styleOf(row)} />),
  },
];

/** Of hours and days, which are sealed a day at a time, the day says it. */
function styleOf({ level }: StorageLevel): InstantStyle {
  return level === "hours" || level === "days" ? "day" : "minute";
}
