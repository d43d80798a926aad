import { keySearch, prefixSearch } from "@/components/keyspace/view-search";
import { clusterHref } from "@/components/shell/cluster-href";
import type { Column } from "@/components/tables/column";
import { shownText } from "@/components/triage/triage-words";
import { KeyName } from "@/components/ui/key-name";
import type { CaptureAnswer, CapturedKeyItem } from "@/lib/api/captures";
import { formatBytes, formatCount, formatPerSecond } from "@/lib/model/units";

export type CapturedPrefixItem = CaptureAnswer["prefixes"][number];
export type CapturedRequestItem = CaptureAnswer["requests"][number];

interface Written {
  puts: number;
  deletes: number;
  writesPerSecond: number;
  writtenBytes: number;
}

/** The keys of a report. */
export function keyColumns(cluster: string): Column<CapturedKeyItem>[] {
  return [
    {
      id: "key",
      header: "Key",
      width: 380,
      value: ({ key }) => key,
      cell: ({ key, keyBase64 }) => (
        <KeyName text={key} fit="middle" href={clusterHref(cluster, "key", keySearch(key, keyBase64 ?? null))} />
      ),
    },
    ...writtenColumns<CapturedKeyItem>(),
    bytes("largestPutBytes", "Largest put"),
  ];
}

/** The prefixes of a report. */
export function prefixColumns(cluster: string): Column<CapturedPrefixItem>[] {
  return [
    {
      id: "prefix",
      header: "Prefix",
      width: 320,
      value: ({ prefix }) => prefix,
      cell: ({ prefix, prefixBase64 }) => (
        <KeyName
          text={prefix}
          fit="middle"
          href={clusterHref(cluster, "prefix", prefixSearch(prefix, prefixBase64 ?? null))}
        />
      ),
    },
    count("keys", "Keys"),
    ...writtenColumns<CapturedPrefixItem>(),
  ];
}

/** The requests of a report: who asked what. */
export const REQUEST_COLUMNS: readonly Column<CapturedRequestItem>[] = [
  text("userAgent", "Agent", 220),
  text("user", "User", 200),
  text("sourceAddress", "Address", 120),
  text("verb", "Verb", 80),
  text("resource", "Resource", 180),
  text("namespace", "Namespace", 130),
  count("requests", "Requests"),
  {
    id: "responseBytes",
    header: "Answered",
    numeric: true,
    width: 92,
    value: ({ responseBytes }) => responseBytes,
    cell: ({ responseBytes }) => (responseBytes === null ? DASH : formatBytes(responseBytes)),
  },
  {
    id: "latencyP99Ms",
    header: "p99",
    numeric: true,
    width: 80,
    value: ({ latencyP99Ms }) => latencyP99Ms,
    cell: ({ latencyP99Ms }) => (latencyP99Ms === null ? DASH : `${formatPerSecond(latencyP99Ms)} ms`),
  },
  {
    id: "source",
    header: "Told by",
    width: 110,
    value: ({ source }) => (source === "audit" ? "audit events" : "etcd log"),
  },
];

const DASH = <span className="faint">–</span>;

function writtenColumns<Row extends Written>(): Column<Row>[] {
  return [
    count<Row, "puts">("puts", "Puts"),
    count<Row, "deletes">("deletes", "Deletes"),
    {
      id: "writesPerSecond",
      header: "Writes/s",
      numeric: true,
      width: 84,
      value: (row) => row.writesPerSecond,
      cell: (row) => formatPerSecond(row.writesPerSecond),
    },
    bytes<Row, "writtenBytes">("writtenBytes", "Written"),
  ];
}

function count<Row extends Record<Name, number>, Name extends string>(id: Name, header: string): Column<Row> {
  return { id, header, numeric: true, width: 84, value: (row) => row[id], cell: (row) => formatCount(row[id]) };
}

function bytes<Row extends Record<Name, number>, Name extends string>(id: Name, header: string): Column<Row> {
  return {
    id,
    header,
    numeric: true,
    width: 92,
    value: (row) => row[id],
    cell: (row) => <span title={`${formatCount(row[id])} bytes`}>{formatBytes(row[id])}</span>,
  };
}

type TextField = "userAgent" | "user" | "sourceAddress" | "verb" | "resource" | "namespace";

function text(id: TextField, header: string, width: number): Column<CapturedRequestItem> {
  return {
    id,
    header,
    width,
    value: (row) => row[id],
    cell(row) {
      const value = row[id];
      return value === null ? DASH : <KeyName text={shownText(value, 300)} />;
    },
  };
}
