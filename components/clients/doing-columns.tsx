import { Unknown } from "@/components/keyspace/figures";
import type { Column } from "@/components/tables/column";
import { figureColumns } from "@/components/traffic/figure-columns";
import { unknownWhy } from "@/components/traffic/matrix-columns";
import { formatShare } from "@/components/traffic/traffic-measures";
import { nounsOf } from "@/components/traffic/traffic-words";
import { KeyName } from "@/components/ui/key-name";
import type { TrafficRow } from "@/lib/api/traffic";
import type { TrafficSource } from "@/lib/model/traffic";

/** The columns of what one client asks: verb by resource, and how much of its lists is unpaged or uncached. */
export function doingColumns(source: TrafficSource | null, hrefOf: (resource: string) => string): Column<TrafficRow>[] {
  return [
    {
      id: "verb",
      header: nounsOf(source).verb === "verb" ? "Verb" : "Method",
      width: 120,
      value: (row) => (row.isOther ? "everything else" : row.verb),
      cell: (row) => {
        if (row.isOther) return <span className="muted">everything else</span>;
        return row.verb === null ? <span className="faint">not known</span> : <KeyName text={row.verb} />;
      },
    },
    {
      id: "resource",
      header: nounsOf(source).title,
      value: (row) => row.resource,
      cell: (row) => {
        if (row.resource === null) return row.isOther ? null : <span className="faint">not known</span>;
        return <KeyName text={row.resource} href={hrefOf(row.resource)} fit="middle" />;
      },
    },
    ...figureColumns<TrafficRow>(source),
    lists("unpagedLists", "Unpaged", "Lists without limit: the whole collection in one answer", source),
    lists("uncachedLists", "Uncached", "Lists without resourceVersion: answered from etcd’s quorum", source),
  ];
}

/** What tells the rows apart. */
export function doingKey(row: TrafficRow): string {
  return row.isOther ? `other ${row.verb}` : JSON.stringify([row.verb, row.resource]);
}

function lists(
  id: "unpagedLists" | "uncachedLists",
  header: string,
  hint: string,
  source: TrafficSource | null,
): Column<TrafficRow> {
  return {
    id,
    header,
    hint,
    numeric: true,
    width: 88,
    value: (row) => (row.verb === "list" ? row[id] : null),
    cell: (row) => {
      if (row.verb !== "list") return null;
      const count = row[id];
      if (count === null || row.requests === 0) return <Unknown why={unknownWhy(source)} />;
      return <span className={count === 0 ? "faint" : undefined}>{formatShare(count / row.requests)}</span>;
    },
  };
}
