/** The pages of the settings. */
export const SETTINGS_PAGES = [
  { href: "/settings/clusters", name: "Clusters" },
  { href: "/settings/notifications", name: "Notifications" },
  { href: "/settings/storage", name: "Storage" },
] as const;

/** Where the sources of a cluster are set, and who may send events of it. */
export function sourcesHref(cluster: string, part?: "tokens"): string {
  return `/settings/clusters/${encodeURIComponent(cluster)}${part === undefined ? "" : `#${part}`}`;
}
