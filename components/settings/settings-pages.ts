/** The pages of the settings. */
export const SETTINGS_PAGES = [
  { href: "/settings/clusters", name: "Clusters" },
  { href: "/settings/storage", name: "Storage" },
] as const;
