import { Bytes, HistoryBytes, historyWhy, Unknown, Written } from "@/components/keyspace/figures";
import styles from "@/components/keyspace/keyspace.module.css";
import type { Column } from "@/components/tables/column";
import { Badge } from "@/components/ui/badge";
import { KeyName } from "@/components/ui/key-name";
import type { TopKeyRow, TopKeysParams } from "@/lib/api/keys";
import { formatBytes, formatCount, formatPerSecond } from "@/lib/model/units";

const DELETED = "not there any more, or not known now";

/** The columns of a list of top keys, the measure it is ordered by first. Names are shown relative to `prefix`. */
export function keyColumns(
  by: TopKeysParams["by"],
  { prefix, hrefOf, historyReason }: { prefix: string; hrefOf(row: TopKeyRow): string; historyReason: string | null },
): Column<TopKeyRow>[] {
  const key: Column<TopKeyRow> = {
    id: "key",
    header: "Key",
    value: (row) => row.key,
    cell: (row) => <Name row={row} prefix={prefix} href={hrefOf(row)} />,
  };
  const all = [...WRITES, ...historyColumns(historyReason), ...REST];
  const ids = [...MEASURES[by], ...BESIDE[by]];
  return [key, ...ids.flatMap((wanted) => all.filter(({ id }) => id === wanted))];
}

function Name({ row, prefix, href }: { row: TopKeyRow; prefix: string; href: string }) {
  const name = <KeyName text={row.key} base64={row.keyBase64} relativeTo={prefix} href={href} fit="middle" />;
  if (!row.deleted) return name;
  return (
    <span className={styles.name}>
      {name} <Badge>deleted</Badge>
    </span>
  );
}

/** The columns that say what an order is about; the first is what it orders by. */
const MEASURES: Record<TopKeysParams["by"], [string, ...string[]]> = {
  writes: ["writes", "writesPerSecond", "writtenBytes"],
  writtenBytes: ["writtenBytes", "writtenBytesPerSecond", "writes"],
  historyBytes: ["historyBytes", "historyRevisions"],
  valueBytes: ["valueBytes"],
  keyBytes: ["keyBytes"],
  version: ["version"],
  age: ["modifiedAt"],
};

/** The column an order orders by. */
export function measureId(by: TopKeysParams["by"]): string {
  return MEASURES[by][0];
}

/** What stands beside the measure: what helps to judge it, and no more than leaves room for the key. */
const BESIDE: Record<TopKeysParams["by"], string[]> = {
  writes: ["valueBytes", "version", "modifiedAt"],
  writtenBytes: ["valueBytes", "version", "modifiedAt"],
  historyBytes: ["valueBytes", "version", "modifiedAt"],
  valueBytes: ["historyBytes", "version", "modifiedAt"],
  keyBytes: ["valueBytes", "version", "modifiedAt"],
  version: ["valueBytes", "historyBytes", "modifiedAt"],
  age: ["valueBytes", "version", "createdAt"],
};

const WRITES: Column<TopKeyRow>[] = [
  {
    id: "writes",
    header: "Writes",
    hint: "Counted minute by minute among the hottest keys; two bounds where a minute did not list the key",
    numeric: true,
    width: 110,
    value: (row) => row.writes,
    cell: (row) => <Writes row={row} />,
  },
  {
    id: "writesPerSecond",
    header: "Writes/s",
    numeric: true,
    width: 90,
    value: (row) => row.writesPerSecond,
    cell: (row) =>
      row.writesPerSecond === null ? <Unknown why="not observed" /> : formatPerSecond(row.writesPerSecond),
  },
  {
    id: "writtenBytes",
    header: "Written",
    hint: "Keys and values of all these writes",
    numeric: true,
    width: 96,
    value: (row) => row.writtenBytes,
    cell: (row) => <WrittenBytes row={row} />,
  },
  {
    id: "writtenBytesPerSecond",
    header: "Written/s",
    numeric: true,
    width: 96,
    value: (row) => row.writtenBytesPerSecond,
    cell: (row) =>
      row.writtenBytesPerSecond === null ? <Unknown why="not observed" /> : <Bytes value={row.writtenBytesPerSecond} />,
  },
];

function historyColumns(reason: string | null): Column<TopKeyRow>[] {
  return [
    {
      id: "historyBytes",
      header: "History",
      hint: "Keys and values of its superseded revisions that compaction has not removed yet",
      numeric: true,
      width: 108,
      value: (row) => row.historyBytes,
      cell: (row) => <HistoryBytes value={row.historyBytes} reason={reason} />,
    },
    {
      id: "historyRevisions",
      header: "Revisions held",
      hint: "How many superseded revisions and deletes that is",
      numeric: true,
      width: 112,
      value: (row) => row.historyRevisions,
      cell: (row) =>
        row.historyRevisions === null ? <Unknown why={historyWhy(reason)} /> : formatCount(row.historyRevisions),
    },
  ];
}

const REST: Column<TopKeyRow>[] = [
  {
    id: "valueBytes",
    header: "Value",
    hint: "Length of the value; its contents are never read",
    numeric: true,
    width: 96,
    value: (row) => row.valueBytes,
    cell: (row) => (row.valueBytes === null ? <Unknown why={DELETED} /> : <Bytes value={row.valueBytes} />),
  },
  {
    id: "keyBytes",
    header: "Key length",
    numeric: true,
    width: 96,
    value: (row) => row.keyBytes,
    cell: (row) => <span title="bytes">{formatCount(row.keyBytes)} B</span>,
  },
  {
    id: "version",
    header: "Version",
    hint: "Writes since the key was created",
    numeric: true,
    width: 92,
    value: (row) => row.version,
    cell: (row) => (row.version === null ? <Unknown why={DELETED} /> : formatCount(row.version)),
  },
  {
    id: "modifiedAt",
    header: "Last write",
    numeric: true,
    width: 180,
    value: (row) => row.modRevision,
    cell: (row) => <Written at={row.modifiedAt} revision={row.modRevision} since={row.clockSince} />,
  },
  {
    id: "createdAt",
    header: "Created",
    numeric: true,
    width: 180,
    value: (row) => row.createRevision,
    cell: (row) => <Written at={row.createdAt} revision={row.createRevision} since={row.clockSince} />,
  },
];

/** Exact, or between two bounds. */
function Writes({ row: { writes, writesAtMost } }: { row: TopKeyRow }) {
  if (writes === null) return <Unknown why="not observed" />;
  if (writesAtMost === null || writesAtMost === writes) return <span title="exact">{formatCount(writes)}</span>;
  return (
    <Bounds
      words={`at least ${formatCount(writes)}, at most ${formatCount(writesAtMost)}`}
      short={`${formatCount(writes)}–${formatCount(writesAtMost)}`}
    />
  );
}

/** The same of bytes: `≥` where they may be more, the bounds on hover. */
function WrittenBytes({ row: { writtenBytes, writtenBytesAtMost } }: { row: TopKeyRow }) {
  if (writtenBytes === null) return <Unknown why="not observed" />;
  if (writtenBytesAtMost === writtenBytes) return <Bytes value={writtenBytes} />;
  const most = writtenBytesAtMost === null ? "at most: not known" : `at most ${formatCount(writtenBytesAtMost)}`;
  return (
    <Bounds words={`at least ${formatCount(writtenBytes)} bytes, ${most}`} short={`≥ ${formatBytes(writtenBytes)}`} />
  );
}

function Bounds({ words, short }: { words: string; short: string }) {
  return (
    <span className={styles.figure} title={words}>
      {short}
      <span className="visually-hidden"> ({words})</span>
    </span>
  );
}
