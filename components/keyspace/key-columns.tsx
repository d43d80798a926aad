import { Bytes, Unknown, Written } from "@/components/keyspace/figures";
import styles from "@/components/keyspace/keyspace.module.css";
import type { Column } from "@/components/tables/column";
import { KeyName } from "@/components/ui/key-name";
import type { TopKeyRow, TopKeysParams } from "@/lib/api/keys";
import { formatCount, formatPerSecond } from "@/lib/model/units";

const DELETED = "not there any more, or not known now";

/** The columns of a list of top keys, the measure it is ordered by first. Names are shown relative to `prefix`. */
export function keyColumns(
  by: TopKeysParams["by"],
  { prefix, hrefOf }: { prefix: string; hrefOf(row: TopKeyRow): string },
): Column<TopKeyRow>[] {
  const key: Column<TopKeyRow> = {
    id: "key",
    header: "Key",
    value: (row) => row.key,
    cell: (row) => (
      <KeyName text={row.key} base64={row.keyBase64} relativeTo={prefix} href={hrefOf(row)} fit="middle" />
    ),
  };
  const measures = by === "writes" ? WRITES : REST.filter(({ id }) => id === MEASURE_IDS[by]);
  const others = BESIDE[by].flatMap((beside) => REST.filter(({ id }) => id === beside));
  return [key, ...measures, ...others];
}

/** What stands beside the measure: what helps to judge it, and no more than leaves room for the key. */
const BESIDE: Record<TopKeysParams["by"], string[]> = {
  writes: ["valueBytes", "version", "modifiedAt"],
  valueBytes: ["keyBytes", "version", "modifiedAt"],
  keyBytes: ["valueBytes", "version", "modifiedAt"],
  version: ["valueBytes", "modifiedAt", "createdAt"],
  age: ["valueBytes", "version", "createdAt"],
};

/** The column that says what an order orders by. */
export const MEASURE_IDS: Record<TopKeysParams["by"], string> = {
  writes: "writes",
  valueBytes: "valueBytes",
  keyBytes: "keyBytes",
  version: "version",
  age: "modifiedAt",
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
    cell: (row) => (row.writtenBytes === null ? <Unknown why="not observed" /> : <Bytes value={row.writtenBytes} />),
  },
];

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
  const words = `at least ${formatCount(writes)}, at most ${formatCount(writesAtMost)}`;
  return (
    <span className={styles.figure} title={words}>
      {formatCount(writes)}–{formatCount(writesAtMost)}
      <span className="visually-hidden"> ({words})</span>
    </span>
  );
}
