"use client";

import { Menu as MenuIcon, Search } from "lucide-react";
import Link from "next/link";
import { SETTINGS_PAGES } from "@/components/settings/settings-pages";
import type { ClusterPage } from "@/components/shell/cluster-href";
import { FreshnessPill } from "@/components/shell/freshness-pill";
import { PAGE_WORDS, useHere } from "@/components/shell/here";
import { RangePicker } from "@/components/shell/range-picker";
import { ThemeSwitch } from "@/components/shell/theme-switch";
import { useClusterHref } from "@/components/shell/use-cluster-href";

/** Pages that choose their time themselves. */
const OWN_TIME: ReadonlySet<ClusterPage> = new Set(["triage", "capture"]);

/** The page a crumb leads back to. */
const PAGE_ABOVE: Partial<Record<ClusterPage, ClusterPage>> = {
  prefix: "keyspace",
  key: "keyspace",
  capture: "triage",
};

/** Where one is, how fresh it is, which time it shows. */
export function Header(props: { onSearch(): void; onMenu(): void; isMenuOpen: boolean }) {
  const { cluster, page } = useHere();
  return (
    <header className="header">
      <button
        type="button"
        className="pill icon-only menu-button"
        aria-label="Menu"
        aria-expanded={props.isMenuOpen}
        aria-controls="sidebar"
        onClick={props.onMenu}
      >
        <MenuIcon size={15} aria-hidden="true" />
      </button>
      <Crumbs />
      <span className="grow" />
      {cluster !== null && <FreshnessPill cluster={cluster} />}
      {page !== null && !OWN_TIME.has(page) && <RangePicker />}
      <button type="button" className="pill" aria-keyshortcuts="/ Control+K Meta+K" onClick={props.onSearch}>
        <Search size={13} aria-hidden="true" />
        <span className="hide-narrow">Search</span> <kbd className="hide-narrow">/</kbd>
        <span className="visually-hidden">pages, clusters and prefixes</span>
      </button>
      <ThemeSwitch />
    </header>
  );
}

function Crumbs() {
  const { pathname, cluster, page } = useHere();
  const hrefOf = useClusterHref();
  if (cluster === null || page === null) {
    return (
      <nav className="crumbs" aria-label="Breadcrumb">
        {pathname.startsWith("/settings") ? (
          <>
            <b>Settings</b>
            <Slash />
            <span aria-current="page">{settingsName(pathname)}</span>
          </>
        ) : (
          <b aria-current="page">{pathname === "/" ? "All clusters" : "etcdscope"}</b>
        )}
      </nav>
    );
  }
  const above = PAGE_ABOVE[page];
  return (
    <nav className="crumbs" aria-label="Breadcrumb">
      <Link className="crumb-cluster" href={hrefOf(cluster, "overview")}>
        <b>{cluster}</b>
      </Link>
      <Slash />
      {above !== undefined && (
        <>
          <Link href={hrefOf(cluster, above)}>{PAGE_WORDS[above]}</Link>
          <Slash />
        </>
      )}
      <span aria-current="page">{PAGE_WORDS[page]}</span>
    </nav>
  );
}

function settingsName(pathname: string): string {
  return SETTINGS_PAGES.find(({ href }) => href === pathname)?.name ?? "Clusters";
}

function Slash() {
  return (
    <span className="faint" aria-hidden="true">
      /
    </span>
  );
}
