import type { ReactNode } from "react";
import { SettingsNav } from "@/components/settings/settings-nav";

/** What all settings share: the way from one to another. */
export default function SettingsLayout({ children }: { children: ReactNode }) {
  return (
    <>
      <SettingsNav />
      {children}
    </>
  );
}
