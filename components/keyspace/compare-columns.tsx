import { KeyRound, Layers, MoveDown, MoveUp, Plus, Shapes, X } from "lucide-react";
import { compareName } from "@/components/keyspace/compare-tiles";
import { STATUS_WORDS } from "@/components/keyspace/compare-words";
import { DrillLink } from "@/components/keyspace/drill-link";
import { Bytes, BytesChange, Unknown } from "@/components/keyspace/figures";
import styles from "@/components/keyspace/keyspace.module.css";
import type { Column } from "@/components/tables/column";
import { KeyName } from "@/components/ui/key-name";
import type { Change, ChangeStatus, CompareRow } from "@/lib/api/compare";
import { formatCount, formatRatio } from "@/lib/model/units";

/** A row of the table of changes: a compared prefix, or what the rows add up to. */
export type ChangeRow = CompareRow | TotalRow;
export interface TotalRow extends Change {
  kind: "total";
  /** What is added up: `All 12 rows`. */
  label: string;
}

/** The columns of the table of changes. Names are shown relative to `parent`. */
export function compareColumns(props: {
  parent: string;
  hrefOf(row: CompareRow): string | null;
  onOpen(row: CompareRow): void;
}): Column<ChangeRow>[] {
  return [
    {
      id: "prefix",
      header: "Prefix",
      value: (row) => (row.kind === "total" ? row.label : row.prefix),
      cell: (row) => (row.kind === "total" ? row.label : <Name row={row} {...props} />),
    },
    {
      id: "status",
      header: "Change",
      width: 96,
      value: (row) => (row.kind === "total" ? null : row.status),
      cell: (row) => (row.kind === "total" ? null : <Status status={row.status} />),
    },
    bytes("before", "Before", "Live bytes at the earlier instant"),
    bytes("after", "After", "Live bytes at the later instant"),
    {
      id: "changeBytes",
      header: "By",
      hint: "Change of the live bytes",
      numeric: true,
      width: 96,
      value: (row) => row.changeBytes,
      cell: (row) => <BytesChange value={row.changeBytes} />,
    },
    {
      id: "changeRatio",
      header: "By per cent",
      numeric: true,
      width: 100,
      value: ratioOf,
      cell: (row) => <Ratio ratio={ratioOf(row)} />,
    },
    {
      id: "keys",
      header: "Keys",
      hint: "At the later instant",
      numeric: true,
      width: 88,
      value: (row) => row.after.keys,
      cell: (row) => formatCount(row.after.keys),
    },
    {
      id: "changeKeys",
      header: "Keys by",
      numeric: true,
      width: 88,
      value: (row) => row.changeKeys,
      cell: (row) => signed(row.changeKeys),
    },
    {
      id: "changeHistoryBytes",
      header: "History by",
      hint: "Change of the superseded revisions that are held",
      numeric: true,
      width: 96,
      value: (row) => row.changeHistoryBytes,
      cell: (row) =>
        row.changeHistoryBytes === null ? (
          <Unknown why="not measured at one of the instants" />
        ) : (
          <BytesChange value={row.changeHistoryBytes} />
        ),
    },
  ];
}

function bytes(id: "before" | "after", header: string, hint: string): Column<ChangeRow> {
  return {
    id,
    header,
    hint,
    numeric: true,
    width: 92,
    value: (row) => row[id].liveBytes,
    cell: (row) => <Bytes value={row[id].liveBytes} />,
  };
}

/** The change as a part of what was there; null where there was nothing. */
function ratioOf({ before, changeBytes }: ChangeRow): number | null {
  return before.liveBytes === 0 ? null : changeBytes / before.liveBytes;
}

function Ratio({ ratio }: { ratio: number | null }) {
  if (ratio === null) return <Unknown why="there was nothing before" />;
  return <>{ratio < 0 ? `−${formatRatio(-ratio)}` : `${ratio > 0 ? "+" : ""}${formatRatio(ratio)}`}</>;
}

function signed(count: number): string {
  return `${count > 0 ? "+" : ""}${formatCount(count)}`;
}

const STATUS_ICONS: Record<ChangeStatus, typeof MoveUp | null> = {
  grown: MoveUp,
  shrunk: MoveDown,
  new: Plus,
  gone: X,
  same: null,
};

function Status({ status }: { status: ChangeStatus }) {
  const Icon = STATUS_ICONS[status];
  return (
    <span className={styles.status}>
      {Icon === null ? <i /> : <Icon size={12} aria-hidden="true" />}
      {STATUS_WORDS[status].toLowerCase()}
    </span>
  );
}

const KIND_ICONS = { other: Shapes, rest: Layers, direct: KeyRound } as const;
const KIND_HINTS = {
  other:
    "Prefixes and keys without a row of their own, together. One that was counted here then may have its own row now.",
  rest: "Rows beyond those listed, together",
  direct: "Keys that hang right below this prefix, together",
} as const;

function Name(props: {
  row: CompareRow;
  parent: string;
  hrefOf(row: CompareRow): string | null;
  onOpen(row: CompareRow): void;
}) {
  const { row, parent, hrefOf, onOpen } = props;
  if (row.kind !== "prefix") {
    const Icon = KIND_ICONS[row.kind];
    return (
      <span className={styles.name}>
        <Icon size={13} aria-hidden="true" />
        <span className="muted" title={KIND_HINTS[row.kind]}>
          {compareName(row, parent)}
        </span>
      </span>
    );
  }
  const href = hrefOf(row);
  const name = <KeyName text={row.prefix} base64={row.prefixBase64} relativeTo={parent} fit="middle" />;
  return (
    <span className={styles.name}>
      {href === null ? (
        name
      ) : (
        <DrillLink href={href} onDrill={() => onOpen(row)}>
          {name}
        </DrillLink>
      )}
    </span>
  );
}
