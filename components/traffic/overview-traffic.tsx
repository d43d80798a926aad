"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import type { ReactNode } from "react";
import { Change } from "@/components/clients/client-change";
import { Address, Agent, User } from "@/components/clients/client-name";
import clientStyles from "@/components/clients/clients.module.css";
import { clientKey, clientSearch } from "@/components/clients/clients-search";
import { PATTERN_BADGES } from "@/components/clients/pattern-words";
import { sourcesHref } from "@/components/settings/settings-pages";
import { useClusterHref } from "@/components/shell/use-cluster-href";
import { rateWords } from "@/components/traffic/figure-columns";
import styles from "@/components/traffic/overview-traffic.module.css";
import { SourceNote } from "@/components/traffic/source-state";
import { errorRatio, formatShare } from "@/components/traffic/traffic-measures";
import { nounsOf } from "@/components/traffic/traffic-words";
import { Badge } from "@/components/ui/badge";
import { Bar } from "@/components/ui/bar";
import { LinkButton } from "@/components/ui/button";
import { KeyName } from "@/components/ui/key-name";
import { Panel } from "@/components/ui/panel";
import { ProblemNote } from "@/components/ui/problem-note";
import { Skeleton } from "@/components/ui/skeleton";
import { type ClientRow, clientsOptions } from "@/lib/api/clients";
import type { RangeParams } from "@/lib/api/common";
import { type TrafficRow, trafficOptions } from "@/lib/api/traffic";
import { formatPerSecond } from "@/lib/model/units";

const SHOWN = 6;
const PANEL_HEIGHT = 210;

/** Who asks and what is asked, at a glance: the clients that stand out, and the verbs. */
export function OverviewTraffic({ cluster, range }: { cluster: string; range: RangeParams }) {
  return (
    <div className={styles.halves}>
      <TopClients cluster={cluster} range={range} />
      <TopVerbs cluster={cluster} range={range} />
    </div>
  );
}

interface PartProps {
  cluster: string;
  range: RangeParams;
}

function TopClients({ cluster, range }: PartProps) {
  const hrefOf = useClusterHref();
  const { data, error, dataUpdatedAt, refetch } = useQuery(clientsOptions(cluster, { ...range, limit: SHOWN }));
  const rows = data?.items.filter(({ isOther }) => !isOther).slice(0, SHOWN) ?? [];
  return (
    <Panel
      title="Who asks"
      note={data?.source != null && <SourceNote answer={data} />}
      actions={<Open href={hrefOf(cluster, "clients")}>Open Clients</Open>}
      flush
    >
      <ProblemNote error={error} dataAtMs={dataUpdatedAt} onRetry={() => refetch()} />
      {data === undefined && error === null && <Skeleton height={PANEL_HEIGHT} />}
      {data !== undefined && rows.length === 0 && (
        <Nothing isTold={data.source !== null} cluster={cluster}>
          Who asks is not told. Audit events tell it.
        </Nothing>
      )}
      {rows.length > 0 && (
        <ul className={styles.list}>
          {rows.map((row) => (
            <ClientLine key={clientKey(row)} row={row} href={hrefOf(cluster, "clients", clientSearch(row))} />
          ))}
        </ul>
      )}
    </Panel>
  );
}

function ClientLine({ row, href }: { row: ClientRow; href: string }) {
  const [finding] = row.findings;
  return (
    <li>
      <Link href={href} prefetch={false} className={clientStyles.client}>
        <ClientWords row={row} />
        {finding !== undefined && (
          <Badge tone={PATTERN_BADGES[finding.pattern].tone}>{PATTERN_BADGES[finding.pattern].words}</Badge>
        )}
      </Link>
      <span className="num">
        <Change row={row} />
      </span>
      <span className="num">
        {row.requestsPerSecond === null ? "–" : formatPerSecond(row.requestsPerSecond)}{" "}
        <span className="faint">/s</span>
      </span>
    </li>
  );
}

/** The agent, or what else there is, with the user beside it. */
function ClientWords({ row }: { row: ClientRow }) {
  if (row.userAgent === null && row.user === null) {
    return <Address text={row.sourceAddress} resolvedName={row.resolvedName} />;
  }
  if (row.userAgent === null) return <User text={row.user} />;
  return (
    <>
      <Agent text={row.userAgent} />
      {row.user !== null && (
        <span className={`faint ${styles.user}`}>
          <User text={row.user} />
        </span>
      )}
    </>
  );
}

function TopVerbs({ cluster, range }: PartProps) {
  const hrefOf = useClusterHref();
  const { data, error, dataUpdatedAt, refetch } = useQuery(
    trafficOptions(cluster, { ...range, groupBy: "verb", limit: 20 }),
  );
  const rows = data?.items.slice(0, SHOWN) ?? [];
  return (
    <Panel
      title={`Requests by ${nounsOf(data?.source ?? null).verb}`}
      note={data?.source != null && <SourceNote answer={data} />}
      actions={<Open href={hrefOf(cluster, "traffic")}>Open Traffic</Open>}
      flush
    >
      <ProblemNote error={error} dataAtMs={dataUpdatedAt} onRetry={() => refetch()} />
      {data === undefined && error === null && <Skeleton height={PANEL_HEIGHT} />}
      {data !== undefined && rows.length === 0 && (
        <Nothing isTold={data.source !== null} cluster={cluster}>
          What is asked is not told.
        </Nothing>
      )}
      {rows.length > 0 && (
        <ul
          className={styles.list}
          title={data?.total?.requestsPerSecond != null ? rateWords(data.total.requestsPerSecond) : ""}
        >
          {rows.map((row) => (
            <VerbLine
              key={row.isOther ? "other" : `=${row.verb}`}
              row={row}
              href={row.verb === null ? null : hrefOf(cluster, "traffic", { verb: row.verb })}
            />
          ))}
        </ul>
      )}
    </Panel>
  );
}

function VerbLine({ row, href }: { row: TrafficRow; href: string | null }) {
  const failed = errorRatio(row);
  return (
    <li>
      {row.verb === null || href === null ? (
        <span className="muted">{row.isOther ? "everything else" : "not known"}</span>
      ) : (
        <KeyName text={row.verb} href={href} />
      )}
      <span className={styles.bar}>
        {row.share !== null && <Bar ratio={row.share} label="Share of requests" />}
        {failed !== null && failed >= 0.01 && <span className="faint nowrap">{formatShare(failed)} failed</span>}
      </span>
      <span className="num">
        {row.requestsPerSecond === null ? "–" : formatPerSecond(row.requestsPerSecond)}{" "}
        <span className="faint">/s</span>
      </span>
    </li>
  );
}

function Open({ href, children }: { href: string; children: ReactNode }) {
  return (
    <LinkButton small kind="quiet" href={href} prefetch={false}>
      {children}
    </LinkButton>
  );
}

function Nothing({ isTold, cluster, children }: { isTold: boolean; cluster: string; children: ReactNode }) {
  if (isTold) return <p className={styles.nothing}>Nothing was asked in this time.</p>;
  return (
    <p className={styles.nothing}>
      {children}{" "}
      <Link className="link" href={sourcesHref(cluster)} prefetch={false}>
        Switch a source on
      </Link>
    </p>
  );
}
