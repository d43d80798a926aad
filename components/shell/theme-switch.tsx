"use client";

import { Monitor, Moon, Sun } from "lucide-react";
import { useTheme } from "@/components/shell/use-theme";
import { Menu, MenuChoice } from "@/components/ui/menu";

const ICONS = { light: Sun, dark: Moon, system: Monitor } as const;
const OPTIONS = [
  { value: "light", label: "Light" },
  { value: "dark", label: "Dark" },
  { value: "system", label: "As the system" },
] as const;

/** Light, dark, or as the system has it. */
export function ThemeSwitch() {
  const { theme, setTheme } = useTheme();
  const Icon = ICONS[theme];
  return (
    <Menu
      align="end"
      trigger={
        <button type="button" className="pill icon-only" aria-label="Colours">
          <Icon size={14} aria-hidden="true" />
        </button>
      }
    >
      <MenuChoice label="Colours" value={theme} options={OPTIONS} onChange={setTheme} />
    </Menu>
  );
}
