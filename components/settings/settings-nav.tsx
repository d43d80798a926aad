"use client";

import Link from "next/link";
import { usePathname } from "next/navigation";
import { SETTINGS_PAGES } from "@/components/settings/settings-pages";

/** From one page of the settings to another. */
export function SettingsNav() {
  const pathname = usePathname();
  return (
    <nav className="settings-nav" aria-label="Settings">
      {SETTINGS_PAGES.map(({ href, name }) => (
        <Link
          key={href}
          href={href}
          aria-current={pathname === href ? "page" : pathname.startsWith(`${href}/`) || undefined}
        >
          {name}
        </Link>
      ))}
    </nav>
  );
}
