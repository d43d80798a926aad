import { KeyRound, Shapes } from "lucide-react";
import { DrillLink } from "@/components/keyspace/drill-link";
import { Bytes, BytesChange, HistoryBytes, historyWhy, Rate, Unknown, Written } from "@/components/keyspace/figures";
import styles from "@/components/keyspace/keyspace.module.css";
import type { Column } from "@/components/tables/column";
import { Bar } from "@/components/ui/bar";
import { KeyName } from "@/components/ui/key-name";
import { toVisibleText } from "@/components/ui/visible-text";
import type { PrefixRow } from "@/lib/api/prefixes";
import { formatCount, formatRatio } from "@/lib/model/units";

export interface PrefixColumnsProps {
  /** Names are shown relative to it. */
  parent: string;
  /** What was written before has no date. */
  clockSince: string | null;
  /** Why history is not known; null while it is. */
  historyReason: string | null;
  /** What the list is about: by default sizes, writes and growth. */
  about?: "now" | "history";
  hrefOf(row: PrefixRow): string | null;
  onOpen(row: PrefixRow): void;
}

/** The columns of a list of prefixes and keys; their ids are the API's sorts where it has one. */
export function prefixColumns(props: PrefixColumnsProps): Column<PrefixRow>[] {
  const { first, live, history, last } = commonColumns(props);
  if (props.about === "history") return [...first, live, history, ...historyColumns(props), last];
  return [...first, SHARE, live, KEYS, history, ...CHANGE, last];
}

/** The columns every list of prefixes has. */
function commonColumns(props: PrefixColumnsProps) {
  const first: Column<PrefixRow>[] = [
    {
      id: "prefix",
      header: "Prefix",
      value: (row) => row.prefix,
      cell: (row) => <PrefixName row={row} {...props} />,
    },
  ];
  const live: Column<PrefixRow> = {
    id: "liveBytes",
    header: "Live",
    hint: "Keys and values as they are now, without earlier revisions",
    numeric: true,
    width: 84,
    value: (row) => row.liveBytes,
    cell: (row) => <Bytes value={row.liveBytes} />,
  };
  const history: Column<PrefixRow> = {
    id: "historyBytes",
    header: "History",
    hint: "Superseded revisions and deletes that compaction has not removed yet",
    numeric: true,
    width: 92,
    value: (row) => row.historyBytes,
    cell: (row) => <HistoryBytes value={row.historyBytes} reason={props.historyReason} />,
  };
  const last: Column<PrefixRow> = {
    id: "newestModAt",
    header: "Last write",
    hint: "When something here was written last",
    numeric: true,
    width: 104,
    sortable: false,
    value: (row) => row.newestModAt,
    cell: (row) => <Written at={row.newestModAt} revision={row.newestModRevision} since={props.clockSince} />,
  };
  return { first, live, history, last };
}

const SHARE: Column<PrefixRow> = {
  id: "share",
  header: "Share of live",
  hint: "Part of the live bytes of the prefix above",
  width: 124,
  sortable: false,
  value: (row) => row.share,
  cell: (row) => <Share row={row} />,
};

const KEYS: Column<PrefixRow> = {
  id: "keys",
  header: "Keys",
  numeric: true,
  width: 78,
  value: (row) => row.keys,
  cell: (row) => formatCount(row.keys),
};

const CHANGE: Column<PrefixRow>[] = [
  rate("writesPerSecond", "Writes/s", "Puts and deletes per second, over this time"),
  rate("createsPerSecond", "Creates/s", "Puts of keys that did not exist, per second"),
  rate("deletesPerSecond", "Deletes/s", "Deletes and expired leases, per second"),
  {
    id: "growthBytes",
    header: "Growth",
    hint: "Change of the live bytes over this time",
    numeric: true,
    width: 88,
    value: (row) => row.growthBytes,
    cell: (row) => <BytesChange value={row.growthBytes} />,
  },
  {
    id: "largestValueBytes",
    header: "Largest value",
    numeric: true,
    width: 106,
    value: (row) => row.largestValueBytes,
    cell: (row) => <Bytes value={row.largestValueBytes} />,
  },
];

/** What is held besides the live keys, how much is written, and what leases hold. */
function historyColumns({ historyReason }: PrefixColumnsProps): Column<PrefixRow>[] {
  return [
    {
      id: "historyRevisions",
      header: "Revisions",
      hint: "How many superseded revisions and deletes that is",
      numeric: true,
      width: 92,
      sortable: false,
      value: (row) => row.historyRevisions,
      cell: (row) =>
        row.historyRevisions === null ? <Unknown why={historyWhy(historyReason)} /> : formatCount(row.historyRevisions),
    },
    {
      id: "heldBytes",
      header: "Held in all",
      hint: "Live and history together: what etcd keeps in its file, without its own overhead",
      numeric: true,
      width: 96,
      sortable: false,
      value: (row) => row.heldBytes,
      cell: (row) => <HistoryBytes value={row.heldBytes} reason={historyReason} />,
    },
    KEYS,
    {
      id: "leasedKeys",
      header: "Leased keys",
      hint: "Keys attached to a lease: they go when it ends",
      numeric: true,
      width: 100,
      value: (row) => row.leasedKeys,
      cell: (row) => (row.leasedKeys === null ? <Unknown why="not counted here" /> : formatCount(row.leasedKeys)),
    },
    {
      id: "writtenBytesPerSecond",
      header: "Written/s",
      hint: "Keys and values of all puts, per second over this time: what history is made of",
      numeric: true,
      width: 96,
      value: (row) => row.writtenBytesPerSecond,
      cell: (row) =>
        row.writtenBytesPerSecond === null ? (
          <Rate value={null} isKey={row.kind === "key"} />
        ) : (
          <Bytes value={row.writtenBytesPerSecond} />
        ),
    },
  ];
}

function rate(id: "writesPerSecond" | "createsPerSecond" | "deletesPerSecond", header: string, hint: string) {
  return {
    id,
    header,
    hint,
    numeric: true,
    width: 90,
    value: (row: PrefixRow) => row[id],
    cell: (row: PrefixRow) => <Rate value={row[id]} isKey={row.kind === "key"} />,
  };
}

function PrefixName({ row, parent, hrefOf, onOpen }: PrefixColumnsProps & { row: PrefixRow }) {
  const href = hrefOf(row);
  if (row.kind === "other") {
    return (
      <span className={styles.name}>
        <Shapes size={13} aria-hidden="true" />
        <span
          className="muted"
          title="Prefixes and keys without a row of their own, together. Their figures are exact."
        >
          other prefixes and keys
        </span>
      </span>
    );
  }
  const name = <KeyName text={row.prefix} base64={row.prefixBase64} relativeTo={parent} fit="middle" />;
  return (
    <span className={styles.name}>
      {row.kind === "key" && <KeyRound size={13} aria-label="key" />}
      {href === null ? (
        name
      ) : (
        <DrillLink href={href} onDrill={() => onOpen(row)} label={blankLabel(row.prefix)}>
          {name}
        </DrillLink>
      )}
    </span>
  );
}

/** A name of nothing but spaces cannot be read out as it is. */
function blankLabel(text: string): string | undefined {
  return text.trim() === "" ? `key of ${text.length} ${text.length === 1 ? "space" : "spaces"}` : undefined;
}

function Share({ row }: { row: PrefixRow }) {
  return (
    <span className={styles.share}>
      <Bar ratio={row.share} label={`Share of ${toVisibleText(row.prefix).slice(-80)}`} />
      <span className="num muted">{formatRatio(row.share)}</span>
    </span>
  );
}
