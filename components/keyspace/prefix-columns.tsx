import { KeyRound, Shapes } from "lucide-react";
import { DrillLink } from "@/components/keyspace/drill-link";
import { Bytes, BytesChange, Rate, Written } from "@/components/keyspace/figures";
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
  hrefOf(row: PrefixRow): string | null;
  onOpen(row: PrefixRow): void;
}

/** The columns of a list of prefixes and keys; their ids are the API's sorts where it has one. */
export function prefixColumns(props: PrefixColumnsProps): Column<PrefixRow>[] {
  return [
    {
      id: "prefix",
      header: "Prefix",
      value: (row) => row.prefix,
      cell: (row) => <PrefixName row={row} {...props} />,
    },
    {
      id: "share",
      header: "Share of live",
      hint: "Part of the live bytes of the prefix above",
      width: 142,
      sortable: false,
      value: (row) => row.share,
      cell: (row) => <Share row={row} />,
    },
    {
      id: "liveBytes",
      header: "Live",
      hint: "Keys and values as they are now, without earlier revisions",
      numeric: true,
      width: 92,
      value: (row) => row.liveBytes,
      cell: (row) => <Bytes value={row.liveBytes} />,
    },
    {
      id: "keys",
      header: "Keys",
      numeric: true,
      width: 84,
      value: (row) => row.keys,
      cell: (row) => formatCount(row.keys),
    },
    rate("writesPerSecond", "Writes/s", "Puts and deletes per second, over this time"),
    rate("createsPerSecond", "Creates/s", "Puts of keys that did not exist, per second"),
    rate("deletesPerSecond", "Deletes/s", "Deletes and expired leases, per second"),
    {
      id: "growthBytes",
      header: "Growth",
      hint: "Change of the live bytes over this time",
      numeric: true,
      width: 92,
      value: (row) => row.growthBytes,
      cell: (row) => <BytesChange value={row.growthBytes} />,
    },
    {
      id: "largestValueBytes",
      header: "Largest value",
      numeric: true,
      width: 108,
      value: (row) => row.largestValueBytes,
      cell: (row) => <Bytes value={row.largestValueBytes} />,
    },
    {
      id: "newestModAt",
      header: "Last write",
      hint: "When something here was written last",
      numeric: true,
      width: 132,
      sortable: false,
      value: (row) => row.newestModAt,
      cell: (row) => <Written at={row.newestModAt} revision={row.newestModRevision} since={props.clockSince} />,
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
