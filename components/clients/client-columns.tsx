import { Change, changeFactor, changeOf } from "@/components/clients/client-change";
import { Address, Agent, User } from "@/components/clients/client-name";
import styles from "@/components/clients/clients.module.css";
import type { ClientGroup } from "@/components/clients/clients-search";
import { PATTERN_BADGES } from "@/components/clients/pattern-words";
import { Rate, Unknown } from "@/components/keyspace/figures";
import type { Column } from "@/components/tables/column";
import { Failed } from "@/components/traffic/figure-columns";
import { unknownWhy } from "@/components/traffic/matrix-columns";
import { formatLatency, formatSeconds, formatShare } from "@/components/traffic/traffic-measures";
import { cutText } from "@/components/traffic/traffic-words";
import { Badge } from "@/components/ui/badge";
import { Sparkline } from "@/components/ui/sparkline";
import { Age } from "@/components/ui/time";
import { toVisibleText } from "@/components/ui/visible-text";
import type { ClientRow } from "@/lib/api/clients";
import type { TrafficDimension, TrafficSource } from "@/lib/model/traffic";

/** The columns of the clients, the names first that make one; those that the source cannot tell are left out. */
export function clientColumns(
  group: ClientGroup,
  source: TrafficSource | null,
  knows: readonly TrafficDimension[],
): Column<ClientRow>[] {
  const why = unknownWhy(source);
  const wanted = group.split(",") as (keyof typeof NAMES)[];
  const known = wanted.filter((name) => knows.includes(name));
  const names = (known.length === 0 ? wanted : known).map((name): Column<ClientRow> => NAMES[name]);
  return [...names.map((column, place) => (place === 0 ? withBadges(column) : column)), ...figures(why)];
}

const NAMES = {
  userAgent: {
    id: "userAgent",
    header: "Agent",
    width: 238,
    value: (row) => row.userAgent,
    cell: (row) => (row.isOther ? <span className="muted">everyone else</span> : <Agent text={row.userAgent} />),
  },
  user: {
    id: "user",
    header: "User",
    width: 124,
    value: (row) => row.user,
    cell: (row) => (row.isOther ? null : <User text={row.user} />),
  },
  sourceAddress: {
    id: "sourceAddress",
    header: "From",
    width: 116,
    hint: "The address, or the node or pod that the keyspace says it is",
    value: (row) => row.sourceAddress,
    cell: (row) => (row.isOther ? null : <Address text={row.sourceAddress} resolvedName={row.resolvedName} />),
  },
} satisfies Record<string, Column<ClientRow>>;

function withBadges(column: Column<ClientRow>): Column<ClientRow> {
  const cell = column.cell as NonNullable<Column<ClientRow>["cell"]>;
  return {
    ...column,
    cell: (row) => {
      const [first, ...others] = row.findings;
      return (
        <span className={styles.client}>
          {row.isOther ? <span className="muted">everyone else</span> : cell(row)}
          {first !== undefined && (
            <Badge tone={PATTERN_BADGES[first.pattern].tone}>
              {PATTERN_BADGES[first.pattern].words}
              {others.length > 0 && ` +${others.length}`}
            </Badge>
          )}
        </span>
      );
    },
  };
}

function figures(why: string): Column<ClientRow>[] {
  return [
    {
      id: "requestsPerSecond",
      header: "Requests/s",
      numeric: true,
      width: 118,
      value: (row) => row.requestsPerSecond,
      cell: (row) => (
        <span className={styles.rate}>
          <Sparkline values={row.perMinute} label="Requests per second over this time" width={48} height={18} />
          <span>
            <Rate value={row.requestsPerSecond} />
          </span>
        </span>
      ),
    },
    {
      id: "share",
      header: "Share",
      hint: "Of all requests",
      numeric: true,
      width: 68,
      value: (row) => row.share,
      cell: ({ share }) => (share === null ? <Unknown why={why} /> : formatShare(share)),
    },
    {
      id: "change",
      header: "Change",
      hint: "Requests per second against the time before, as long",
      numeric: true,
      width: 80,
      value: (row) => (changeOf(row) === "new" ? Number.MAX_VALUE : changeFactor(row)),
      cell: (row) => <Change row={row} />,
      exported: false,
    },
    {
      id: "errors",
      header: "Failed",
      numeric: true,
      width: 68,
      value: (row) => row.errors,
      cell: (row) => <Failed row={row} why={why} />,
    },
    {
      id: "latencyP99Ms",
      header: "p99",
      hint: "99 of 100 requests took at most so long",
      numeric: true,
      width: 70,
      value: (row) => row.latencyP99Ms,
      cell: ({ latencyP99Ms: ms }) => (ms === null ? <Unknown why={why} /> : formatLatency(ms)),
    },
    {
      id: "busySeconds",
      header: "Busy time",
      hint: "How long its requests took, added up; watches are not counted",
      numeric: true,
      width: 88,
      value: (row) => row.busySeconds,
      cell: ({ busySeconds }) => (busySeconds === null ? <Unknown why={why} /> : formatSeconds(busySeconds)),
    },
    {
      id: "what",
      header: "What it asks",
      hint: "Its most frequent verbs and resources",
      value: (row) => `${namesOf(row.topVerbs)} · ${namesOf(row.topResources)}`,
      cell: (row) => <What row={row} />,
    },
    {
      id: "firstSeenAt",
      header: "Since",
      hint: "First seen, as far back as is kept",
      numeric: true,
      width: 70,
      value: (row) => (row.firstSeenAt === null ? null : Date.parse(row.firstSeenAt)),
      cell: ({ firstSeenAt }) => (firstSeenAt === null ? <Unknown why="not known" /> : <Age at={firstSeenAt} />),
    },
  ];
}

function What({ row: { topVerbs, topResources } }: { row: ClientRow }) {
  if (topVerbs.length + topResources.length === 0) return <span className="faint">–</span>;
  return (
    <span className={styles.slices} title={`${listOf(topVerbs)}\n${listOf(topResources)}`}>
      <b>{namesOf(topVerbs.slice(0, 2))}</b> {namesOf(topResources.slice(0, 3))}
    </span>
  );
}

function namesOf(slices: ClientRow["topVerbs"]): string {
  return slices.map(({ name }) => cutText(toVisibleText(name), 60)).join(", ");
}

function listOf(slices: ClientRow["topVerbs"]): string {
  return slices.map(({ name, share }) => `${cutText(toVisibleText(name), 60)} ${formatShare(share)}`).join(", ");
}
