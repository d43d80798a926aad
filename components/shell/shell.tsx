"use client";

import dynamic from "next/dynamic";
import Link from "next/link";
import { type ReactNode, useState } from "react";
import { Header } from "@/components/shell/header";
import { useHere } from "@/components/shell/here";
import { Logo } from "@/components/shell/logo";
import { Sidebar } from "@/components/shell/sidebar";
import { useShortcuts } from "@/components/shell/use-shortcuts";

// Both are opened rarely; their code comes when they are.
const Palette = dynamic(() => import("@/components/shell/palette").then((module) => module.Palette), { ssr: false });
const Help = dynamic(() => import("@/components/shell/help").then((module) => module.Help), { ssr: false });

/** What surrounds every page: sidebar, header, search and help. */
export function Shell({ children }: { children: ReactNode }) {
  const { pathname } = useHere();
  const [open, setOpen] = useState<"palette" | "help" | null>(null);
  // The menu of a narrow screen belongs to the page it was opened on: going elsewhere closes it.
  const [menuOn, setMenuOn] = useState<string | null>(null);
  const isMenuOpen = menuOn === pathname;
  useShortcuts({ onSearch: () => setOpen("palette"), onHelp: () => setOpen("help") });
  return (
    <div className="app">
      <a className="skip-link" href="#main">
        Skip to the page
      </a>
      <aside id="sidebar" className="sidebar" data-open={isMenuOpen || undefined}>
        <Link href="/" className="brand">
          <Logo />
          etcdscope
        </Link>
        <Sidebar />
        <button type="button" className="help-button" onClick={() => setOpen("help")}>
          Keys and help <kbd>?</kbd>
        </button>
      </aside>
      <div className="column">
        <Header
          onSearch={() => setOpen("palette")}
          onMenu={() => setMenuOn(isMenuOpen ? null : pathname)}
          isMenuOpen={isMenuOpen}
        />
        <main id="main" className="main" tabIndex={-1}>
          {children}
        </main>
      </div>
      {open === "palette" && <Palette onClose={() => setOpen(null)} onHelp={() => setOpen("help")} />}
      {open === "help" && <Help onClose={() => setOpen(null)} />}
    </div>
  );
}
