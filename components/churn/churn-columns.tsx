import { CORNER_WORDS, churnName, formatByteRate } from "@/components/churn/churn-words";
import { DrillLink } from "@/components/keyspace/drill-link";
import { Bytes, BytesChange, Rate, Unknown } from "@/components/keyspace/figures";
import styles from "@/components/keyspace/keyspace.module.css";
import type { Column } from "@/components/tables/column";
import { KeyName } from "@/components/ui/key-name";
import type { ChurnRow } from "@/lib/api/churn";
import { type ChurnLines, cornerOf } from "@/lib/model/churn";
import { formatCount, formatRatio } from "@/lib/model/units";

export interface ChurnColumnsProps {
  parent: string;
  lines: ChurnLines;
  hrefOf(row: ChurnRow): string;
  onOpen(row: ChurnRow): void;
}

/** The dots as a table. */
export function churnColumns({ parent, lines, hrefOf, onOpen }: ChurnColumnsProps): Column<ChurnRow>[] {
  return [
    {
      id: "prefix",
      header: "Prefix",
      value: (row) => churnName(row, parent),
      cell: (row) => <ChurnName row={row} parent={parent} href={hrefOf(row)} onOpen={() => onOpen(row)} />,
    },
    {
      id: "corner",
      header: "Corner",
      hint: "Large and busy prefixes are the fewest that make up the chosen part of all bytes and of all written bytes",
      width: 124,
      value: (row) => CORNER_WORDS[cornerOf(row, lines)].name,
    },
    {
      id: "liveBytes",
      header: "Live",
      numeric: true,
      width: 92,
      value: (row) => row.liveBytes,
      cell: (row) => <Bytes value={row.liveBytes} />,
    },
    share("liveShare", "Of live", "Part of the live bytes of the prefix above"),
    {
      id: "writtenBytesPerSecond",
      header: "Written/s",
      hint: "Key and value bytes of every put, per second over this time",
      numeric: true,
      width: 100,
      value: (row) => row.writtenBytesPerSecond,
      cell: (row) =>
        row.writtenBytesPerSecond === null ? (
          <Unknown why="not observed in this time" />
        ) : (
          formatByteRate(row.writtenBytesPerSecond)
        ),
    },
    share("writtenShare", "Of written", "Part of the written bytes of the prefix above"),
    {
      id: "writesPerSecond",
      header: "Writes/s",
      numeric: true,
      width: 88,
      value: (row) => row.writesPerSecond,
      cell: (row) => <Rate value={row.writesPerSecond} />,
    },
    {
      id: "keys",
      header: "Keys",
      numeric: true,
      width: 84,
      value: (row) => row.keys,
      cell: (row) => formatCount(row.keys),
    },
    {
      id: "growthBytes",
      header: "Growth",
      hint: "Change of the live bytes over this time",
      numeric: true,
      width: 92,
      value: (row) => row.growthBytes,
      cell: (row) => <BytesChange value={row.growthBytes} />,
    },
  ];
}

function share(id: "liveShare" | "writtenShare", header: string, hint: string): Column<ChurnRow> {
  return {
    id,
    header,
    hint,
    numeric: true,
    width: 88,
    value: (row) => row[id],
    cell: (row) => {
      const ratio = row[id];
      return ratio === null ? (
        <Unknown why="nothing was written in this time, or nobody watched" />
      ) : (
        formatRatio(ratio)
      );
    },
  };
}

function ChurnName(props: { row: ChurnRow; parent: string; href: string; onOpen(): void }) {
  const { row, parent, href, onOpen } = props;
  return (
    <span className={styles.name}>
      <DrillLink href={href} onDrill={onOpen}>
        {row.kind === "prefix" ? (
          <KeyName text={row.prefix} base64={row.prefixBase64} relativeTo={parent} fit="middle" />
        ) : (
          <span className="muted">{churnName(row, parent)}</span>
        )}
      </DrillLink>
    </span>
  );
}
