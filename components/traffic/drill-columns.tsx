import Link from "next/link";
import { Agent, User } from "@/components/clients/client-name";
import type { Column } from "@/components/tables/column";
import { CodeWords } from "@/components/traffic/code-words";
import { figureColumns } from "@/components/traffic/figure-columns";
import type { DrillTab } from "@/components/traffic/traffic-search";
import { KeyName } from "@/components/ui/key-name";
import type { TrafficRow } from "@/lib/api/traffic";
import type { TrafficSource } from "@/lib/model/traffic";

/** The columns of what lies inside a resource or verb. */
export function drillColumns(
  tab: DrillTab,
  source: TrafficSource | null,
  clientHref: (userAgent: string | null, user: string | null) => string,
): Column<TrafficRow>[] {
  return [...NAMES[tab](clientHref), ...figureColumns<TrafficRow>(source)];
}

/** What tells the rows of one answer apart. */
export function drillRowKey(row: TrafficRow): string {
  return row.isOther ? "other" : JSON.stringify([row.namespace, row.code, row.userAgent, row.user]);
}

type ClientHref = (userAgent: string | null, user: string | null) => string;

const NAMES: Record<DrillTab, (clientHref: ClientHref) => Column<TrafficRow>[]> = {
  clients: (clientHref) => [
    {
      id: "userAgent",
      header: "Agent",
      value: (row) => (row.isOther ? "everyone else" : row.userAgent),
      cell: (row) =>
        row.isOther ? (
          <Other words="everyone else" />
        ) : (
          <Link className="link" href={clientHref(row.userAgent, row.user)} prefetch={false}>
            <Agent text={row.userAgent} />
          </Link>
        ),
    },
    {
      id: "user",
      header: "User",
      value: (row) => row.user,
      cell: (row) => (row.isOther ? null : <User text={row.user} />),
    },
  ],
  namespaces: () => [
    {
      id: "namespace",
      header: "Namespace",
      value: (row) => (row.isOther ? "every other namespace" : row.namespace),
      cell: (row) => <Namespace row={row} />,
    },
  ],
  codes: () => [
    {
      id: "code",
      header: "Code",
      value: (row) => row.code,
      cell: (row) => (row.isOther ? <Other words="every other code" /> : <CodeWords code={row.code} />),
    },
  ],
};

function Namespace({ row }: { row: TrafficRow }) {
  if (row.isOther) return <Other words="every other namespace" />;
  if (row.namespace === null) return <span className="faint">not known</span>;
  if (row.namespace === "") return <span className="muted">all namespaces, or none</span>;
  return <KeyName text={row.namespace} fit="middle" />;
}

function Other({ words }: { words: string }) {
  return <span className="muted">{words}</span>;
}
