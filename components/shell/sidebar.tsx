"use client";

import { useQuery } from "@tanstack/react-query";
import {
  ArrowLeftRight,
  ChartScatter,
  Database,
  Gauge,
  Grid3x3,
  Layers,
  LayoutDashboard,
  type LucideIcon,
  Network,
  Server,
  Settings,
  Siren,
  Timer,
  TrendingUp,
  Users,
} from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";
import type { ClusterPage } from "@/components/shell/cluster-href";
import { ClusterSwitcher } from "@/components/shell/cluster-switcher";
import { type ListedPage, PAGE_GROUPS, PAGE_WORDS, useHere } from "@/components/shell/here";
import { useClusterHref } from "@/components/shell/use-cluster-href";
import { useOpenTrouble } from "@/components/triage/use-open-trouble";
import { Badge } from "@/components/ui/badge";
import { clustersOptions } from "@/lib/api/clusters";

/** The sidebar needs the fleet's names and health, not its every second. */
export const SIDEBAR_REFRESH_MS = 15_000;

const PAGE_ICONS: Record<ListedPage, LucideIcon> = {
  overview: LayoutDashboard,
  keyspace: Layers,
  heatmap: Grid3x3,
  churn: ChartScatter,
  keys: TrendingUp,
  collection: Gauge,
  traffic: ArrowLeftRight,
  clients: Users,
  leases: Timer,
  members: Network,
  triage: Siren,
};

/** The page below which a page lies that the sidebar does not list. */
const LISTED_ABOVE: Partial<Record<ClusterPage, ListedPage>> = {
  prefix: "keyspace",
  key: "keyspace",
  capture: "triage",
};

/** The cluster one looks at and the pages there are. */
export function Sidebar() {
  const { pathname, cluster, page } = useHere();
  const hrefOf = useClusterHref();
  const { data } = useQuery({ ...clustersOptions(), refetchInterval: SIDEBAR_REFRESH_MS });
  const clusters = data?.items ?? [];
  return (
    <>
      <ClusterSwitcher clusters={clusters} current={cluster} />
      <nav aria-label="Pages">
        {cluster !== null &&
          PAGE_GROUPS.map(({ label, pages }) => (
            <NavGroup key={label} label={label}>
              {pages.map((listed) => (
                <NavLink
                  key={listed}
                  href={hrefOf(cluster, listed)}
                  icon={PAGE_ICONS[listed]}
                  isCurrent={page === listed}
                  isWithin={page !== null && LISTED_ABOVE[page] === listed}
                  badge={listed === "triage" && <OpenTrouble cluster={cluster} />}
                >
                  {PAGE_WORDS[listed]}
                </NavLink>
              ))}
            </NavGroup>
          ))}
        <NavGroup label="Fleet">
          <NavLink href="/" icon={Server} isCurrent={pathname === "/"} badge={data && <Badge>{clusters.length}</Badge>}>
            All clusters
          </NavLink>
          <NavLink href="/settings/clusters" icon={Settings} isCurrent={pathname.startsWith("/settings")}>
            Settings
          </NavLink>
        </NavGroup>
      </nav>
      {clusters.some((each) => each.isDemo) && (
        <p className="sidebar-note">
          <Database size={13} aria-hidden="true" />
          <span>
            A demo is running. <Link href="/settings/clusters?add">Add your cluster</Link> and it goes away.
          </span>
        </p>
      )}
    </>
  );
}

/** How many findings and spikes of latency go on; nothing while there are none. */
function OpenTrouble({ cluster }: { cluster: string }) {
  const { count } = useOpenTrouble(cluster);
  if (count === 0) return null;
  return (
    <Badge tone="bad">
      {count}
      <span className="visually-hidden"> open</span>
    </Badge>
  );
}

function NavGroup({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="nav-group">
      <h2>{label}</h2>
      {children}
    </div>
  );
}

function NavLink(props: {
  href: string;
  icon: LucideIcon;
  isCurrent: boolean;
  isWithin?: boolean;
  badge?: ReactNode;
  children: ReactNode;
}) {
  const Icon = props.icon;
  const current = props.isCurrent ? "page" : props.isWithin ? true : undefined;
  return (
    <Link className="nav-link" href={props.href} aria-current={current}>
      <Icon size={15} aria-hidden="true" />
      <span className="grow">{props.children}</span>
      {props.badge}
    </Link>
  );
}
